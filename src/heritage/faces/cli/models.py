"""``heritage models``: which models there are, and the one command that may contact a hub."""

from typing import Annotated

import typer

from heritage.faces.cli.output import clean, console, settings_of

app = typer.Typer(help="The models that describe pictures.", rich_markup_mode=None)


@app.command("list")
def list_models(context: typer.Context) -> None:
    """List the model folders in the manifest; the default one comes first."""
    from heritage.service.context import model_names

    settings = settings_of(context)
    for place, name in enumerate(model_names(settings)):
        used = settings.model == name if settings.model else place == 0
        console().print(f"{clean(name)}{'  (in use)' if used else ''}")


@app.command("pull")
def pull(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="An OpenCLIP model and its weights.")],
) -> None:
    """Fetch a pretrained OpenCLIP model from its hub. Nothing else ever contacts one."""
    from heritage.service.context import pull_model

    folder = pull_model(settings_of(context), name)
    console().print(f"{clean(folder)} is ready; use it with HERITAGE_MODEL={clean(folder)}")
