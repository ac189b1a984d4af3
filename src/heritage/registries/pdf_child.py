"""The child process in which a PDF is taken apart: its pictures go to the parent, and nothing else is done.

A PDF reader is a large program in C++ that has had holes. So it runs here, with no environment, as nobody if the parent
is root, with hard limits on memory and processor time, and cannot open or write any file. A picture that is a JPEG goes
out as the bytes that it is in the PDF; any other as a PNG of its pixels.
"""

import os
import resource
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import IO

import numpy as np
import pypdfium2
from pypdfium2 import raw

from heritage.domain.images import Rgb
from heritage.registries.pdf_messages import (
    FAULT,
    FRAME,
    MAX_FAULT,
    PAGE_DONE,
    PAGES,
    PICTURE,
    SMALL,
    PdfBounds,
)

NOBODY = 65534
MIN_SIDE = 64  # px; below it are logos and rules
MAX_ON_PAGE = 50  # more are strips or tiles of one picture: the page is rendered whole instead
_RENDERED_SIDE = 3_000  # px
_STANDARD_STREAMS = 3


def main() -> None:
    """Take the PDF on standard input apart, from the page that is the first argument; bounds are the others."""
    first, *numbers = (int(number) for number in sys.argv[1:])
    bounds = PdfBounds(*numbers)
    out = sys.stdout.buffer
    _confine(bounds)
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer)
        page_count = len(document)
        _send(out, PAGES, page_count, 0, b"")
        for number in range(first, min(page_count, bounds.max_pages) + 1):
            for kind, place, data in _page_frames(document, number, bounds):
                _send(out, kind, number, place, data)
            _send(out, PAGE_DONE, number, 0, b"")
    except (pypdfium2.PdfiumError, ValueError) as error:
        _send(out, FAULT, 0, 0, str(error).encode()[:MAX_FAULT])
    out.flush()


def _confine(bounds: PdfBounds) -> None:
    if os.geteuid() == 0:
        with suppress(OSError):  # a container may have no other user
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
    limits = (
        (resource.RLIMIT_AS, bounds.memory_bytes),
        (resource.RLIMIT_CPU, bounds.seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _STANDARD_STREAMS),
    )
    for kind, value in limits:
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _page_frames(document: pypdfium2.PdfDocument, number: int, bounds: PdfBounds) -> Iterator[tuple[bytes, int, bytes]]:
    """What there is on a page: kind, number on the page, bytes."""
    try:
        page = document[number - 1]
        # No more than are asked about: forms within forms can hold more pictures than there is memory.
        pictures = list(islice(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=10), MAX_ON_PAGE + 1))
        if len(pictures) > MAX_ON_PAGE:
            yield PICTURE, 1, _png(_rendered(page))
            return
        for place, picture in enumerate(pictures, start=1):
            yield _frame(picture, place, bounds)
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        yield FAULT, 0, str(error).encode()[:MAX_FAULT]


def _frame(picture: pypdfium2.PdfImage, place: int, bounds: PdfBounds) -> tuple[bytes, int, bytes]:
    width, height = picture.get_px_size()
    if min(width, height) < MIN_SIDE:
        return SMALL, place, b""
    if width * height > bounds.max_pixels:
        return FAULT, place, f"a picture of {width} x {height} pixels is too large".encode()
    try:
        if picture.get_filters(skip_simple=True) == ["DCTDecode"]:
            return PICTURE, place, bytes(picture.get_data(decode_simple=True))
        return PICTURE, place, _png(_rgb(picture.get_bitmap()))
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        return FAULT, place, str(error).encode()[:MAX_FAULT]


def _rendered(page: pypdfium2.PdfPage) -> Rgb:
    return _rgb(page.render(scale=_RENDERED_SIDE / max(page.get_size())))


def _rgb(bitmap: pypdfium2.PdfBitmap) -> Rgb:
    pixels = bitmap.to_numpy()
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(pixels[:, :, 2::-1])  # pdfium's are blue first


def _png(pixels: Rgb) -> bytes:
    """W3C PNG, 11: a header, the pixels with no filter before each row, and an end."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * 3), np.uint8)
    rows[:, 1:] = pixels.reshape(height, width * 3)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows.data, 1)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def _send(out: IO[bytes], kind: bytes, page: int, place: int, data: bytes) -> None:
    out.write(FRAME.pack(kind, page, place, len(data)))
    out.write(data)
