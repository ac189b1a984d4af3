"""Somebody else's columns, words and dates, led to ours."""

from pathlib import Path

import pytest

from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord, SourceRow, Status
from heritage.errors import TableError
from heritage.registries.mapping import MAX_BYTES, read_mapping
from heritage.registries.spreadsheet import Reading, open_spreadsheet

TABLE = """Numero scheda;Oggetto;Altezza;Larghezza;Stato;Data;Proprietario;Note;owner_agency
12;Dipinto;30 cm;20 cm;Rubato;21/5/1998;M. Rossi;x;
13;Anfora;45 cm;;TRAFUGATO;05.1998;;;Napoli
14;Icona;;;missing;1998;;;
"""
MAPPING = """
registry = "polizia"
date_format = "DD/MM/YYYY"
ignore = ["Proprietario", "note"]
[columns]
"Numero scheda" = "number"
"oggetto" = "title"
Altezza = "measurements"
Larghezza = "measurements"
Stato = "status"
Data = "theft_date"
[values.status]
rubato = "stolen"
"Trafugato" = "looted"
[defaults]
owner_agency = "Roma"
images = ""
"""


def rows(folder: Path, table: str, mapping: str) -> list[SourceRow]:
    (folder / "t.csv").write_text(table)
    (folder / "map.toml").write_text(mapping)
    source = open_spreadsheet(folder / "t.csv", reading=Reading(read_mapping(folder / "map.toml")))
    assert source.warnings == ()
    return list(source.rows())


def test_a_table_is_read_through_its_mapping(tmp_path: Path) -> None:
    found = [row.record for row in rows(tmp_path, TABLE, MAPPING)]
    assert found == [
        RegistryRecord(
            RecordId("polizia", "12"),
            Status.STOLEN,
            "Roma",
            "1998-05-21",
            card=ObjectIdCard(title="Dipinto", measurements="Altezza: 30 cm; Larghezza: 20 cm"),
        ),
        RegistryRecord(
            RecordId("polizia", "13"),
            Status.LOOTED,
            "Napoli",
            "1998-05",
            card=ObjectIdCard(title="Anfora", measurements="Altezza: 45 cm"),
        ),
        RegistryRecord(RecordId("polizia", "14"), Status.MISSING, "Roma", "1998", card=ObjectIdCard(title="Icona")),
    ]


def test_several_columns_are_joined_as_their_column_needs(tmp_path: Path) -> None:
    table = "Prefix,No,Title A,Title B,Term A,Term B\nAB,7,One,Two,oil; canvas,Öl\n"
    mapping = """
        [columns]
        Prefix = "number"
        No = "number"
        "Title A" = "title"
        "Title B" = "title"
        "Term A" = "terms"
        "Term B" = "terms"
        [values.terms]
        "ol" = "oil-paint"
        [defaults]
        images = ""
    """
    (row,) = rows(tmp_path, table, mapping)
    assert row.record is not None
    assert row.record.record_id.number == "AB 7"
    assert row.record.card.title == "One; Two"
    assert row.record.terms == ("oil", "canvas", "oil-paint")


@pytest.mark.parametrize(
    ("text", "layout", "date"),
    [
        ("21/05/1998", "DD/MM/YYYY", "1998-05-21"),
        ("5-21-1998", "MM/DD/YYYY", "1998-05-21"),
        ("1998.5", "YYYY/MM/DD", "1998-05"),
        ("1998-05-21", "DD/MM/YYYY", "1998-05-21"),
        ("1998-05-21 23:10:00", "DD/MM/YYYY", "1998-05-21"),
        ("", "DD/MM/YYYY", ""),
    ],
)
def test_dates_become_iso(tmp_path: Path, text: str, layout: str, date: str) -> None:
    (row,) = rows(tmp_path, f"number,theft_date,images\n1,{text},\n", f'date_format = "{layout}"')
    assert row.record is not None
    assert row.record.theft_date == date


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("21/5/98", "four digits"),
        ("about 1998", "is not a date"),
        ("31/13/1998", "is not a date"),
        ("//", "not a date"),
    ],
)
def test_dates_that_are_none_are_errors_of_their_row(tmp_path: Path, text: str, message: str) -> None:
    (row,) = rows(tmp_path, f"number,theft_date,images\n1,{text},\n", 'date_format = "DD/MM/YYYY"')
    assert message in row.error


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ('[columns]\nNumero scheda = "number"', r"map\.toml: .*line 2.*in quotes"),
        ('[columns]\n"A" = "titel"', r"columns\.A: 'titel' is not a column; did you mean 'title'"),
        ('[columns]\n"A" = 3', r"columns: must be lines such as"),
        ('columns = "x"', r"columns: must be lines such as"),
        ('[columns]\n"A" = "title"\n"a" = "maker"', r"columns\.a: is there twice"),
        ('[columns]\n"Missing" = "title"', r"columns\.missing: t\.csv has no such column; it has number, images"),
        ('[colums]\n"A" = "title"', r"colums: means nothing here; did you mean 'columns'"),
        ('[values.status]\nrubato = "gone"', r"values\.status\.rubato: 'gone' is not one of stolen"),
        ('[values.handling]\nx = "blue"', r"values\.handling\.x: 'blue' is not one of CLEAR"),
        ('[values.title]\nx = "y"', r"values\.title: means nothing here"),
        ('values = ["x"]', "values: must be tables"),
        ('[defaults]\nstatus = "gone"', r"defaults\.status: 'gone' is not one of"),
        ('[defaults]\nstatsu = "stolen"', r"defaults: 'statsu' is not a column; did you mean 'status'"),
        ('date_format = "DD/MM/YY"', "date_format: .*four digits"),
        ('date_format = "%d/%m/%Y"', "date_format: "),
        ("date_format = 3", "date_format: must be a text"),
        ('ignore = "Owner"', "ignore: must be a list"),
        ("ignore = [1]", "ignore: must be a list"),
    ],
)
def test_a_mistake_is_named_with_what_to_do(tmp_path: Path, mapping: str, message: str) -> None:
    with pytest.raises(TableError, match=message):
        rows(tmp_path, "number,images\n1,\n", mapping)


def test_a_file_that_is_no_mapping(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    with pytest.raises(TableError, match="cannot be read"):
        read_mapping(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(TableError, match="not UTF-8"):
        read_mapping(path)
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(TableError, match="larger than"):
        read_mapping(path)


def test_personal_data_cannot_be_mapped_in(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"personal data.*Victim"):
        rows(tmp_path, "number,images,Victim\n1,,A\n", '[columns]\nVictim = "description"')
