"""The command that prints the Object ID form."""

from pathlib import Path

import pypdfium2
import pytest

from heritage.domain.descriptors import Specs
from heritage.domain.records import ObjectIdCard, Photograph, RecordId, RegistryRecord
from heritage.faces.cli import main
from heritage.storage.database import Database
from heritage.storage.images import Images
from heritage.storage.records import Records
from tests.toys import ToyEmbedder, ToyExtractor, describe, png


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    database = Database.open(home)
    described = describe(png(1))
    record = RegistryRecord(
        RecordId("north", "12"), card=ObjectIdCard(title="Saint George"), photographs=(Photograph(described.digest),)
    )
    Records(database).save(record, [described], Specs(ToyEmbedder().spec, ToyExtractor().spec))
    database.close()
    Images(home).put(png(1))
    return home


def test_the_command_prints_a_form(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "form.pdf"
    assert main(["--home", str(home), "form", "north/12", str(out)]) == 0
    assert "printed north/12" in capsys.readouterr().out
    document = pypdfium2.PdfDocument(out.read_bytes())
    assert "Saint George" in document[0].get_textpage().get_text_range()
    document.close()
    assert png(1) not in out.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["north/13", "a.pdf"], 3, "north/13"),
        (["north", "a.pdf"], 2, "not a record id"),
        (["north/12", "nowhere/a.pdf"], 2, "cannot be written"),
        (["north/12", "a.pdf", "--font", "none.ttf"], 2, "is not a TrueType"),
    ],
)
def test_what_cannot_be_printed(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    told: str,
) -> None:
    monkeypatch.chdir(home.parent)
    assert main(["--home", str(home), "form", *arguments]) == code
    assert told in capsys.readouterr().err
    assert not (home.parent / "a.pdf").exists()
