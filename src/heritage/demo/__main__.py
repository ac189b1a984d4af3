"""``python -m heritage.demo FOLDER``: the main job on rendered objects, from nothing to an answer one can look at."""

import csv
import sys
import time
from pathlib import Path

from rich.table import Table

from heritage.demo.dataset import DemoSet, write_demo
from heritage.demo.later import Later, scan_and_look_back
from heritage.demo.outcomes import Outcome, Summary
from heritage.demo.plan import plan_demo
from heritage.demo.report import write_report
from heritage.domain.hits import Query
from heritage.domain.ports import Progress
from heritage.domain.records import RecordId
from heritage.faces.cli.output import console, progress_bar
from heritage.faces.wording import VERDICT_WORDS
from heritage.service.context import Context, open_context, open_source
from heritage.service.ingest import ingest
from heritage.service.search import search
from heritage.settings import Settings


def main(folder: Path) -> None:
    """Render a registry and photographs under ``folder``, ingest, index, search them all, report."""
    screen = console()
    with progress_bar() as progress:
        screen.print("Rendering a registry of stolen objects, and photographs as an officer would take them ...")
        demo_set = write_demo(
            folder / "set", progress=lambda done, total: progress("render", done, total) if progress else None
        )
        with open_context(Settings.from_environment().apart(folder / "home")) as context:
            screen.print("Ingesting the registry and building its index ...")
            _ingest(context, demo_set, progress)
            screen.print("Searching the photographs ...")
            outcomes = _search_all(context, demo_set, progress)
            screen.print("Scanning listings of dealers, and registering a theft after it was offered ...")
            later = scan_and_look_back(context, demo_set.folder, plan_demo())
            report = folder / "report.html"
            write_report(context, outcomes, later, report)
            coverage = context.coverage().statement
    screen.print(_table(outcomes))
    screen.print(_told(later))
    screen.print(_closing(Summary.of(outcomes), coverage, report))


def _ingest(context: Context, demo_set: DemoSet, progress: Progress | None) -> None:
    context.keep_model()
    report = ingest(context, open_source(demo_set.registry_csv), progress=progress)
    if report.rejected:
        raise SystemExit(f"the demo's own registry has {report.rejected} rows that were rejected: {report.failures[0]}")
    context.gallery.update(0, progress)


def _search_all(context: Context, demo_set: DemoSet, progress: Progress | None) -> list[Outcome]:
    with demo_set.photos_csv.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = context.decode((demo_set.folder / rows[0]["photo"]).read_bytes())
    context.embedder.embed([first.pixels])  # loads the model, which is no photograph's time
    outcomes = []
    for done, row in enumerate(rows, start=1):
        started = time.perf_counter()
        photo = demo_set.folder / row["photo"]
        result = search(context, Query.of(context.decode(photo.read_bytes())))
        milliseconds = (time.perf_counter() - started) * 1000
        expected = frozenset(RecordId.parse(text) for text in row["record_ids"].split(";") if text)
        outcomes.append(Outcome(photo, row["done"], expected, result, milliseconds))
        if progress:
            progress("search", done, len(rows))
    return outcomes


def _table(outcomes: list[Outcome]) -> Table:
    table = Table("photograph", "what was done to it", "outcome", "where", "ms", box=None, pad_edge=False)
    for outcome in outcomes:
        table.add_row(outcome.photo.name, outcome.story, outcome.words, outcome.notes, f"{outcome.milliseconds:.0f}")
    return table


def _told(later: Later) -> str:
    counts = later.scan.counts
    theft = f"{later.theft}, registered after the scan: "
    if later.alert and later.hit:
        words = VERDICT_WORDS[later.alert.verdict]
        theft += f"ALERT, {words} with a photo scanned before; false-alarm rate {later.alert.false_alarm_rate:.0e}"
    else:
        theft += "missed in what was scanned before"
    return f"""
{counts.listing_count} listings of dealers scanned: {counts.strong} strong, {counts.possible} possible, \
{counts.nothing} nothing found, {counts.unreadable} unreadable
{theft}"""


def _closing(summary: Summary, coverage: str, report: Path) -> str:
    return f"""
{summary.photo_count} photographs, {summary.unknown_count} of them of objects in no registry
  found         {summary.found_count} of {summary.object_count} registered objects
  missed        {summary.missed_count}
  false alarms  {summary.false_alarm_count} photographs with a strong match to an object that is not in them
  median time   {summary.median_ms:.0f} ms a photograph
{coverage}

Look at every photograph beside its answer:  {report.resolve().as_uri()}
Ask with your own photograph:                make serve, then open http://127.0.0.1:8000
"""


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("out/demo"))
