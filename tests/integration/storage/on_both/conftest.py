"""Every test here runs twice, on SQLite and on PostgreSQL: whoever opens a database asks for its `address`.

A test's name ends with the database it ran on, as in ``[sqlite]``. Starting PostgreSQL takes a second.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toys import ToyContext


@pytest.fixture(params=["sqlite", "postgresql"])
def system(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def address(system: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Of a new database at the newest schema. SQLite's is none: the file is in the test's home."""
    if system == "sqlite":
        yield ""
        return
    with request.getfixturevalue("postgres").migrated() as address:
        yield address


@pytest.fixture
def empty_address(system: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Of a database without a table."""
    if system == "sqlite":
        yield ""
        return
    with request.getfixturevalue("postgres").empty() as address:
        yield address


@pytest.fixture
def context(tmp_path: Path, address: str) -> Iterator[ToyContext]:
    """A home over a new database."""
    context = ToyContext.open(tmp_path, address=address)
    yield context
    context.database.close()
