"""Unit tests need seconds and no torch; this is where that is kept true."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_torch() -> Iterator[None]:
    yield
    assert "torch" not in sys.modules, "a unit test imported torch: it belongs in tests/integration"
