"""``heritage ingest``, ``index``, ``show``, ``withdraw``: what is in the registries."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of, table

if TYPE_CHECKING:
    from heritage.service.ingest_report import IngestReport
    from heritage.settings import Settings
    from heritage.storage.records import Records

LISTED_FAILURES = 20

MappingOption = Annotated[
    Path | None, typer.Option(metavar="TOML", help="How the table's columns become ours; see heritage mapping.")
]
SheetOption = Annotated[str, typer.Option(help="The sheet of a workbook; else the first one that is not hidden.")]
RecordArgument = Annotated[str, typer.Argument(metavar="REGISTRY/NUMBER")]


def ingest(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FOLDER_OR_TABLE", help="A CSV or .xlsx file, or a folder.")],
    registry: Annotated[str, typer.Option(help="The registry of rows that name none.")] = "",
    mapping: MappingOption = None,
    sheet: SheetOption = "",
    report: Annotated[
        Path | None,
        typer.Option(metavar="CSV_OR_XLSX", help="Write the table with what became of every row; it can be ingested."),
    ] = None,
) -> None:
    """Load a registry with its photographs. Safe to run again: it goes on where it stopped, and doubles nothing.

    Exit code 1 when some rows were rejected; the others are in.
    """
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.service.context import open_context, open_report, open_source
    from heritage.service.exporting import original_finder
    from heritage.service.filling import fill
    from heritage.service.ingest import ingest as ingest_source

    with open_context(settings_of(context)) as opened, progress_bar() as progress:
        opened_source = open_source(source, registry, mapping, sheet, original_finder(opened, AT_THE_MACHINE))
        for warning in opened_source.warnings:
            complain(warning)
        opened.keep_model()
        with open_report(report, opened_source) if report else nullcontext() as lines:
            done = ingest_source(opened, opened_source, progress=progress, report=lines)
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
    from heritage.domain.completeness import completeness
    from heritage.domain.records import RecordId
    from heritage.faces.wording import completeness_words, labelled_card, labelled_facts

    with open_records(settings_of(context)) as records:
        found = records.get(RecordId.parse(record), AT_THE_MACHINE)
    images = tuple(("Photograph", str(digest)) for digest in found.images)
    rows = table("", "")
    rows.show_header = False
    complete = (("Complete", completeness_words(completeness(found))),)
    for label, value in (*labelled_facts(found), *labelled_card(found.card), *images, *complete):
        rows.add_row(label, "\n".join(clean(line) for line in value.splitlines()))
    screen = console()
    screen.print(clean(found.label))
    screen.print(rows)


def withdraw(context: typer.Context, record: RecordArgument) -> None:
    """Take a record out of every search from now on. It is kept, and can be ingested again."""
    from heritage.domain.records import RecordId

    with open_records(settings_of(context)) as records:
        change = records.withdraw(RecordId.parse(record))
    told = "was withdrawn before" if change.value == "unchanged" else "is withdrawn"
    console().print(f"{clean(record)} {told}")


@contextmanager
def open_records(settings: "Settings") -> "Iterator[Records]":
    """The registry alone: no model is needed to read it."""
    from heritage.storage.database import Database
    from heritage.storage.records import Records

    database = Database.open(settings.home)
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
    if done.completeness is not None:
        console().print(f"the records are {done.completeness:.0%} complete on average")
