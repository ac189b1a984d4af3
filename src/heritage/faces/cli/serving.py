"""``heritage serve``: the web page and the API."""

from contextlib import nullcontext
from typing import Annotated

import typer

from heritage.errors import InputError
from heritage.faces.cli.accounts import open_database
from heritage.faces.cli.output import complain, settings_of
from heritage.faces.logs import LogFormat, start_logging


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on; others than 127.0.0.1 need heritage init.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    log_format: Annotated[LogFormat, typer.Option(help="Lines of the log, on stderr.")] = LogFormat.TEXT,
) -> None:
    """Serve the web page and the API until interrupted."""
    import uvicorn

    from heritage.faces.api.app import create_app
    from heritage.faces.api.running import open_warm

    _check_host(context, host)
    settings = settings_of(context)
    # Opened before the server: a missing model or a damaged database then ends this command with one clear line.
    with open_warm(settings) as opened:
        app = create_app(settings, lambda _: nullcontext(opened))
        typer.echo(f"heritage: open http://{host}:{port} (stop with Ctrl-C)", err=True)
        try:
            start_logging(log_format)
            uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, server_header=False)
        except KeyboardInterrupt:
            return  # the ordinary way to stop a server


def _check_host(context: typer.Context, host: str) -> None:
    """Raises `InputError` for an address that strangers reach, while nobody must sign in."""
    from heritage.faces.api.origins import is_loopback
    from heritage.storage.accounts import Accounts

    if is_loopback(host):
        return
    with open_database(context) as database:
        if not Accounts(database).exist():
            raise InputError(f"on {host} everybody could ask: run heritage init first, so that they must sign in")
    complain("passwords and keys cross the network as they are: put a proxy that speaks https before this")
