"""Every storage test runs on SQLite and on PostgreSQL: here that no module is forgotten."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
OPENERS = ("Database.open(", "ToyContext.open(", "opened(")
OPENED = "context: ToyContext"  # by the fixture of that name, which opens what `address` names
# Each is about one of them: what an attacker does to a database file is tried on the one that is a file.
ONE_ONLY = {"test_sqlite.py", "test_audit_attacks.py", "test_postgres.py", Path(__file__).name}
MODULES = [path for path in HERE.rglob("test_*.py") if any(one in path.read_text() for one in (*OPENERS, OPENED))]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_that_opens_a_database_does_so_on_both(path: Path) -> None:
    if path.name not in ONE_ONLY:
        assert path.parent == HERE / "on_both"
        text = path.read_text()
        is_opened = OPENED in text and not any(opener in text for opener in OPENERS[:2])
        assert is_opened or "address" in text, "open what the fixture `address` names"
