"""The addresses of PostgreSQL databases, where tests/unit/storage has SQLite's. Starting a server takes a second."""

from collections.abc import Iterator

import pytest

from tests.databases import PostgresServer
from tests.unit.storage.conftest import context as context


@pytest.fixture
def address(postgres: PostgresServer) -> Iterator[str]:
    """Of a new database at the newest schema."""
    with postgres.migrated() as address:
        yield address


@pytest.fixture
def empty_address(postgres: PostgresServer) -> Iterator[str]:
    """Of a database without a table."""
    with postgres.empty() as address:
        yield address
