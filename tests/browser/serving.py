"""Real servers for a real browser: the registry is small and its embedder a toy, keypoints and pages are real."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.domain.accounts import Person
from heritage.faces.api.app import create_app
from heritage.service.accounts import add_agency, add_person, found
from heritage.service.context import Context, open_context
from heritage.service.signing_in import Credentials, change_password, sign_in
from heritage.settings import Settings
from heritage.storage.database import Database
from tests.integration.conftest import cheap_hashing
from tests.integration.faces.conftest import register
from tests.toys import ToyEmbedder

CENTRE, NORTH, EAST = "Bureau of the Centre", "Bureau of the North", "Police of the East"
PASSWORD = "seven pale lanterns"
OPERATOR, ADMIN, REGISTRAR = "ann", "north-admin", "north-registrar"
OFFICER, INVESTIGATOR = "border-7", "east-investigator"
PEOPLE = (
    Person(REGISTRAR, NORTH, Role.REGISTRAR),
    Person(INVESTIGATOR, EAST, Role.INVESTIGATOR),
    Person(OFFICER, EAST, Role.OFFICER),
)


class Searches:
    """Around the application: the bodies of all searches that arrived in whole, as they were sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""

        async def receive_noted() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            if (
                scope["type"] == "http"
                and (scope["method"], scope["path"]) == ("POST", "/")
                and not message.get("more_body", True)
            ):
                self.bodies.append(body)
            return message

        await self._app(scope, receive_noted, send)


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: where it is, what it has open, the searches that reached it."""

    address: str
    context: Context
    searches: list[bytes] = field(repr=False)

    def token(self, login: str) -> str:
        """Of a new session of somebody on file, whose password is `PASSWORD`."""
        return sign_in(self.context.database, Credentials(login, PASSWORD, "", ""), datetime.now(UTC)).token


@contextmanager
def served(home: Path) -> Iterator[Served]:
    """Twelve objects of the Bureau of the North's, ``north/0`` to ``north/11``; no accounts, no limits."""
    settings = Settings(home=home, threads=2, request_limit=0, search_limit=0)
    with open_context(settings, ToyEmbedder()) as context:
        for seed in range(12):
            register(context, seed)
        searches = Searches(create_app(settings, lambda _: nullcontext(context)))
        server = uvicorn.Server(uvicorn.Config(searches, port=0, log_config=None, timeout_graceful_shutdown=2))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield Served(f"http://127.0.0.1:{port}", context, searches.bodies)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def served_with_accounts(home: Path) -> Iterator[Served]:
    """The same for three agencies: the operator's admin `OPERATOR`; at `NORTH`, which owns all records, `ADMIN` and
    `REGISTRAR`; at `EAST`, which searches, `INVESTIGATOR` and `OFFICER`. The password of each is `PASSWORD`.
    """
    with served(home) as running:
        with cheap_hashing():
            _let_in(running.context.database)
        yield running


def _let_in(database: Database) -> None:
    found(database, CENTRE, OPERATOR, PASSWORD)
    invitations = [add_agency(database, AT_THE_MACHINE, NORTH, ADMIN)[1]]
    add_agency(database, AT_THE_MACHINE, EAST, "east-admin")
    invitations += [add_person(database, AT_THE_MACHINE, person) for person in PEOPLE]
    for one in invitations:
        given = Credentials(one.person.login, one.password, "", "")
        change_password(database, given, PASSWORD, datetime.now(UTC))
