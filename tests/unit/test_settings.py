from pathlib import Path

import pytest

from heritage.settings import Settings


def test_settings_do_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERITAGE_DATABASE_URL", "postgresql://user:secret@host/database")
    settings = Settings.from_environment()
    assert "secret" in settings.database_url
    assert "secret" not in repr(settings)


def test_a_home_apart_has_a_database_of_its_own(tmp_path: Path) -> None:
    """A measurement must never fill the registry that officers search."""
    settings = Settings(database_url="postgresql://host/database", threads=3).apart(tmp_path)
    assert (settings.home, settings.database_url, settings.threads) == (tmp_path, "", 3)
