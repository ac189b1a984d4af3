"""Kills the search of what is registered later among photos of before (kill -9), goes on, and looks for what is wrong.

    python scripts/crash_watch.py --photos 90 --kills 30

Two agencies search with photos; then what many of them show is registered. Describing those photos and comparing the
new records with them is killed at random moments as often as asked, then let end. Alerts, hits, searches and what was
noted of the work are compared row for row with those of a run that nobody disturbed; each side must have one alert,
and no more, for each record and photo. Exit code 1 and the differences when something was lost or told twice.
"""

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from crashing.children import READY, do, do_disturbed
from crashing.command import Command
from crashing.homes import ColourEmbedder, State
from heritage.domain.access import SCOPES_BY_ROLE, Role, Viewer
from heritage.domain.hits import Query, View
from heritage.errors import ImageError
from heritage.registries.folder import open_source
from heritage.service.context import Context, open_context
from heritage.service.ingest import ingest
from heritage.service.review import search_and_keep
from heritage.service.watching import look_back
from heritage.settings import Settings
from heritage.storage.schema import alert, decision, hit, looked_back, record, search, search_photo, seen
from scan_sets import write_set

REGISTERED = 16
LIVES = (0.02, 0.3)  # of a child, in the time that all of it takes
PASSES = (timedelta(0), timedelta(minutes=15))
VARYING = {"id", "key", "at", "raised_at", "updated_at", "seen_at", "serial", "search_id", "hit_id"}


@contextmanager
def opened(home: Path) -> Iterator[Context]:
    with open_context(Settings(home=home, threads=2, decode_processes=0), ColourEmbedder()) as context:
        yield context


def work(home: Path) -> None:
    """What a child does: what a server does in a quarter of an hour."""
    with opened(home) as context:
        print(READY, flush=True)
        for later in PASSES:
            _look_back(context, later)


def _look_back(context: Context, later: timedelta) -> None:
    for _ in look_back(context, lambda: datetime.now(UTC) + later):
        pass


def prepare(home: Path, folder: Path) -> None:
    """Photos are searched by two agencies, some by both; then thefts are registered."""
    with opened(home) as context:
        for place, path in enumerate(sorted((folder / "listings").iterdir())):
            for agency in ("east", "west") if place % 3 == 0 else ("east",):
                _seize(context, path.read_bytes(), agency)
        ingest(context, open_source(folder / "registry"), by=_viewer("north"))
        context.gallery.build()


def _seize(context: Context, data: bytes, agency: str) -> None:
    try:
        photo = context.decode(data)
    except ImageError:
        return
    search_and_keep(context, Query((View(photo),), viewer=_viewer(agency)), [data])


def _viewer(agency: str) -> Viewer:
    return Viewer(f"{agency}-desk", agency, Role.REGISTRAR, SCOPES_BY_ROLE[Role.REGISTRAR])


def state_of(home: Path) -> State:
    """All that matters, a line each, with how often it is there."""
    with opened(home) as context:
        counted = Counter(_lines(context))
    return State(frozenset(f"{count} x {line}" for line, count in counted.items()))


def _lines(context: Context) -> Iterator[str]:
    with context.database.read() as connection:
        for table in (alert, hit, search, seen, looked_back):
            columns = [column for column in table.columns if column.name not in VARYING]
            for row in connection.execute(select(*columns)):
                yield f"{table.name}: {tuple(row)}"
        for row in connection.execute(select(search_photo.c.photo_id)):
            yield f"photo of a search: {tuple(row)}"
        for row in connection.execute(select(hit.c.id).where(hit.c.record_id.not_in(select(record.c.id)))):
            yield f"hit of no record: {tuple(row)}"
        yield f"decisions: {len(connection.execute(select(decision)).all())}"


def doubled(home: Path) -> list[str]:
    """Records and photos in which an agency found more than one hit."""
    found = select(hit.c.record_id, search_photo.c.photo_id, search.c.agency)
    with opened(home) as context, context.database.read() as connection:
        rows = connection.execute(found.select_from(hit.join(search).join(search_photo))).all()
    return [f"found {count} times: {key}" for key, count in Counter(map(tuple, rows)).items() if count > 1]


def crash(folder: Path, photo_count: int, kill_count: int) -> int:
    """Exit code: 0 when all ended as if nobody had disturbed it."""
    write_set(folder, min(REGISTERED, photo_count // 4), photo_count, side=320)
    undisturbed, disturbed = folder / "undisturbed", folder / "disturbed"
    prepare(undisturbed, folder)
    shutil.copytree(undisturbed, disturbed)
    seconds = do(__file__, undisturbed)
    print(f"undisturbed: {seconds:.0f} s", flush=True)
    killed = do_disturbed(kill_count, [seconds * share for share in LIVES], __file__, disturbed)
    expected = state_of(undisturbed)
    problems = [*expected.differences(state_of(disturbed)), *doubled(disturbed)]
    alert_count = sum("x alert" in line for line in expected.lines)
    print(f"killed {killed} times over {photo_count:,} photos and {alert_count} alerts: {len(problems)} differences")
    if not alert_count:
        problems.append("no alert was raised at all: this tried nothing")
    print("\n".join(problems[:50]) if problems else "nothing lost, nothing told twice")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(Command(__doc__, "photos", 90, 30, work, crash).run())
