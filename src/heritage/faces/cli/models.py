"""``heritage models``: which models there are, how far each has described the images, and which one answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of, table

if TYPE_CHECKING:
    from heritage.service.filling import FillReport
    from heritage.service.models import ModelState

app = typer.Typer(help="The models that describe pictures.", rich_markup_mode=None)

LISTED_FAILURES = 20

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A model of `heritage models list`.")]


@app.command("list")
def list_models(context: typer.Context) -> None:
    """List the models: size, how much of this home each has described, and which is in use."""
    from heritage.service.models import model_states

    rows = table("model", "", "dimension", "MB", "images described", figures=3)
    for state in model_states(settings_of(context)):
        rows.add_row(*_cells(state))
        if state.problem:
            complain(f"{state.name} cannot be used: {state.problem}")
    console().print(rows)


@app.command("add")
def add(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="open_clip_config.json and *.safetensors.")],
    name: Annotated[str, typer.Option(help="What to call it; the folder's own name unless told.")] = "",
) -> None:
    """Copy an OpenCLIP model folder of your own to the models, after trying it."""
    from heritage.service.context import add_model

    added = add_model(settings_of(context), folder, name)
    console().print(_next_steps(added))


@app.command("pull")
def pull(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="An OpenCLIP model and its weights.")],
) -> None:
    """Fetch a pretrained OpenCLIP model from its hub. Nothing else ever contacts one."""
    from heritage.service.context import pull_model

    pulled = pull_model(settings_of(context), name)
    console().print(_next_steps(pulled))


@app.command("fill")
def fill(context: typer.Context, name: NameArgument) -> None:
    """Describe every image of this home by one more model, while the one in use goes on answering.

    May be interrupted at any moment; run again, it goes on. Exit code 1 when some images could not be described.
    """
    from heritage.service.models import fill_model

    with progress_bar() as progress:
        report = fill_model(settings_of(context), name, progress)
    _print_report(report)
    if report.failed_count:
        raise typer.Exit(1)
    console().print(f"{clean(name)} has described every image; change over with: heritage models use {clean(name)}")


@app.command("use")
def use(
    context: typer.Context,
    name: NameArgument,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="Leave images that cannot be described out of every search.")
    ] = False,
) -> None:
    """Change this home over to another model, after describing what is still missing and building its index.

    Until then the model before goes on answering; running servers change over with their next search.
    """
    from heritage.service.models import use_model

    settings = settings_of(context)
    with progress_bar() as progress:
        report = use_model(settings, name, incomplete=incomplete, progress=progress)
    _print_report(report)
    console().print(f"{clean(name)} is in use; running servers change over with their next search")
    if settings.model and settings.model != name:
        complain(f"HERITAGE_MODEL is set here, and its {settings.model} still answers wherever it is")


def _cells(state: "ModelState") -> tuple[str, ...]:
    used = "in use" if state.is_in_use else ""
    if state.problem:
        return clean(state.name), used, "-", "-", "-"
    share = f"{state.described_count:,} of {state.image_count:,}"
    if state.image_count:
        share += f" ({_percent(state.described_count, state.image_count)} %)"
    return clean(state.name), used, str(state.dimension), f"{state.byte_count / 1e6:.0f}", share


def _percent(part: int, whole: int) -> int:
    """Rounded down: only all of them are 100 %."""
    return 100 * part // whole


def _next_steps(name: str) -> str:
    return (
        f"{clean(name)} is ready; describe this home's images and change over with: heritage models use {clean(name)}"
    )


def _print_report(report: "FillReport") -> None:
    for failure in report.failures[:LISTED_FAILURES]:
        complain(failure)
    if report.failed_count > LISTED_FAILURES:
        complain(f"and {report.failed_count - LISTED_FAILURES:,} more images that could not be described")
    console().print(f"{report.described_count:,} images described")
