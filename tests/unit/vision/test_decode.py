"""Decoding what comes in from outside: limits, orientation, colours, and one error that names the cause."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from heritage.domain.images import ImageDigest, Rgb
from heritage.errors import ImageError
from heritage.vision.decode import MIN_SIDE, DecodeLimits, decode
from tests.bad_files import BadFile, bad_files
from tests.file_surgery import HEIGHT, WIDTH, base_picture, exif_with_orientation, png, saved
from tests.odd_files import OddFile, odd_files

CODEC_LOSS = 20  # the finest pattern loses most; a picture turned wrongly differs by 80 and more
LIMITS = DecodeLimits(max_bytes=50_000_000, max_pixels=80_000_000, max_side=25_000)
CAUSES = {"not an image", "unsupported format", "too large", "too small", "truncated", "damaged"}
KINDS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "TIFF": "image/tiff", "AVIF": "image/avif"}
KINDS["HEIF"] = "image/heic"


def name_of(file: BadFile | OddFile) -> str:
    return file.name


def decoded(data: bytes) -> Rgb:
    return decode(data, LIMITS).pixels


def difference(pixels: Rgb, expected: Image.Image) -> float:
    """Mean absolute difference, 0 to 255."""
    other = np.asarray(expected.convert("RGB"))
    assert pixels.shape == other.shape
    return float(np.abs(pixels.astype(int) - other).mean())


@pytest.mark.parametrize("file", bad_files(), ids=name_of)
def test_a_bad_file_is_one_clear_error(file: BadFile) -> None:
    with pytest.raises(ImageError) as raised:
        decode(file.data, LIMITS)
    assert raised.value.cause == file.cause
    assert str(raised.value).startswith(f"{file.cause}: ")
    assert "object at 0x" not in str(raised.value)  # Pillow's own words
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("file", odd_files(), ids=name_of)
def test_an_odd_file_is_decoded(file: OddFile, capfd: pytest.CaptureFixture[str]) -> None:
    photo = decode(file.data, LIMITS)
    assert (photo.width, photo.height) == (file.width, file.height)
    assert capfd.readouterr() == ("", "")


def test_the_collection_is_large_and_its_names_are_unique() -> None:
    names = [file.name for file in bad_files()] + [file.name for file in odd_files()]
    assert len(bad_files()) >= 50
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_gives_writable_rgb_bytes(kind: str) -> None:
    data = saved(base_picture(), kind)
    photo = decode(data, LIMITS)
    assert photo.digest == ImageDigest.of(data)
    assert photo.media_type == KINDS[kind]
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.flags.c_contiguous
    assert photo.pixels.flags.writeable
    assert difference(photo.pixels, base_picture()) < CODEC_LOSS


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_orientation_is_applied_exactly_once(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    expected = base_picture()
    expected.getexif()[274] = orientation
    option = {"exif": exif.tobytes()}  # as bytes: then the HEIC encoder turns the picture too, as phones do
    assert difference(decoded(saved(base_picture(), kind, **option)), ImageOps.exif_transpose(expected)) < CODEC_LOSS


def test_a_heic_is_turned_by_its_container_and_never_by_its_exif() -> None:
    exif = Image.Exif()
    exif[274] = 6
    data = saved(base_picture(), "HEIF", exif=exif)  # as an object: written as metadata only
    assert b"irot" not in data
    assert difference(decoded(data), base_picture()) < CODEC_LOSS


def test_what_is_transparent_becomes_white() -> None:
    image = Image.new("RGBA", (40, 40), (10, 20, 30, 0))
    image.paste((200, 0, 0, 255), (0, 0, 20, 40))
    pixels = decoded(saved(image, "PNG"))
    assert pixels[20, 30].tolist() == [255, 255, 255]
    assert pixels[20, 10].tolist() == [200, 0, 0]


def test_half_transparent_is_mixed_with_white() -> None:
    pixels = decoded(saved(Image.new("RGBA", (40, 40), (0, 0, 0, 128)), "PNG"))
    assert pixels[0, 0].tolist() == [127, 127, 127]


def test_a_palette_with_a_transparent_entry() -> None:
    image = Image.new("P", (40, 40), 1)
    image.putpalette([0, 0, 0, 50, 60, 70])
    image.paste(0, (0, 0, 20, 40))
    pixels = decoded(saved(image, "PNG", transparency=0))
    assert pixels[20, 10].tolist() == [255, 255, 255]
    assert pixels[20, 30].tolist() == [50, 60, 70]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_lose_their_lower_half(kind: str) -> None:
    deep = Image.fromarray(np.full((40, 40), 200 * 256 + 77, np.uint16))
    assert decoded(saved(deep, kind))[0, 0].tolist() == [200, 200, 200]


def test_floating_point_is_stretched_to_black_and_white() -> None:
    values = np.linspace(-3, 5, 40 * 40, dtype=np.float32).reshape(40, 40)
    pixels = decoded(saved(Image.fromarray(values), "TIFF"))
    assert (pixels.min(), pixels.max()) == (0, 255)
    assert pixels[20, 0, 0] == pytest.approx(128, abs=3)


def test_cmyk_white_is_white_and_black_is_black() -> None:
    image = Image.new("CMYK", (40, 40), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 20, 40))
    pixels = decoded(saved(image, "JPEG", quality=95))
    assert pixels[20, 35].min() > 250
    assert pixels[20, 5].max() < 5


def test_grey_and_lab_and_bilevel() -> None:
    assert decoded(saved(Image.new("L", (40, 40), 90), "PNG"))[0, 0].tolist() == [90, 90, 90]
    assert decoded(saved(Image.new("1", (40, 40), 1), "PNG"))[0, 0].tolist() == [255, 255, 255]
    assert decoded(saved(Image.new("LAB", (40, 40), (255, 128, 128)), "TIFF"))[0, 0].min() > 250


def test_a_colour_profile_is_applied() -> None:
    image = Image.new("RGB", (40, 40), (220, 40, 40))
    pixels = decoded(saved(image, "PNG", icc_profile=profile_with_red_and_green_exchanged()))
    red, green, _ = pixels[0, 0].tolist()
    assert green > 200
    assert red < 60


def test_a_profile_survives_alpha_and_grey() -> None:
    profile = profile_with_red_and_green_exchanged()
    red, green, _ = decoded(saved(Image.new("RGBA", (40, 40), (220, 40, 40, 255)), "PNG", icc_profile=profile))[0, 0]
    assert green > red
    grey = decoded(saved(Image.new("L", (40, 40), 90), "PNG", icc_profile=profile))[0, 0]
    assert np.abs(grey.astype(int) - 90).max() <= 2


@pytest.mark.parametrize("name", ["broken-icc.jpg", "grey-icc-on-colour.jpg"])
def test_a_profile_that_cannot_be_used_leaves_the_pixels_as_they_are(name: str) -> None:
    file = next(file for file in odd_files() if file.name == name)
    assert difference(decoded(file.data), base_picture()) < CODEC_LOSS


@pytest.mark.parametrize("name", ["animated.png", "animated.webp", "animated.avif", "many-pages.tiff", "several.heic"])
def test_the_first_frame_is_taken(name: str) -> None:
    file = next(file for file in odd_files() if file.name == name)
    assert difference(decoded(file.data), base_picture()) < CODEC_LOSS


def test_the_first_picture_of_a_phone_that_writes_two() -> None:
    file = next(file for file in odd_files() if file.name == "two-in-one.mpo.jpg")
    photo = decode(file.data, LIMITS)
    assert photo.media_type == "image/jpeg"
    assert difference(photo.pixels, base_picture()) < CODEC_LOSS


def test_limits_are_inclusive() -> None:
    data = saved(base_picture(), "PNG")
    assert decode(data, DecodeLimits(len(data), WIDTH * HEIGHT, WIDTH)).width == WIDTH
    for limits, message in (
        (DecodeLimits(len(data) - 1, WIDTH * HEIGHT, WIDTH), "too large: 1 MB"),
        (DecodeLimits(len(data), WIDTH * HEIGHT - 1, WIDTH), "too large: 1 megapixels"),
        (DecodeLimits(len(data), WIDTH * HEIGHT, WIDTH - 1), "too large: 96 pixels wide, limit 95"),
    ):
        with pytest.raises(ImageError, match=message):
            decode(data, limits)


def test_the_message_for_too_many_pixels() -> None:
    data = png(20_000, 12_000, b"")  # refused for what its header says
    with pytest.raises(ImageError, match=r"^too large: 240 megapixels, limit 80$"):
        decode(data, LIMITS)


def test_our_limits_alone_decide_not_the_one_built_into_pillow() -> None:
    file = next(file for file in bad_files() if file.name == "claims-60000.png")
    with pytest.raises(ImageError, match="too large: 60,000 pixels high, limit 100"):
        decode(file.data, DecodeLimits(10**6, 10**10, 100))


def test_the_smallest_picture() -> None:
    assert decode(saved(base_picture(MIN_SIDE, MIN_SIDE), "PNG"), LIMITS).width == MIN_SIDE
    with pytest.raises(ImageError, match="too small: 16 x 15 pixels, at least 16 a side"):
        decode(saved(base_picture(MIN_SIDE, MIN_SIDE - 1), "PNG"), LIMITS)


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None)
@given(data=st.data())
def test_no_damage_escapes_as_another_error(kind: str, data: st.DataObject) -> None:
    original = bytearray(saved(base_picture(40, 30), kind, **({"speed": 10} if kind == "AVIF" else {})))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(original) - 1))
        original[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(original)))
    for damaged in (bytes(original), bytes(original[:cut]), bytes(original[:cut]) + bytes(original[cut // 2 :])):
        try:
            photo = decode(damaged, DecodeLimits(10**6, 10**5, 10**4))
        except ImageError as error:
            assert error.cause in CAUSES
        else:
            assert photo.pixels.size <= 3 * 10**5


def test_a_turned_photo_of_the_collection_is_really_turned() -> None:
    assert difference(
        decoded(saved(base_picture(), "PNG", exif=exif_with_orientation(8))),
        base_picture().transpose(Image.Transpose.ROTATE_90),
    ) == pytest.approx(0)


def profile_with_red_and_green_exchanged() -> bytes:
    """An sRGB profile whose red and green primaries have changed places, under another name."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB built-in".encode("utf-16-be"), "SwapRedGreen!".encode("utf-16-be"))
    profile = profile.replace(b"rXYZ", b"temp", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"temp", b"gXYZ", 1)
    ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return profile
