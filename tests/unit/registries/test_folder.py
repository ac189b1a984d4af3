from pathlib import Path

import pytest

from heritage.domain.records import RecordId, RegistryRecord, SourceRow
from heritage.errors import TableError
from heritage.registries.folder import open_source


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def labels(path: Path, registry: str = "") -> list[str]:
    return [row.label for row in open_source(path, registry).rows()]


def test_a_folder_of_pictures(tmp_path: Path) -> None:
    root = tmp_path / "seized"
    touch(root, "b.JPG", "a.png", "coins/1.heic", "notes.txt", ".hidden/x.jpg", "._a.png")
    source = open_source(root)
    assert source.row_count == 3
    assert list(source.rows()) == [
        SourceRow(1, RegistryRecord(RecordId("seized", "a")), (root / "a.png",), label="seized/a"),
        SourceRow(2, RegistryRecord(RecordId("seized", "b")), (root / "b.JPG",), label="seized/b"),
        SourceRow(3, RegistryRecord(RecordId("seized", "coins/1")), (root / "coins/1.heic",), label="seized/coins/1"),
    ]
    assert labels(root, "interpol")[0] == "interpol/a"


def test_two_pictures_of_one_name(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "a.png")
    first, second = open_source(tmp_path).rows()
    assert first.record is not None
    assert second.record is None
    assert "another picture is called 'a'" in second.error


def test_links_out_of_the_folder_are_passed_over(tmp_path: Path) -> None:
    touch(tmp_path, "secret.jpg", "root/a.jpg")
    (tmp_path / "root/link.jpg").symlink_to(tmp_path / "secret.jpg")
    (tmp_path / "root/up").symlink_to(tmp_path)
    assert labels(tmp_path / "root") == ["root/a"]


def test_the_table_of_a_folder_is_used(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg", "b.jpg")
    (tmp_path / "any.csv").write_text("number,images\n1,a.jpg\n")
    assert labels(tmp_path, "r") == ["r/1"]
    (tmp_path / "registry.csv").write_text("number,images\n2,b.jpg\n")
    assert labels(tmp_path, "r") == ["r/2"]
    assert labels(tmp_path / "any.csv", "r") == ["r/1"]


def test_several_tables_are_not_guessed_between(tmp_path: Path) -> None:
    touch(tmp_path, "queries/q.jpg")
    (tmp_path / "gallery.csv").write_text("record_id,image\n")
    (tmp_path / "queries.csv").write_text("query,image\n")
    with pytest.raises(TableError, match=r"2 tables.*such as .*gallery\.csv"):
        open_source(tmp_path)


def test_nothing_to_ingest(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no CSV file, no \.xlsx file and no pictures"):
        open_source(tmp_path)
    with pytest.raises(TableError, match="does not exist"):
        open_source(tmp_path / "nowhere")
