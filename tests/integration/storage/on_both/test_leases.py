"""One process at a time, and the next one when it is gone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from heritage.storage.database import Database
from heritage.storage.leases import Lease

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(tmp_path: Path, address: str) -> Iterator[Database]:
    opened = Database.open(tmp_path, address)
    yield opened
    opened.close()


def test_only_one_process_has_it_until_it_runs_out_or_is_released(database: Database) -> None:
    one, other = Lease(database, "work", "one", MINUTE), Lease(database, "work", "other", MINUTE)
    assert one.take(NOW)
    assert one.take(NOW)
    assert not other.take(NOW + MINUTE / 2)
    assert one.take(NOW + MINUTE * 0.75)  # longer from now on
    assert not other.take(NOW + MINUTE * 1.5)
    assert other.take(NOW + MINUTE * 2)
    assert not one.take(NOW + MINUTE * 2)
    one.release()  # not its own any more
    assert not one.take(NOW + MINUTE * 2)
    other.release()
    assert one.take(NOW + MINUTE * 2)


def test_leases_of_other_names_are_other_leases(database: Database) -> None:
    assert Lease(database, "work", "one", MINUTE).take(NOW)
    assert Lease(database, "other work", "other", MINUTE).take(NOW)
