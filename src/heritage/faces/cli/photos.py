"""``heritage photos``: the photos that were searched with."""

import typer

from heritage.faces.cli.accounts import open_database
from heritage.faces.cli.output import console, settings_of

app = typer.Typer(help="The photos that were searched with.", rich_markup_mode=None)


@app.callback()
def photos() -> None:
    """The photos that were searched with."""


@app.command("sweep")
def sweep(context: typer.Context) -> None:
    """Remove photos whose time is over. A running server does so once an hour."""
    from heritage.service.photos import sweep_photos
    from heritage.storage.photos import Photos

    settings = settings_of(context)
    with open_database(context) as database:
        ended = sweep_photos(Photos(database, settings.home, settings.photo_days))
    removed = sum(one.is_removed for one in ended)
    console().print(f"{removed} {'photo' if removed == 1 else 'photos'} removed")
