"""What the documents say exists: make targets, commands and their options, files, settings."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from heritage.faces.cli import main
from heritage.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = "\n".join(document.read_text() for document in DOCUMENTS)
BLOCKS = "\n".join(re.findall(r"^```sh\n(.*?)^```", TEXT, re.M | re.S))
COMMANDS = sorted(set(re.findall(r"^heritage ([a-z]+)", BLOCKS, re.M)) | set(re.findall(r"`heritage ([a-z]+)", TEXT)))


def test_documented_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"`?make ([a-z]+)", TEXT)) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
        assert link.startswith("http") or (document.parent / link).exists(), link


@pytest.mark.parametrize("command", COMMANDS)
def test_documented_commands_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert "Usage" in capsys.readouterr().out


def test_every_setting_is_documented() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text()
    for setting in fields(Settings):
        assert f"`HERITAGE_{setting.name.upper()}`" in operations
