"""What unit and integration tests share."""

import signal
from collections.abc import Iterator

import pytest

from tests.databases import PostgresServer, running_server

# What a shell starts in the background ignores Ctrl-C, and so would every program that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Started with the first test that asks for it, once for each process that runs tests."""
    with running_server() as server:
        yield server
