"""Linked Art: what goes out comes back equal, a museum's own file is understood, and no file can do harm."""

import json
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.domain.records import ObjectIdCard, PhotoView, RecordId, RegistryRecord, SourceRow
from heritage.errors import InputError, TableError
from heritage.registries.folder import open_source
from heritage.registries.json_nodes import MAX_OBJECT_LENGTH
from heritage.registries.linked_art import open_linked_art
from heritage.registries.linked_art_writer import write_linked_art
from tests.unit.registries.generated import name_of, patient, put_pictures, read_back, records

MUSEUM = Path(__file__).with_name("museum.json").read_text()  # invented, in the ways that museums write Linked Art


def rows_of(path: Path, text: str) -> list[SourceRow]:
    file = path / "museum.json"
    file.write_text(text)
    (path / "front.jpg").touch()
    return list(open_linked_art(file, "interpol").rows())


@patient
@given(st.lists(records(), min_size=1, max_size=3, unique_by=lambda record: record.record_id))
def test_what_goes_out_comes_back_equal(several: list[RegistryRecord]) -> None:
    with TemporaryDirectory() as folder:
        for record in several:
            put_pictures(Path(folder), record)
        path = Path(folder, "out.jsonld")
        with path.open("wb") as stream:
            write_linked_art(several, stream, name_of)
        assert [read_back(row) for row in open_source(path).rows()] == several


def test_nothing_is_an_empty_array(tmp_path: Path) -> None:
    stream = BytesIO()
    write_linked_art([], stream)
    assert stream.getvalue() == b"[]\n"
    assert rows_of(tmp_path, "[]\n") == []


def test_a_museums_object(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, MUSEUM)
    assert row == SourceRow(
        1,
        RegistryRecord(
            RecordId("interpol", "data.museum.example/object/7"),
            theft_date="2003-04",
            theft_place="Baghdad",
            category="jar",
            terms=("earthenware",),
            card=ObjectIdCard(
                object_type="albarello",
                title="Vase with dragons",
                inscriptions="IHS on the base",
                inventory_number="1907.12",
                measurements="H. 21 cm, W. 9 cm",
                maker="Orazio Fontana",
                period="1560–1570",
                place_of_origin="Urbino",
                materials="earthenware; tin glaze",
                subject="dragon",
            ),
        ),
        (tmp_path / "front.jpg",),
        (PhotoView.UNSPECIFIED,),
        label="interpol/data.museum.example/object/7",
    )


def test_measurements_that_are_only_structured(tmp_path: Path) -> None:
    node = json.loads(MUSEUM)
    del node["referred_to_by"]
    (row,) = rows_of(tmp_path, json.dumps({"@graph": [node]}))
    assert row.record is not None
    assert row.record.card.measurements == "21 cm"


def test_what_only_json_can_hold(tmp_path: Path) -> None:
    names = [{"type": "Name", "content": "half \ud800 a character"}]
    sizes = [{"value": 10**400}, {"value": float("nan")}, {"value": True}]
    node = json.loads(MUSEUM) | {"identified_by": names, "dimension": sizes, "referred_to_by": []}
    (row,) = rows_of(tmp_path, json.dumps(node))
    assert row.record is not None
    assert row.record.card.title == "half \ufffd a character"
    assert row.record.card.measurements == ""


PINK = {
    "classified_as": "urn:heritage:field:record_id",
    "subject_to": {"classified_as": "urn:heritage:handling:TLP%3APINK"},
}


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"type": "Person"}, "'Person', not HumanMadeObject"),
        ({"id": ""}, "has no id"),
        ({"id": "https://museum.example/" + "7" * 200}, "at most 200"),
        ({"representation": [{"type": "DigitalObject", "access_point": "../x.jpg"}]}, "outside the folder"),
        ({"representation": [{"type": "DigitalObject", "id": "http://10.0.0.1/x.jpg"}]}, "not an address on"),
        ({"representation": [{"access_point": "x.jpg"}] * 101}, "at most 100"),
        ({"representation": [{"access_point": "a\0.jpg"}]}, "NUL character"),
        ({"representation": [{"access_point": "\ud800.jpg"}]}, "does not exist"),
        ({"representation": [{"access_point": "x" * 2000}]}, "longer than 1000"),
        ({"subject_of": PINK}, "handling 'TLP:PINK'"),
    ],
)
def test_a_bad_object_is_told_and_the_next_is_read(tmp_path: Path, members: dict[str, object], told: str) -> None:
    node = json.loads(MUSEUM)
    first, second = rows_of(tmp_path, json.dumps([node | members, node]))
    assert told in first.error
    assert first.record is None
    assert second.record is not None


# Any JSON at all, under the names that the reader asks for.
NAMES = """\
@context id type _label content classified_as equivalent identified_by referred_to_by dimension made_of unit value
produced_by part timespan took_place_at carried_out_by shows represents carries changed_custody_through
representation digitally_shown_by access_point subject_of subject_to possessed_by created_by"""
names = st.sampled_from(NAMES.split())
leaves = st.none() | st.booleans() | st.floats(allow_nan=True) | st.text(max_size=5) | st.just("HumanMadeObject")
junk = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6), max_leaves=12
)


@patient
@given(st.dictionaries(names, junk, max_size=12))
def test_no_member_is_trusted_to_be_of_a_type(node: dict[str, object]) -> None:
    with TemporaryDirectory() as folder:
        for row in rows_of(Path(folder), json.dumps([node | {"type": "HumanMadeObject", "id": "https://x.example/1"}])):
            assert (row.record is None) == bool(row.error)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (MUSEUM[:-10], "is not JSON"),
        (MUSEUM + "{}", "something follows"),
        (f"[{MUSEUM}", "does not end with ]"),
        (f"[{MUSEUM} {MUSEUM}]", "does not end with ]"),
        (f"[{MUSEUM},]", "does not begin with {"),
        ("", "does not begin with {"),
        ("[1]", "does not begin with {"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deep"),
        ('{"a": ' + "9" * 5_000 + "}", "is not JSON"),
        ('{"a": "' + "x" * (MAX_OBJECT_LENGTH + 2_000_000) + '"}', "is not JSON"),
    ],
)
def test_a_file_that_is_no_linked_art(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(TableError, match=told):
        rows_of(tmp_path, text)


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(MUSEUM.encode("utf-16"))
    with pytest.raises(InputError, match="not UTF-8"):
        open_linked_art(tmp_path / "a.json")
