"""Pictures as files, taken apart and put together again by hand: headers that lie, chunks that should not be there."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

WIDTH, HEIGHT = 96, 64  # of every picture unless said otherwise
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

pillow_heif.register_heif_opener()


def base_picture(width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """A smooth picture with a coarse pattern, so that every codec has something to compress."""
    y, x = np.mgrid[0:height, 0:width]
    channels = (x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), (x // 8 + y // 8) % 2 * 200)
    return Image.fromarray(np.stack(channels, axis=2).astype(np.uint8))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """``image`` as a file of Pillow's format ``kind``."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def exif_with_orientation(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[274] = orientation
    return exif.tobytes()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, raw: bytes, depth: int = 8, colour: int = 2, extra: bytes = b"") -> bytes:
    """A PNG file by hand: ``raw`` is what its image data inflates to, ``extra`` whole chunks before that."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return PNG_SIGNATURE + header + extra + png_chunk(b"IDAT", zlib.compress(raw, 1)) + png_chunk(b"IEND", b"")


def text_bomb() -> bytes:
    return png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(5_000_000), 1))


def profile_bomb() -> bytes:
    return png_chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(5_000_000), 1))


def with_segment(jpeg: bytes, marker: bytes, body: bytes) -> bytes:
    return jpeg[:2] + marker + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def resized_jpeg(data: bytes, width: int, height: int) -> bytes:
    """The same JPEG with another size in its frame header."""
    frame = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return data[: frame + 5] + struct.pack(">HH", height, width) + data[frame + 9 :]


def resized_boxes(data: bytes, width: int, height: int) -> bytes:
    """The same AVIF or HEIC with another size wherever one is stated."""
    while (place := data.find(b"ispe\0\0\0\0" + struct.pack(">II", WIDTH, HEIGHT))) >= 0:
        data = data[: place + 8] + struct.pack(">II", width, height) + data[place + 16 :]
    return data


def noise_in_boxes(data: bytes) -> bytes:
    place = data.index(b"mdat") + 4
    return data[:place] + np.random.default_rng(11).bytes(len(data) - place)


def extended_webp(width: int, height: int) -> bytes:
    """A WebP whose canvas is larger than its one frame, which is an animation's right."""
    frame = saved(base_picture(), "WEBP")[12:]
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    extended = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + canvas
    animation = b"ANIM" + struct.pack("<I", 6) + bytes(6)
    size = struct.pack("<I", WIDTH - 1)[:3] + struct.pack("<I", HEIGHT - 1)[:3]
    body = bytes(6) + size + b"\x64\0\0" + b"\0" + frame
    body = extended + animation + b"ANMF" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def tiff_with(data: bytes, value_by_tag: dict[int, int]) -> bytes:
    """The same little-endian TIFF with other values of some tags."""
    changed = bytearray(data)
    directory = int.from_bytes(data[4:8], "little")
    for entry in range(int.from_bytes(data[directory : directory + 2], "little")):
        place = directory + 2 + 12 * entry
        tag = int.from_bytes(data[place : place + 2], "little")
        if tag in value_by_tag:
            changed[place + 2 : place + 12] = struct.pack("<HII", 4, 1, value_by_tag[tag])
    return bytes(changed)


def tiff_circle(data: bytes) -> bytes:
    """The same TIFF, its only directory naming itself as the next one."""
    directory = int.from_bytes(data[4:8], "little")
    end = directory + 2 + 12 * int.from_bytes(data[directory : directory + 2], "little")
    return data[:end] + struct.pack("<I", directory) + data[end + 4 :]


def grey_profile() -> bytes:
    """An sRGB profile whose header says that it is for grey."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:16] + b"GRAY" + profile[20:]


def as_lab(image: Image.Image) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert converted is not None
    return converted
