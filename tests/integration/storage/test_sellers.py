"""The tests of that name in tests/unit/storage, on PostgreSQL."""

from tests.unit.storage.test_sellers import *  # noqa: F403
