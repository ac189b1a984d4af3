"""What unit and integration tests share."""

from collections.abc import Iterator

import pytest

from tests.databases import PostgresServer, running_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Started with the first test that asks for it, once for each process that runs tests."""
    with running_server() as server:
        yield server
