"""``heritage find``: records by words; ``heritage counterparts``: lost records compared with found ones."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.faces.cli.criteria import with_criteria
from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of, table
from heritage.faces.cli.registry import open_records

if TYPE_CHECKING:
    from heritage.domain.criteria import Criteria
    from heritage.domain.records import RegistryRecord
    from heritage.domain.review import KeptHit
    from heritage.service.counterparts import ComparisonReport

LISTED_FAILURES = 20
LISTED_COUNTERPARTS = 100


@with_criteria
def find(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="WORDS", help="Each the beginning of a word in the card.")] = "",
    *,
    criteria: "Criteria",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line per record, as GET /v1/records gives it.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Records at most.")] = 100,
) -> None:
    """Find records by words and criteria, which must all hold. No photo is needed, and no model."""
    from heritage.domain.access import AT_THE_MACHINE

    with open_records(settings_of(context)) as records:
        found = records.find(replace(criteria, text=text), AT_THE_MACHINE, limit=limit + 1)
    if as_json:
        _print_lines(found[:limit])
    else:
        _print_records(found[:limit])
    if len(found) > limit:
        complain(f"there are more than {limit:,} such records; ask more closely, or raise --limit")


def counterparts(
    context: typer.Context,
    records: Annotated[
        list[str] | None, typer.Argument(metavar="REGISTRY/NUMBER...", help="Only these records, again if need be.")
    ] = None,
    again: Annotated[bool, typer.Option("--all", help="Every record, those that were compared already too.")] = False,
) -> None:
    """Compare lost records with found ones by their photographs; without arguments, those not compared yet.

    May be interrupted at any moment; run again, it goes on. Exit code 1 when some photographs could not be compared.
    """
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.domain.records import RecordId
    from heritage.domain.review import HitQuestion, HitState, Origin
    from heritage.service.context import open_context
    from heritage.service.counterparts import compare_records
    from heritage.service.review import find_hits

    settings = settings_of(context)
    wanted = [RecordId.parse(record) for record in records or []]
    with open_context(settings) as opened, progress_bar() as progress:
        opened.gallery.update(settings.tail_limit, progress)
        report = compare_records(opened, wanted, again, progress)
        undecided = HitQuestion(HitState.OPEN, Origin.COUNTERPART)
        hits = find_hits(opened, undecided, AT_THE_MACHINE, limit=LISTED_COUNTERPARTS)
    _print_counterparts(hits)
    _print_comparison(report)
    if report.failures:
        raise typer.Exit(1)


def _print_lines(records: "tuple[RegistryRecord, ...]") -> None:
    from heritage.faces.schemas.records import RecordModel

    for record in records:
        typer.echo(RecordModel.of(record).model_dump_json())


def _print_records(records: "tuple[RegistryRecord, ...]") -> None:
    rows = table("record", "status", "title", "date", "place", "owner agency")
    for record in records:
        facts = (str(record.record_id), record.status.value, record.label)
        rows.add_row(*map(clean, (*facts, record.theft_date, record.theft_place, record.owner_agency)))
    screen = console()
    if records:
        screen.print(rows)
    screen.print(f"{len(records):,} record{'' if len(records) == 1 else 's'} found")


def _print_counterparts(hits: "tuple[KeptHit, ...]") -> None:
    """The newest of those on which nobody has decided."""
    from heritage.faces.wording import VERDICT_WORDS

    if not hits:
        return
    rows = table("verdict", "record", "owner agency", "compared with", "agency")
    for hit in hits:
        of_hit = (str(hit.record.record_id), hit.record.owner_agency) if hit.record else ("", "")
        rows.add_row(
            *map(clean, (VERDICT_WORDS[hit.verdict], *of_hit, str(hit.search.source or ""), hit.search.agency))
        )
    console().print(rows)


def _print_comparison(report: "ComparisonReport") -> None:
    for failure in report.failures[:LISTED_FAILURES]:
        complain(failure)
    if len(report.failures) > LISTED_FAILURES:
        complain(f"and {len(report.failures) - LISTED_FAILURES:,} more photographs that could not be compared")
    console().print(f"photographs compared: {report.photograph_count:,}; new counterparts: {report.new_count:,}")
