"""Unit tests need seconds and no torch; this is where that is kept true."""

import sys
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from heritage.service import credentials


@pytest.fixture(scope="session", autouse=True)
def no_torch(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if any("unit" not in item.path.parts for item in request.session.items):
        return  # run together with tests that may import it
    assert "torch" not in sys.modules, "a unit test imported torch: it belongs in tests/integration"


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The real hash with small parameters: one of full cost takes a tenth of a second, and tests make hundreds."""
    monkeypatch.setattr(credentials, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    credentials._nobodys_hash.cache_clear()
    yield
    credentials._nobodys_hash.cache_clear()
