"""What the child that takes a PDF apart says to its parent, over a pipe: one frame after another."""

import struct
from dataclasses import dataclass

FRAME = struct.Struct("<cIIQ")
"""A kind, a page and a number on it, both from 1, and how many bytes follow."""
PAGES, PICTURE, SMALL, FAULT, PAGE_DONE = b"N", b"I", b"S", b"F", b"D"
MAX_FAULT = 200  # bytes


@dataclass(frozen=True, slots=True)
class PdfBounds:
    """What one document may have, and its reading use."""

    max_pages: int = 3_000
    max_pixels: int = 80_000_000
    seconds: int = 600
    memory_bytes: int = 3_000_000_000
