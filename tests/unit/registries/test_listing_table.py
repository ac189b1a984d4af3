"""Listings in tables: CSV, Excel and JSON alike, in the words of whoever made them, and bad rows told by number."""

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from heritage.domain.listings import Listing, ListingPhoto
from heritage.errors import InputError, TableError
from heritage.registries import csv_table
from heritage.registries.fetching import Fetcher
from heritage.registries.listing_columns import guess_role
from heritage.registries.listing_photos import beside
from heritage.registries.listing_table import TableListings, open_table_listings

A, B = "https://shop.example/a.jpg", "https://shop.example/b.jpg"


def opened(folder: Path, name: str, text: str, mapping: str = "") -> TableListings:
    (folder / name).write_text(text, encoding="utf-8")
    (folder / "map.toml").write_text(mapping, encoding="utf-8")
    path = folder / name
    return open_table_listings(path, beside(path, Fetcher(max_bytes=10)), folder / "map.toml" if mapping else None)


@pytest.mark.parametrize(
    ("header", "role"),
    [
        *(("image", "images"), ("Image1", "images"), ("photo_2", "images"), ("Bild [3]", "images")),
        *(("Image URL", "images"), ("picture link", "images"), ("Fotografía", "images"), ("Abbildungen", "images")),
        *(("الصورة", "images"), ("seller", "seller"), ("Seller name", "seller"), ("Vendeur", "seller")),
        *(("Verkäufer", "seller"), ("البائع", "seller"), ("URL", "address"), ("Listing URL", "address")),
        *(("Lien", "address"), ("title link", "address"), ("Titel", "title"), ("Item title", "title")),
        *(("lot no.", "key"), ("Item ID", "key"), ("numéro de lot", "key"), ("Losnummer", "key"), ("SKU", "key")),
        *(("price", ""), ("Preis", ""), ("height 2", ""), ("", "")),
    ],
)
def test_what_columns_are_called(header: str, role: str) -> None:
    assert guess_role(header) == role


CSV = f"""Lot;Titre;Vendeur;Lien;Prix;Photo 1;Photo 2
12;Tête;Galerie X;https://shop.example/12;1200;{A};"p/1.jpg; p/2.jpg"
13;Vase;;;;{B};{B}
"""
LISTINGS = [
    Listing(
        place=0,
        key="12",
        photos=(ListingPhoto(A, A), ListingPhoto("p/1.jpg"), ListingPhoto("p/2.jpg")),
        title="Tête",
        seller="Galerie X",
        address="https://shop.example/12",
        columns=(("Prix", "1200"),),
    ),
    Listing(place=1, key="13", photos=(ListingPhoto(B, B),), title="Vase"),
]


def test_a_csv_file_in_somebody_elses_words(tmp_path: Path) -> None:
    source = opened(tmp_path, "lots.csv", CSV)
    assert list(source.listings()) == LISTINGS
    assert list(source.listings(1)) == LISTINGS[1:]
    assert source.listing_count == 2


def test_an_excel_workbook_says_the_same(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Lot", "Titre", "Vendeur", "Lien", "Prix", "Photo 1", "Photo 2"])
    sheet.append([12, "Tête", "Galerie X", "https://shop.example/12", 1200, A, "p/1.jpg; p/2.jpg"])
    sheet.append([13, "Vase", None, None, None, B])
    book.save(tmp_path / "lots.xlsx")
    path = tmp_path / "lots.xlsx"
    assert list(open_table_listings(path, beside(path, Fetcher())).listings()) == LISTINGS


JSON = [
    {
        **{"lot": 12, "title": "Tête", "seller": "Galerie X", "url": "https://shop.example/12"},
        **{"Prix": 1200, "images": [A, {"url": "p/1.jpg"}, "p/2.jpg"]},
    },
    {"lot": "13", "title": "Vase", "images": B, "sold": None},
]


def test_json_lines_and_a_json_array_say_the_same(tmp_path: Path) -> None:
    lines = opened(tmp_path, "lots.jsonl", "\n\n".join(map(json.dumps, JSON)))
    array = opened(tmp_path, "lots.json", json.dumps(JSON))
    assert list(lines.listings()) == list(array.listings()) == LISTINGS


def test_a_bad_row_is_told_by_its_number_and_the_others_are_read(tmp_path: Path) -> None:
    source = opened(tmp_path, "a.csv", 'image,title\na.jpg,A\n,B\n\nc.jpg,C,surplus\n"d\x01.jpg",D\n' + "e.jpg;" * 101)
    listings = list(source.listings())
    assert [one.key for one in listings] == ["row 2", "row 3", "row 5", "row 6", "row 7"]
    assert [one.error for one in listings] == [
        "",
        "a.csv, row 3: it names no image",
        "a.csv, row 5: has more cells than the header; a text with the separator in it must be in quotes",
        "a.csv, row 6: image 'd\\x01.jpg' is no path or address",
        "a.csv, row 7: it names 101 images; at most 100 are searched for one listing",
    ]
    assert [len(one.photos) for one in listings] == [1, 0, 0, 0, 0]


def test_bad_lines_of_json_are_told_too(tmp_path: Path) -> None:
    source = opened(tmp_path, "a.jsonl", '{"image": "a.jpg"}\n{"image": \n[1]\n\n{"image": "b.jpg"}\n')
    assert [(one.key, one.error[:35]) for one in source.listings()] == [
        ("line 1", ""),
        ("line 2", "a.jsonl, line 2: it is not JSON: Ex"),
        ("line 3", "a.jsonl, line 3: it is not a JSON o"),
        ("line 5", ""),
    ]
    (tmp_path / "b.jsonl").write_bytes(b'{"image": "a.jpg"}\n{"image": "\xff"}\n')
    latin = open_table_listings(tmp_path / "b.jsonl", beside(tmp_path / "b.jsonl", Fetcher()))
    assert [one.error for one in latin.listings()] == ["", "b.jsonl, line 2: it is not UTF-8"]
    with pytest.raises(TableError, match="line 1: longer than"):
        opened(tmp_path, "c.jsonl", "x" * 1_000_001)


def test_a_mapping_has_the_last_word(tmp_path: Path) -> None:
    text = f"image,Foo,Bar,seller\nlogo.png,{A},{B},x\n"
    source = opened(tmp_path, "a.csv", text, 'ignore = ["seller"]\n[columns]\nFoo = "images"\nBar = "address"\n')
    (only,) = source.listings()
    assert only.photos == (ListingPhoto(A, A),)
    assert (only.address, only.seller) == (B, "")
    assert only.columns == (("image", "logo.png"), ("seller", "x"))


@pytest.mark.parametrize(
    ("text", "mapping", "told"),
    [
        ("a,b\n1,2\n", "", "a.csv has no column that is known to hold images; it has a, b. Call that column image"),
        ("image\n", "", "has no row with a listing"),
        ("image\nx.jpg\n", '[columns]\nFoo = "images"\n', "map.toml, columns.foo: a.csv has no such column"),
        ("image\nx.jpg\n", '[columns]\nimage = "number"\n', "'number' is not a column"),
        ("image\nx.jpg\n", 'registry = "x"\n', "map.toml, registry: means nothing here"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_to_do(tmp_path: Path, text: str, mapping: str, told: str) -> None:
    with pytest.raises(TableError, match=told):
        opened(tmp_path, "a.csv", text, mapping)


def test_photos_are_read_from_the_folder_of_the_table_only(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    folder = tmp_path / "lots"
    (folder / "p").mkdir(parents=True)
    (folder / "p" / "1.jpg").write_bytes(b"pixels")
    (folder / "p" / "large.jpg").write_bytes(b"12345678901")
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    outside = ["../secret.jpg", "..\\secret.jpg", "p\\../../secret.jpg"]
    names = ["p/1.jpg", "p\\1.jpg", *outside, str(tmp_path / "secret.jpg"), "link.jpg", "no.jpg", "p/large.jpg"]
    source = opened(folder, "a.csv", "\n".join(["image", *names]))
    first, second, *others = [one.photos[0] for one in source.listings()]
    assert source.read(first).data == source.read(second).data == b"pixels"
    for photo, told in zip(others, ["outside"] * 5 + ["does not exist", "too large"], strict=True):
        with pytest.raises(InputError, match=told):
            source.read(photo)


def test_addresses_as_browsers_show_them_are_sent_as_servers_take_them(tmp_path: Path) -> None:
    shown = "HTTPS://bücher.example/straße 1/ä%20.jpg?x=é&y=1"
    source = opened(tmp_path, "a.csv", f"image\n{shown}\n")
    (only,) = source.listings()
    sent = "https://xn--bcher-kva.example/stra%C3%9Fe%201/%C3%A4%20.jpg?x=%C3%A9&y=1"
    assert only.photos == (ListingPhoto(shown, sent),)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/a.jpg",
        "http://metadata.google.internal/",
        "http://[::ffff:10.0.0.1]/",
        "https://u:p@a.example/",
    ],
)
def test_a_table_cannot_make_us_ask_our_own_network(tmp_path: Path, address: str) -> None:
    source = opened(tmp_path, "a.csv", f"image\n{address}\n")
    (only,) = source.listings()
    with pytest.raises(InputError, match=r"public internet|does not answer|user name"):
        source.read(only.photos[0])


def test_the_fingerprint_changes_with_the_file_and_with_what_its_columns_mean(tmp_path: Path) -> None:
    text = "image,photo\na.jpg,b.jpg\n"
    first = opened(tmp_path, "a.csv", text).fingerprint
    assert opened(tmp_path, "b.csv", text).fingerprint == first
    assert opened(tmp_path, "a.csv", text + "c.jpg,\n").fingerprint != first
    assert opened(tmp_path, "a.csv", text, '[columns]\nphoto = "images"\n').fingerprint != first


def test_text_that_no_database_holds_is_replaced(tmp_path: Path) -> None:
    source = opened(
        tmp_path, "a.jsonl", r'{"title": "a\u0000\nb", "image": "a.jpg", "x": {"y": "\ud800\u0000"}, "z\u0000": 1}'
    )
    (only,) = source.listings()
    assert (only.title, only.columns) == ("a b", (("x", '{"y": "\ufffd\\u0000"}'), ("z", "1")))
    (long,) = opened(tmp_path, "a.csv", f"image,title,note\na.jpg,{'t' * 3_000},{'n' * 20_000}\n").listings()
    assert (len(long.title), len(long.columns[0][1])) == (2_000, 10_000)


def test_arrays_in_arrays_without_end_are_no_names_of_photos(tmp_path: Path) -> None:
    deep = "[" * 900 + '"a.jpg"' + "]" * 900
    source = opened(tmp_path, "a.jsonl", f'{{"image": {deep}}}\n{{"image": "b.jpg"}}\n')
    first, second = source.listings()
    assert first.photos == () or first.photos[0].name.startswith("[")
    assert second.photos == (ListingPhoto("b.jpg"),)


def test_a_line_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "_MAX_LINE", 1_000)
    with pytest.raises(TableError, match="more than 1,000 characters"):
        opened(tmp_path, "a.csv", "image\na.jpg\n" + "x," * 600)
