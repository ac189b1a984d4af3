"""Every storage test runs on SQLite and on PostgreSQL: here that no module is forgotten."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
ON_POSTGRESQL = HERE.parents[1] / "integration" / "storage"
OPENERS = ("Database.open(", "ToyContext.open(", "opened(")
OPENED = "context: ToyContext"  # by the fixture of that name, which opens what `address` names
MODULES = [path for path in HERE.glob("test_*.py") if any(one in path.read_text() for one in (*OPENERS, OPENED))]
# What an attacker does to a database file is tried on the one that is a file.
ONLY_SQLITE = {"test_sqlite.py", "test_audit_attacks.py", Path(__file__).name}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_that_opens_a_database_is_run_on_postgresql_too(path: Path) -> None:
    if path.name not in ONLY_SQLITE:
        text = path.read_text()
        is_opened = OPENED in text and not any(opener in text for opener in OPENERS[:2])
        assert is_opened or "address" in text, "open what the fixture `address` names"
        assert f"from tests.unit.storage.{path.stem} import *" in (ON_POSTGRESQL / path.name).read_text()
