"""Derivatives: smaller, never larger, and nothing but the pixels."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from heritage.vision.decode import DecodeLimits, decode
from heritage.vision.derivative import thumbnail
from tests.file_surgery import base_picture, saved

PIXELS = np.asarray(base_picture(400, 200)).copy()


@pytest.mark.parametrize(("long_side", "size"), [(100, (100, 50)), (400, (400, 200)), (4000, (400, 200)), (1, (1, 1))])
def test_size(long_side: int, size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(thumbnail(PIXELS, long_side))) as image:
        assert (image.format, image.size) == ("JPEG", size)


def test_the_colours_stay_the_colours() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:, :] = (200, 100, 20)
    with Image.open(io.BytesIO(thumbnail(pixels, 20))) as image:
        assert np.abs(np.asarray(image)[10, 10].astype(int) - (200, 100, 20)).max() < 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_nothing_that_was_written_into_the_original_leaves_with_it(kind: str) -> None:
    marks = [f"mark-{name}".encode() for name in ("exif", "xmp", "icc", "comment")]
    exif = Image.Exif()
    exif[Base.Artist] = marks[0].decode()
    exif.get_ifd(IFD.GPSInfo).update({GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (41.0, 53.0, 24.0)})
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><!--' + marks[1] + b"--></x:xmpmeta>"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + marks[2]
    text = PngInfo()
    text.add_text("Comment", marks[3].decode())
    option_by_kind: dict[str, dict[str, object]] = {
        "JPEG": {"xmp": xmp, "comment": marks[3]},
        "PNG": {"pnginfo": text},
        "TIFF": {"tiffinfo": {700: xmp, 270: marks[3].decode()}},
    }
    options = option_by_kind.get(kind, {"xmp": xmp})
    original = saved(base_picture(), kind, exif=exif.tobytes(), icc_profile=profile, **options)
    assert sum(mark in original for mark in marks) >= 2, "something is there to be lost"

    derivative = thumbnail(decode(original, DecodeLimits(10**7, 10**7, 10**4)).pixels, 80)

    assert not [mark for mark in marks if mark in derivative]
    assert b"Exif" not in derivative
    assert set(_segments(derivative)) == {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}, "JFIF, tables, frame and scan alone"


def test_no_metadata() -> None:
    with Image.open(io.BytesIO(thumbnail(PIXELS, 100))) as image:
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_quality_decides_the_size() -> None:
    assert len(thumbnail(PIXELS, 400, quality=95)) > len(thumbnail(PIXELS, 400, quality=30))


def _segments(jpeg: bytes) -> list[int]:
    """The markers of a JPEG's segments, up to its first scan."""
    found, place = [], 2
    while not found or found[-1] != 0xDA:
        found.append(jpeg[place + 1])
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
    return found
