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

from heritage.domain.access import Handling
from heritage.domain.digits import western
from heritage.domain.images import ImageDigest
from heritage.errors import InputError, RecordError

MAX_FIELD_LENGTH = 10_000
MAX_LINE_LENGTH = 1_000
MAX_SHARED = 200  # agencies that one record is shared with
PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_BROKEN_TEXT = re.compile(r"[\x00\ud800-\udfff]")  # no database keeps them: NUL, and halves of a character


class Status(StrEnum):
    """What the registry says happened to the object."""

    STOLEN = "stolen"
    MISSING = "missing"
    LOOTED = "looted"
    FOUND = "found"
    SEIZED = "seized"
    RECOVERED = "recovered"
    WITHDRAWN = "withdrawn"

    @property
    def counterparts(self) -> "frozenset[Status]":
        """What a record with this status is to be compared with: objects that are lost with such as came to light."""
        if self in LOST:
            return CAME_TO_LIGHT
        return LOST if self in CAME_TO_LIGHT else frozenset()


LOST = frozenset({Status.STOLEN, Status.MISSING, Status.LOOTED})
CAME_TO_LIGHT = frozenset({Status.FOUND, Status.SEIZED})


class PhotoView(StrEnum):
    """What a photograph shows of its object."""

    UNSPECIFIED = ""
    FRONT = "front"
    BACK = "back"
    SIDE = "side"
    TOP = "top"
    BASE = "base"
    DETAIL = "detail"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Photograph:
    """One photograph of a record."""

    digest: ImageDigest
    view: PhotoView = PhotoView.UNSPECIFIED


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

    @property
    def key(self) -> tuple[str, str]:
        return self.registry, self.number

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
            check_text(card_field.name, getattr(self, card_field.name), MAX_FIELD_LENGTH)


@dataclass(frozen=True, slots=True)
class RegistryRecord:
    """One object in one registry, with its photographs in the registry's order.

    ``theft_date`` (of the theft or loss, or of the find or seizure) is ISO 8601, to the precision known: ``1998``,
    ``1998-05`` or ``1998-05-21``. ``category`` is a kind of object and ``terms`` are its materials, techniques and
    periods, all identifiers of `heritage.domain.terms`. ``owner_agency`` names the agency that may change the record
    and decides its ``handling``; ``shared_with`` names further agencies that see it when it is TLP:AMBER.
    ``icg_reference`` is the number of an import licence or importer statement under Regulation (EU) 2019/880.
    ``version`` counts the states of the record from 1, 0 before it is stored.
    """

    record_id: RecordId
    status: Status = Status.STOLEN
    owner_agency: str = ""
    theft_date: str = ""
    theft_place: str = ""
    category: str = ""
    terms: tuple[str, ...] = ()
    handling: Handling = Handling.GREEN
    shared_with: tuple[str, ...] = ()
    icg_reference: str = ""
    card: ObjectIdCard = field(default_factory=ObjectIdCard)
    photographs: tuple[Photograph, ...] = ()
    version: int = field(default=0, compare=False)  # set by storage
    updated_at: datetime | None = field(default=None, compare=False)  # set by storage, UTC

    def __post_init__(self) -> None:
        object.__setattr__(self, "theft_date", western(self.theft_date))  # dates are compared as texts
        if self.theft_date and not PARTIAL_DATE.fullmatch(self.theft_date):
            raise RecordError(f"theft_date {self.theft_date[:40]!r} is not a date like 1998, 1998-05 or 1998-05-21")
        for name in ("owner_agency", "theft_place", "category", "icg_reference"):
            check_text(name, getattr(self, name), MAX_LINE_LENGTH)
        for name in ("terms", "shared_with"):
            check_text(name, "".join(getattr(self, name)), MAX_SHARED * MAX_LINE_LENGTH)
        if len(self.shared_with) > MAX_SHARED:
            raise RecordError(f"shared_with names {len(self.shared_with)} agencies; at most {MAX_SHARED}")

    @property
    def images(self) -> tuple[ImageDigest, ...]:
        """The photographs' digests, in order."""
        return tuple(one.digest for one in self.photographs)

    @property
    def label(self) -> str:
        """What to call the object in one line."""
        return self.card.title or self.card.object_type or f"object {self.record_id.number}"


def check_text(name: str, value: str, limit: int) -> None:
    """Raises `RecordError` for what is too long, or what no database keeps."""
    if len(value) > limit:
        raise RecordError(f"{name} is longer than {limit} characters")
    if _BROKEN_TEXT.search(value):
        raise RecordError(f"{name} has NUL characters or broken ones; save the source as UTF-8 text again")


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One step in the life of a record: its status from ``at`` (UTC) on, and on whose behalf it was set."""

    status: Status
    at: datetime
    actor: str
    agency: str


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
    """One record as a source gives it: ``record`` without photographs and its pictures, or why it cannot be used.

    ``number`` is where a person finds it in the source: the spreadsheet's row (the header is 1), or the file's place;
    ``label`` what the source calls it, as far as it could be read. ``cells`` are the lines of a table it was read from,
    as they are there, for a report.
    """

    number: int
    record: RegistryRecord | None
    pictures: tuple[Path, ...] = ()
    views: tuple[PhotoView, ...] = ()  # of the pictures, in their order; none when the source does not say
    error: str = ""
    label: str = ""
    cells: tuple[tuple[str, ...], ...] = ()


class Outcome(StrEnum):
    """What became of one row of a source."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
