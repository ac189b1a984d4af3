"""How many of the records that somebody may see there are by category, status and so on."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, case, distinct, func, select

from heritage.domain.access import Viewer
from heritage.domain.criteria import Criteria
from heritage.domain.facets import MAX_COUNTED, Breakdown, FacetCount, FacetName, Facets, without
from heritage.domain.terms import Facet, category_tree
from heritage.storage.schema import record, record_term
from heritage.storage.visibility import meets, visible_to

MAX_VALUES = 50  # of one facet: nobody reads more
_COLUMN_BY_NAME = {
    FacetName.STATUS: record.c.status,
    FacetName.REGISTRY: record.c.registry,
    FacetName.OWNER: record.c.owner_agency,
}
_ROOT_BY_NAME = {
    FacetName.CATEGORY: Facet.OBJECT,
    FacetName.MATERIAL: Facet.MATERIAL,
    FacetName.PERIOD: Facet.PERIOD,
}


def count_facets(connection: Connection, criteria: Criteria, viewer: Viewer, limit: int = MAX_COUNTED) -> Facets:
    """What ``viewer`` may see of it, having looked at ``limit`` records for each breakdown at most."""
    total = _total(connection, _chosen(connection, criteria, viewer, limit))
    breakdowns = []
    for name in FacetName:
        asked = without(criteria, name)
        chosen = _chosen(connection, asked, viewer, limit)
        found = total if asked == criteria else _total(connection, chosen)
        breakdowns.append(Breakdown(name, _counts(connection, chosen, criteria, name), found > limit))
    return Facets(min(total, limit), total > limit, tuple(breakdowns))


def _chosen(connection: Connection, criteria: Criteria, viewer: Viewer, limit: int) -> Subquery:
    """One record more than is counted tells whether there are more."""
    columns = (record.c.id, record.c.status, record.c.registry, record.c.owner_agency)
    asked = select(*columns).with_hint(record, "INDEXED BY ix_record_found", "sqlite")
    return asked.where(visible_to(viewer), meets(criteria, connection)).limit(limit + 1).subquery()


def _total(connection: Connection, chosen: Subquery) -> int:
    return int(connection.execute(select(func.count()).select_from(chosen)).scalar_one())


def _counts(connection: Connection, chosen: Subquery, criteria: Criteria, name: FacetName) -> tuple[FacetCount, ...]:
    if name in _COLUMN_BY_NAME:
        value: ColumnElement[Any] = chosen.c[_COLUMN_BY_NAME[name].name]
        asked = select(value, func.count()).where(value != "").group_by(value)
    else:
        below = _subtrees(getattr(criteria, name.value) or _ROOT_BY_NAME[name])
        if not below:
            return ()
        value = case(*((record_term.c.term.in_(terms), child) for child, terms in below.items()))
        of_records = select(value.label("value"), record_term.c.record_id).join(
            chosen, chosen.c.id == record_term.c.record_id
        )
        every = of_records.where(record_term.c.term.in_(sorted({one for terms in below.values() for one in terms})))
        named = every.subquery()
        asked = select(named.c.value, func.count(distinct(named.c.record_id))).group_by(named.c.value)
    rows = sorted(connection.execute(asked).all(), key=lambda row: (-row[1], row[0]))
    return tuple(FacetCount(*row) for row in rows[:MAX_VALUES])


def _subtrees(term: str) -> dict[str, list[str]]:
    """The terms right below ``term``, each with all that stands for it."""
    tree = category_tree()
    children = [one for depth, one in tree.walk(term) if depth == 1]
    return {one.id: sorted(tree.subtree(one.id)) for one in children}
