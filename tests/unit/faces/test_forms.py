"""What the Object ID form says, and the command that prints it."""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from heritage.domain.access import Handling
from heritage.domain.descriptors import Specs
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord, Status
from heritage.domain.terms import Facet, Language, category_tree
from heritage.faces.cli import main
from heritage.faces.forms import object_id_form
from heritage.storage.database import Database
from heritage.storage.images import Images
from heritage.storage.records import Records
from tests.toys import ToyEmbedder, ToyExtractor, describe, png


def record(**fields: object) -> RegistryRecord:
    photograph = Photograph(describe(png(1)).digest, PhotoView.MARK)
    return RegistryRecord(
        RecordId("north", "12"),
        **{"card": ObjectIdCard(title="Saint George", maker="unknown"), "photographs": (photograph,)} | fields,  # type: ignore[arg-type]
    )


def test_every_field_has_its_place() -> None:
    term = category_tree().by_facet(Facet.OBJECT)[1]
    form = object_id_form(
        record(
            owner_agency="Bureau",
            category=term.id,
            terms=("of-another-tree",),
            handling=Handling.AMBER,
            shared_with=("Customs", "Court"),
            icg_reference="IL-7",
            theft_date="1998-05",
            theft_place="Turin",
        ),
        [b"jpeg"],
        date(2026, 11, 25),
    )
    assert form.title == "Saint George"
    assert form.handling is Handling.AMBER
    assert form.facts == (
        ("Record", "north/12"),
        ("Status", "registered as stolen"),
        ("Owner agency", "Bureau"),
        ("Before you act", "Do not act on this alone; ask Bureau, quoting north/12."),
        ("Date of theft or loss", "1998-05"),
        ("Place of theft or loss", "Turin"),
        ("Category", f"{term.label(Language.ENGLISH)}; of-another-tree"),
        ("EU 2019/880 reference", "IL-7"),
        ("Handling", "TLP:AMBER, shared with Customs, Court"),
        (
            "Completeness",
            "28%; missing: measurements, distinguishing features, type of object, inscriptions and markings, "
            "photographs from other sides, materials and techniques, date or period, subject, description",
        ),
    )
    assert len(form.card) == 15
    assert form.card[0] == ("Type of object", "")
    assert [(picture.jpeg, picture.caption) for picture in form.pictures] == [(b"jpeg", "mark")]
    assert "not a clearance" in form.notice
    assert form.footer == "north/12 · printed 2026-11-25"


def test_what_came_to_light_was_not_stolen_here() -> None:
    labels = [label for label, _ in object_id_form(record(status=Status.SEIZED), [b""], date(2026, 1, 1)).facts]
    assert "Date of find or seizure" in labels


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    database = Database.open(home)
    Records(database).save(record(), [describe(png(1))], Specs(ToyEmbedder().spec, ToyExtractor().spec))
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
