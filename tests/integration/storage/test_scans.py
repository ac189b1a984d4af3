"""The tests of that name in tests/unit/storage, on PostgreSQL."""

from tests.unit.storage.test_scans import *  # noqa: F403
