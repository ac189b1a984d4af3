"""Cases, as far as the one who asks may know them. Nothing of a case is ever changed or removed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update

from heritage.domain.access import AT_THE_MACHINE, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.case_rules import check_follows
from heritage.domain.cases import (
    Case,
    CaseEntry,
    CaseFacts,
    CaseFault,
    CaseFieldError,
    CaseList,
    CaseQuestion,
    CaseStatus,
    CaseSummary,
    EntryContent,
    EntryKind,
    Standing,
    new_case_key,
    no_case,
)
from heritage.domain.images import ImageDigest
from heritage.domain.words import words
from heritage.storage.audit import append_events
from heritage.storage.case_rows import may_see_hit, read_entries, write_entry
from heritage.storage.database import Database
from heritage.storage.schema import case_entry, case_file, case_holding, hit
from heritage.storage.visibility import Condition, held_by, offered_to


@dataclass(frozen=True, slots=True)
class Handed:
    """The entry with which a case was handed over, and to whom."""

    number: int
    agency: str


class Cases:
    """Each call is one transaction. A case is one agency's at a time; who held it before reads it as it was then."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, contents: Sequence[EntryContent], by: Viewer, once: str = "") -> Case:
        """A new case of the agency of ``by``: ``contents`` begins with what it is called, see `EntryKind.OPENED`.

        ``once`` names the form that was sent: for one that was sent before it is the case made then. Raises
        `CaseFieldError` for a hit that ``by`` may not see.
        """
        with self._database.begin() as connection:
            known = _done(connection, once)
            if known is None:
                known = _insert(connection, by)
                _append(connection, known, contents, by, once)
            return _read(connection, known.key, by)

    def add(self, key: str, contents: Sequence[EntryContent], by: Viewer, once: str = "") -> Case:
        """The case with these entries added; as `open` for ``once``. A photo or hit that is in it is not added again.

        Raises `NotFoundError`, `ForbiddenError`, `ConflictError`, `CaseFieldError`.
        """
        with self._database.begin() as connection:
            if _done(connection, once) is None:
                _add(connection, key, contents, by, once)
            return _read(connection, key, by)

    def decline(self, key: str, reason: str, by: Viewer, once: str = "") -> None:
        """Answer an offer with no: the agency of ``by`` knows the case no more. Raises as `add`."""
        with self._database.begin() as connection:
            if _done(connection, once) is None:
                _add(connection, key, [EntryContent(EntryKind.DECLINED, reason)], by, once)

    def get(self, key: str, viewer: Viewer) -> Case:
        """Raises `NotFoundError`, also for a case that ``viewer`` must not know of."""
        with self._database.read() as connection:
            return _read(connection, key, viewer)

    def find(self, asked: CaseQuestion, viewer: Viewer, after: str = "", limit: int = 100) -> tuple[CaseSummary, ...]:
        """Up to ``limit`` cases, the newest first, those that come after the case ``after``."""
        statement = _selected(asked, viewer).order_by(case_file.c.id.desc()).limit(limit)
        if after:
            # Of no other case, or the list would tell whether there is one of that reference.
            known = select(case_holding.c.case_id).where(held_by(viewer))
            is_known = or_(case_file.c.id.in_(known), offered_to(viewer))
            place = select(case_file.c.id).where(case_file.c.key == after, is_known).scalar_subquery()
            statement = statement.where(case_file.c.id < place)
        standing = Standing.OFFERED if asked.listed is CaseList.OFFERED else Standing.HOLDER
        with self._database.read() as connection:
            return tuple(_summary_of(row, standing) for row in connection.execute(statement))

    def find_with_hit(self, hit_id: str, viewer: Viewer) -> tuple[CaseSummary, ...]:
        """The cases in which ``viewer`` reads that the hit was filed, the newest first."""
        joined = case_file.join(case_holding, case_holding.c.case_id == case_file.c.id)
        is_read = or_(case_holding.c.last_entry.is_(None), case_entry.c.id <= case_holding.c.last_entry)
        statement = (
            select(case_file.c.key, case_file.c.holder, case_file.c.offered_at, *case_holding.c)
            .select_from(
                joined.join(case_entry, case_entry.c.case_id == case_file.c.id).join(
                    hit, hit.c.id == case_entry.c.hit_id
                )
            )
            .where(hit.c.key == hit_id, held_by(viewer), is_read)
            .order_by(case_file.c.id.desc())
        )
        with self._database.read() as connection:
            return tuple(_summary_of(row, Standing.HOLDER) for row in connection.execute(statement))

    def has_done(self, once: str) -> bool:
        """Whether the form of that name was sent before."""
        with self._database.read() as connection:
            return _done(connection, once) is not None

    def count_offered(self, viewer: Viewer) -> int:
        """How many cases wait for the answer of the viewer's agency."""
        with self._database.read() as connection:
            counted = select(func.count()).select_from(case_file).where(offered_to(viewer))
            return int(connection.execute(counted).scalar_one())

    def shows(self, key: str, digest: ImageDigest, viewer: Viewer) -> bool:
        """Whether the case has that photo among what ``viewer`` reads of it. Raises `NotFoundError`."""
        with self._database.read() as connection:
            row, _, last = _found(connection, key, viewer)
            asked = select(case_entry.c.id).where(case_entry.c.case_id == row.id, case_entry.c.digest == digest.hex)
            if last is not None:
                asked = asked.where(case_entry.c.id <= last)
            return connection.execute(asked).first() is not None


def _insert(connection: Connection, by: Viewer) -> Row[Any]:
    while True:
        key = new_case_key(datetime.now(UTC).year)
        if connection.execute(select(case_file.c.id).where(case_file.c.key == key)).first() is None:
            break
    connection.execute(insert(case_file).values(key=key, holder=by.agency, offered_to=""))
    return connection.execute(select(case_file).where(case_file.c.key == key)).one()


def _done(connection: Connection, once: str) -> Row[Any] | None:
    """The case that the form named ``once`` was sent for before."""
    of_entry = select(case_file).join(case_entry, case_entry.c.case_id == case_file.c.id)
    return connection.execute(of_entry.where(case_entry.c.once == once)).first() if once else None


def _found(connection: Connection, key: str, viewer: Viewer) -> tuple[Row[Any], Standing, int | None]:
    """The case, what it is to ``viewer``, and the last entry they read; None: they read all."""
    row = connection.execute(select(case_file).where(case_file.c.key == key)).first()
    if row is None:
        raise no_case()
    held = connection.execute(select(case_holding).where(case_holding.c.case_id == row.id, held_by(viewer))).first()
    if connection.execute(select(case_file.c.id).where(case_file.c.id == row.id, offered_to(viewer))).first():
        return row, Standing.OFFERED, held.last_entry if held else 0  # what it held before it still reads
    if held is None:
        raise no_case()
    return row, Standing.HOLDER if held.last_entry is None else Standing.FORMER, held.last_entry


def _read(connection: Connection, key: str, viewer: Viewer) -> Case:
    row, standing, last = _found(connection, key, viewer)
    if standing is not Standing.OFFERED:
        return Case.of(key, standing, read_entries(connection, row.id, viewer, last))
    whole = Case.of(key, standing, read_entries(connection, row.id, viewer, None))
    shown = tuple(one for one in whole.entries if one.number <= (last or 0))
    offered = Case(key, standing, whole.holder, CaseFacts(whole.facts.title), entries=shown)
    return replace(offered, offered_to=whole.offered_to, offer_note=whole.offer_note)


def _add(connection: Connection, key: str, contents: Sequence[EntryContent], by: Viewer, once: str) -> None:
    row, standing, _ = _found(connection, key, by)
    whole = Case.of(key, standing, read_entries(connection, row.id, by, None))
    new = [one for one in contents if not _is_in(whole, one)]
    for one in new:
        check_follows(whole, standing, one.kind)
    _append(connection, row, new, by, once)


def _is_in(case: Case, content: EntryContent) -> bool:
    if content.kind is EntryKind.PHOTO:
        return content.digest in case.photos
    return content.kind is EntryKind.HIT and content.hit_id in case.hit_ids


def _append(connection: Connection, row: Row[Any], contents: Sequence[EntryContent], by: Viewer, once: str) -> None:
    at, last = datetime.now(UTC), 0
    for place, content in enumerate(contents):
        if content.hit_id and not may_see_hit(connection, content.hit_id, by):
            raise CaseFieldError("hit", CaseFault.NO_HIT)
        last = write_entry(connection, row.id, CaseEntry(0, at, by.actor, by.agency, content), "" if place else once)
        _note_holder(connection, row.id, content, last)
    if last:
        _note_holding(connection, row.id)
    made = Action.CREATE if any(one.kind is EntryKind.OPENED for one in contents) else Action.CHANGE
    append_events(connection, *(event(by, made, row.key, _told(one)) for one in contents))


def _told(content: EntryContent) -> str:
    """What the audit log says: no words of the case's own, which other agencies' admins may not read."""
    digest = str(content.digest) if content.digest else ""
    return " ".join(filter(None, (content.kind.value, content.hit_id, digest, content.agency)))


def _note_holder(connection: Connection, case_row: int, content: EntryContent, number: int) -> None:
    """With whom the case lies, and whom it is offered to, after the entry of that number."""
    this = update(case_file).where(case_file.c.id == case_row)
    if content.kind is EntryKind.OFFERED:
        connection.execute(this.values(offered_to=content.agency, offered_at=datetime.now(UTC)))
    elif content.kind in (EntryKind.TAKEN_BACK, EntryKind.DECLINED):
        connection.execute(this.values(offered_to="", offered_at=None))
    elif content.kind is EntryKind.HANDED_OVER:
        _note_holding(connection, case_row, Handed(number, content.agency))
        connection.execute(this.values(offered_to="", offered_at=None, holder=content.agency))


def _note_holding(connection: Connection, case_row: int, handed: Handed | None = None) -> None:
    """Write what lists show to the holder; when it was ``handed`` over, for the last time."""
    row = connection.execute(select(case_file).where(case_file.c.id == case_row)).one()
    entries = read_entries(connection, case_row, AT_THE_MACHINE, None)
    case = Case.of(row.key, Standing.HOLDER, entries)
    texts = (row.key, case.facts.title, case.facts.place, *(one.text for one in case.references))
    values = {
        "last_entry": handed.number if handed else None,
        "handed_to": handed.agency if handed else "",
        "title": case.facts.title,
        "status": case.status.value,
        "words": "".join(f" {word}" for text in texts for word in words(text)),
        "changed_at": entries[-1].at,
    }
    is_this = and_(case_holding.c.case_id == case_row, case_holding.c.agency == row.holder)
    if not connection.execute(update(case_holding).where(is_this).values(values)).rowcount:
        connection.execute(insert(case_holding).values(case_id=case_row, agency=row.holder, **values))


def _selected(asked: CaseQuestion, viewer: Viewer) -> Select[Any]:
    columns = (case_file.c.key, case_file.c.holder, case_file.c.offered_at, *case_holding.c)
    joined = case_file.join(case_holding, case_holding.c.case_id == case_file.c.id)
    return select(*columns).select_from(joined).where(*_conditions(asked, viewer))


def _conditions(asked: CaseQuestion, viewer: Viewer) -> list[Condition]:
    # What an offer shows is searched by no other words than those it shows; the list of them is short anyway.
    if asked.listed is CaseList.OFFERED:
        return [offered_to(viewer), case_holding.c.agency == case_file.c.holder]
    found = [held_by(viewer)]
    found += [case_holding.c.words.like(f"% {word}%") for word in words(asked.text)]
    if asked.listed is CaseList.FORMER:
        return [*found, case_holding.c.last_entry.is_not(None)]
    status = CaseStatus.OPEN if asked.listed is CaseList.OPEN else CaseStatus.CLOSED
    return [*found, case_holding.c.last_entry.is_(None), case_holding.c.status == status.value]


def _summary_of(row: Row[Any], standing: Standing) -> CaseSummary:
    is_offered = standing is Standing.OFFERED
    is_former = not is_offered and row.last_entry is not None
    return CaseSummary(
        key=row.key,
        standing=Standing.FORMER if is_former else standing,
        holder=row.handed_to if is_former else row.holder,
        title=row.title,
        status=CaseStatus(row.status),
        changed_at=row.offered_at if is_offered else row.changed_at,
    )
