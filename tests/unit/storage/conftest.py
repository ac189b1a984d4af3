"""Storage tests take the address of a database; here it is SQLite's, which is none: the file is in the test's home.

tests/integration/storage runs the same tests with the addresses of PostgreSQL databases.
"""

import pytest


@pytest.fixture
def address() -> str:
    """Of a new database at the newest schema."""
    return ""


@pytest.fixture
def empty_address() -> str:
    """Of a database without a table."""
    return ""
