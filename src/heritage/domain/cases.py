"""Cases: one seizure, all that belongs to it, and who had it when. A case is what its entries come to.

Entries are only ever added. What a case is called, when and where the seizure was, whether it is closed and with whom
it lies is read from them, so that an agency that handed a case over still reads it as it was at that moment.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from heritage.domain.access import Role, Viewer
from heritage.domain.digits import western
from heritage.domain.images import ImageDigest
from heritage.domain.personal import has_email, has_phone
from heritage.domain.records import MAX_LINE_LENGTH, PARTIAL_DATE, check_text
from heritage.domain.review import KeptHit
from heritage.errors import ForbiddenError, InputError, NotFoundError, RecordError

MAX_TITLE_LENGTH = 300
MAX_REFERENCE_LENGTH = 200
MAX_NOTE_LENGTH = 10_000
MAX_PHOTOS_AT_ONCE = 10
LEADING_ROLES = frozenset({Role.INVESTIGATOR, Role.REGISTRAR, Role.ADMIN})
"""Who may close a case, open it again, offer it to another agency, and accept or decline what is offered."""

# Nothing that is taken for something else when it is read out or written by hand: no 0, 1, I, L, O, U.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CASE_KEY = re.compile(rf"H-\d{{4}}-[{_LETTERS}]{{5}}", re.ASCII)


def new_case_key(year: int) -> str:
    """Such as ``H-2026-7K3M9``: to be read out over the telephone, and tells nobody how many cases there are."""
    return f"H-{year}-{''.join(secrets.choice(_LETTERS) for _ in range(5))}"


def read_case_key(text: str) -> str:
    """As it is kept, however it was typed. Raises `NotFoundError`: what cannot be a reference names no case."""
    key = western(text.strip()).upper()
    if not _CASE_KEY.fullmatch(key):
        raise no_case()
    return key


def is_case_key(text: str) -> bool:
    """Whether it could be the reference of a case, exactly as it is kept."""
    return _CASE_KEY.fullmatch(text) is not None


def no_case() -> NotFoundError:
    """The same for a case that there is not and for one that is not shown: nobody learns which."""
    return NotFoundError("there is no such case, or it is not your agency's")


class CaseFault(StrEnum):
    """What may be wrong with one field of what was typed."""

    EMPTY = "is empty; fill it in"
    TOO_LONG = "is too long; shorten it"
    BROKEN = "has NUL characters or broken ones; type it again"
    EMAIL = "holds an e-mail address; personal data is not kept here: take it out"
    PHONE = "holds a phone number; personal data is not kept here: take it out"
    NO_DATE = "is not a date like 2026, 2026-05 or 2026-05-21"
    NO_AGENCY = "is no other agency that has accounts here; choose one from the list"
    NO_CASE = "is no case of your agency; choose one from the list"
    NO_HIT = "is no hit that your agency may see; copy its id from the answer or from its page"
    NO_PHOTO = "is empty; choose a photo first"
    TOO_MANY_PHOTOS = f"are too many at once; send at most {MAX_PHOTOS_AT_ONCE}"


class CaseFieldError(InputError):
    """One field of what was typed cannot be used: ``field`` names it, ``fault`` says why."""

    def __init__(self, field: str, fault: CaseFault) -> None:
        super().__init__(f"{field} {fault.value}")
        self.field = field
        self.fault = fault


class ReferenceKind(StrEnum):
    """Whose number it is."""

    SEIZURE = "seizure"
    COURT = "court"
    NOTICE = "notice"
    OTHER = "other"


class CaseStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class EntryKind(StrEnum):
    """What happened to a case."""

    OPENED = "opened"
    CHANGED = "changed"  # its title, or when and where the seizure was
    REFERENCE = "reference"
    NOTE = "note"
    PHOTO = "photo"
    SEARCHED = "searched"  # the registries, with one of its photos; what was found follows
    HIT = "hit"
    OFFERED = "offered"
    TAKEN_BACK = "taken_back"  # an offer
    DECLINED = "declined"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    REOPENED = "reopened"


class Standing(StrEnum):
    """What a case is to an agency."""

    HOLDER = "holder"
    OFFERED = "offered"  # it may accept the case, and knows of it only what the offer says
    FORMER = "former"  # it handed the case over, and reads it as it was then


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the holder calls the case, and when and where the seizure was: ``date`` as precise as known, ISO 8601."""

    title: str
    date: str = ""
    place: str = ""

    def __post_init__(self) -> None:
        _check("title", self.title, MAX_TITLE_LENGTH, required=True)
        _check("place", self.place, MAX_LINE_LENGTH)
        object.__setattr__(self, "date", western(self.date))
        if self.date and not PARTIAL_DATE.fullmatch(self.date):
            raise CaseFieldError("date", CaseFault.NO_DATE)


@dataclass(frozen=True, slots=True)
class CaseReference:
    """The number that a court, an issuer of notices or somebody else has for the same matter."""

    kind: ReferenceKind
    text: str

    def __post_init__(self) -> None:
        _check("reference", self.text, MAX_REFERENCE_LENGTH, required=True)


@dataclass(frozen=True, slots=True)
class EntryContent:
    """What an entry says; which fields are filled goes by its kind.

    ``text`` is a note or a reason, ``agency`` whom a case is offered to or was handed to, ``digest`` a photo,
    ``search_id`` the search that was made with it.
    """

    kind: EntryKind
    text: str = ""
    facts: CaseFacts | None = None
    reference: CaseReference | None = None
    digest: ImageDigest | None = None
    hit_id: str = ""
    agency: str = ""
    search_id: str = ""

    def __post_init__(self) -> None:
        is_required = self.kind in (EntryKind.NOTE, EntryKind.CLOSED, EntryKind.REOPENED, EntryKind.DECLINED)
        _check("note", self.text, MAX_NOTE_LENGTH, required=is_required)


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """Who of which agency did what, and when (UTC). ``hit`` is None where it may not be seen any more.

    ``actor`` is empty for other agencies than theirs. ``number`` orders the entries of all cases.
    """

    number: int
    at: datetime
    actor: str
    agency: str
    content: EntryContent
    hit: KeptHit | None = None

    @property
    def kind(self) -> EntryKind:
        return self.content.kind


@dataclass(frozen=True, slots=True)
class Case:
    """One seizure, for one agency that may know of it; what it may not know is left out.

    ``entries`` are the oldest first. ``offered_to`` is an agency that has been offered the case and not answered;
    ``offer_note`` what was said to it. ``holder`` is with whom the case lay after the last of the entries; for a case
    that is ``OFFERED``, whose offer it is.
    """

    key: str
    standing: Standing
    holder: str
    facts: CaseFacts
    status: CaseStatus = CaseStatus.OPEN
    references: tuple[CaseReference, ...] = ()
    offered_to: str = ""
    offer_note: str = ""
    entries: tuple[CaseEntry, ...] = ()

    @classmethod
    def of(cls, key: str, standing: Standing, entries: Sequence[CaseEntry]) -> Self:
        """What ``entries``, the oldest first, come to."""
        facts = [one.content.facts for one in entries if one.content.facts]
        handed = [one.content.agency for one in entries if one.kind is EntryKind.HANDED_OVER]
        offer = _open_offer(entries)
        return cls(
            key=key,
            standing=standing,
            holder=handed[-1] if handed else entries[0].agency,
            facts=facts[-1],
            status=status_of(one.kind for one in entries),
            references=tuple(one.content.reference for one in entries if one.content.reference),
            offered_to=offer.agency if offer else "",
            offer_note=offer.text if offer else "",
            entries=tuple(entries),
        )

    @property
    def photos(self) -> tuple[ImageDigest, ...]:
        found = (one.content.digest for one in self.entries if one.kind is EntryKind.PHOTO)
        return tuple(digest for digest in found if digest)

    @property
    def hit_ids(self) -> frozenset[str]:
        return frozenset(one.content.hit_id for one in self.entries if one.content.hit_id)


def status_of(kinds: Iterable[EntryKind]) -> CaseStatus:
    """The last closing or opening counts."""
    status = CaseStatus.OPEN
    for kind in kinds:
        if kind is EntryKind.CLOSED:
            status = CaseStatus.CLOSED
        elif kind is EntryKind.REOPENED:
            status = CaseStatus.OPEN
    return status


def _open_offer(entries: Iterable[CaseEntry]) -> EntryContent | None:
    offer: EntryContent | None = None
    for one in entries:
        if one.kind is EntryKind.OFFERED:
            offer = one.content
        elif one.kind in (EntryKind.TAKEN_BACK, EntryKind.DECLINED, EntryKind.HANDED_OVER):
            offer = None
    return offer


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case in a list, as far as the agency that asks may know it; see `Case`."""

    key: str
    standing: Standing
    holder: str
    title: str
    status: CaseStatus
    changed_at: datetime


class CaseList(StrEnum):
    """Which cases are asked for."""

    OPEN = "open"
    CLOSED = "closed"
    OFFERED = "offered"  # to the agency that asks
    FORMER = "former"  # handed over by it


@dataclass(frozen=True, slots=True)
class CaseQuestion:
    """``text``: words of the title, a reference, the place or our own reference, each as the beginning of a word."""

    listed: CaseList = CaseList.OPEN
    text: str = ""

    def __post_init__(self) -> None:
        _check("text", self.text, MAX_TITLE_LENGTH, personal=True)


def require_leading(viewer: Viewer) -> None:
    """Raises `ForbiddenError` for whom may not close a case or hand it over."""
    if viewer.role not in LEADING_ROLES:
        raise ForbiddenError("only an investigator, registrar or admin may close a case, reopen it or hand it over")


def _check(field: str, value: str, limit: int, required: bool = False, personal: bool = False) -> None:
    """Raises `CaseFieldError`; ``personal``: also what looks like personal data may stand there."""
    if required and not value.strip():
        raise CaseFieldError(field, CaseFault.EMPTY)
    if len(value) > limit:
        raise CaseFieldError(field, CaseFault.TOO_LONG)
    try:
        check_text(field, value, limit)
    except RecordError as error:
        raise CaseFieldError(field, CaseFault.BROKEN) from error
    if not personal and has_email(value):
        raise CaseFieldError(field, CaseFault.EMAIL)
    if not personal and has_phone(value):
        raise CaseFieldError(field, CaseFault.PHONE)
