"""``heritage channels``: by what agencies are told of hits elsewhere, and what could not be told."""

from datetime import UTC
from typing import Annotated

import typer

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.alerts import ChannelKind, DeliveryState
from heritage.domain.hits import Verdict
from heritage.faces.cli.accounts import AgencyOption, open_database, operator_of
from heritage.faces.cli.output import clean, complain, console, table

app = typer.Typer(help="Webhooks and mailboxes that are told of hits.", rich_markup_mode=None)


@app.command("add")
def add(
    context: typer.Context,
    kind: Annotated[ChannelKind, typer.Argument(help="By what.")],
    address: Annotated[str, typer.Argument(help="https://... of a webhook, or a mailbox.")],
    agency: AgencyOption = "",
    possible: Annotated[
        bool, typer.Option("--possible", help="Of possible matches too, not only strong ones.")
    ] = False,
    language: Annotated[str, typer.Option(help="Of mails: en, fr, es, ar.")] = "en",
) -> None:
    """Tell an agency of hits from now on. A webhook's secret is shown this once."""
    from heritage.service.alerting import ChannelWish, add_channel

    with open_database(context) as database:
        least = Verdict.POSSIBLE if possible else Verdict.STRONG
        wish = ChannelWish(kind, address, least, language, agency or operator_of(database))
        made = add_channel(database, wish, AT_THE_MACHINE)
    complain(f"{clean(made.channel.agency)} is told by {kind}; {'its secret, shown this once:' if made.secret else ''}")
    typer.echo(made.secret or made.channel.channel_id)


@app.command("list")
def list_channels(context: typer.Context) -> None:
    """List the channels that have not ended."""
    from heritage.service.alerting import channels_of

    rows = table("channel", "agency", "by", "address", "at least")
    with open_database(context) as database:
        for one in channels_of(database, AT_THE_MACHINE):
            rows.add_row(one.channel_id, clean(one.agency), one.kind, clean(one.address), one.least)
    console().print(rows)


@app.command("end")
def end(context: typer.Context, channel: Annotated[str, typer.Argument(metavar="CHANNEL")]) -> None:
    """Tell nothing more by a channel."""
    from heritage.service.alerting import end_channel

    with open_database(context) as database:
        end_channel(database, channel, AT_THE_MACHINE)
    console().print(f"{clean(channel)} is ended")


@app.command("given-up")
def given_up(
    context: typer.Context,
    again: Annotated[bool, typer.Option("--again", help="Attempt all of them once more.")] = False,
) -> None:
    """List messages that could not be delivered in four days."""
    from heritage.service.alerting import deliver_again, deliveries_of

    rows = table("delivery", "agency", "address", "last attempt", "problem")
    with open_database(context) as database:
        for one in deliveries_of(database, DeliveryState.DEAD, AT_THE_MACHINE):
            if again and not one.channel.ended_at:
                deliver_again(database, one.delivery_id, AT_THE_MACHINE)
            last = f"{one.due_at.astimezone(UTC):%Y-%m-%d %H:%M}"
            told = clean(one.channel.agency), clean(one.channel.address)
            rows.add_row(one.delivery_id, *told, last, clean(one.problem))
    console().print(rows)
