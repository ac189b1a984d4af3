"""``heritage keys``: keys for programs. A new one stands alone on stdout, so that a script can take it."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.domain.access import AT_THE_MACHINE, Role, Scope
from heritage.faces.cli.accounts import AgencyOption, open_database, operator_of
from heritage.faces.cli.output import clean, complain, console, table

if TYPE_CHECKING:
    from heritage.domain.accounts import ApiKey

app = typer.Typer(help="API keys, for programs.", rich_markup_mode=None)

PrefixArgument = Annotated[str, typer.Argument(metavar="PREFIX", help="The part after hk_, as keys list shows it.")]


@app.command("create")
def create(
    context: typer.Context,
    role: Annotated[Role, typer.Option(help="What it may do: each may do all that the ones before it may.")],
    agency: AgencyOption = "",
    scope: Annotated[list[Scope] | None, typer.Option(help="Only this right of the role; repeatable.")] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int | None, typer.Option(min=1, help="Expires after so many days; never unless told.")] = None,
) -> None:
    """Make a key. It is shown this once."""
    from heritage.service.keys import KeyWish, create_key

    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    with open_database(context) as database:
        wish = KeyWish(role, frozenset(scope or ()), agency or operator_of(database), label, expires_at)
        made = create_key(database, AT_THE_MACHINE, wish)
    complain(f"a key of {made.key.agency}, {made.key.role}; shown this once, send it as Authorization: Bearer KEY")
    typer.echo(made.text)


@app.command("list")
def list_keys(
    context: typer.Context, agency: Annotated[str, typer.Option(help="Only those of this agency.")] = ""
) -> None:
    """List the keys, those that ended too."""
    from heritage.service.keys import keys_of

    rows = table("prefix", "agency", "role", "rights", "label", "last used", "")
    with open_database(context) as database:
        for key in keys_of(database, AT_THE_MACHINE, agency):
            used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
            rights = " ".join(sorted(key.scopes))
            rows.add_row(key.prefix, clean(key.agency), key.role, rights, clean(key.label), used, _state(key))
    console().print(rows)


@app.command("rotate")
def rotate(
    context: typer.Context,
    prefix: PrefixArgument,
    overlap_hours: Annotated[int, typer.Option(min=0, max=168, help="How long the old key lives on.")] = 24,
) -> None:
    """Make a successor with the same rights; it is shown this once."""
    from heritage.service.keys import rotate_key

    with open_database(context) as database:
        made = rotate_key(database, AT_THE_MACHINE, prefix, timedelta(hours=overlap_hours))
    complain(f"the successor of {prefix}, which ends in {overlap_hours} hours; shown this once")
    typer.echo(made.text)


@app.command("revoke")
def revoke(context: typer.Context, prefix: PrefixArgument) -> None:
    """End a key at once, for good."""
    from heritage.service.keys import revoke_key

    with open_database(context) as database:
        revoke_key(database, AT_THE_MACHINE, prefix)
    console().print(f"{clean(prefix)} is revoked")


def _state(key: "ApiKey") -> str:
    if key.revoked_at:
        return "revoked"
    if key.expires_at is None:
        return ""
    ended = key.expires_at <= datetime.now(UTC)
    return "expired" if ended else f"until {key.expires_at:%Y-%m-%d %H:%M}"
