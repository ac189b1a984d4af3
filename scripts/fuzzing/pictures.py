"""Good pictures of every format that is taken in, and what becomes of them when bytes go wrong."""

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pillow_heif
from PIL import Image

SIDE = 160  # px: what is decoded all the same must not take long
EXTREMES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\x01", b"\xff\xff\0\0", b"\x80\0\0\0")


@dataclass(frozen=True, slots=True)
class PictureFile:
    name: str
    data: bytes


@cache
def picture_files() -> tuple[PictureFile, ...]:
    """The good ones, with colour profiles, EXIF, layers and compressions that have decoders of their own."""
    return tuple(PictureFile(f"{place}.{suffix}", data) for place, (suffix, data) in enumerate(_encoded()))


def mutated(files: tuple[PictureFile, ...], source: random.Random) -> PictureFile:
    """One of ``files`` with one to six things done to it."""
    file = source.choice(files)
    data = bytearray(file.data)
    for _ in range(source.choice((1, 1, 1, 2, 3, 6))):
        source.choice(_MUTATIONS)(data, source)
    if source.random() < 0.05:
        data += source.choice(files).data
    return PictureFile(file.name, bytes(data))


def _encoded() -> Iterator[tuple[str, bytes]]:
    pillow_heif.register_heif_opener()
    blocks = np.random.default_rng(1).integers(0, 256, (7, 9, 3), dtype=np.uint8)
    picture = Image.fromarray(blocks).resize((SIDE, SIDE * 3 // 4), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    transparent = picture.copy()
    transparent.putalpha(picture.convert("L"))
    made: tuple[tuple[str, str, Image.Image, dict[str, object]], ...] = (
        ("jpg", "JPEG", picture, {"exif": exif}),
        ("jpg", "JPEG", picture, {"progressive": True, "quality": 60}),
        ("jpg", "JPEG", picture.convert("CMYK"), {}),
        ("png", "PNG", transparent, {}),
        ("png", "PNG", picture.quantize(32), {}),
        ("webp", "WEBP", picture, {"quality": 70}),
        ("webp", "WEBP", transparent, {"lossless": True}),
        ("tif", "TIFF", picture, {"compression": "tiff_lzw"}),
        ("tif", "TIFF", picture, {"compression": "jpeg"}),
        ("tif", "TIFF", picture.convert("1"), {"compression": "group4"}),
        ("avif", "AVIF", picture, {"quality": 60}),
        ("heic", "HEIF", picture, {"quality": 50}),
    )
    for suffix, kind, image, options in made:
        file = io.BytesIO()
        image.save(file, kind, **options)
        yield suffix, file.getvalue()


def _place(data: bytearray, source: random.Random) -> int:
    """Anywhere, or as often among the first bytes, where the headers are."""
    limit = len(data) if source.random() < 0.5 else min(len(data), 300)
    return source.randrange(limit) if limit else 0


def _flip(data: bytearray, source: random.Random) -> None:
    for _ in range(source.choice((1, 1, 4, 32))):
        place = _place(data, source)
        data[place : place + 1] = bytes(byte ^ (1 << source.randrange(8)) for byte in data[place : place + 1])


def _overwrite(data: bytearray, source: random.Random) -> None:
    place = _place(data, source)
    new = source.choice((source.choice(EXTREMES), source.choice(EXTREMES)[:2], source.randbytes(source.randint(1, 40))))
    data[place : place + len(new)] = new


def _insert(data: bytearray, source: random.Random) -> None:
    place = _place(data, source)
    data[place:place] = source.randbytes(source.choice((1, 2, 4, 500)))


def _remove(data: bytearray, source: random.Random) -> None:
    place = _place(data, source)
    del data[place : place + source.choice((1, 2, 4, 64, 1000))]


def _repeat(data: bytearray, source: random.Random) -> None:
    place = _place(data, source)
    data[place:place] = data[place : place + source.choice((4, 64, 1000))] * source.choice((1, 20))


def _cut(data: bytearray, source: random.Random) -> None:
    del data[_place(data, source) :]


Mutation = Callable[[bytearray, random.Random], None]
_MUTATIONS: tuple[Mutation, ...] = (
    _flip,
    _flip,
    _overwrite,
    _overwrite,
    _insert,
    _remove,
    _repeat,
    _cut,
)
