"""``heritage init``, ``agencies``, ``people``, ``keys``, and ``serve`` before and after."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from heritage.domain.access import Role
from heritage.domain.images import ImageDigest
from heritage.domain.photos import KeptPhoto
from heritage.errors import NotFoundError, SignInError
from heritage.faces.cli import main
from heritage.service.signing_in import Credentials, sign_in, viewer_of_key
from heritage.storage.database import Database
from heritage.storage.hits import Hits
from heritage.storage.photos import Photos
from tests.kept import search_by, viewer
from tests.toys import png

PASSWORD = "seven pale lanterns"
pytestmark = pytest.mark.usefixtures("cheap_hashes")


def run(home: Path, *arguments: str) -> int:
    return main(["--home", str(home), *arguments])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert run(tmp_path, "init", "--agency", "Bureau", "--login", "ann", "--password-stdin") == 0
    printed = capsys.readouterr()
    assert "ann is admin of Bureau" in printed.out
    assert "heritage keys create" in printed.out
    assert PASSWORD not in printed.out + printed.err
    return tmp_path


def printed_by(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(home, *arguments) == 0
    return capsys.readouterr().out.strip()


def test_the_first_admin_can_sign_in(home: Path) -> None:
    database = Database.open(home)
    assert sign_in(database, Credentials("ann", PASSWORD), datetime.now(UTC)).person.role is Role.ADMIN
    database.close()


def test_init_asks_for_what_it_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Bureau\nann\nshort\n"))
    assert run(tmp_path, "init", "--password-stdin") == 2
    printed = capsys.readouterr()
    assert "Name of your agency" in printed.out
    assert "a password has 12 to 200 characters" in printed.err


def test_init_is_done_once(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert run(home, "init", "--agency", "Other", "--login", "eve", "--password-stdin") == 2
    assert "has its first admin already" in capsys.readouterr().err


def test_before_init_there_is_nobody_to_make_keys_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "keys", "create", "--role", "officer") == 2
    assert "run heritage init first" in capsys.readouterr().err


def test_an_agency_says_for_how_long_photos_are_kept(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "for 90 days" in printed_by(home, capsys, "agencies", "photos", "Bureau", "--days", "90")
    database = Database.open(home)
    photos = Photos(database, home, 365)
    assert (photos.days_of("Bureau"), photos.days_of("")) == (90, 365)
    data = png(1)
    photo = KeptPhoto(ImageDigest.of(data), "image/png", len(data), 48, 32)
    bureau = viewer("Bureau")
    Hits(database).add(search_by(bureau), [], photos.keeping("Bureau", [(photo, data)]))
    assert printed_by(home, capsys, "photos", "sweep") == "0 photos removed"
    assert "no longer" in printed_by(home, capsys, "agencies", "photos", "Bureau", "--days", "0")
    assert photos.keeping("Bureau", [(photo, data)]) is None
    assert printed_by(home, capsys, "photos", "sweep") == "1 photo removed"
    with pytest.raises(NotFoundError):
        photos.read(photo.digest)
    database.close()
    assert run(home, "agencies", "photos", "Bureau", "--days", "-1") == 2
    assert run(home, "agencies", "photos", "Nobody", "--days", "1") == 3


def test_a_key_from_its_making_to_its_end(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--role", "investigator", "--scope", "match", "--label", "gate 4", "--days", "30")
    key = printed_by(home, capsys, "keys", "create", *arguments)
    prefix = key.split("_")[1]
    assert opens(home, key)
    listed = printed_by(home, capsys, "keys", "list")
    assert prefix in listed
    assert "gate 4" in listed
    assert key not in listed
    successor = printed_by(home, capsys, "keys", "rotate", prefix, "--overlap-hours", "0")
    assert (opens(home, key), opens(home, successor)) == (False, True)
    printed_by(home, capsys, "keys", "revoke", successor.split("_")[1])
    assert not opens(home, successor)
    ended = printed_by(home, capsys, "keys", "list")
    assert ("expired" in ended, "revoked" in ended) == (True, True)


def test_an_agency_and_its_people(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = printed_by(home, capsys, "agencies", "add", "Police of the East", "--admin", "eva")
    assert enters(home, "eva", first)
    key = printed_by(home, capsys, "keys", "create", "--role", "officer", "--agency", "Police of the East")
    assert "is suspended" in printed_by(home, capsys, "agencies", "suspend", "Police of the East")
    assert not enters(home, "eva", first)
    assert not opens(home, key)
    assert "suspended" in printed_by(home, capsys, "agencies", "list")
    assert "is let in" in printed_by(home, capsys, "agencies", "resume", "Police of the East")
    assert enters(home, "eva", first)
    assert opens(home, key)


def test_a_person_from_their_making_to_their_reset(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = printed_by(home, capsys, "people", "add", "bo", "--role", "officer")
    assert enters(home, "bo", first)
    printed_by(home, capsys, "people", "suspend", "bo")
    assert not enters(home, "bo", first)
    printed_by(home, capsys, "people", "resume", "bo")
    assert "registrar" in printed_by(home, capsys, "people", "role", "bo", "--role", "registrar")
    again = printed_by(home, capsys, "people", "reset", "bo")
    assert (enters(home, "bo", first), enters(home, "bo", again)) == (False, True)
    assert "bo" in printed_by(home, capsys, "people", "list", "--agency", "Bureau")
    assert printed_by(home, capsys, "people", "add", "cy", "--role", "officer", "--by-provider") == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["people", "suspend", "nobody"], 3),
        (["agencies", "suspend", "Bureau"], 2),
        (["keys", "revoke", "aaaaaaaa"], 3),
        (["people", "add", "ANN", "--role", "officer"], 2),
        (["people", "add", "x", "--role", "chief"], 2),
        (["keys", "create", "--role", "officer", "--scope", "records:write"], 2),
    ],
)
def test_what_cannot_be_done_ends_with_its_code(home: Path, arguments: list[str], code: int) -> None:
    assert run(home, *arguments) == code


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "heritage.example", ""])
def test_serving_strangers_needs_init(tmp_path: Path, host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "serve", "--host", host) == 2
    assert "run heritage init first" in capsys.readouterr().err


def opens(home: Path, key: str) -> bool:
    database = Database.open(home)
    try:
        return bool(viewer_of_key(database, key, datetime.now(UTC)))
    except SignInError:
        return False
    finally:
        database.close()


def enters(home: Path, login: str, password: str) -> bool:
    database = Database.open(home)
    try:
        return bool(sign_in(database, Credentials(login, password), datetime.now(UTC)))
    except SignInError:
        return False
    finally:
        database.close()
