"""Storage tests take the address of a database; here it is SQLite's, which is none: the file is in the test's home.

tests/integration/storage runs the same tests with the addresses of PostgreSQL databases.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.toys import ToyContext


@pytest.fixture
def address() -> str:
    """Of a new database at the newest schema."""
    return ""


@pytest.fixture
def empty_address() -> str:
    """Of a database without a table."""
    return ""


@pytest.fixture
def context(tmp_path: Path, address: str) -> Iterator[ToyContext]:
    """A home over a new database."""
    context = ToyContext.open(tmp_path, address=address)
    yield context
    context.database.close()
