"""What unit and integration tests share."""

import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.databases import PostgresServer

# Few examples in every run; `make fuzz` tries many. A machine that is busy with other things is no fault of the code.
settings.register_profile("suite", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("many", settings.get_profile("suite"), max_examples=400)
settings.load_profile("suite")

# What a shell starts in the background ignores Ctrl-C, and so would every program that a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="keep pictures of the pages in out/browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what takes minutes for a file: begun last, it would keep one core busy and the others waiting."""
    items.sort(key=lambda item: item.path.parent.name not in ("integration", "browser"))


@pytest.fixture(scope="session")
def postgres() -> Iterator["PostgresServer"]:
    """Started with the first test that asks for it, once for each process that runs tests."""
    from tests.databases import running_server  # which loads Alembic, and most processes need none

    with running_server() as server:
        yield server
