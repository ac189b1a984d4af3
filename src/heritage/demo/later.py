"""What follows the demo's searches: dealers' listings are scanned, and a theft is reported after it was offered."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from heritage.demo.dataset import write_listings, write_theft
from heritage.demo.plan import Plan
from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.alerts import Alert
from heritage.domain.records import RecordId
from heritage.domain.review import KeptHit
from heritage.domain.scans import KeptListing, Scan, ScanSource
from heritage.errors import NotFoundError
from heritage.service.alerting import newest_alerts
from heritage.service.context import Context, open_listings, open_source
from heritage.service.ingest import ingest
from heritage.service.review import read_hit
from heritage.service.scan_results import listings_of
from heritage.service.scan_stages import Pace
from heritage.service.scanning import work_on
from heritage.service.scans import ScanWish, begin
from heritage.service.watching import look_back

ENOUGH = timedelta(hours=1)  # of time that passes for those who look back twice


@dataclass(frozen=True, slots=True)
class Later:
    """What became of the listings, and of the theft: the alert, and the hit that it tells of; None: it was missed."""

    scan: Scan
    listings: tuple[KeptListing, ...]
    theft: RecordId
    alert: Alert | None
    hit: KeptHit | None


def scan_and_look_back(context: Context, folder: Path, plan: Plan) -> Later:
    """Scan, register the theft, and search it among what was scanned. May be done again with the same home."""
    registry, record_id = write_theft(folder, plan)
    theft = RecordId.parse(record_id)
    _forget(context, theft)
    _look_back(context, ENOUGH)  # nothing was seen before the registry was there
    _look_back(context, ENOUGH * 2)
    scan = _scan(context, write_listings(folder, plan))
    ingest(context, open_source(registry))
    _look_back(context, ENOUGH * 2)
    told = [one for one in newest_alerts(context.database, AT_THE_MACHINE) if one.record_id == theft]
    alert = min(told, key=lambda one: one.false_alarm_rate, default=None)
    hit = read_hit(context, alert.hit_id, AT_THE_MACHINE) if alert else None
    return Later(scan, tuple(listings_of(context.listings, scan.scan_id, AT_THE_MACHINE)), theft, alert, hit)


def _forget(context: Context, theft: RecordId) -> None:
    """An earlier demo has registered it."""
    try:
        context.records.withdraw(theft)
    except NotFoundError:
        return


def _scan(context: Context, table: Path) -> Scan:
    with closing(open_listings(context.settings, table)) as source:
        asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource(table.name, str(table.resolve()))), source)
        return work_on(context, asked, source, Pace())


def _look_back(context: Context, later: timedelta) -> None:
    for _ in look_back(context, lambda: datetime.now(UTC) + later):
        pass
