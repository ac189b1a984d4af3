"""The command ``heritage``: its global options, its commands, and how errors end it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import heritage
from heritage.errors import ConflictError, ForbiddenError, HeritageError, InputError, NotFoundError
from heritage.faces.cli import (
    accounts,
    audit,
    channels,
    evaluating,
    forms,
    keys,
    matching,
    models,
    photos,
    registry,
    scanning,
    searching,
    serving,
    tables,
    terms,
)
from heritage.faces.cli.output import complain

EXIT_SOME_FAILED = 1
EXIT_INPUT = 2
EXIT_NOT_FOUND = 3
EXIT_UNAVAILABLE = 4  # storage, model, index
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="heritage",
    help="Is the object in this photograph registered as stolen?",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("match")(matching.match)
app.command("find")(searching.find)
app.command("scan")(scanning.scan)
app.add_typer(scanning.app, name="scans")
app.command("counterparts")(searching.counterparts)
app.command("ingest")(registry.ingest)
app.command("mapping")(tables.mapping)
app.command("export")(tables.export)
app.command("index")(registry.index)
app.command("show")(registry.show)
app.command("form")(forms.form)
app.command("withdraw")(registry.withdraw)
app.command("terms")(terms.show)
app.command("serve")(serving.serve)
app.command("evaluate")(evaluating.evaluate)
app.add_typer(models.app, name="models")
app.add_typer(audit.app, name="audit")
app.command("init")(accounts.init)
app.add_typer(accounts.agencies_app, name="agencies")
app.add_typer(accounts.people_app, name="people")
app.add_typer(keys.app, name="keys")
app.add_typer(channels.app, name="channels")
app.add_typer(photos.app, name="photos")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"heritage {heritage.__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Database, images and indexes; or set HERITAGE_HOME.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Is the object in this photograph registered as stolen?"""
    context.obj = home


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. No error of ours ends in a traceback, every unforeseen one does."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = int(app(args=given or ["--help"], standalone_mode=False) or 0)
    except typer.TyperException as error:
        complain(error.format_message())
        return error.exit_code
    except HeritageError as error:
        complain(str(error))
        return exit_code(error)
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_SOME_FAILED
    if code == EXIT_INTERRUPTED:  # typer turns Ctrl-C into this code, and says nothing
        complain("interrupted")
    return code


def exit_code(error: HeritageError) -> int:
    """The exit code that tells a script the cause."""
    if isinstance(error, InputError | ConflictError | ForbiddenError):
        return EXIT_INPUT
    return EXIT_NOT_FOUND if isinstance(error, NotFoundError) else EXIT_UNAVAILABLE
