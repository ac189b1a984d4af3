"""Unit tests need seconds, and no torch, database, server or other process; this is where that is kept true."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# What Python tells of before it happens: https://docs.python.org/3/library/audit_events.html
_ELSEWHERE = ("sqlite3.connect", "socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "os.posix_spawn")
_HERE = Path(__file__).parent
_running = ""


def _refuse(happening: str, arguments: object) -> None:
    if _running and happening in _ELSEWHERE:
        raise AssertionError(f"{_running}: {happening} {arguments}: such a test belongs in tests/integration")


sys.addaudithook(_refuse)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """From a test's first fixture to its last; pytest asks this for tests of other folders too."""
    global _running
    _running = item.nodeid if item.path.is_relative_to(_HERE) else ""
    try:
        return (yield)
    finally:
        _running = ""


@pytest.fixture(scope="session", autouse=True)
def no_torch(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if any("unit" not in item.path.parts for item in request.session.items):
        return  # run together with tests that may import it
    assert "torch" not in sys.modules, "a unit test imported torch: it belongs in tests/integration"
