"""`Viewer.sees` and `Criteria` in SQL: the only place where rows are chosen for somebody."""

from collections.abc import Iterable

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from heritage.domain.access import NAMED_ROLES, OPEN_HANDLING, Handling, Viewer
from heritage.domain.classification import subtree
from heritage.domain.criteria import Criteria
from heritage.storage.fulltext import has_words
from heritage.storage.schema import (
    case_file,
    case_holding,
    photo_keeping,
    record,
    record_share,
    record_term,
    search,
)

Condition = ColumnElement[bool]


def visible_to(viewer: Viewer, table: FromClause = record) -> Condition:
    """Whether a row of ``table``, which is ``record`` or an alias of it, may be shown to ``viewer``.

    A test holds it against `Viewer.sees`.
    """
    if viewer.is_unrestricted:
        return true()
    is_open = _is_labelled(table, OPEN_HANDLING)
    if not viewer.agency:
        return is_open
    is_shared = exists().where(record_share.c.record_id == table.c.id, record_share.c.agency == viewer.agency)
    own_labels = [Handling.AMBER, Handling.AMBER_STRICT, *([Handling.RED] if viewer.role in NAMED_ROLES else [])]
    is_own = and_(table.c.owner_agency == viewer.agency, _is_labelled(table, own_labels))
    return or_(is_open, is_own, and_(_is_labelled(table, [Handling.AMBER]), is_shared))


def hit_shown_to(viewer: Viewer) -> Condition:
    """Whether a hit may be, where ``hit``, its ``search`` and its ``record`` are joined.

    The searcher's own and the owner's, unless the search was made with a record that the viewer must not know of.
    """
    if viewer.is_unrestricted:
        return true()
    if not viewer.agency:
        return false()
    source = record.alias("source")
    is_source_shown = exists().where(source.c.id == search.c.source_id, visible_to(viewer, source))
    is_own = and_(record.c.owner_agency == viewer.agency, visible_to(viewer))
    return and_(or_(search.c.agency == viewer.agency, is_own), or_(search.c.source_id.is_(None), is_source_shown))


def own_search(viewer: Viewer) -> Condition:
    """Whether a row of ``search`` is the viewer's own agency's, and not made with a record that they must not see."""
    if viewer.is_unrestricted:
        return true()
    if not viewer.agency:
        return false()
    source = record.alias("source")
    is_source_shown = exists().where(source.c.id == search.c.source_id, visible_to(viewer, source))
    return and_(search.c.agency == viewer.agency, or_(search.c.source_id.is_(None), is_source_shown))


def own_keeping(viewer: Viewer) -> Condition:
    """Whether a row of ``photo_keeping`` is the viewer's own agency's."""
    if viewer.is_unrestricted:
        return true()
    return photo_keeping.c.agency == viewer.agency if viewer.agency else false()


def hidden_from(viewer: Viewer) -> Condition:
    """The opposite of `visible_to`, in a form that an index answers: the restricted records are few."""
    if viewer.is_unrestricted:
        return false()
    restricted = [label for label in Handling if label not in OPEN_HANDLING]
    return and_(_is_labelled(record, restricted), not_(visible_to(viewer)))


def meets(criteria: Criteria, connection: Connection) -> Condition:
    """Whether a row of ``record`` is what ``criteria`` ask for. Raises `InputError` for a term that there is not."""
    conditions: list[Condition] = []
    if criteria.text:
        conditions.append(has_words(connection, criteria.text))
    if criteria.place:
        conditions.append(has_words(connection, criteria.place, "places"))
    conditions += [_has_term(term) for term in (criteria.category, criteria.material, criteria.period) if term]
    if criteria.since:
        conditions.append(_not_before(criteria.since))
    if criteria.until:
        conditions.append(_not_after(criteria.until))
    if criteria.statuses:
        conditions.append(record.c.status.in_(sorted(criteria.statuses)))
    if criteria.registry:
        conditions.append(record.c.registry == criteria.registry)
    if criteria.owner:
        conditions.append(record.c.owner_agency == criteria.owner)
    return and_(true(), *conditions)


def _is_labelled(table: FromClause, labels: Iterable[Handling]) -> Condition:
    return table.c.handling.in_(sorted(label.value for label in labels))


def _has_term(term: str) -> Condition:
    below = sorted(subtree(term))
    return record.c.id.in_(select(record_term.c.record_id).where(record_term.c.term.in_(below)))


def _not_before(since: str) -> Condition:
    """A date of 1998 may lie after 1998-05; an unknown one is not taken for any."""
    may_be = literal(since).like(record.c.theft_date + "%")
    return and_(record.c.theft_date != "", or_(record.c.theft_date >= since, may_be))


def _not_after(until: str) -> Condition:
    return and_(record.c.theft_date != "", func.substr(record.c.theft_date, 1, len(until)) <= until)


def held_by(viewer: Viewer) -> Condition:
    """Whether a row of ``case_holding`` lets ``viewer`` read the case, as far as the row says."""
    if viewer.is_unrestricted:
        return case_holding.c.last_entry.is_(None)
    return and_(case_holding.c.agency == viewer.agency, case_holding.c.agency != "")


def offered_to(viewer: Viewer) -> Condition:
    """Whether a row of ``case_file`` is offered to the agency of ``viewer``, which then knows of the offer only."""
    return and_(case_file.c.offered_to == viewer.agency, case_file.c.offered_to != "")
