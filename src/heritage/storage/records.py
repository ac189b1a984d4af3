"""Registry records and the images they show, as far as the one who asks may see them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Select, and_, select, tuple_

from heritage.domain.access import AT_THE_MACHINE, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.descriptors import DescribedImage, Specs
from heritage.domain.facets import Facets
from heritage.domain.hits import Coverage
from heritage.domain.images import ImageDigest
from heritage.domain.ports import Sequences
from heritage.domain.records import RecordId, RegisteredImage, RegistryRecord, Status, StatusChange
from heritage.domain.revisions import Revision, may_read_revisions
from heritage.errors import NotFoundError, StaleError
from heritage.storage.audit import append_events
from heritage.storage.coverage import LISTED, change_count, count_change, counted
from heritage.storage.database import Database, in_chunks
from heritage.storage.facets import count_facets
from heritage.storage.image_rows import last_serial
from heritage.storage.record_rows import by_id, read_records
from heritage.storage.record_saving import Change as Change
from heritage.storage.record_saving import Item, Refusal, check_may_change, save_records, taken
from heritage.storage.record_writing import Write, write_records
from heritage.storage.remembering import Remembered
from heritage.storage.revisions import read_revisions
from heritage.storage.schema import image, record, record_image, record_status
from heritage.storage.visibility import Condition, hidden_from, meets, visible_to

COVERAGES_KEPT = 200
FACETS_KEPT = 200
SELECTIONS_KEPT = 16  # of a million images each: 8 MB


class Records:
    """Registry records. Each call is one transaction, so no record is ever half there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._selection = Remembered[int, Sequences | None](SELECTIONS_KEPT)
        self._coverage = Remembered[tuple[int, int], Coverage](COVERAGES_KEPT)
        self._facets = Remembered[int, Facets](FACETS_KEPT)

    def save(
        self, saved: RegistryRecord, described: Sequence[DescribedImage], specs: Specs, by: Viewer = AT_THE_MACHINE
    ) -> Change:
        """`save_all` of one record."""
        return self.save_all([(saved, described)], specs, by)[0]

    def save_all(self, batch: Sequence[Item], specs: Specs, by: Viewer = AT_THE_MACHINE) -> list[Change]:
        """Write records, their new images and their descriptions, all or nothing, on behalf of ``by``.

        With each record come those of its images that are not yet described under ``specs``; others may be among them
        and are passed over. A withdrawn record that is saved again has the status it is saved with. Raises
        `StorageError` when an image of a record is described nowhere, `RecordError` for terms that do not exist and for
        personal data, `ForbiddenError` when a record, as it is or as it will be, is not ``by``'s to change.
        """
        with self._database.begin() as connection:
            return _all_saved(connection, batch, specs, by)

    def save_each(self, batch: Sequence[Item], specs: Specs, by: Viewer = AT_THE_MACHINE) -> list[Change | Refusal]:
        """`save_all`, except that a record that is refused keeps back no other: its outcome is its error."""
        with self._database.begin() as connection:
            return _each_saved(connection, batch, specs, by)

    def add(self, added: RegistryRecord, specs: Specs, by: Viewer) -> RegistryRecord:
        """Save a record that is not there yet; as it is then. Raises what `save_all` does, and `ConflictError`."""
        with self._database.begin() as connection:
            if connection.execute(by_id(added.record_id)).first():
                raise taken(added.record_id)  # in the same words whether or not ``by`` may see it
            _all_saved(connection, [(added, [])], specs, by)
            return _visible(connection, added.record_id, by)[1]

    def change(self, changed: RegistryRecord, version: int, specs: Specs, by: Viewer) -> RegistryRecord:
        """Save a record that is there, with images that are there, if it still has ``version``; as it is then.

        Raises what `save_all` does, `NotFoundError`, and `StaleError` when somebody else changed it meanwhile.
        """

        def checked(known: RegistryRecord) -> RegistryRecord:
            _check_version(known, version)
            return changed

        return self.edit(changed.record_id, checked, specs, by)

    def edit(
        self,
        record_id: RecordId,
        edit: Callable[[RegistryRecord], RegistryRecord],
        specs: Specs,
        by: Viewer,
        described: Sequence[DescribedImage] = (),
    ) -> RegistryRecord:
        """Save what ``edit`` makes of the record as it is now, nobody coming between; as it is then.

        Raises what `save_all` does, `NotFoundError`, and whatever ``edit`` raises.
        """
        with self._database.begin() as connection:
            _, known = _visible(connection, record_id, by)
            check_may_change(known, by)
            _all_saved(connection, [(edit(known), described)], specs, by)
            return _visible(connection, record_id, by)[1]

    def get(self, record_id: RecordId, viewer: Viewer) -> RegistryRecord:
        """The record, withdrawn or not. Raises `NotFoundError`, also when ``viewer`` must not know of it."""
        with self._database.read() as connection:
            return _visible(connection, record_id, viewer)[1]

    def history(self, record_id: RecordId, viewer: Viewer) -> tuple[StatusChange, ...]:
        """The record's statuses since it was registered, oldest first. Raises `NotFoundError`."""
        with self._database.read() as connection:
            row, _ = _visible(connection, record_id, viewer)
            steps = select(record_status).where(record_status.c.record_id == row.id)
            found = connection.execute(steps.order_by(record_status.c.id)).all()
        return tuple(StatusChange(Status(one.status), one.at, one.actor, one.agency) for one in found)

    def revisions(self, record_id: RecordId, viewer: Viewer, since: int = 0) -> tuple[Revision, ...]:
        """What was changed about the record after version ``since``, oldest first. Raises `NotFoundError`.

        Nothing for whom `may_read_revisions` does not let.
        """
        with self._database.read() as connection:
            row, known = _visible(connection, record_id, viewer)
            return read_revisions(connection, row.id, since) if may_read_revisions(viewer, known) else ()

    def withdraw(self, record_id: RecordId, by: Viewer = AT_THE_MACHINE, version: int = 0, reason: str = "") -> Change:
        """Take the record out of every search from now on; it is kept, and can be saved again.

        Raises `NotFoundError`, `ForbiddenError`, and `StaleError` unless it still has ``version``, if one is given.
        """
        with self._database.begin() as connection:
            row, known = _visible(connection, record_id, by)
            check_may_change(known, by)
            if version:
                _check_version(known, version)
            if known.status is Status.WITHDRAWN:
                return Change.UNCHANGED
            withdrawn = replace(known, status=Status.WITHDRAWN)
            write_records(connection, [Write(withdrawn, row, known, note=reason)], by)
            count_change(connection)
            append_events(connection, event(by, Action.WITHDRAW, record_id, reason))
            return Change.UPDATED

    def find(
        self, criteria: Criteria, viewer: Viewer, after: RecordId | None = None, limit: int = 100
    ) -> tuple[RegistryRecord, ...]:
        """Up to ``limit`` records that meet ``criteria``, withdrawn ones too, in order of their key after ``after``."""
        with self._database.read() as connection:
            # SQLite would rather begin with the many records that anybody may see, and sort them.
            listed = select(record.c.id).with_hint(record, "INDEXED BY ix_record_found", "sqlite")
            asked = listed.where(visible_to(viewer), meets(criteria, connection))
            if after:
                asked = asked.where(tuple_(record.c.registry, record.c.number) > tuple_(*after.key))
            in_order = asked.order_by(record.c.registry, record.c.number).limit(limit)
            keys = connection.execute(in_order).scalars().all()
            row_by_key = {row.id: row for row in _rows_by_key(connection, keys)}
            return tuple(read_records(connection, [row_by_key[key] for key in keys]))

    def facets(self, criteria: Criteria, viewer: Viewer) -> Facets:
        """How many records there are behind each further choice. Counted again only after a change."""
        asked = (_class_of(viewer), criteria)
        with self._database.read() as connection:
            state = change_count(connection)
            return self._facets.answer(asked, state, lambda: count_facets(connection, criteria, viewer))

    def of_images(
        self, sequences: Iterable[int], viewer: Viewer, criteria: Criteria = ANYTHING
    ) -> tuple[RegisteredImage, ...]:
        """The images in the order asked, once for each record that shows them.

        Left out are withdrawn records, those that ``viewer`` may not see, and those that ``criteria`` do not ask for.
        """
        wanted = list(dict.fromkeys(sequences))
        with self._database.read() as connection:
            links = _links(connection, wanted, _searched(connection, viewer, criteria))
            rows = _rows_by_key(connection, sorted({link.record_id for link in links}))
            records = {row.id: one for row, one in zip(rows, read_records(connection, rows), strict=True)}
        shown = [
            RegisteredImage(link.sequence, ImageDigest(link.digest), link.width, link.height, records[link.record_id])
            for link in links
        ]
        place = {sequence: index for index, sequence in enumerate(wanted)}
        return tuple(sorted(shown, key=lambda one: (place[one.sequence], one.record.record_id)))

    def shows(self, digest: ImageDigest, viewer: Viewer) -> bool:
        """Whether any listed record that ``viewer`` may see shows the image: whether it may be handed out at all."""
        return self._is_shown(digest, visible_to(viewer))

    def shows_own(self, digest: ImageDigest, agency: str) -> bool:
        """Whether any listed record that ``agency`` owns shows the image."""
        return bool(agency) and self._is_shown(digest, record.c.owner_agency == agency)

    def _is_shown(self, digest: ImageDigest, by: Condition) -> bool:
        joined = record_image.join(image).join(record)
        statement = select(record.c.id).select_from(joined).where(LISTED, by, image.c.digest == digest.hex)
        with self._database.read() as connection:
            return connection.execute(statement.limit(1)).first() is not None

    def image_size(self, digest: ImageDigest) -> tuple[int, int]:
        """Width and height of a stored image in px. Raises `NotFoundError`."""
        with self._database.read() as connection:
            statement = select(image.c.width, image.c.height).where(image.c.digest == digest.hex)
            row = connection.execute(statement).first()
        if row is None:
            raise NotFoundError(f"there is no image {digest}")
        return row.width, row.height

    def coverage(self, specs: Specs, viewer: Viewer, criteria: Criteria = ANYTHING) -> Coverage:
        """What a search under ``specs`` covers now. Counted again only after a change."""
        asked = (specs, _class_of(viewer), criteria)
        with self._database.read() as connection:
            state = (change_count(connection), last_serial(connection, specs))
            return self._coverage.answer(asked, state, lambda: _coverage(connection, specs, viewer, criteria))

    def selection(self, viewer: Viewer, criteria: Criteria) -> Sequences | None:
        """Sequences of the images that a search may answer with, ascending; None when that is every listed one.

        Read again only after a change: every search asks.
        """
        asked = (_class_of(viewer), criteria)
        with self._database.read() as connection:
            state = change_count(connection)
            return self._selection.answer(asked, state, lambda: _selection(connection, viewer, criteria))


def _class_of(viewer: Viewer) -> Viewer:
    """Those who see the same records, as one viewer: what was counted for one holds for the others."""
    return replace(viewer, actor="", scopes=frozenset(), is_operator=False)


def _coverage(connection: Connection, specs: Specs, viewer: Viewer, criteria: Criteria) -> Coverage:
    counts = counted(connection, specs, _searched(connection, viewer, criteria), hidden_from(viewer))
    return replace(counts, is_narrowed=not criteria.is_empty)


def _selection(connection: Connection, viewer: Viewer, criteria: Criteria) -> Sequences | None:
    if (
        criteria.is_empty
        and connection.execute(select(record.c.id).where(hidden_from(viewer)).limit(1)).first() is None
    ):
        return None
    shown = select(record_image.c.sequence).distinct().join_from(record_image, record)
    found = connection.execute(shown.where(_searched(connection, viewer, criteria))).scalars().all()
    return np.sort(np.array(found, np.int64))


def _searched(connection: Connection, viewer: Viewer, criteria: Criteria) -> Condition:
    return and_(LISTED, visible_to(viewer), meets(criteria, connection))


def _all_saved(connection: Connection, batch: Sequence[Item], specs: Specs, by: Viewer) -> list[Change]:
    changes: list[Change] = []
    for outcome in _each_saved(connection, batch, specs, by):
        if not isinstance(outcome, Change):
            raise outcome
        changes.append(outcome)
    return changes


def _each_saved(connection: Connection, batch: Sequence[Item], specs: Specs, by: Viewer) -> list[Change | Refusal]:
    """Save, and let caches and the audit log know, in one transaction."""
    outcomes = save_records(connection, batch, specs, by)
    made = zip((saved.record_id for saved, _ in batch), outcomes, strict=True)
    events = [event(by, _ACTIONS[outcome], record_id) for record_id, outcome in made if outcome in _ACTIONS]
    if events:
        count_change(connection)
        append_events(connection, *events)
    return outcomes


_ACTIONS: dict[Change | Refusal, Action] = {Change.ADDED: Action.CREATE, Change.UPDATED: Action.CHANGE}


def _visible(connection: Connection, record_id: RecordId, viewer: Viewer) -> tuple[Row[Any], RegistryRecord]:
    row = connection.execute(by_id(record_id).where(visible_to(viewer))).first()
    if row is None:
        raise NotFoundError(f"there is no record {record_id}")
    return row, read_records(connection, [row])[0]


def _check_version(one: RegistryRecord, version: int) -> None:
    if version != one.version:
        raise StaleError(f"record {one.record_id} was changed meanwhile; read it again and repeat your change")


def _links(connection: Connection, sequences: Sequence[int], searched: Condition) -> list[Row[Any]]:
    columns = (record_image.c.record_id, image.c.sequence, image.c.digest, image.c.width, image.c.height)
    statement: Select[Any] = select(*columns).select_from(record_image.join(image).join(record)).where(searched)
    links: list[Row[Any]] = []
    for chunk in in_chunks(sequences):
        links += connection.execute(statement.where(image.c.sequence.in_(chunk))).all()
    return links


def _rows_by_key(connection: Connection, keys: Sequence[int]) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    for chunk in in_chunks(keys):
        rows += connection.execute(select(record).where(record.c.id.in_(chunk))).all()
    return rows
