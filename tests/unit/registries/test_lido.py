"""LIDO: what goes out comes back equal, a museum's own file is understood, and no file can do harm."""

import re
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord, SourceRow, Status
from heritage.errors import TableError
from heritage.registries.folder import open_source
from heritage.registries.lido import open_lido
from heritage.registries.lido_writer import write_lido
from tests.unit.registries.generated import name_of, patient, put_pictures, read_back, records, xml_texts

MUSEUM = Path(__file__).with_name("museum.xml").read_text()  # invented, in the ways that museums write LIDO


def rows_of(path: Path, xml: str | bytes) -> list[SourceRow]:
    file = path / "museum.xml"
    file.write_bytes(xml.encode() if isinstance(xml, str) else xml)
    (path / "front.jpg").touch()
    return list(open_lido(file, "interpol").rows())


@patient
@given(records(xml_texts))
def test_what_goes_out_comes_back_equal(record: RegistryRecord) -> None:
    with TemporaryDirectory() as folder:
        put_pictures(Path(folder), record)
        path = Path(folder, "out.xml")
        with path.open("wb") as stream:
            write_lido([record], stream, name_of)
        (row,) = open_source(path).rows()
        assert read_back(row) == record


def test_what_xml_cannot_hold_is_marked(tmp_path: Path) -> None:
    stream = BytesIO()
    write_lido([RegistryRecord(RecordId("r", "1"), card=ObjectIdCard(title="a\x01b\ufffe"))], stream)
    (row,) = rows_of(tmp_path, stream.getvalue())
    assert row.record is not None
    assert row.record.card.title == "a\ufffdb\ufffd"


def test_without_names_only_the_digests_go_out(tmp_path: Path) -> None:
    stream = BytesIO()
    digest = ImageDigest.of(b"")
    write_lido([RegistryRecord(RecordId("r", "1"), photographs=(Photograph(digest),))], stream)
    assert str(digest).encode() in stream.getvalue()
    (row,) = rows_of(tmp_path, stream.getvalue())
    assert row.record is not None
    assert row.pictures == ()


def test_a_museums_record(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, MUSEUM)
    assert row == SourceRow(
        1,
        RegistryRecord(
            RecordId("interpol", "DE-1/obj/7"),
            Status.STOLEN,
            theft_date="2003-04",
            theft_place="Baghdad",
            category="vase",
            terms=("earthenware",),
            card=ObjectIdCard(
                object_type="vase; albarello",
                title="Vase with dragons",
                inscriptions="IHS\na wheel",
                inventory_number="1907.12",
                measurements="height: 21 cm; width: 9 cm",
                maker="Orazio Fontana",
                period="1560–1570",
                place_of_origin="Urbino",
                materials="earthenware",
                subject="dragon",
                cross_references="its lid, 1907.13",
            ),
        ),
        (tmp_path / "front.jpg",),
        (PhotoView.FRONT,),
        label="interpol/DE-1/obj/7",
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "<lido:titleWrap>",
            "<lido:nameWrap/><lido:titleWrap>",
            r"line 19: .*lido:nameWrap.*Expected is.*lido:titleWrap",
        ),
        (' lido:type="local">7<', ">7<", r"lido:recordID.*lido:type.*required"),
        ("<lido:recordType><lido:term>item</lido:term></lido:recordType>", "", "lido:recordType"),
        (' xml:lang="en"', "", "lang.*required"),
        ("front.jpg", "../../etc/passwd", "outside the folder"),
        ("front.jpg", "back.jpg", "does not exist"),
        ("front.jpg", "file:///etc/passwd", "does not exist"),
        ("DE-1/obj/7", "", "number is empty"),
        ("dragons", "d" * 10_001, "longer than 10000"),
    ],
)
def test_a_bad_record_is_told_by_line_and_the_next_is_read(tmp_path: Path, old: str, new: str, told: str) -> None:
    record = MUSEUM[MUSEUM.index(" <lido:lido>") : MUSEUM.index("</lido:lidoWrap>")]
    bad, good = record.replace(old, new), record.replace("obj/7", "obj/8")
    assert bad != record
    first, second = rows_of(tmp_path, MUSEUM.replace(record, bad + good))
    assert first.record is None
    assert first.error.startswith("record at line 5: ")
    assert re.search(told, first.error), first.error
    assert second.record is not None


def test_a_record_that_is_there_twice(tmp_path: Path) -> None:
    record = MUSEUM[MUSEUM.index(" <lido:lido>") : MUSEUM.index("</lido:lidoWrap>")]
    first, second = rows_of(tmp_path, MUSEUM.replace(record, record * 2))
    assert first.record is not None
    assert "before too" in second.error


def doctype(subset: str, text: str = "&e;") -> str:
    return f"<!DOCTYPE lido:lidoWrap [{subset}]>" + MUSEUM.replace("dragons", text)


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "xml",
    [
        doctype('<!ENTITY e SYSTEM "file:///etc/passwd">'),
        doctype('<!ENTITY e SYSTEM "http://localhost:1/">'),
        doctype('<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;', ""),
        doctype(f'<!ENTITY e0 "ha">{BOMB}', "&e11;"),
        doctype(f'<!ENTITY e0 "ha">{BOMB}', "").replace("<lido:lidoWrap", '<lido:lidoWrap lido:label="&e11;"', 1),
        '<!DOCTYPE lido:lidoWrap SYSTEM "http://localhost:1/evil.dtd">' + MUSEUM,
    ],
)
def test_entities_and_document_types_are_refused(tmp_path: Path, xml: str) -> None:
    with pytest.raises(TableError, match=r"museum\.xml (has a document type declaration|is not well-formed)"):
        rows_of(tmp_path, xml)


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (MUSEUM[:-20], "not well-formed XML: .*line"),
        ("<a/>", "no lido:lido element"),
        ("", "not well-formed"),
        (MUSEUM.replace("dragons", "&amp;&nothing;"), "not well-formed"),
        ("<a>" * 300 + "</a>" * 300, "not well-formed.*depth"),
        ("<a>" + "<b/>" * 2_100_000 + "</a>", "more than 8 MB without the end"),
        (MUSEUM.replace("dragons", "<x>" * 3_000_000), "more than 8 MB|depth"),
        (b"\xff\xfe\x00", "not well-formed"),
    ],
)
def test_a_file_that_is_no_lido(tmp_path: Path, xml: str | bytes, told: str) -> None:
    with pytest.raises(TableError, match=told):
        rows_of(tmp_path, xml)


def test_lines_beyond_what_a_short_can_count(tmp_path: Path) -> None:
    record = MUSEUM[MUSEUM.index(" <lido:lido>") : MUSEUM.index("</lido:lidoWrap>")]
    bad = "\n" * 70_000 + record.replace(' lido:type="local">7<', ">7<")
    (row,) = rows_of(tmp_path, MUSEUM.replace(record, bad))
    assert re.match("record at line 7000[0-9]: ", row.error)  # libxml2 counts on by the text that follows
