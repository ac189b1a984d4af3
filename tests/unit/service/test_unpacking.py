"""ZIP files from strangers: what is harmless is unpacked, all else is refused with nothing written outside."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from heritage.errors import TableError
from heritage.service.unpacking import MAX_ENTRIES, find_table, unpack

LIMIT = 1_000_000


def packed(tmp_path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = tmp_path / "sent.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def unpacked(archive: Path, limit: int = LIMIT) -> dict[str, bytes]:
    folder = archive.parent / "unpacked"
    unpack(archive, folder, limit)
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_files_and_folders_come_out_as_they_went_in(tmp_path: Path) -> None:
    archive = packed(
        tmp_path, ("r/", b""), ("r/a.csv", b"number,images"), ("r/p/é.png", b"x" * 50), ("__MACOSX/r/._a.csv", b"x")
    )
    assert unpacked(archive) == {"r/a.csv": b"number,images", "r/p/é.png": b"x" * 50}


HOSTILE = [
    "../out.csv",
    "a/../../out.csv",
    "/etc/out.csv",
    "..\\out.csv",
    "C:/out.csv",
    "C:out.csv",
    "a\nb.csv",
    "n" * 201,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TableError, match="no path within it"):
        unpacked(packed(tmp_path, ("good.csv", b"1"), (name, b"2")))
    assert [one.name for one in tmp_path.iterdir()] == ["sent.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    entry = zipfile.ZipInfo("link.csv")
    entry.external_attr = (kind | 0o777) << 16
    with pytest.raises(TableError, match="link or a device"):
        unpacked(packed(tmp_path, (entry, b"/etc/passwd")))


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="times its own size"):
        unpacked(packed(tmp_path, ("bomb.csv", bytes(900_000))))
    with pytest.raises(TableError, match="MB, limit"):
        unpacked(packed(tmp_path, ("large.csv", bytes(LIMIT + 1)), method=zipfile.ZIP_STORED))
    assert [one.name for one in tmp_path.iterdir()] == ["sent.zip"]


def test_a_bomb_that_declares_less_than_it_holds_is_cut_off(tmp_path: Path) -> None:
    archive = packed(tmp_path, ("bomb.csv", bytes(900_000)))
    small = archive.read_bytes().replace(struct.pack("<L", 900_000), struct.pack("<L", 10))
    archive.write_bytes(small)
    with pytest.raises(TableError, match="damaged"):
        unpacked(archive)
    assert sum(one.stat().st_size for one in (tmp_path / "unpacked").iterdir()) <= 10


def test_too_many_entries_are_not_even_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = packed(tmp_path, ("a.csv", b"1"))
    data = bytearray(archive.read_bytes())
    data[-14:-10] = struct.pack("<HH", 0xFFFF, 0xFFFF)
    archive.write_bytes(data)
    with pytest.raises(TableError, match=f"{MAX_ENTRIES:,} entries"):
        unpacked(archive)
    archive.write_bytes(archive.read_bytes()[:-22] + b"PK\x06\x07" + bytes(16) + archive.read_bytes()[-22:])
    with pytest.raises(TableError, match="64-bit"):
        unpacked(archive)


def test_encrypted_and_oddly_packed_entries_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="unusual method"):
        unpacked(packed(tmp_path, ("a.csv", b"1" * 99), method=zipfile.ZIP_LZMA))
    archive = packed(tmp_path, ("a.csv", b"1"))
    data = bytearray(archive.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(data)
    with pytest.raises(TableError, match="encrypted"):
        unpacked(archive)


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="twice"):
        unpacked(packed(tmp_path, ("a.csv", b"1"), ("A.CSV", b"2")))


def test_a_file_where_a_folder_is_needed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="a file and a folder"):
        unpacked(packed(tmp_path, ("a", b"1"), ("a/b.csv", b"2")))


def test_no_damage_gets_past(tmp_path: Path) -> None:
    whole = packed(tmp_path, ("r/a.csv", b"number,images\n1,2\n" * 9), ("r/b.png", bytes(range(256)))).read_bytes()
    for place in range(0, len(whole), 3):
        for changed in (whole[:place], whole[:place] + b"\xff" + whole[place + 1 :]):
            path = tmp_path / f"{place}-{len(changed)}"
            path.mkdir()
            (path / "sent.zip").write_bytes(changed)
            try:
                unpacked(path / "sent.zip")
            except TableError:
                continue
    assert {one.name for one in tmp_path.iterdir() if not one.is_dir()} == {"sent.zip"}


def test_the_table_is_found_in_the_one_folder_that_there_is(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    (folder / "pictures").mkdir(parents=True)
    (folder / "Registry.CSV").touch()
    assert find_table(tmp_path, (".csv",)) == folder / "Registry.CSV"
    (folder / "second.csv").touch()
    with pytest.raises(TableError, match=r"it holds Registry.CSV, second.csv"):
        find_table(tmp_path, (".csv",))


def test_zip_is_told_by_its_end(tmp_path: Path) -> None:
    path = tmp_path / "sent.zip"
    for data in (b"", b"PK\x03\x04", io.BytesIO(b"number,images\n").getvalue() * 99):
        path.write_bytes(data)
        with pytest.raises(TableError, match="not a ZIP file"):
            unpacked(path)
