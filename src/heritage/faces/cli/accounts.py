"""``heritage init``, ``agencies``, ``people``: who may use this heritage. Whoever holds its files may do all of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.faces.cli.output import clean, complain, console, settings_of, table

if TYPE_CHECKING:
    from heritage.service.accounts import Invitation
    from heritage.storage.database import Database

agencies_app = typer.Typer(help="The agencies that share this registry.", rich_markup_mode=None)
people_app = typer.Typer(help="The people who sign in at the page.", rich_markup_mode=None)

AgencyOption = Annotated[str, typer.Option(help="Whose; the agency that runs this heritage unless told.")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME")]
LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN")]
RoleOption = Annotated[Role, typer.Option(help="What they may do: each may do all that the ones before it may.")]


def init(
    context: typer.Context,
    agency: Annotated[str, typer.Option(help="The agency that runs this heritage; asked for unless told.")] = "",
    login: Annotated[str, typer.Option(help="Its first admin; asked for unless told.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin, one line.")
    ] = False,
) -> None:
    """Make the first agency and its admin. From then on everybody signs in, or sends a key."""
    from heritage.service.accounts import found

    agency = agency or typer.prompt("Name of your agency, as its records have it")
    login = login or typer.prompt("Login of its first admin")
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password, 12 characters or more", hide_input=True, confirmation_prompt=True)
    with open_database(context) as database:
        admin = found(database, agency, login, password)
    console().print(
        f"{clean(admin.login)} is admin of {clean(admin.agency)}, the owner agency of its records. Next:\n"
        "  heritage people add LOGIN --role officer       somebody who signs in at the page\n"
        "  heritage keys create --role investigator       a key for a program\n"
        "  heritage agencies add NAME --admin LOGIN       another agency\n"
        "  heritage serve                                 a running server asks for sign-in from now on"
    )


@agencies_app.command("list")
def list_agencies(context: typer.Context) -> None:
    """List the agencies."""
    from heritage.service.accounts import agencies

    rows = table("agency", "", "")
    with open_database(context) as database:
        for agency in agencies(database, AT_THE_MACHINE):
            rows.add_row(clean(agency.name), "operator" if agency.is_operator else "", _state(agency.suspended_at))
    console().print(rows)


@agencies_app.command("add")
def add_agency(
    context: typer.Context,
    name: NameArgument,
    admin: Annotated[str, typer.Option(metavar="LOGIN", help="Its first admin.")],
) -> None:
    """Make an agency and its first admin, whose first password is shown this once."""
    from heritage.service.accounts import add_agency as added

    with open_database(context) as database:
        _, invitation = added(database, AT_THE_MACHINE, name, admin)
    _print_invitation(invitation)


@agencies_app.command("suspend")
def suspend_agency(context: typer.Context, name: NameArgument) -> None:
    """Let nobody of the agency in, neither people nor keys, from the next request on."""
    _set_agency_suspended(context, name, suspended=True)


@agencies_app.command("resume")
def resume_agency(context: typer.Context, name: NameArgument) -> None:
    """Let a suspended agency in again."""
    _set_agency_suspended(context, name, suspended=False)


@agencies_app.command("photos")
def set_photo_days(
    context: typer.Context,
    name: NameArgument,
    days: Annotated[int, typer.Option(help="0: they are not kept.")],
) -> None:
    """Say for how many days the photos of an agency's searches are kept."""
    from heritage.service.accounts import set_photo_days as set_days

    with open_database(context) as database:
        agency = set_days(database, AT_THE_MACHINE, name, days)
    kept = f"for {agency.photo_days} days" if agency.photo_days else "no longer"
    console().print(f"photos of {clean(agency.name)} are kept {kept}")


@people_app.command("list")
def list_people(
    context: typer.Context, agency: Annotated[str, typer.Option(help="Only those of this agency.")] = ""
) -> None:
    """List the people who may sign in."""
    from heritage.service.accounts import people

    rows = table("login", "agency", "role", "one-time codes", "")
    with open_database(context) as database:
        for person in people(database, AT_THE_MACHINE, agency):
            codes = "yes" if person.has_totp else "no"
            rows.add_row(clean(person.login), clean(person.agency), person.role, codes, _state(person.suspended_at))
    console().print(rows)


@people_app.command("add")
def add_person(
    context: typer.Context,
    login: LoginArgument,
    role: RoleOption,
    agency: AgencyOption = "",
    by_provider: Annotated[
        bool, typer.Option("--by-provider", help="No password: they sign in by OpenID Connect only.")
    ] = False,
) -> None:
    """Make somebody who may sign in; their first password is shown this once."""
    from heritage.domain.accounts import Person
    from heritage.service.accounts import add_person as added

    with open_database(context) as database:
        person = Person(login, agency or operator_of(database), role)
        invitation = added(database, AT_THE_MACHINE, person, has_password=not by_provider)
    _print_invitation(invitation)


@people_app.command("suspend")
def suspend_person(context: typer.Context, login: LoginArgument) -> None:
    """Let somebody in no more, from the next request on."""
    _set_person_suspended(context, login, suspended=True)


@people_app.command("resume")
def resume_person(context: typer.Context, login: LoginArgument) -> None:
    """Let a suspended person in again."""
    _set_person_suspended(context, login, suspended=False)


@people_app.command("reset")
def reset_person(context: typer.Context, login: LoginArgument) -> None:
    """For a lost password or device: a new first password, shown this once; no codes until they are set up again."""
    from heritage.service.accounts import reset_person as reset

    with open_database(context) as database:
        invitation = reset(database, AT_THE_MACHINE, login)
    _print_invitation(invitation)


@contextmanager
def open_database(context: typer.Context) -> "Iterator[Database]":
    """The database alone: no model is needed to manage accounts."""
    from heritage.storage.database import Database

    settings = settings_of(context)
    database = Database.open(settings.home, settings.database_url)
    try:
        yield database
    finally:
        database.close()


def operator_of(database: "Database") -> str:
    """The agency that runs this heritage. Raises `InputError` before `heritage init`."""
    from heritage.errors import InputError
    from heritage.service.accounts import agencies

    for agency in agencies(database, AT_THE_MACHINE):
        if agency.is_operator:
            return agency.name
    raise InputError("there is no agency yet; run heritage init first")


def _set_agency_suspended(context: typer.Context, name: str, suspended: bool) -> None:
    from heritage.service.accounts import set_agency_suspended

    with open_database(context) as database:
        agency = set_agency_suspended(database, AT_THE_MACHINE, name, suspended)
    console().print(f"{clean(agency.name)} is {_state(agency.suspended_at) or 'let in'}")


def _set_person_suspended(context: typer.Context, login: str, suspended: bool) -> None:
    from heritage.service.accounts import set_person_suspended

    with open_database(context) as database:
        person = set_person_suspended(database, AT_THE_MACHINE, login, suspended)
    console().print(f"{clean(person.login)} is {_state(person.suspended_at) or 'let in'}")


def _state(suspended_at: object) -> str:
    return "suspended" if suspended_at else ""


def _print_invitation(invitation: "Invitation") -> None:
    """The password alone on stdout, so that a script can take it."""
    person = invitation.person
    complain(f"{person.login}, {person.role} of {person.agency}, may sign in")
    if invitation.password:
        complain("their first password, shown this once; with it they choose their own:")
        console().print(invitation.password)
