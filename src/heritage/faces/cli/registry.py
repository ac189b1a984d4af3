"""``heritage ingest``, ``index``, ``show``, ``withdraw``: what is in the registries."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of, table

if TYPE_CHECKING:
    from heritage.service.ingest_report import IngestReport
    from heritage.settings import Settings
    from heritage.storage.records import Records

LISTED_FAILURES = 20

RecordArgument = Annotated[str, typer.Argument(metavar="REGISTRY/NUMBER")]


def ingest(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="A CSV, LIDO, Linked Art or IIIF file, a folder with one, or a IIIF address."
        ),
    ],
    registry: Annotated[str, typer.Option(help="The registry of rows that name none.")] = "",
    report: Annotated[Path | None, typer.Option(metavar="CSV", help="Write what became of every row.")] = None,
) -> None:
    """Load a registry with its photographs. Safe to run again: it goes on where it stopped, and doubles nothing.

    Exit code 1 when some rows were rejected; the others are in.
    """
    from heritage.service.context import open_context, open_source
    from heritage.service.filling import fill
    from heritage.service.ingest import ingest as ingest_source

    with open_context(settings_of(context)) as opened, progress_bar() as progress:
        opened_source = open_source(source, registry)
        for warning in opened_source.warnings:
            complain(warning)
        opened.keep_model()
        done = ingest_source(opened, opened_source, progress=progress, report_path=report)
        now = opened.current()
        if now is not opened:  # changed over meanwhile: what came in at that moment
            fill(now, progress)
        now.gallery.update(now.settings.tail_limit, progress)
        statement = now.coverage().statement
    _print_report(done, report)
    console().print(clean(statement))
    if done.rejected:
        raise typer.Exit(1)


def index(
    context: typer.Context,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build it again even when it is up to date.")] = False,
) -> None:
    """Bring the index up to date with the database. Searching never waits for it: new records are found without."""
    from heritage.service.context import open_context

    with open_context(settings_of(context)) as opened, progress_bar() as progress:
        snapshot = opened.gallery.build(progress) if rebuild else opened.gallery.update(0, progress)
    console().print(f"index {snapshot.name}")


def show(context: typer.Context, record: RecordArgument) -> None:
    """Show a registry record."""
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.domain.records import RecordId
    from heritage.faces.wording import labelled_card, labelled_facts

    with _open_records(settings_of(context)) as records:
        found = records.get(RecordId.parse(record), AT_THE_MACHINE)
    images = tuple(("Photograph", str(digest)) for digest in found.images)
    rows = table("", "")
    rows.show_header = False
    for label, value in (*labelled_facts(found), *labelled_card(found.card), *images):
        rows.add_row(label, "\n".join(clean(line) for line in value.splitlines()))
    screen = console()
    screen.print(clean(found.label))
    screen.print(rows)


def withdraw(context: typer.Context, record: RecordArgument) -> None:
    """Take a record out of every search from now on. It is kept, and can be ingested again."""
    from heritage.domain.records import RecordId

    with _open_records(settings_of(context)) as records:
        change = records.withdraw(RecordId.parse(record))
    told = "was withdrawn before" if change.value == "unchanged" else "is withdrawn"
    console().print(f"{clean(record)} {told}")


@contextmanager
def _open_records(settings: "Settings") -> "Iterator[Records]":
    """The registry alone: no model is needed to read it."""
    from heritage.storage.database import Database
    from heritage.storage.records import Records

    database = Database.open(settings.home, settings.database_url)
    try:
        yield Records(database)
    finally:
        database.close()


def _print_report(done: "IngestReport", report: Path | None) -> None:
    for failure in done.failures[:LISTED_FAILURES]:
        complain(f"row {failure.row} ({failure.label}): {failure.detail}")
    hidden = done.rejected - LISTED_FAILURES
    if hidden > 0:
        where = f"they are in {report}" if report else "run again with --report FILE to list them"
        complain(f"and {hidden:,} more rejected rows; {where}")
    console().print(
        f"{done.added:,} added, {done.updated:,} updated, {done.unchanged:,} unchanged, {done.rejected:,} rejected"
    )
