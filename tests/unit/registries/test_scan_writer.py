"""What became of listings, as a table: each text under the name that it came with."""

import csv
from pathlib import Path

from heritage.domain.listings import Listing, ListingPhoto
from heritage.domain.scans import KeptListing, ListingState
from heritage.registries.scan_writer import write_scan


def kept(place: int, *columns: tuple[str, str]) -> KeptListing:
    photos = (ListingPhoto(f"{place}.jpg"),)
    return KeptListing(Listing(place, f"lot {place}", photos, columns=columns), ListingState.NOTHING, "", ())


def test_a_cell_that_was_empty_moves_no_other_under_its_name(tmp_path: Path) -> None:
    listings = [
        kept(0, ("price", "12"), ("place", "Ghent")),
        kept(1, ("place", "Lyon"), ("note", "a"), ("note", "b")),
        kept(2, ("state", "=worn")),
    ]
    path = tmp_path / "scan.csv"
    assert write_scan(listings, path, columns=("price", "place", "note", "note", "state")) == 3
    header, *lines = csv.reader(path.read_text("utf-8-sig").splitlines())
    at = header.index("price")
    assert header[at : at + 5] == ["price", "place", "note", "note", "state"]
    assert [line[at : at + 5] for line in lines] == [
        ["12", "Ghent", "", "", ""],
        ["", "Lyon", "a", "b", ""],
        ["", "", "", "", "'=worn"],
    ]
