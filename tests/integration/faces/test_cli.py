"""The command line without a model: what it loads, how errors end it, and reading the registry."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import heritage
from heritage.domain.descriptors import Specs
from heritage.domain.records import ObjectIdCard, Photograph, RecordId, RegistryRecord
from heritage.domain.terms import category_tree
from heritage.errors import DamagedIndexError, HeritageError, ImageError, ModelError, NotFoundError, StorageError
from heritage.faces.cli import main
from heritage.faces.cli.app import exit_code
from heritage.faces.cli.output import clean
from heritage.faces.schemas.records import RecordModel
from heritage.storage.database import Database
from heritage.storage.records import Records
from tests.toys import ToyEmbedder, ToyExtractor, describe, png

HEAVY = ("torch", "faiss", "cv2", "fastapi", "sqlalchemy", "PIL")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """One record, with an escape sequence in it that would paint over the terminal."""
    database = Database.open(tmp_path)
    described = describe(png(1))
    card = ObjectIdCard(title="Saint George \x1b[2Jand more", description="line one\nline two")
    record = RegistryRecord(
        RecordId("north", "a/12"), owner_agency="Bureau", card=card, photographs=(Photograph(described.digest),)
    )
    Records(database).save(record, [described], Specs(ToyEmbedder().spec, ToyExtractor().spec))
    database.close()
    return tmp_path


@pytest.mark.parametrize("arguments", [["--help"], ["match", "--help"], ["serve", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from heritage.faces.cli import main; code = main(sys.argv[1:]);"
        f"print('loaded:', *[name for name in {HEAVY} if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_without_a_command_it_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "withdraw" in capsys.readouterr().out


def test_python_dash_m_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "heritage", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"heritage {heritage.__version__}\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ImageError("not an image"), 2),
        (NotFoundError("no record"), 3),
        (StorageError("disk full"), 4),
        (ModelError("weights differ"), 4),
        (DamagedIndexError("torn"), 4),
        (HeritageError("other"), 4),
    ],
)
def test_exit_codes_tell_the_cause(error: HeritageError, code: int) -> None:
    assert exit_code(error) == code


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["match"], 2, "heritage: Missing argument 'PHOTO...'."),
        (["match", "--limit", "51", "x.jpg"], 2, "heritage: Invalid value for '--limit'"),
        (["match", "--box", "1,2,3,4", "a.jpg", "b.jpg"], 2, "heritage: --box goes with one photo, not with 2"),
        (["match", "--box", "1,2,3", "a.jpg"], 2, "heritage: not a box: '1,2,3'"),
        (["match", "--one-object", *["a.jpg"] * 11], 2, "heritage: 11 photos are too many for one object"),
        (["models"], 2, "heritage: Missing command."),
        (["no-such-command"], 2, "heritage: No such command"),
        (["show", "no-slash"], 2, "heritage: not a record id: 'no-slash'"),
        (["show", "north/13"], 3, "heritage: there is no record north/13"),
        (["find", "--status", "lost"], 2, "heritage: there is no status 'lost'; there are: stolen, missing"),
        (["find", "--since", "yesterday"], 2, "heritage: since 'yesterday' is not a date"),
        (["match", "--status", "lost", "a.jpg"], 2, "heritage: there is no status 'lost'"),
        (["counterparts", "no-slash"], 2, "heritage: not a record id: 'no-slash'"),
        (["withdraw", "north/13"], 3, "heritage: there is no record north/13"),
        (["terms", "figurin"], 3, "heritage: there is no term 'figurin'; did you mean figurine?"),
        (["terms", "--language", "de"], 2, "heritage: Invalid value for '--language'"),
        (["export", "out.ods"], 2, "heritage: out.ods: tables are written as .csv or .xlsx"),
        (["export", "out.csv", "--since", "May"], 2, "heritage: since 'May' is not a date"),
        (["export", "out.csv", "--status", "gone"], 2, "heritage: Invalid value for '--status'"),
        (["mapping", "no-such.csv"], 2, "heritage: no-such.csv cannot be read"),
    ],
)
def test_errors_are_one_line_on_stderr(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    assert main(["--home", str(home), *arguments]) == code
    printed = capsys.readouterr()
    assert printed.err.startswith(message)
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_a_damaged_database_is_one_line_and_its_own_exit_code(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "heritage.db").write_bytes(b"not a database any more" * 1000)
    assert main(["--home", str(home), "show", "north/a/12"]) == 4
    assert "is damaged" in capsys.readouterr().err


def test_a_setting_that_is_no_number_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HERITAGE_THREADS", "two")
    assert main(["--home", str(home), "show", "north/a/12"]) == 2
    assert capsys.readouterr().err == "heritage: HERITAGE_THREADS must be a whole number, not 'two'\n"


def test_show_prints_what_is_filled_and_no_control_characters(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "show", "north/a/12"]) == 0
    printed = capsys.readouterr().out
    for expected in ("north/a/12", "Bureau", "stolen", "line two", "sha256:"):
        assert expected in printed
    assert "Inscriptions" not in printed
    assert "\x1b" not in printed


def test_find_lists_records_that_meet_all_criteria(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--home", str(home), "find", "GEORGE saint", "--status", "stolen", "--owner", "Bureau"]
    assert main(asked) == 0
    printed = capsys.readouterr().out
    assert re.search(r"north/a/12 +stolen +Saint George", printed)
    assert printed.endswith("1 record found\n")
    assert "\x1b" not in printed
    assert main([*asked, "--json"]) == 0
    assert RecordModel.model_validate_json(capsys.readouterr().out).record_id == "north/a/12"
    assert main([*asked, "--status", "found", "--registry", "south"]) == 0
    assert capsys.readouterr().out == "0 records found\n"


def test_find_says_when_there_are_more(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = Database.open(home)
    for number in ("1", "2"):
        specs = Specs(ToyEmbedder().spec, ToyExtractor().spec)
        Records(database).save(RegistryRecord(RecordId("south", number)), [], specs)
    database.close()
    assert main(["--home", str(home), "find", "--limit", "2"]) == 0
    printed = capsys.readouterr()
    assert printed.out.endswith("2 records found\n")
    assert "more than 2 such records" in printed.err


def test_show_says_what_is_missing_first_of_all_what_identifies(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--home", str(home), "show", "north/a/12"])
    assert "27%; missing: measurements, distinguishing features, type of object" in capsys.readouterr().out


def test_export_writes_what_the_options_ask_for(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    assert main(["--home", str(home), "export", str(out), "--text", "saint", "--status", "stolen"]) == 0
    assert capsys.readouterr().out == f"1 record is in {out}\n"
    assert f",{describe(png(1)).digest},,0.27" in out.read_text("utf-8-sig").replace("\n", " ")
    assert main(["--home", str(home), "export", str(out), "--status", "found", "--status", "seized"]) == 0
    assert len(out.read_text().splitlines()) == 1


def test_mapping_prints_a_file_to_start_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text("Numéro,Titre,Propriétaire\n1,Icône,X\n")
    assert main(["mapping", str(tmp_path / "t.csv")]) == 0
    assert 'ignore = ["Propriétaire"]' in capsys.readouterr().out


def test_home_may_come_from_the_environment(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HERITAGE_HOME", str(home))
    assert main(["show", "north/a/12"]) == 0
    assert "Bureau" in capsys.readouterr().out


def test_withdraw_takes_the_record_out_and_says_so_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for told in ("north/a/12 is withdrawn\n", "north/a/12 was withdrawn before\n"):
        assert main(["--home", str(home), "withdraw", "north/a/12"]) == 0
        assert capsys.readouterr().out == told
    main(["--home", str(home), "show", "north/a/12"])
    assert "withdrawn" in capsys.readouterr().out


def test_terms_prints_the_tree_or_a_part_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["terms"]) == 0
    whole = capsys.readouterr().out.splitlines()
    assert len(whole) == 1 + len(category_tree())
    assert main(["terms", "copper", "--language", "fr"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows == [
        ["id", "label", "Getty", "AAT"],
        ["copper", "cuivre", "http://vocab.getty.edu/aat/300011020"],
        ["bronze", "bronze", "http://vocab.getty.edu/aat/300010957"],
        ["brass", "laiton", "http://vocab.getty.edu/aat/300010946"],
    ]


def test_clean_keeps_letters_of_every_script_and_drops_what_moves_the_cursor() -> None:
    assert clean("Święty Jerzy · 聖ゲオルギオス") == "Święty Jerzy · 聖ゲオルギオス"
    assert clean("a\x1b[31mb\r\nc\u202ed\udcff") == "a�[31mb��c�d�"
