"""``heritage export`` and ``mapping``: registries as tables."""

from pathlib import Path
from typing import Annotated

import typer

from heritage.domain.records import Status
from heritage.faces.cli.output import clean, console, settings_of
from heritage.faces.cli.registry import SheetOption, open_records


def mapping(
    table: Annotated[Path, typer.Argument(metavar="CSV_OR_XLSX", help="A table with columns of your own.")],
    sheet: SheetOption = "",
) -> None:
    """Print a mapping file for a table, filled in as far as its columns can be guessed; save it and look it through."""
    from heritage.service.context import propose_mapping

    typer.echo(propose_mapping(table, sheet), nl=False)


def export(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="OUT.csv|.xlsx|.xml|.json", help="A table, LIDO or Linked Art.")],
    images: Annotated[bool, typer.Option("--images", help="Copy the photographs into a folder beside it.")] = False,
    text: Annotated[str, typer.Option(help="Words that must occur in the record.")] = "",
    category: Annotated[str, typer.Option(help="A kind of object, with all below it.")] = "",
    material: Annotated[str, typer.Option(help="A material or technique, with all below it.")] = "",
    period: Annotated[str, typer.Option(help="A period, with all below it.")] = "",
    place: Annotated[str, typer.Option(help="Words of the place of theft or of origin.")] = "",
    since: Annotated[str, typer.Option(metavar="DATE", help="Not before this date: 1998, 1998-05 or 1998-05-21.")] = "",
    until: Annotated[str, typer.Option(metavar="DATE", help="Not after this date.")] = "",
    status: Annotated[list[Status] | None, typer.Option(help="Any of these; may be repeated.")] = None,
    registry: Annotated[str, typer.Option(help="Only this registry.")] = "",
    owner: Annotated[str, typer.Option(metavar="AGENCY", help="Only this agency's records.")] = "",
) -> None:
    """Write records into a file, all or those that the options ask for. ``heritage ingest`` reads it back.

    Without --images it names photographs by their digests, which only a home that has them can read back.
    """
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.domain.criteria import Criteria
    from heritage.service.context import write_records
    from heritage.service.exporting import found_records, image_copier
    from heritage.storage.images import Images

    statuses = frozenset(status or ())
    criteria = Criteria(text, category, material, period, place, since, until, statuses, registry, owner)
    settings = settings_of(context)
    with open_records(settings) as records:
        image_name = image_copier(Images(settings.home), out) if images else str
        count = write_records(found_records(records, criteria, AT_THE_MACHINE), out, image_name)
    console().print(f"{count:,} {'record is' if count == 1 else 'records are'} in {clean(str(out))}")
