"""Raising alerts, inside the transaction that writes the hit: no hit without its alert, and no alert twice."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, and_, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from heritage.domain.access import Role, Viewer
from heritage.domain.alerts import DeliveryState
from heritage.domain.hits import Verdict
from heritage.domain.images import ImageDigest
from heritage.domain.review import KeptSearch, Origin, Side
from heritage.storage.record_rows import by_id
from heritage.storage.schema import alert, channel, delivery, hit, record
from heritage.storage.visibility import visible_to

# By verdict of a hit, the weakest that channels which are told of it may ask for.
_ADMITTED = {
    Verdict.STRONG: (Verdict.STRONG.value, Verdict.POSSIBLE.value),
    Verdict.POSSIBLE: (Verdict.POSSIBLE.value,),
}


def raise_alerts(connection: Connection, hit_row: int, kept: KeptSearch, digest: ImageDigest) -> None:
    """Tell whom the hit is news to: its record's owner, and the searcher of long ago when the record is what is new.

    ``digest``: of the photo that was searched. Who searches now has the answer already: that they know is noted, so
    that they are not told of it later as if it were news.
    """
    row = connection.execute(
        select(hit.c.record_id, hit.c.verdict, record.c.owner_agency).join_from(hit, record).where(hit.c.id == hit_row)
    ).one()
    is_late = kept.origin in (Origin.WATCH, Origin.COUNTERPART)  # nobody waits for the answer
    told = {kept.agency: (Side.SEARCHER, is_late)}
    if row.owner_agency and _may_know(connection, row.owner_agency, kept):
        told[row.owner_agency] = (Side.OWNER, is_late or row.owner_agency != kept.agency)
    for agency, (side, is_news) in told.items():
        values = {"record_id": row.record_id, "digest": digest.hex, "agency": agency, "side": side.value}
        found = {"hit_id": hit_row, "verdict": row.verdict, "raised_at": kept.at, "is_news": is_news}
        _raise_one(connection, values | found)


def _may_know(connection: Connection, owner: str, kept: KeptSearch) -> bool:
    """Whether the owner's registrars see the record that was compared with theirs, if it was one."""
    if kept.source is None:
        return True
    registrar = Viewer("", owner, Role.REGISTRAR)
    return connection.execute(by_id(kept.source).where(visible_to(registrar))).first() is not None


def _raise_one(connection: Connection, values: dict[str, object]) -> None:
    """A pair that was told of as possible is told of once more, as strong, to whoever wants only those.

    Or to whoever found it possible themselves, when it turns out to be strong later.
    """
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(make(alert).values(**values, key=secrets.token_hex(12)).on_conflict_do_nothing())
    is_pair = and_(*(alert.c[name] == values[name] for name in ("record_id", "digest", "agency")))
    if values["verdict"] == Verdict.STRONG.value:
        stronger = {name: values[name] for name in ("hit_id", "verdict", "raised_at")}
        stronger |= {"is_news": True} if values["is_news"] else {}
        weaker = and_(is_pair, alert.c.verdict == Verdict.POSSIBLE.value)
        connection.execute(update(alert).where(weaker).values(**stronger))
    row = connection.execute(select(alert).where(is_pair)).one()
    if row.is_news:
        _queue(connection, row.id, row.agency, Verdict(row.verdict), row.raised_at)


def _queue(connection: Connection, alert_row: int, agency: str, verdict: Verdict, at: datetime) -> None:
    """A delivery by each channel of the agency that was there when the alert was raised and has none of it yet."""
    is_told = exists().where(delivery.c.alert_id == alert_row, delivery.c.channel_id == channel.c.id)
    wanted = select(channel.c.id).where(
        channel.c.agency == agency,
        channel.c.ended_at.is_(None),
        channel.c.least.in_(_ADMITTED[verdict]),
        ~is_told,
    )
    for row in connection.execute(wanted).scalars().all():
        values = {"alert_id": alert_row, "channel_id": row, "key": secrets.token_hex(12), "due_at": at}
        waiting = {"state": DeliveryState.WAITING.value, "attempt_count": 0, "problem": ""}
        connection.execute(insert(delivery).values(**values, **waiting))
