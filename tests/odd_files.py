"""Unusual files that must be decoded all the same: rare colours and depths, broken metadata, several frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, PngImagePlugin

from tests.file_surgery import (
    HEIGHT,
    WIDTH,
    as_lab,
    base_picture,
    exif_with_orientation,
    grey_profile,
    png,
    saved,
    tiff_circle,
    tiff_with,
    with_segment,
)


@dataclass(frozen=True, slots=True)
class OddFile:
    """An unusual file that must decode, to `WIDTH` x `HEIGHT` unless said otherwise."""

    name: str
    data: bytes
    width: int = WIDTH
    height: int = HEIGHT


@cache
def odd_files() -> tuple[OddFile, ...]:
    """Every odd but good file; names are unique."""
    return tuple(file for maker in (_odd_jpegs, _odd_pngs, _odd_tiffs, _odd_others) for file in maker())


def _odd_jpegs() -> Iterator[OddFile]:
    picture = base_picture()
    data = saved(picture, "JPEG")
    tables, scan = data.index(b"\xff\xc4"), data.index(b"\xff\xda")
    yield OddFile("cmyk.jpg", saved(picture.convert("CMYK"), "JPEG"))
    yield OddFile("grey.jpg", saved(picture.convert("L"), "JPEG"))
    yield OddFile("progressive.jpg", saved(picture, "JPEG", progressive=True))
    yield OddFile("restart-markers.jpg", saved(picture, "JPEG", restart_marker_blocks=1))
    yield OddFile("two-in-one.mpo.jpg", saved(picture, "MPO", save_all=True, append_images=[picture.rotate(180)]))
    yield OddFile("broken-exif.jpg", with_segment(data, b"\xff\xe1", b"Exif\0\0II*\0\xff\xff\xff\x7f" + b"\x5a" * 50))
    yield OddFile("empty-exif.jpg", with_segment(data, b"\xff\xe1", b"Exif\0\0"))
    yield OddFile("absurd-orientation.jpg", saved(picture, "JPEG", exif=exif_with_orientation(99)))
    yield OddFile("broken-icc.jpg", saved(picture, "JPEG", icc_profile=b"not a profile" * 20))
    yield OddFile("grey-icc-on-colour.jpg", saved(picture, "JPEG", icc_profile=grey_profile()))
    yield OddFile("rubbish-after-end.jpg", data + b"<script>rubbish</script>" * 10)
    yield OddFile("long-comment.jpg", with_segment(data, b"\xff\xfe", b"comment " * 8000))
    yield OddFile("broken-mpo-index.jpg", with_segment(data, b"\xff\xe2", b"MPF\0II*\0\x08\0\0\0\xff\xff"))
    yield OddFile("standard-huffman-tables-left-out.jpg", data[:tables] + data[scan:])
    yield OddFile("turned.jpg", saved(picture, "JPEG", exif=exif_with_orientation(6)), HEIGHT, WIDTH)


def _odd_pngs() -> Iterator[OddFile]:
    picture = base_picture()
    grey = picture.convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    transparent = picture.copy()
    transparent.putalpha(128)
    yield OddFile("16-bit.png", saved(deep, "PNG"))
    yield OddFile("16-bit-colour.png", png(WIDTH, HEIGHT, bytes((WIDTH * 6 + 1) * HEIGHT), depth=16))
    yield OddFile("1-bit.png", saved(grey.convert("1"), "PNG"))
    yield OddFile("palette.png", saved(picture.quantize(16), "PNG", transparency=3))
    yield OddFile("alpha.png", saved(transparent, "PNG"))
    yield OddFile("grey-alpha.png", saved(transparent.convert("LA"), "PNG"))
    yield OddFile("transparent-colour.png", saved(picture, "PNG", transparency=(0, 0, 0)))
    yield OddFile("animated.png", saved(picture, "PNG", save_all=True, append_images=[picture.rotate(180)]))
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "long " * 100_000)
    yield OddFile("long-text.png", saved(picture, "PNG", pnginfo=text))
    yield OddFile("png-called-jpg.jpg", saved(picture, "PNG"))
    plain = saved(picture, "PNG")
    yield OddFile("chunk-runs-on.png", plain[:33] + b"\x7f\xff\xff\xff" + plain[37:])


def _odd_tiffs() -> Iterator[OddFile]:
    picture = base_picture()
    grey = np.asarray(picture.convert("L"))
    plain = saved(picture, "TIFF")
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"):
        yield OddFile(f"{compression}.tiff", saved(picture, "TIFF", compression=compression))
    yield OddFile("cmyk.tiff", saved(picture.convert("CMYK"), "TIFF"))
    yield OddFile("lab.tiff", saved(as_lab(picture), "TIFF"))
    yield OddFile("16-bit.tiff", saved(Image.fromarray(grey.astype(np.uint16) * 257), "TIFF"))
    yield OddFile("32-bit.tiff", saved(Image.fromarray(grey.astype(np.int32) * 1000), "TIFF"))
    yield OddFile("float.tiff", saved(Image.fromarray(grey.astype(np.float32) / 255), "TIFF"))
    yield OddFile("float-not-finite.tiff", saved(Image.fromarray(np.where(grey > 9, np.float32(1), np.nan)), "TIFF"))
    yield OddFile("many-pages.tiff", saved(picture, "TIFF", save_all=True, append_images=[picture.rotate(180)] * 3))
    yield OddFile("directory-in-a-circle.tiff", tiff_circle(plain))
    yield OddFile("big-endian-big.tiff", saved(picture, "TIFF", big_tiff=True))
    yield OddFile("turned.tiff", tiff_with(saved(picture, "TIFF", tiffinfo={274: 6}), {}), HEIGHT, WIDTH)


def _odd_others() -> Iterator[OddFile]:
    picture = base_picture()
    transparent = picture.copy()
    transparent.putalpha(128)
    frames = [picture.rotate(90 * turn) for turn in (1, 2, 3)]
    yield OddFile("animated.webp", saved(picture, "WEBP", save_all=True, append_images=frames))
    yield OddFile("lossless-alpha.webp", saved(transparent, "WEBP", lossless=True))
    yield OddFile("animated.avif", saved(picture, "AVIF", speed=10, save_all=True, append_images=frames[1:2]))
    yield OddFile("alpha.avif", saved(transparent, "AVIF", speed=10))
    yield OddFile("alpha.heic", saved(transparent, "HEIF"))
    yield OddFile("several.heic", saved(picture, "HEIF", save_all=True, append_images=frames[1:2]))
    yield OddFile("turned.webp", saved(picture, "WEBP", exif=exif_with_orientation(8)), HEIGHT, WIDTH)
    yield OddFile("turned.avif", saved(picture, "AVIF", speed=10, exif=exif_with_orientation(6)), HEIGHT, WIDTH)
    yield OddFile("turned.heic", saved(picture, "HEIF", exif=exif_with_orientation(6)), HEIGHT, WIDTH)
