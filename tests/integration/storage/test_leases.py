"""The tests of that name in tests/unit/storage, on PostgreSQL."""

from tests.unit.storage.test_leases import *  # noqa: F403
