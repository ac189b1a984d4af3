"""Registry records: what a registry says of one object, after the ICOM Object ID standard.

Object ID: https://icom.museum/en/resources/standards-guidelines/objectid/; the fields beside its nine categories
follow Introduction to Object ID (Getty Information Institute, 1999).
"""

import re
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from heritage.domain.images import ImageDigest
from heritage.errors import InputError, RecordError

MAX_FIELD_LENGTH = 10_000
_BROKEN_TEXT = re.compile(r"[\x00\ud800-\udfff]")  # no database keeps them: NUL, and halves of a character
_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class Status(StrEnum):
    """What the registry says happened to the object."""

    STOLEN = "stolen"
    MISSING = "missing"
    LOOTED = "looted"
    FOUND = "found"
    SEIZED = "seized"
    RECOVERED = "recovered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, order=True)
class RecordId:
    """The key of a registry record: which registry, which number in it; written ``registry/number``."""

    registry: str
    number: str

    def __post_init__(self) -> None:
        for name, value in (("registry", self.registry), ("number", self.number)):
            if not value.strip():
                raise RecordError(f"{name} is empty")
            if len(value) > 200 or not value.isprintable() or value != value.strip():
                raise RecordError(f"{name} {value[:80]!r} must be at most 200 printable characters, no outer spaces")
        if "/" in self.registry:
            raise RecordError(f"registry {self.registry[:80]!r} must not contain '/'")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``registry/number``; only the first slash separates. Raises `InputError`."""
        registry, slash, number = text.partition("/")
        if not slash:
            raise InputError(f"not a record id: {text[:80]!r} (expected registry/number)")
        return cls(registry, number)

    def __str__(self) -> str:
        return f"{self.registry}/{self.number}"


@dataclass(frozen=True, slots=True)
class ObjectIdCard:
    """The Object ID standard's fields; free text, empty when unknown."""

    object_type: str = ""
    materials: str = ""
    measurements: str = ""
    inscriptions: str = ""
    distinguishing_features: str = ""
    title: str = ""
    subject: str = ""
    period: str = ""
    maker: str = ""
    description: str = ""
    inventory_number: str = ""
    related_material: str = ""
    place_of_origin: str = ""
    cross_references: str = ""
    date_documented: str = ""

    def __post_init__(self) -> None:
        for card_field in fields(self):
            value = getattr(self, card_field.name)
            if len(value) > MAX_FIELD_LENGTH:
                raise RecordError(f"{card_field.name} is longer than {MAX_FIELD_LENGTH} characters")
            _refuse_broken_text(card_field.name, value)


@dataclass(frozen=True, slots=True)
class RegistryRecord:
    """One object in one registry, with the digests of its photographs in the registry's order.

    Dates are ISO 8601, to the precision known: ``1998``, ``1998-05`` or ``1998-05-21``.
    """

    record_id: RecordId
    status: Status = Status.STOLEN
    owner_agency: str = ""
    theft_date: str = ""
    theft_place: str = ""
    card: ObjectIdCard = field(default_factory=ObjectIdCard)
    images: tuple[ImageDigest, ...] = ()
    updated_at: datetime | None = field(default=None, compare=False)  # set by storage, UTC

    def __post_init__(self) -> None:
        if self.theft_date and not _PARTIAL_DATE.fullmatch(self.theft_date):
            raise RecordError(f"theft_date {self.theft_date[:40]!r} is not a date like 1998, 1998-05 or 1998-05-21")
        _refuse_broken_text("owner_agency", self.owner_agency)
        _refuse_broken_text("theft_place", self.theft_place)

    @property
    def label(self) -> str:
        """What to call the object in one line."""
        return self.card.title or self.card.object_type or f"object {self.record_id.number}"


@dataclass(frozen=True, slots=True)
class RegisteredImage:
    """A photograph as one record shows it; ``sequence`` is the image's number in the database and in both lanes."""

    sequence: int
    digest: ImageDigest
    width: int
    height: int
    record: RegistryRecord


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One record as a source gives it: ``record`` without digests and its picture files, or why it cannot be used.

    ``number`` is where a person finds it in the source: the spreadsheet's row (the header is 1), or the file's place;
    ``label`` what the source calls it, as far as it could be read.
    """

    number: int
    record: RegistryRecord | None
    pictures: tuple[Path, ...] = ()
    error: str = ""
    label: str = ""


def _refuse_broken_text(name: str, value: str) -> None:
    if _BROKEN_TEXT.search(value):
        raise RecordError(f"{name} has NUL characters or broken ones; save the source as UTF-8 text again")
