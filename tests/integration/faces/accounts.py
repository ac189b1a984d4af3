"""Agencies with people and keys over a small registry of their own, for tests of who may do what."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from fastapi.testclient import TestClient

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.domain.accounts import Person
from heritage.faces.api.app import create_app
from heritage.service.accounts import add_agency, add_person, found
from heritage.service.context import Context
from heritage.service.keys import KeyWish, create_key
from heritage.settings import Settings
from heritage.storage.audit import Audit
from heritage.storage.database import Database

CENTRE, NORTH, EAST = "Bureau of the Centre", "Bureau of the North", "Police of the East"
PASSWORD = "seven pale lanterns"
SITE = "https://heritage.example"
OWN_PAGE = {"Origin": SITE}


@dataclass(frozen=True, slots=True)
class Agencies:
    """Three agencies, of which `CENTRE` is the operator; its admin ``ann`` has `PASSWORD`."""

    database: Database
    client: TestClient

    def key(self, agency: str, role: Role) -> str:
        return create_key(self.database, AT_THE_MACHINE, KeyWish(role, agency=agency)).text

    def headers(self, agency: str, role: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key(agency, role)}"}

    def person(self, login: str, agency: str = NORTH, role: Role = Role.OFFICER) -> str:
        """Somebody new; their first password."""
        return add_person(self.database, AT_THE_MACHINE, Person(login, agency, role)).password


@contextmanager
def open_agencies(
    context: Context, home: Path, settings: Settings | None = None, has_own_log: bool = False
) -> Iterator[Agencies]:
    """An application over the records of ``context``, with accounts of its own in ``home``.

    ``has_own_log``: what is read of the audit log is that of these accounts, not that of ``context``.
    """
    database = Database.open(home)
    found(database, CENTRE, "ann", PASSWORD)
    add_agency(database, AT_THE_MACHINE, NORTH, "north-admin")
    add_agency(database, AT_THE_MACHINE, EAST, "east-admin")
    used = replace(context, database=database, settings=settings or context.settings)
    if has_own_log:
        used = replace(used, audit=Audit(database, home))
    app = create_app(used.settings, lambda _: nullcontext(used))
    with TestClient(app, base_url=SITE, raise_server_exceptions=False) as client:
        yield Agencies(database, client)
    database.close()
