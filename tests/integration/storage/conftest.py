"""The addresses of PostgreSQL databases for the tests of it alone; those in on_both/ run on SQLite too."""

from collections.abc import Iterator

import pytest

from tests.databases import PostgresServer


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
