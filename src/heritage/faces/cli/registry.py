"""``heritage ingest``, ``index``, ``show``, ``withdraw``: what is in the registries."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.domain.ports import Progress
from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of, table

if TYPE_CHECKING:
    from heritage.service.context import Context
    from heritage.service.ingest_report import IngestReport
    from heritage.settings import Settings
    from heritage.storage.records import Records

LISTED_ROWS = 20  # of those rejected, and of those remarked on

MappingOption = Annotated[
    Path | None, typer.Option(metavar="TOML", help="How the table's columns become ours; see heritage mapping.")
]
SheetOption = Annotated[str, typer.Option(help="The sheet of a workbook; else the first one that is not hidden.")]
RecordArgument = Annotated[str, typer.Argument(metavar="REGISTRY/NUMBER")]


def ingest(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A CSV, .xlsx, LIDO, Linked Art or IIIF file, a folder with one or of pictures, or a IIIF address.",
        ),
    ],
    registry: Annotated[str, typer.Option(help="The registry of rows that name none.")] = "",
    owner: Annotated[str, typer.Option(metavar="AGENCY", help="The owner agency of rows that name none.")] = "",
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
    from heritage.service.ingest import ingest as ingest_source

    with open_context(settings_of(context)) as opened, progress_bar() as progress:
        opened_source = open_source(source, registry, mapping, sheet, original_finder(opened, AT_THE_MACHINE))
        for warning in opened_source.warnings:
            complain(warning)
        opened.keep_model()
        with open_report(report, opened_source) if report else nullcontext() as lines:
            by = replace(AT_THE_MACHINE, agency=owner)
            done = ingest_source(opened, opened_source, progress=progress, report=lines, by=by)
        statement = _indexed(opened, progress)
    _print_report(done, report)
    console().print(clean(statement))
    if done.rejected:
        raise typer.Exit(1)


def _indexed(opened: "Context", progress: Progress | None) -> str:
    """Index what came in; what a search covers now."""
    from heritage.service.filling import fill

    now = opened.current()
    if now is not opened:  # changed over meanwhile: what came in at that moment
        fill(now, progress)
    now.gallery.update(now.settings.tail_limit, progress)
    return now.coverage().statement


def index(
    context: typer.Context,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build it again even when it is up to date.")] = False,
) -> None:
    """Bring the index up to date with the database. Searching never waits for it: new records are found without.

    Hashes of photographs that an earlier version stored are filled in too. Exit code 1 when originals of some are
    lost or damaged; it may be stopped, and goes on where it stopped.
    """
    from heritage.service.context import open_context
    from heritage.service.duplicates import hash_missing

    with open_context(settings_of(context)) as opened, progress_bar() as progress:
        snapshot = opened.gallery.build(progress) if rebuild else opened.gallery.update(0, progress)
        failed_count = hash_missing(opened, progress)
    console().print(f"index {snapshot.name}")
    if failed_count:
        complain(f"{failed_count:,} originals are lost or damaged: no duplicates of them can be told by their look")
        raise typer.Exit(1)


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


def withdraw(
    context: typer.Context,
    record: RecordArgument,
    reason: Annotated[str, typer.Option(help="Why; kept in its history and in the audit log.")] = "",
) -> None:
    """Take a record out of every search from now on. It is kept, and can be ingested again."""
    from heritage.domain.records import RecordId

    with open_records(settings_of(context)) as records:
        change = records.withdraw(RecordId.parse(record), reason=reason)
    told = "was withdrawn before" if change.value == "unchanged" else "is withdrawn"
    console().print(f"{clean(record)} {told}")


@contextmanager
def open_records(settings: "Settings") -> "Iterator[Records]":
    """The registry alone: no model is needed to read it."""
    from heritage.storage.database import Database
    from heritage.storage.records import Records

    database = Database.open(settings.home, settings.database_url)
    try:
        yield Records(database)
    finally:
        database.close()


def _print_report(done: "IngestReport", report: Path | None) -> None:
    for row in (*done.failures[:LISTED_ROWS], *done.remarks[:LISTED_ROWS]):
        complain(f"row {row.row} ({row.label}): {row.detail}")
    hidden = done.rejected - LISTED_ROWS
    if hidden > 0:
        where = f"they are in {report}" if report else "run again with --report FILE to list them"
        complain(f"and {hidden:,} more rejected rows; {where}")
    if done.remarked > LISTED_ROWS:
        where = f"they are in {report}" if report else "--report FILE lists all"
        complain(f"and {done.remarked - LISTED_ROWS:,} more rows with photographs that are registered already; {where}")
    console().print(
        f"{done.added:,} added, {done.updated:,} updated, {done.unchanged:,} unchanged, {done.rejected:,} rejected"
    )
    if done.completeness is not None:
        console().print(f"the records are {done.completeness:.0%} complete on average")
