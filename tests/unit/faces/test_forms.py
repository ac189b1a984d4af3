"""What the Object ID form says."""

from datetime import date

from heritage.domain.access import Handling
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord, Status
from heritage.domain.terms import Facet, Language, category_tree
from heritage.faces.forms import object_id_form
from tests.toys import describe, png


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
