"""Unit tests need seconds and no torch; this is where that is kept true."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_torch(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if any("unit" not in item.path.parts for item in request.session.items):
        return  # run together with tests that may import it
    assert "torch" not in sys.modules, "a unit test imported torch: it belongs in tests/integration"
