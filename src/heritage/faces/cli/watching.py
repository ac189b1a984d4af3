"""``heritage watch``, ``watches``, ``deliver``: what is registered now, searched in photos of before, and told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.faces.cli.accounts import open_database
from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of, table

if TYPE_CHECKING:
    from heritage.service.context import Context
    from heritage.service.watching import LookBack

INTERRUPTED = 130

app = typer.Typer(help="Photos whose agencies asked to be told if what they show is registered.", rich_markup_mode=None)


def watch(context: typer.Context) -> None:
    """Search what is registered among all photos that were searched before it was. A running server does so by itself.

    Ctrl-C ends it, and it goes on where it was; nothing is told twice, even after a kill.
    """
    from heritage.service.context import open_context
    from heritage.service.hashing import hash_photos
    from heritage.service.watching import LookBack, look_back

    done = LookBack()
    with open_context(settings_of(context)) as opened:
        try:
            with _told(opened) as tell:
                for one in look_back(opened):
                    done = done.plus(one)
                    tell(done)
            hashed = sum(hash_photos(opened))
        except KeyboardInterrupt:
            _print_done(done)
            complain("interrupted; go on with: heritage watch")
            raise typer.Exit(INTERRUPTED) from None
        _print_done(done)
        if hashed:
            console().print(f"{_counted(hashed, 'photo', 'photos')} of earlier scans can be compared with others now")
        left = opened.watching.undescribed_count(opened.current().specs)
    if left:
        complain(f"{left:,} photos cannot be described, their files are lost or damaged: see above")
        raise typer.Exit(1)


def deliver(context: typer.Context) -> None:
    """Attempt the webhooks and mails that are due. A running server does so by itself."""
    from heritage.faces.mails import alert_mail
    from heritage.service.alerting import deliver_due
    from heritage.service.context import open_context

    with open_context(settings_of(context)) as opened:
        count = deliver_due(opened, alert_mail, lambda: datetime.now(UTC), 1_000_000)
        waiting = opened.alerts.waiting_count()
    console().print(f"{_counted(count, 'message', 'messages')} attempted, {waiting:,} wait")


@app.command("list")
def list_watches(context: typer.Context) -> None:
    """List the watches that have not ended, the newest first."""
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.storage.watching import Watching

    with open_database(context) as database:
        found = Watching(database).watches(AT_THE_MACHINE, datetime.now(UTC))
    rows = table("watch", "agency", "by", "until", "photo")
    for one in found:
        rows.add_row(one.watch_id, clean(one.agency), clean(one.actor), f"{one.until:%Y-%m-%d}", str(one.digest))
    if found:
        console().print(rows)
    else:
        console().print("no watches")


@app.command("end")
def end(context: typer.Context, watch_id: Annotated[str, typer.Argument(metavar="WATCH")]) -> None:
    """Watch a photo no longer; it is kept for as many days as its agency keeps any."""
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.storage.watching import Watching

    settings = settings_of(context)
    with open_database(context) as database:
        Watching(database).end(watch_id, datetime.now(UTC), settings.photo_days, AT_THE_MACHINE)
    console().print(f"{clean(watch_id)} is ended")


@contextmanager
def _told(opened: "Context") -> "Iterator[Callable[[LookBack], None]]":
    """Takes what was done by now, and shows how far that is."""
    watching, specs = opened.watching, opened.current().specs
    totals = watching.undescribed_count(specs), watching.pending_count(datetime.now(UTC))
    with progress_bar() as progress:

        def tell(done: "LookBack") -> None:
            counts = done.described_count, done.compared_count
            for stage, count, total in zip(("describe", "compare"), counts, totals, strict=True):
                if progress and count:
                    progress(stage, count, max(count, total))

        yield tell


def _print_done(done: "LookBack") -> None:
    counts = (
        _counted(done.described_count, "photo described", "photos described"),
        _counted(done.compared_count, "registered photograph", "registered photographs") + " compared with all photos",
        _counted(done.hit_count, "hit", "hits"),
    )
    console().print(", ".join(counts))


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
