"""``heritage sellers``: who offers what in the scans of this machine."""

from pathlib import Path
from typing import Annotated

import typer

from heritage.errors import InputError
from heritage.faces.cli.output import clean, console, settings_of, table

app = typer.Typer(help="Sellers that scans came across.", no_args_is_help=True)
SUFFIXES = (".graphml", ".csv", ".xlsx")


@app.command("list")
def list_sellers(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="That is in the name.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Sellers at most.")] = 50,
) -> None:
    """Those with the most strong matches first."""
    from contextlib import closing

    from heritage.domain.access import AT_THE_MACHINE
    from heritage.service.sellers import find_sellers
    from heritage.storage.database import Database
    from heritage.storage.sellers import Sellers

    settings = settings_of(context)
    with closing(Database.open(settings.home, settings.database_url)) as database:
        found = find_sellers(Sellers(database), AT_THE_MACHINE, text, 0, limit)
    rows = table("seller", "hosts", "first seen", "last seen", "listings", "strong", "possible", figures=3)
    for one in found:
        seen = (f"{one.first_seen:%Y-%m-%d}", f"{one.last_seen:%Y-%m-%d}")
        figures = (one.listing_count, one.strong_count, one.possible_count)
        rows.add_row(clean(one.name), clean(" ".join(one.hosts)), *seen, *(f"{figure:,}" for figure in figures))
    if found:
        console().print(rows)
    else:
        console().print("no sellers")


@app.command("export")
def export(context: typer.Context, out: Annotated[Path, typer.Argument(metavar="OUT.graphml|.csv|.xlsx")]) -> None:
    """Write all sellers as a table, or as a graph: who offers which listings, their photos, and what those match."""
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.service.context import graph_of, open_context, sellers_table_of
    from heritage.service.sellers import export_sellers, seller_graph

    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{out.name}: sellers are written as {', '.join(SUFFIXES)}")
    with open_context(settings_of(context)) as opened:
        if suffix == ".graphml":
            content = graph_of(seller_graph(opened, AT_THE_MACHINE))
        else:
            content = sellers_table_of(export_sellers(opened, AT_THE_MACHINE), suffix)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}") from error
    console().print(clean(f"the sellers are in {out}; their names may be people's"))
