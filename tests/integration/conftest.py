"""What tests share that open databases, servers or other processes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher

from heritage.service import credentials


@contextmanager
def cheap_hashing() -> Iterator[None]:
    """The real hash with small parameters: one of full cost takes a tenth of a second, and tests make hundreds."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(credentials, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        credentials._nobodys_hash.cache_clear()
        yield
    credentials._nobodys_hash.cache_clear()


@pytest.fixture
def cheap_hashes() -> Iterator[None]:
    with cheap_hashing():
        yield
