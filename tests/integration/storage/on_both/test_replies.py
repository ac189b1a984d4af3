from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from heritage.storage.database import Database
from heritage.storage.replies import ABANDONED, KEPT, Replies, Reply
from heritage.storage.schema import reply

ANSWER = Reply("digest", 201, {"location": "/v1/records/north/1"}, b"\x00 made")


@pytest.fixture
def database(tmp_path: Path, address: str) -> Iterator[Database]:
    database = Database.open(tmp_path, address)
    yield database
    database.close()


def grow_old(database: Database, age: timedelta) -> None:
    with database.begin() as connection:
        connection.execute(update(reply).values(created_at=datetime.now(UTC) - age))


def test_an_answer_is_kept_for_its_caller(database: Database) -> None:
    replies = Replies(database)
    assert replies.claim("north", "key", "digest") is None
    assert replies.claim("north", "key", "digest") == Reply("digest", 0, {}, b"")
    replies.keep("north", "key", ANSWER)
    assert replies.claim("north", "key", "another") == ANSWER
    assert replies.claim("south", "key", "digest") is None


def test_what_was_not_answered_may_be_asked_anew(database: Database) -> None:
    replies = Replies(database)
    replies.claim("north", "key", "digest")
    replies.forget("north", "key")
    assert replies.claim("north", "key", "digest") is None
    grow_old(database, ABANDONED + timedelta(seconds=1))
    assert replies.claim("north", "key", "digest") is None


def test_an_answer_is_forgotten_after_a_day(database: Database) -> None:
    replies = Replies(database)
    replies.claim("north", "key", "digest")
    replies.keep("north", "key", ANSWER)
    grow_old(database, ABANDONED + timedelta(seconds=1))
    assert replies.claim("north", "key", "digest") == ANSWER
    grow_old(database, KEPT + timedelta(seconds=1))
    assert replies.claim("north", "key", "digest") is None
