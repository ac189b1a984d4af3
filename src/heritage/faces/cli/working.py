"""``heritage worker``: works on scans of the shared database, and answers nobody."""

import signal
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.faces.cli.output import complain, settings_of
from heritage.faces.logs import LogFormat, start_logging

if TYPE_CHECKING:
    from heritage.settings import Settings


def worker(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="End when nothing is left that can be done here.")] = False,
    operations: Annotated[
        bool,
        typer.Option("--operations", help="Imports and exports too: only in the home of their server."),
    ] = False,
    look_back: Annotated[
        bool,
        typer.Option("--look-back", help="Search new records in photos of before: only in the home of their server."),
    ] = False,
    log_format: Annotated[LogFormat, typer.Option(help="Lines of the log, on stderr.")] = LogFormat.TEXT,
) -> None:
    """Work on running scans until interrupted, beside servers and other workers. Run as many as you like.

    It takes scans whose files it can open, and of others the listings whose photos have addresses. With --once it ends
    when nothing is left that can be done here.
    """
    settings = settings_of(context)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is done is kept, what is begun given back
    start_logging(log_format)
    _work(settings, once, operations, look_back)


def _work(settings: "Settings", once: bool, operations: bool, look_back: bool) -> None:
    from heritage.service.context import open_context
    from heritage.service.operation_worker import OperationWorker
    from heritage.service.shared_work import SharedWork
    from heritage.service.watch_worker import WatchWorker

    with ExitStack() as stack:
        opened = stack.enter_context(open_context(settings))
        opened.gallery.update(settings.tail_limit)
        work = stack.enter_context(closing(SharedWork(opened)))
        others: list[OperationWorker | WatchWorker] = [OperationWorker(opened)] if operations else []
        others += [WatchWorker(opened)] if look_back else []
        complain("worker: waiting for scans (stop with Ctrl-C)")
        try:
            if once:
                work.finish()
                for one in others:
                    one.finish()
                return
            for one in others:
                stack.enter_context(one.running())
            work.go_on()
        except KeyboardInterrupt:
            return  # the ordinary way to stop it
