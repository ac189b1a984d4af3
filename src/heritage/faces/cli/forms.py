"""``heritage form``: a record on paper."""

from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer

from heritage.errors import InputError
from heritage.faces.cli.output import clean, console, settings_of
from heritage.faces.cli.registry import RecordArgument


def form(
    context: typer.Context,
    record: RecordArgument,
    out: Annotated[Path, typer.Argument(metavar="OUT.pdf", help="Where to write the form.")],
    font: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A font to try first; repeat it for more.")
    ] = None,
) -> None:
    """Print a record as an Object ID form on A4, with its photographs."""
    from datetime import UTC, datetime

    from heritage.domain.access import AT_THE_MACHINE
    from heritage.domain.records import RecordId
    from heritage.faces.forms import object_id_form
    from heritage.service.context import open_printing

    now, written = datetime.now(UTC), BytesIO()
    with open_printing(settings_of(context)) as printing:
        found = printing.records.get(RecordId.parse(record), AT_THE_MACHINE)
        jpegs = [printing.jpeg(digest) for digest in found.images]
        printing.write(object_id_form(found, jpegs, now.date()), written, now, font or [])
    try:
        out.write_bytes(written.getvalue())
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}") from error
    console().print(clean(f"printed {found.record_id} to {out}; it is {found.handling}"))
