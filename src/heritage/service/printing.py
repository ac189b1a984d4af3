"""Printing a record: its photographs made fit for paper, from the originals, which never leave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from heritage.domain.forms import ObjectIdForm
from heritage.domain.images import ImageDigest
from heritage.domain.ports import Decoder, Thumbnailer
from heritage.storage.images import Images
from heritage.storage.records import Records

LONG_SIDE = 1200  # px: 180 mm at 170 dots an inch

FormWriter = Callable[[ObjectIdForm, BinaryIO, datetime, Sequence[Path]], None]
"""Lays a form out as PDF, with the fonts given first. Raises `InputError` when one of them is no font."""


@dataclass(frozen=True, slots=True)
class Printing:
    """The parts that printing needs."""

    records: Records
    images: Images
    decode: Decoder
    thumbnail: Thumbnailer
    write: FormWriter

    def jpeg(self, digest: ImageDigest) -> bytes:
        """A photograph for print, without metadata. Raises `NotFoundError`, `StorageError`, `ImageError`."""
        return self.thumbnail(self.decode(self.images.read(digest)).pixels, LONG_SIDE)
