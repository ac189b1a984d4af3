"""Unit tests need seconds, and no torch, database, socket or other process; this is where that is kept true."""

import sys
from collections.abc import Iterator

import pytest

# What Python tells of before it happens: https://docs.python.org/3/library/audit_events.html
_ELSEWHERE = ("sqlite3.connect", "socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "os.posix_spawn")
_is_watching = False


def _refuse(happening: str, arguments: object) -> None:
    if _is_watching and happening in _ELSEWHERE:
        raise AssertionError(f"a unit test came to {happening} {arguments}: it belongs in tests/integration")


sys.addaudithook(_refuse)


@pytest.fixture(scope="session", autouse=True)
def pure(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where unit tests are run alone: among others, any of this may be those others'."""
    global _is_watching
    is_alone = all("unit" in item.path.parts for item in request.session.items)
    _is_watching = is_alone
    yield
    _is_watching = False
    assert not is_alone or "torch" not in sys.modules, "a unit test imported torch: it belongs in tests/integration"
