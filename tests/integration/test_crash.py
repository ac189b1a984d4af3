"""Kill -9 at random moments, a few times; ``make crash`` does it many times. And: would it notice?"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from heritage.domain.records import RecordId
from heritage.service.context import Context
from heritage.storage.schema import described, descriptor, image, record, record_image

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import crash


def said_by(script: str, *arguments: str) -> tuple[str, int]:
    """What a script of kills says that ends well, and how often it says that it killed."""
    command = [sys.executable, Path(crash.__file__).with_name(script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr
    killed = re.search(r"^killed (\d+) times", done.stdout, re.MULTILINE)
    assert killed is not None, done.stdout
    return done.stdout, int(killed[1])


def test_killed_again_and_again_nothing_is_lost_or_doubled() -> None:
    said, killed = said_by("crash.py", "--rounds", "1")
    assert "nothing lost, nothing doubled" in said
    assert killed > 0


def test_a_killed_import_ends_like_one_that_nobody_disturbed() -> None:
    said, killed = said_by("crash_import.py", "--count", "3000", "--kills", "4")
    assert "nothing lost, nothing doubled" in said
    assert killed >= 2, said


def test_a_killed_scan_neither_repeats_nor_skips_a_listing() -> None:
    said, killed = said_by("crash_scan.py", "--listings", "30", "--kills", "3")
    assert "nothing skipped, nothing done twice" in said
    assert killed >= 2, said


def test_what_is_registered_later_is_told_once_however_often_the_search_for_it_is_killed() -> None:
    said, killed = said_by("crash_watch.py", "--photos", "16", "--kills", "3")
    assert "nothing lost, nothing told twice" in said
    assert killed >= 2, said


def forget_descriptor(context: Context) -> None:
    with context.database.begin() as connection:
        connection.execute(delete(descriptor).where(descriptor.c.sequence == 5))


def forget_order(context: Context) -> None:
    """One image is in the index, but the database says that no index need have it."""
    with context.database.begin() as connection:
        connection.execute(delete(described).where(described.c.sequence == 5))


def double_record(context: Context) -> None:
    with context.database.begin() as connection:
        row = connection.execute(select(record).limit(1)).mappings().one()
        connection.execute(insert(record).values({**row, "id": 999, "number": "doubled"}))


def forget_link(context: Context) -> None:
    with context.database.begin() as connection:
        connection.execute(delete(record_image).where(record_image.c.sequence == 3))


def misname_image(context: Context) -> None:
    with context.database.begin() as connection:
        connection.execute(update(image).where(image.c.sequence == 3).values(digest="0" * 64))


def withdraw_record(context: Context) -> None:
    context.records.withdraw(RecordId("crash", "4"))


def lose_original(context: Context) -> None:
    path = next(path for path in (context.settings.home / "images").rglob("*") if path.is_file())
    path.unlink()


def tear_original(context: Context) -> None:
    path = next(path for path in (context.settings.home / "images").rglob("*") if path.is_file())
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])


def tear_index(context: Context) -> None:
    path = next((context.settings.home / context.settings.gallery).glob("*/vectors.faiss"))
    path.write_bytes(path.read_bytes()[:-100])


DAMAGES = (
    forget_descriptor, forget_order, double_record, forget_link, misname_image, withdraw_record,
    lose_original, tear_original, tear_index,
)  # fmt: skip


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crash")
    crash.write_registry(folder / "source")
    for stage in crash.STAGES:
        crash.work(stage, folder / "home", folder / "source", False)
    return folder / "home"


def test_two_looks_at_one_home_agree(undisturbed: Path) -> None:
    assert crash.state_of(undisturbed).differences(crash.state_of(undisturbed)) == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_comparison_notices(undisturbed: Path, tmp_path: Path, damage: Callable[[Context], None]) -> None:
    home = shutil.copytree(undisturbed, tmp_path / "home")
    good = crash.state_of(home)
    with crash.opened(home, False) as context:
        damage(context)
    assert good.differences(crash.state_of(home)) != []
