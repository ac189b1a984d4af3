"""Files that must not bring anything down, each with the cause that its error must name.

Used wherever files come in from outside: the decoder, the command line, HTTP. Everything is generated, in about a
second; no file here is dangerous outside a decoder. `tests.odd_files` has the odd ones that are good.
"""

import gzip
import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from tests.file_surgery import (
    HEIGHT,
    PNG_SIGNATURE,
    WIDTH,
    base_picture,
    extended_webp,
    noise_in_boxes,
    png,
    png_chunk,
    profile_bomb,
    resized_boxes,
    resized_jpeg,
    saved,
    text_bomb,
    tiff_with,
)

NO_IMAGE = "not an image"
UNSUPPORTED = "unsupported format"
TOO_LARGE = "too large"
TOO_SMALL = "too small"
TRUNCATED = "truncated"
DAMAGED = "damaged"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300"/></svg>'
_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file's name as somebody would send it, its bytes, and the cause that the error must name."""

    name: str
    data: bytes
    cause: str


@cache
def bad_files() -> tuple[BadFile, ...]:
    """Every bad file; names are unique."""
    makers = (_no_pictures, _other_formats, _cut_off, _bombs, _sizes, _broken_jpegs, _broken_pngs, _broken_others)
    return tuple(file for maker in makers for file in maker())


def _no_pictures() -> Iterator[BadFile]:
    random = np.random.default_rng(7).bytes(5000)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("photo.jpg", saved(base_picture(), "JPEG"))
    contents = {
        "empty.jpg": b"",
        "one-byte.jpg": b"\xff",
        "two-bytes.jpg": b"\xff\xd8",
        "zeros.jpg": bytes(4000),
        "random.jpg": b"\x91" + random,
        "spaces.png": b" " * 300,
        "text.jpg": b"This is not a photograph of the vase.\n" * 20,
        "text-utf16.jpg": ("Das ist kein Foto der Vase.\n" * 20).encode("utf-16"),
        "table.csv": b"record_id,image\n1,one.jpg\n",
        "json.jpg": b'{"error": "image not found"}',
        "page.jpg": b"\n<!DOCTYPE html><html><body>404 Not Found</body></html>",
        "drawing.svg": _SVG,
        "drawing-in-xml.jpg": b'<?xml version="1.0" encoding="UTF-8"?>\n' + _SVG,
        "drawing-with-script.svg": _SVG.replace(b"<rect", b"<script>alert(1)</script><rect"),
        "entities.xml": _LAUGHS,
        "document.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
        "postscript.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\n(%pipe%id) (w) file\n",
        "postscript-with-preview.jpg": b"\xc5\xd0\xd3\xc6" + struct.pack("<IIIIII", 32, 40, 0, 0, 0, 0) + b"%!PS" * 20,
        "archive.zip": archive.getvalue(),
        "empty-archive.jpg": b"PK\x05\x06" + bytes(18),
        "archive.gz": gzip.compress(b"photo" * 100, mtime=0),
        "gzip-bomb.jpg": gzip.compress(bytes(10_000_000), 1, mtime=0),
        "program.jpg": b"\x7fELF\x02\x01\x01" + bytes(200),
        "program.exe": b"MZ\x90\x00\x03\x00\x00\x00" + random[:300],
        "video.mp4": b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(300),
        "sound.wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(28),
        "almost-png.png": saved(base_picture(), "PNG")[1:],
    }
    for name, data in contents.items():
        yield BadFile(name, data, NO_IMAGE)


def _other_formats() -> Iterator[BadFile]:
    picture = base_picture()
    gif = saved(picture, "GIF")
    contents = {
        "picture.gif": gif,
        "gif-called-jpg.jpg": gif,
        "animated.gif": saved(picture, "GIF", save_all=True, append_images=[picture.rotate(90)]),
        "gif-bomb.gif": gif[:6] + b"\xff\xff\xff\xff" + gif[10:],
        "picture.bmp": saved(picture, "BMP"),
        "favicon.ico": saved(picture, "ICO"),
        "layers.psd": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, HEIGHT, WIDTH, 8, 3) + bytes(100),
        "picture.jp2": saved(picture, "JPEG2000"),
        "picture.jxl": b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(100),
        "naked.jxl": b"\xff\x0a" + bytes(100),
        "picture.dds": saved(picture, "DDS"),
    }
    for name, data in contents.items():
        yield BadFile(name, data, UNSUPPORTED)


def _cut_off() -> Iterator[BadFile]:
    picture = base_picture()
    files = {
        "jpg": saved(picture, "JPEG"),
        "progressive.jpg": saved(picture, "JPEG", progressive=True),
        "png": saved(picture, "PNG"),
        "webp": saved(picture, "WEBP"),
        "lossless.webp": saved(picture, "WEBP", lossless=True),
        "tiff": saved(picture, "TIFF"),
        "lzw.tiff": saved(picture, "TIFF", compression="tiff_lzw"),
        "avif": saved(picture, "AVIF", speed=10),
        "heic": saved(picture, "HEIF"),
    }
    for suffix, data in files.items():
        for percent in (30, 60, 85):
            yield BadFile(f"cut-at-{percent}.{suffix}", data[: len(data) * percent // 100], TRUNCATED)
    yield BadFile("cut-in-header.jpg", files["jpg"][:20], TRUNCATED)
    yield BadFile("cut-after-signature.png", files["png"][:8], TRUNCATED)
    yield BadFile("cut-in-header.webp", files["webp"][:16], TRUNCATED)
    yield BadFile("cut-in-header.tiff", files["tiff"][:6], TRUNCATED)
    yield BadFile("cut-in-header.heic", files["heic"][:50], TRUNCATED)


def _bombs() -> Iterator[BadFile]:
    """Small files that claim, or really hold, more pixels than fit into memory."""
    picture = base_picture()
    tiff = saved(picture, "TIFF")
    huge = 60_000
    claims = {
        "claims-60000.png": png(huge, huge, bytes(1000)),
        "claims-two-thousand-million.png": png(2**31 - 1, 2**31 - 1, bytes(1000)),
        "really-20000.png": png(20_000, 20_000, bytes(20_000 * 2_501), depth=1, colour=0),
        "claims-65000.jpg": resized_jpeg(saved(picture, "JPEG"), 65_000, 65_000),
        "claims-65000-progressive.jpg": resized_jpeg(saved(picture, "JPEG", progressive=True), 65_000, 65_000),
        "claims-60000.tiff": tiff_with(tiff, {256: huge, 257: huge}),
        "claims-four-thousand-million.tiff": tiff_with(tiff, {256: 2**32 - 1, 257: 2**32 - 1}),
        "claims-16000.webp": extended_webp(16_000, 16_000),
        "claims-16000.avif": resized_boxes(saved(picture, "AVIF", speed=10), 16_000, 16_000),
        "claims-60000.heic": resized_boxes(saved(picture, "HEIF"), huge, huge),
    }
    for name, data in claims.items():
        yield BadFile(name, data, TOO_LARGE)


def _sizes() -> Iterator[BadFile]:
    for kind, suffix in (("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("TIFF", "tiff")):
        yield BadFile(f"1x1.{suffix}", saved(base_picture(1, 1), kind), TOO_SMALL)
    yield BadFile("line.png", saved(base_picture(400, 2), "PNG"), TOO_SMALL)
    yield BadFile("15-high.jpg", saved(base_picture(300, 15), "JPEG"), TOO_SMALL)
    yield BadFile("30000-wide.png", saved(Image.new("L", (30_000, 20)), "PNG"), TOO_LARGE)
    yield BadFile("30000-high.jpg", saved(Image.new("L", (20, 30_000)), "JPEG"), TOO_LARGE)
    yield BadFile("30000-wide.tiff", saved(Image.new("L", (30_000, 20)), "TIFF", compression="tiff_lzw"), TOO_LARGE)


def _broken_jpegs() -> Iterator[BadFile]:
    data = saved(base_picture(), "JPEG")
    frame, tables, scan = data.index(b"\xff\xc0"), data.index(b"\xff\xc4"), data.index(b"\xff\xda")
    progressive = saved(base_picture(), "JPEG", progressive=True)
    empty_scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    contents = {
        "nothing-inside.jpg": b"\xff\xd8\xff\xd9",
        "no-scan.jpg": data[:scan] + b"\xff\xd9",
        "no-frame.jpg": data[:frame] + data[frame + 2 + int.from_bytes(data[frame + 2 : frame + 4], "big") :],
        "zero-high.jpg": resized_jpeg(data, WIDTH, 0),
        "zero-wide.jpg": resized_jpeg(data, 0, HEIGHT),
        "12-bit.jpg": data[: frame + 4] + b"\x0c" + data[frame + 5 :],
        "lossless.jpg": data[:frame] + b"\xff\xc3" + data[frame + 2 :],
        "seven-components.jpg": data[: frame + 9] + b"\x07" + data[frame + 10 :],
        "huffman-tables.jpg": data[: tables + 5] + b"\xff" * 16 + data[tables + 21 :],
        "segment-runs-on.jpg": data[:4] + b"\xff\xff" + data[6:],
        "random-after-signature.jpg": b"\xff\xd8\xff\xe0" + np.random.default_rng(3).bytes(3000) + b"\xff\xd9",
        "scan-bomb.jpg": progressive[:-2] + empty_scan * 3000 + b"\xff\xd9",
    }
    for name, content in contents.items():
        yield BadFile(name, content, DAMAGED)


def _broken_pngs() -> Iterator[BadFile]:
    data = saved(base_picture(), "PNG")
    image_data = data.index(b"IDAT")
    rows = bytes((WIDTH * 3 + 1) * HEIGHT)
    contents = {
        "header-checksum.png": data[:29] + b"\0\0\0\0" + data[33:],
        "image-data.png": data[: image_data + 20] + bytes(60) + data[image_data + 80 :],
        "no-image-data.png": data[: image_data - 4] + png_chunk(b"IEND", b""),
        "no-header.png": PNG_SIGNATURE + data[33:],
        "zero-wide.png": png(0, HEIGHT, rows),
        "zero-high.png": png(WIDTH, 0, rows),
        "depth-77.png": png(WIDTH, HEIGHT, rows, depth=77),
        "unknown-filter.png": png(WIDTH, HEIGHT, b"\x09" * len(rows)),
        "unknown-colour.png": png(WIDTH, HEIGHT, rows, colour=5),
        "text-bomb.png": png(WIDTH, HEIGHT, rows, extra=text_bomb()),
        "profile-bomb.png": png(WIDTH, HEIGHT, rows, extra=profile_bomb()),
    }
    for name, content in contents.items():
        yield BadFile(name, content, DAMAGED)


def _broken_others() -> Iterator[BadFile]:
    picture = base_picture()
    tiff, webp, avif, heic = (saved(picture, kind) for kind in ("TIFF", "WEBP", "AVIF", "HEIF"))
    directory = int.from_bytes(tiff[4:8], "little")
    noise = np.random.default_rng(5).bytes(2000)
    contents = {
        "directory-of-noise.tiff": b"II*\0\x08\0\0\0\xff\xff" + noise,
        "empty-directory.tiff": tiff[:directory] + bytes(len(tiff) - directory),
        "unknown-compression.tiff": tiff_with(tiff, {259: 59_999}),
        "zero-wide.tiff": tiff_with(tiff, {256: 0}),
        "thousand-samples.tiff": tiff_with(tiff, {277: 1000}),
        "big-tiff-of-noise.tiff": b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0" + noise,
        "image-of-noise.webp": webp[:30] + noise[: len(webp) - 30] + webp[30 + len(noise) :],
        "no-image.webp": b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(10),
        "claims-60000.avif": resized_boxes(avif, 60_000, 60_000),  # libavif's own limit comes first
        "image-of-noise.avif": noise_in_boxes(avif),
        "no-boxes.avif": avif[: int.from_bytes(avif[:4], "big")],
        "image-of-noise.heic": noise_in_boxes(heic),
        "no-boxes.heic": heic[: int.from_bytes(heic[:4], "big")],
        "signature-only.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    }
    for name, content in contents.items():
        yield BadFile(name, content, DAMAGED)
