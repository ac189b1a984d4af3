"""A proposed mapping must be one, and read the table it was made for."""

from pathlib import Path

import pytest

from heritage.domain.records import Status
from heritage.registries.header_words import guess_column, guess_status
from heritage.registries.mapping import read_mapping
from heritage.registries.proposal import propose
from heritage.registries.spreadsheet import Reading, open_spreadsheet


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Record number", "number"),
        ("Numéro d'inventaire", "inventory_number"),
        ("Data del furto", "theft_date"),
        ("Lugar del robo", "theft_place"),
        ("Höhe (cm)", "measurements"),
        ("Künstler", "maker"),
        ("Titolo dell'opera", "title"),
        ("TITRE", "title"),
        ("مكان السرقة", "theft_place"),
        ("Foto 1", "images"),
        ("colour", ""),
        ("x", ""),
        ("", ""),
    ],
)
def test_headers_are_guessed(header: str, column: str) -> None:
    assert guess_column(header) == column


def test_statuses_are_guessed() -> None:
    assert [guess_status(word) for word in ("Volé", "RUBATO", "مفقود", "?")] == [
        Status.STOLEN,
        Status.STOLEN,
        Status.MISSING,
        None,
    ]


def test_the_proposal_reads_the_table(tmp_path: Path) -> None:
    table = tmp_path / "catalogo.csv"
    table.write_text(
        'Numero scheda;Titolo;Altezza;Larghezza;Stato;Data del furto;Proprietario;Ex "libris";Codice\n'
        "1;Madonna;30;20;rubato;21/05/1998;M. Rossi;a;b\n2;Icona;;;in restauro;03/04/1999;;;\n"
    )
    text = propose(table)
    assert 'ignore = ["Proprietario"]' in text
    assert 'date_format = "DD/MM/YYYY"\n' in text
    assert '"rubato" = "stolen"' in text
    assert '# "in restauro" = ""   # decide' in text
    assert '# "Ex \\"libris\\"" = ""   # decide' in text
    mended = text.replace('# "in restauro" = ""', '"in restauro" = "missing"').replace("# images", "images")
    (tmp_path / "map.toml").write_text(mended)
    rows = list(open_spreadsheet(table, "r", Reading(read_mapping(tmp_path / "map.toml"))).rows())
    assert [row.error for row in rows] == ["", ""]
    assert rows[0].record is not None
    assert rows[0].record.card.measurements == "Altezza: 30; Larghezza: 20"
    assert [row.record.theft_date for row in rows if row.record] == ["1998-05-21", "1999-04-03"]


@pytest.mark.parametrize(
    ("dates", "layout"),
    [
        (("05/21/1998",), 'date_format = "MM/DD/YYYY"\n'),
        (("03/04/1998",), "# decide"),
        (("1998-05-21", "1998"), None),
        (("", "x"), "# decide"),
    ],
)
def test_the_order_of_dates_is_told_by_days_above_twelve(
    tmp_path: Path, dates: tuple[str, ...], layout: str | None
) -> None:
    (tmp_path / "t.csv").write_text("number,theft_date,images\n" + "".join(f"1,{date},\n" for date in dates))
    text = propose(tmp_path / "t.csv").split("ignore =")[0]
    assert (layout or "") in text
    assert ("date_format" in text) == (layout is not None)


def test_nothing_in_a_table_gets_out_of_its_quotes(tmp_path: Path) -> None:
    """Headers and cells come from outside; what they say must stay text."""
    (tmp_path / "t.csv").write_text(
        'number,images,status,"a"" = ""title""","owner","x\x7f\x0b"\n'
        '1,,"s\nignore = [""number""]",,,"v\nregistry = ""evil"""\n'
    )
    (tmp_path / "map.toml").write_text(propose(tmp_path / "t.csv"))
    mapping = read_mapping(tmp_path / "map.toml")
    assert mapping.registry == ""
    assert mapping.ignored == {"owner"}
    assert set(mapping.column_by_header) == {"number", "images", "status", 'a"_=_"title"'}
    assert len(list(open_spreadsheet(tmp_path / "t.csv", "r", Reading(mapping)).rows())) == 1
