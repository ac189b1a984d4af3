"""Kills a scan of listings at random moments (kill -9), goes on with it, and looks for what is wrong.

    python scripts/crash_scan.py --listings 200 --kills 20

When the scan has been killed as often as asked it is let end, and what became of every listing, with its search and
its hits, what is kept of the photos, and the counts are compared with a scan that nobody disturbed. Exit code 1 and
the differences when a listing was skipped or done twice, or anything was left behind.
"""

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from crashing.children import READY, do, do_disturbed
from crashing.command import Command
from crashing.homes import ColourEmbedder, State
from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.scans import ScanSource, ScanState
from heritage.registries.folder import open_source
from heritage.service.context import Context, open_context
from heritage.service.ingest import ingest
from heritage.service.scan_stages import Pace
from heritage.service.scanning import work_on
from heritage.service.scans import ScanWish, begin
from heritage.settings import Settings
from heritage.storage.schema import hit, search, seen, seen_region
from scan_sets import PicturesOfListings, write_set

REGISTERED = 20
LIVES = (0.02, 0.25)  # of a child, in the time that the whole scan takes
WAIT_S = 0.5  # until claims of a killed child have run out


def work(home: Path, folder: Path) -> None:
    """What a child does: the scan, as ``heritage scan`` does it."""
    with open_context(Settings(home=home, threads=2), ColourEmbedder()) as context:
        source = PicturesOfListings(folder)
        known = context.scans.newest(AT_THE_MACHINE, 1)
        print(READY, flush=True)
        scan = known[0] if known else begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)
        while work_on(context, scan, source, Pace()).state is not ScanState.FINISHED:
            time.sleep(WAIT_S)


def state_of(home: Path) -> State:
    """All that matters, a line each; keys and times differ between any two runs."""
    with open_context(Settings(home=home, threads=2), ColourEmbedder()) as context:
        return State(frozenset(_lines(context)))


def _lines(context: Context) -> Iterator[str]:
    (scan,) = context.scans.newest(AT_THE_MACHINE, 10)
    yield f"scan: {scan.state} {scan.counts} {scan.listed_count}"
    for one in context.listings.page(scan.scan_id, AT_THE_MACHINE, limit=10**6):
        photos = [(photo.photo.name, str(photo.digest), photo.why) for photo in one.photos]
        hits = [(str(found.record and found.record.record_id), found.score, found.verdict) for found in one.hits]
        yield f"listing {one.listing.place}: {one.listing.key} {one.state} {one.why} {photos} {hits}"
    with context.database.read() as connection:
        for table in (search, hit, seen, seen_region):
            yield f"{table.name}: {connection.execute(select(func.count()).select_from(table)).scalar_one()} rows"
        for row in connection.execute(select(seen_region.c.digest, seen_region.c.place, seen_region.c.region)):
            yield f"seen: {tuple(row)}"
    yield f"log: {sorted(_logged(context).items())}"


def _logged(context: Context) -> Counter[str]:
    """How many listings of each state the audit log tells of."""
    told: Counter[str] = Counter()
    for one in context.audit.page(0, 10**6, AuditFilter(action=Action.SCAN)):
        if one.event.detail.startswith("searched: "):
            for count, state in re.findall(r"(\d+) (\w+)", one.event.detail):
                told[state] += int(count)
    return told


def register(home: Path, folder: Path) -> None:
    with open_context(Settings(home=home, threads=2), ColourEmbedder()) as context:
        ingest(context, open_source(folder))
        context.gallery.build()


def crash(folder: Path, listing_count: int, kill_count: int) -> int:
    """Exit code: 0 when the scan ended as if nobody had disturbed it."""
    write_set(folder, REGISTERED, listing_count, side=320)
    undisturbed, disturbed, listings = folder / "undisturbed", folder / "disturbed", folder / "listings"
    for home in (undisturbed, disturbed):
        register(home, folder / "registry")
    seconds = do(__file__, undisturbed, listings)
    killed = do_disturbed(kill_count, [seconds * share for share in LIVES], __file__, disturbed, listings)
    differences = state_of(undisturbed).differences(state_of(disturbed))
    print(f"killed {killed} times in the scan of {listing_count:,} listings: {len(differences)} differences")
    print("\n".join(differences[:50]) if differences else "nothing skipped, nothing done twice")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(Command(__doc__, "listings", 200, 20, work, crash).run())
