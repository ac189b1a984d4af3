"""``heritage terms``: the category tree, for whoever fills in a spreadsheet."""

from typing import Annotated

import typer

from heritage.domain.terms import Facet, Language, category_tree
from heritage.faces.cli.output import console, table


def show(
    term_id: Annotated[str, typer.Argument(metavar="[ID]", help="Show only this term and what is below it.")] = "",
    language: Annotated[Language, typer.Option(help="The language of the labels.")] = Language.ENGLISH,
) -> None:
    """Show the kinds of object, materials, techniques and periods that records are filed under, with their ids."""
    tree = category_tree()
    rows = table("id", "label", "Getty AAT")
    for root in [term_id] if term_id else Facet:
        for depth, term in tree.walk(root):
            rows.add_row("  " * depth + term.id, term.label(language), term.aat_uri)
    console().print(rows)
