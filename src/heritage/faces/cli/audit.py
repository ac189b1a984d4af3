"""``heritage audit``: what was done here, by whom, and whether that record is whole."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of

if TYPE_CHECKING:
    from heritage.domain.audit import AuditReport, LoggedEvent

app = typer.Typer(help="What was done here, by whom, and whether that record is whole.", rich_markup_mode=None)

PAGE = 500  # events read at a time


@app.command("verify")
def verify(
    context: typer.Context,
    checkpoint: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Checkpoints that were kept elsewhere, one a line.")
    ] = None,
) -> None:
    """Hash every event again and compare with the tree and with all signed checkpoints.

    Exit code 1 when anything was altered, removed, added in between or moved.
    """
    from heritage.service.auditing import open_audit, verify_log

    with open_audit(settings_of(context)) as audit, progress_bar() as progress:
        report = verify_log(audit, checkpoint, progress)
    for problem in report.problems:
        complain(problem)
    console().print(_verdict(report))
    if not report.is_whole:
        raise typer.Exit(1)


@app.command("list")
def list_events(
    context: typer.Context,
    since: Annotated[datetime | None, typer.Option(help="From this time on, UTC.")] = None,
    actor: Annotated[str, typer.Option(help="The login of an account.")] = "",
    agency: Annotated[str, typer.Option()] = "",
    subject: Annotated[str, typer.Option(help="A record id or a digest.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, as it was hashed.")] = False,
) -> None:
    """List events, the oldest first."""
    from heritage.domain.audit import AuditFilter
    from heritage.service.auditing import open_audit

    wanted = AuditFilter(actor, agency, subject=subject, since=since.replace(tzinfo=UTC) if since else None)
    after = 0
    with open_audit(settings_of(context)) as audit:
        while events := audit.page(after, PAGE, wanted):
            for event in events:
                print(_json(event) if as_json else _line(event))
            after = events[-1].sequence


@app.command("checkpoint")
def checkpoint(context: typer.Context) -> None:
    """Sign the log as it is, and print the signed line: mail it, print it, keep it away from this machine."""
    from heritage.service.auditing import checkpoint_now, open_audit

    with open_audit(settings_of(context)) as audit:
        print(checkpoint_now(audit))


def _verdict(report: "AuditReport") -> str:
    signed = f"{report.signed_count:,} of them signed for by {report.checkpoint_count:,} checkpoints"
    if report.is_whole:
        return f"the log is whole: {report.event_count:,} events, {signed}"
    if report.first_wrong is None:
        return f"the log is not whole: {report.event_count:,} events agree with the tree, {signed}"
    return (
        f"the log is not whole: event {report.first_wrong:,} is the first that is wrong; "
        f"{report.event_count:,} events before it, {signed}"
    )


def _line(logged: "LoggedEvent") -> str:
    from heritage.domain.audit import written_time

    event = logged.event
    words = (written_time(event.at), event.agency, event.actor, event.action, event.subject, event.detail)
    return "\t".join((str(logged.sequence), *map(clean, words)))


def _json(logged: "LoggedEvent") -> str:
    from heritage.domain.audit import canonical

    # In ASCII: a terminal may be moved by characters that are no control characters.
    return json.dumps({"sequence": logged.sequence, **json.loads(canonical(logged.event))})
