import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select, text

import heritage.storage.database as database_module
from heritage.errors import StorageError
from heritage.storage.database import FILE_NAME, Database
from heritage.storage.image_hashes import ImageHashes
from heritage.storage.schema import HEAD, described, descriptor, image, keypoint_set, meta, metadata, record, spec

MIGRATIONS = Path(database_module.__file__).parent / "migrations"


def test_identity_is_kept_and_differs_between_databases(tmp_path: Path) -> None:
    identities = []
    for home in ("first", "first", "second"):
        database = Database.open(tmp_path / home)
        identities.append(database.identity)
        database.close()
    assert identities[0] == identities[1] != identities[2]


def test_migrations_from_empty_make_the_schema(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    database.close()
    assert differences == []


def test_images_described_before_the_second_migration_keep_their_place(tmp_path: Path) -> None:
    """Their serial is their sequence, so that an index built up to a sequence is an index up to that serial."""
    _write_first_schema(tmp_path / FILE_NAME)
    database = Database.open(tmp_path)
    with database.read() as connection:
        rows = connection.execute(select(described).order_by(described.c.descriptor_spec, described.c.serial)).all()
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    database.close()
    assert [tuple(row) for row in rows] == [
        ("first", "points", 2, 2),
        ("first", "points", 5, 5),
        ("second", "points", 2, 2),
    ]


def test_images_of_the_first_schema_have_no_hash_yet(tmp_path: Path) -> None:
    _write_first_schema(tmp_path / FILE_NAME)
    database = Database.open(tmp_path)
    hashes = ImageHashes(database)
    assert (hashes.missing_count(), hashes.last_serial()) == (3, 0)
    assert [sequence for sequence, _ in hashes.missing(2, 10)] == [5, 7]
    database.close()


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_image_sequences_are_never_reused(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.begin() as connection:
        first = connection.execute(image.insert().values(_image_row("a"))).inserted_primary_key
        connection.execute(image.delete())
        second = connection.execute(image.insert().values(_image_row("b"))).inserted_primary_key
    database.close()
    assert (first, second) == ((1,), (2,))


def test_rows_outlive_a_reopening(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    moment = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    with database.begin() as connection:
        connection.execute(image.insert().values(_image_row("a") | {"stored_at": moment}))
    database.close()
    reopened = Database.open(tmp_path)
    with reopened.read() as connection:
        assert connection.execute(select(image.c.stored_at)).scalar() == moment
    reopened.close()


def test_an_error_rolls_the_transaction_back(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with pytest.raises(KeyError), database.begin() as connection:
        connection.execute(meta.insert().values(key="half", value="done"))
        raise KeyError("half")
    with database.read() as connection:
        assert connection.execute(select(meta.c.key).where(meta.c.key == "half")).first() is None
    database.close()


def test_it_is_durable_and_keeps_foreign_keys(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.read() as connection:
        answers = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
        assert answers == ["wal", 2]
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 60_000
    database.close()


def test_writers_queue(tmp_path: Path) -> None:
    Database.open(tmp_path).close()
    threads = [threading.Thread(target=_count_up, args=(tmp_path, 25)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database = Database.open(tmp_path)
    with database.read() as connection:
        assert connection.execute(select(meta.c.value).where(meta.c.key == "total")).scalar() == "75"
    database.close()


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.begin() as writing:
        writing.execute(meta.insert().values(key="new", value="1"))
        with database.read() as reading:
            assert reading.execute(select(meta.c.key).where(meta.c.key == "new")).first() is None
    database.close()


def test_several_first_openings_make_one_database(tmp_path: Path) -> None:
    identities: list[str] = []

    def open_it() -> None:
        database = Database.open(tmp_path)
        identities.append(database.identity)
        database.close()

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(identities) == 4
    assert len(set(identities)) == 1


def test_a_newer_schema_says_to_update(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(StorageError, match=r"newer heritage \(schema 9999.*update heritage"):
        Database.open(tmp_path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"something else entirely, but long enough for a header" * 100)
    with pytest.raises(StorageError, match=r"heritage\.db is damaged.*backup"):
        Database.open(tmp_path)


def test_a_torn_database_is_named(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.begin() as connection:
        connection.execute(meta.insert(), [{"key": f"k{number}", "value": "v" * 500} for number in range(200)])
    database.close()
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(StorageError, match="damaged"):
        Database.open(tmp_path)


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    foreign = sqlite3.connect(tmp_path / FILE_NAME)
    foreign.execute("CREATE TABLE recipe (name TEXT)")
    foreign.close()
    with pytest.raises(StorageError, match="not a heritage database"):
        Database.open(tmp_path)
    foreign = sqlite3.connect(tmp_path / FILE_NAME)
    assert foreign.execute("SELECT name FROM sqlite_master").fetchall() == [("recipe",)]
    foreign.close()


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StorageError, match="choose another home"):
        Database.open(tmp_path / "home")


def test_record_keys_are_unique(tmp_path: Path) -> None:
    """The rule is the database's, so that no program path can double a record."""
    database = Database.open(tmp_path)
    columns = [column.name for column in record.columns if column.name not in ("id", "created_at", "updated_at")]
    now = datetime.now(UTC)
    row: dict[str, object] = dict.fromkeys(columns, "x") | {"created_at": now, "updated_at": now}
    with database.begin() as connection:
        connection.execute(record.insert().values(row))
    with pytest.raises(Exception, match="UNIQUE"), database.begin() as connection:
        connection.execute(record.insert().values(row))
    database.close()


def _write_first_schema(path: Path) -> None:
    """A database as the first release left it: image 5 has no descriptor of the second model, image 7 no keypoints."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for digest in ("first", "second", "points"):
            connection.execute(spec.insert().values(digest=digest, kind="", json="{}"))
        for sequence in (2, 5, 7):
            connection.execute(image.insert().values(_image_row(str(sequence)) | {"sequence": sequence}))
        for digest, sequence in (("first", 2), ("first", 5), ("first", 7), ("second", 2)):
            connection.execute(descriptor.insert().values(spec=digest, sequence=sequence, vector=b""))
        for sequence in (2, 5):
            facts = {"width": 1, "height": 1, "keypoint_count": 0, "packed": b""}
            connection.execute(keypoint_set.insert().values(spec="points", sequence=sequence, **facts))
    engine.dispose()


def _image_row(digest: str) -> dict[str, object]:
    facts = {"media_type": "image/png", "byte_count": 1, "width": 1, "height": 1}
    return {"digest": digest * 64, "stored_at": datetime.now(UTC), **facts}


def _count_up(home: Path, times: int) -> None:
    database = Database.open(home)
    for _ in range(times):
        with database.begin() as connection:
            total = connection.execute(select(meta.c.value).where(meta.c.key == "total")).scalar()
            connection.execute(meta.delete().where(meta.c.key == "total"))
            connection.execute(meta.insert().values(key="total", value=str(int(total or 0) + 1)))
    database.close()
