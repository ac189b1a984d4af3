"""``heritage match``: is the object in these photos registered?"""

import math
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.errors import HeritageError, ImageError, InputError
from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of, table

if TYPE_CHECKING:
    from heritage.domain.hits import SearchResult

STDIN = "-"


def match(
    context: typer.Context,
    photos: Annotated[list[str], typer.Argument(metavar="PHOTO...", help="Picture files; - reads one from stdin.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line per photo, as POST /v1/match answers.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=50, help="Hits at most, for each photo.")] = 10,
) -> None:
    """Search the registries for the object in each photo.

    Exit code 1 when a photo could not be searched; the others are answered all the same.
    """
    from heritage.domain.hits import Query
    from heritage.service.context import open_context
    from heritage.service.search import search

    settings = settings_of(context)
    answer = _print_json if as_json else _print_table
    refused = 0
    with open_context(settings) as opened:
        with progress_bar() as progress:
            opened.gallery.update(settings.tail_limit, progress)
        for photo in photos:
            try:
                data = _read(photo, settings.max_image_bytes)
                answer(photo, search(opened, Query.of(opened.decode(data), limit)))
            except InputError as error:
                refused += 1
                _report_refused(photo, error, as_json)
        if not as_json:
            _print_coverage(opened.coverage().statement)
    if refused:
        raise typer.Exit(1)


def _read(photo: str, limit: int) -> bytes:
    """The file's bytes; what is too large is not read at all. Raises `InputError`."""
    if photo == STDIN:
        return sys.stdin.buffer.read(limit + 1)
    try:
        status = Path(photo).stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError("not a file")
        if status.st_size > limit:
            raise ImageError("too large", f"{math.ceil(status.st_size / 1e6)} MB, limit {limit / 1e6:g}")
        return Path(photo).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"cannot be read: {reason}") from error


def _print_json(photo: str, result: "SearchResult") -> None:
    from heritage.faces.schemas import MatchResponse

    typer.echo(MatchResponse.of(result, clean(photo)).model_dump_json())


def _print_table(photo: str, result: "SearchResult") -> None:
    from heritage.domain.hits import Verdict
    from heritage.faces.wording import VERDICT_WORDS

    screen = console()
    screen.print(f"{clean(photo)}: {VERDICT_WORDS[result.verdict]}")
    found = [hit for hit in result.hits if hit.verdict is not Verdict.NONE]
    if not found:
        return
    rows = table("verdict", "record", "title", "owner agency", "similarity", "inliers", "cells", figures=3)
    for hit in found:
        verification = hit.verification
        words = (VERDICT_WORDS[hit.verdict], str(hit.record.record_id), hit.record.label, hit.record.owner_agency)
        figures = (f"{hit.similarity:.2f}", str(verification.inlier_count), str(verification.cell_count))
        rows.add_row(*(clean(word) for word in words), *figures)
    screen.print(rows)


def _print_coverage(statement: str) -> None:
    from heritage.faces.wording import PROVISIONAL

    screen = console()
    screen.print(clean(statement))
    screen.print(PROVISIONAL)


def _report_refused(photo: str, error: HeritageError, as_json: bool) -> None:
    complain(f"{photo}: {error}")
    if as_json:
        from heritage.faces.problems import PhotoProblem, problem_of

        typer.echo(PhotoProblem(photo=clean(photo), problem=problem_of(error)).model_dump_json(exclude_none=True))
