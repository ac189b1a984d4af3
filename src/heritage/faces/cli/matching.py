"""``heritage match``: is the object in these photos registered?"""

import math
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.errors import HeritageError, ImageError, InputError
from heritage.faces.cli.criteria import with_criteria
from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of, table

if TYPE_CHECKING:
    from heritage.domain.criteria import Criteria
    from heritage.domain.hits import SearchResult
    from heritage.domain.images import Photo
    from heritage.service.context import Context

STDIN = "-"


@with_criteria
def match(
    context: typer.Context,
    photos: Annotated[list[str], typer.Argument(metavar="PHOTO...", help="Picture files; - reads one from stdin.")],
    one_object: Annotated[
        bool, typer.Option("--one-object", help="The photos show one object: answer them together, once.")
    ] = False,
    box: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LEFT,TOP,WIDTH,HEIGHT",
            help="Where the object is, in px of the upright photo; repeatable. With one photo only.",
        ),
    ] = None,
    *,
    criteria: "Criteria",
    text: Annotated[str, typer.Option(metavar="WORDS", help="Each the beginning of a word in the card.")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line per answer, as POST /v1/match gives it.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=50, help="Hits at most, for each answer.")] = 10,
) -> None:
    """Search the registries for the object in each photo; with criteria, only records that meet them all.

    Exit code 1 when a photo could not be searched; the others are answered all the same.
    """
    from heritage.service.context import open_context

    _check(photos, one_object, box or [])
    settings = settings_of(context)
    with open_context(settings) as opened:
        with progress_bar() as progress:
            opened.gallery.update(settings.tail_limit, progress)
        groups = [photos] if one_object else [[photo] for photo in photos]
        refused_count = _answer(opened, groups, _Asked(box or [], limit, replace(criteria, text=text), as_json))
    if refused_count:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of each photo, or of all together, and how it is to be answered."""

    boxes: list[str]
    limit: int
    criteria: "Criteria"
    as_json: bool


def _answer(opened: "Context", groups: list[list[str]], asked: _Asked) -> int:
    """Print an answer for each group of photos, and what was searched; how many photos could not be."""
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.faces.asking import query_of
    from heritage.service.search import search

    refused_count, result = 0, None
    for group in groups:
        decoded, errors = _decoded(group, opened)
        try:
            if decoded:
                query = query_of(list(decoded.values()), asked.boxes, asked.limit, AT_THE_MACHINE, asked.criteria)
                result = search(opened, query)
                _print_answer(list(decoded), result, asked.as_json)
        except InputError as misplaced:  # a box, and those go with one photo
            errors[group[0]] = misplaced
        for photo, error in errors.items():
            _report_refused(photo, error, asked.as_json)
        refused_count += len(errors)
    if not asked.as_json:
        _print_coverage(opened.current().coverage(criteria=asked.criteria).statement, result)
    return refused_count


def _check(photos: list[str], one_object: bool, boxes: list[str]) -> None:
    """Raises `InputError` for what cannot be meant, before anything is opened."""
    from heritage.faces.asking import MAX_PHOTOS, place_boxes

    if boxes and len(photos) > 1:
        raise InputError(f"--box goes with one photo, not with {len(photos)}")
    if one_object and len(photos) > MAX_PHOTOS:
        raise InputError(f"{len(photos)} photos are too many for one object; give at most {MAX_PHOTOS}")
    place_boxes(boxes, 1)


def _decoded(group: list[str], opened: "Context") -> "tuple[dict[str, Photo], dict[str, InputError]]":
    """The photos that can be searched, and what is wrong with the others, by their names."""
    from heritage.faces.asking import check_size

    decoded: dict[str, Photo] = {}
    errors: dict[str, InputError] = {}
    for photo in group:
        try:
            found = opened.decode(_read(photo, opened.settings.max_image_bytes))
            check_size([*decoded.values(), found], opened.settings.max_image_pixels)
            decoded[photo] = found
        except InputError as error:
            errors[photo] = error
    return decoded, errors


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


def _print_answer(photos: list[str], result: "SearchResult", as_json: bool) -> None:
    if as_json:
        from heritage.faces.schemas.answers import MatchResponse

        typer.echo(MatchResponse.of(result, [clean(photo) for photo in photos]).model_dump_json())
    else:
        _print_table(photos, result)


def _print_table(photos: list[str], result: "SearchResult") -> None:
    from heritage.domain.hits import Verdict
    from heritage.faces.wording import ADVICE_WORDS, RETAKE_WORDS, VERDICT_WORDS, notes, rate_words

    screen = console()
    screen.print(f"{', '.join(map(clean, photos))}: {VERDICT_WORDS[result.verdict]}")
    for name, photo in zip(photos, result.photos, strict=True):
        for advice in photo.advice:
            screen.print(f"{clean(name)}: {ADVICE_WORDS[advice.kind]} {RETAKE_WORDS[advice.kind]}")
    found = [hit for hit in result.hits if hit.verdict is not Verdict.NONE]
    if not found:
        return
    noted = any(notes(hit, result) for hit in found)
    rows = table("verdict", "false alarm", "record", "title", "owner agency", *(["notes"] if noted else []))
    for hit in found:
        words = [VERDICT_WORDS[hit.verdict], rate_words(hit.false_alarm_rate, result.rules)]
        words += [str(hit.record.record_id), hit.record.label, hit.record.owner_agency]
        rows.add_row(*map(clean, words), *(["; ".join(notes(hit, result))] if noted else []))
    screen.print(rows)


def _print_coverage(statement: str, result: "SearchResult | None") -> None:
    """What was searched, and what verdicts mean; ``result`` any of the answers, since all were given by one rule."""
    from heritage.faces.wording import promise

    screen = console()
    screen.print(clean(statement))
    if result is not None:
        screen.print(promise(result.rules))


def _report_refused(photo: str, error: HeritageError, as_json: bool) -> None:
    complain(f"{photo}: {error}")
    if as_json:
        from heritage.faces.problems import PhotoProblem, problem_of

        typer.echo(PhotoProblem(photo=clean(photo), problem=problem_of(error)).model_dump_json(exclude_none=True))
