"""Keys: their form, who may have which, rotation, ends, and what a stolen database gives away."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Role, Scope, Viewer
from heritage.errors import ConflictError, ForbiddenError, InputError, NotFoundError, SignInError
from heritage.service.accounts import add_agency, found, set_agency_suspended
from heritage.service.keys import KeyWish, NewKey, create_key, keys_of, prefix_of, revoke_key, rotate_key
from heritage.service.signing_in import viewer_of_key
from heritage.storage.database import FILE_NAME, Database

NORTH, EAST = "Bureau of the North", "Police of the East"


@pytest.fixture
def database(cheap_hashes: None, tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path)
    found(database, NORTH, "ann", "seven pale lanterns")
    add_agency(database, AT_THE_MACHINE, EAST, "eva")
    yield database
    database.close()


def made(database: Database, role: Role = Role.OFFICER, **wished: object) -> NewKey:
    return create_key(database, AT_THE_MACHINE, KeyWish(role, **({"agency": NORTH} | wished)))  # type: ignore[arg-type]


def now() -> datetime:
    return datetime.now(UTC)


def admin_of(agency: str, scopes: frozenset[Scope] = SCOPES_BY_ROLE[Role.ADMIN]) -> Viewer:
    return Viewer("hk_aaaaaaaa", agency, Role.ADMIN, scopes)


def test_a_key_has_its_form_and_check_sum(database: Database) -> None:
    keys = [made(database) for _ in range(20)]
    for one in keys:
        assert re.fullmatch(r"hk_[a-z2-7]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}", one.text)
        assert prefix_of(one.text) == one.key.prefix
    assert len({one.text.split("_")[2] for one in keys}) == 20


def test_a_typing_error_is_known_without_the_database(database: Database) -> None:
    text = made(database).text
    for place in range(len(text)):
        wrong = text[:place] + ("a" if text[place] != "a" else "b") + text[place + 1 :]
        assert prefix_of(wrong) is None


@pytest.mark.parametrize("text", ["", "hk_", "hk_a_b_c", "Bearer", "hk_" + "a" * 300, "hk_äaaaaaaa_x_y", "\ud800"])
def test_what_is_no_key_is_refused(database: Database, text: str) -> None:
    assert prefix_of(text) is None
    with pytest.raises(SignInError):
        viewer_of_key(database, text, now())


def test_a_key_acts_for_its_agency_with_its_rights(database: Database) -> None:
    scopes = frozenset({Scope.READ})
    one = made(database, Role.INVESTIGATOR, scopes=scopes)
    viewer = viewer_of_key(database, one.text, now())
    assert viewer == Viewer(f"hk_{one.key.prefix}", NORTH, Role.INVESTIGATOR, scopes, is_operator=True)
    assert not viewer_of_key(database, made(database, agency=EAST).text, now()).is_operator


def test_the_database_does_not_hold_the_key(database: Database, tmp_path: Path) -> None:
    one = made(database)
    secret = one.text.split("_")[2]
    database.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob(f"{FILE_NAME}*"))
    assert one.key.prefix.encode() in stored
    assert secret.encode() not in stored
    assert secret not in repr(one)


def test_another_secret_under_a_known_prefix_is_refused(database: Database, tmp_path: Path) -> None:
    one, other = made(database), made(database)
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:  # the other's key under the first one's digest
        raw.execute("UPDATE api_key SET digest = ? WHERE prefix = ?", ("0" * 64, other.key.prefix))
    raw.close()
    assert viewer_of_key(database, one.text, now())
    with pytest.raises(SignInError):
        viewer_of_key(database, other.text, now())


def test_an_expired_key_opens_nothing(database: Database) -> None:
    one = made(database, expires_at=now() + timedelta(hours=1))
    assert viewer_of_key(database, one.text, now())
    with pytest.raises(SignInError):
        viewer_of_key(database, one.text, now() + timedelta(hours=1))
    with pytest.raises(InputError, match="expired already"):
        made(database, expires_at=now())


def test_a_revoked_key_opens_nothing_at_once_and_for_good(database: Database) -> None:
    one = made(database)
    viewer_of_key(database, one.text, now())
    ended = revoke_key(database, AT_THE_MACHINE, one.key.prefix)
    assert ended.revoked_at
    assert revoke_key(database, AT_THE_MACHINE, one.key.prefix) == ended
    with pytest.raises(SignInError):
        viewer_of_key(database, one.text, now())


def test_the_keys_of_a_suspended_agency_open_nothing_until_it_resumes(database: Database) -> None:
    one = made(database, agency=EAST)
    set_agency_suspended(database, AT_THE_MACHINE, EAST, suspended=True)
    with pytest.raises(SignInError):
        viewer_of_key(database, one.text, now())
    set_agency_suspended(database, AT_THE_MACHINE, EAST, suspended=False)
    assert viewer_of_key(database, one.text, now())


def test_all_refusals_read_the_same(database: Database) -> None:
    revoked, expired = made(database), made(database, expires_at=now() + timedelta(seconds=1))
    revoke_key(database, AT_THE_MACHINE, revoked.key.prefix)
    messages = set()
    for text in (revoked.text, expired.text, "hk_nonsense"):
        with pytest.raises(SignInError) as refused:
            viewer_of_key(database, text, now() + timedelta(seconds=2))
        messages.add(str(refused.value))
    assert len(messages) == 1


def test_use_is_noted_once_a_minute(database: Database) -> None:
    one, start = made(database), now()
    used = []
    for seconds in (0, 59, 60, 61):
        viewer_of_key(database, one.text, start + timedelta(seconds=seconds))
        [key] = keys_of(database, AT_THE_MACHINE)
        used.append(key.last_used_at)
    assert used == [start, start, start + timedelta(seconds=60), start + timedelta(seconds=60)]


def test_rotation_keeps_rights_and_lifetime_and_lets_the_old_key_live_for_the_overlap(database: Database) -> None:
    old = made(database, Role.INVESTIGATOR, scopes=frozenset({Scope.READ}), label="gate 4")
    new = rotate_key(database, AT_THE_MACHINE, old.key.prefix, timedelta(hours=2))
    assert (new.key.role, new.key.scopes, new.key.label) == (old.key.role, old.key.scopes, "gate 4")
    assert new.key.expires_at is None
    for text in (old.text, new.text):
        viewer_of_key(database, text, now() + timedelta(minutes=119))
    with pytest.raises(SignInError):
        viewer_of_key(database, old.text, now() + timedelta(hours=2))
    viewer_of_key(database, new.text, now() + timedelta(days=999))


def test_rotation_neither_prolongs_the_old_key_nor_makes_an_unending_one(database: Database) -> None:
    ends = now() + timedelta(hours=1)
    old = made(database, expires_at=ends)
    new = rotate_key(database, AT_THE_MACHINE, old.key.prefix, timedelta(days=7))
    kept = {key.prefix: key.expires_at for key in keys_of(database, AT_THE_MACHINE)}
    assert kept[old.key.prefix] == ends
    assert new.key.expires_at
    assert timedelta(minutes=59) < new.key.expires_at - now() <= timedelta(hours=1)


def test_a_key_that_ended_has_no_successor(database: Database) -> None:
    one = made(database)
    revoke_key(database, AT_THE_MACHINE, one.key.prefix)
    with pytest.raises(ConflictError, match="has ended"):
        rotate_key(database, AT_THE_MACHINE, one.key.prefix)
    with pytest.raises(InputError, match="0 to 168 hours"):
        rotate_key(database, AT_THE_MACHINE, one.key.prefix, timedelta(days=8))


def test_the_keys_of_others_do_not_exist_for_an_admin(database: Database) -> None:
    theirs, stranger = made(database), admin_of(EAST)
    assert keys_of(database, stranger) == ()
    for call in (revoke_key, rotate_key):
        with pytest.raises(NotFoundError):
            call(database, stranger, theirs.key.prefix)
    with pytest.raises(NotFoundError):
        keys_of(database, stranger, NORTH)
    with pytest.raises(NotFoundError):
        create_key(database, stranger, KeyWish(Role.OFFICER, agency=NORTH))
    assert viewer_of_key(database, theirs.text, now())


def test_a_narrow_key_cannot_make_itself_a_wider_one(database: Database) -> None:
    wide, narrow = made(database, Role.ADMIN), admin_of(NORTH, frozenset({Scope.ACCOUNTS}))
    for call in (
        lambda: create_key(database, narrow, KeyWish(Role.OFFICER)),
        lambda: rotate_key(database, narrow, wide.key.prefix),
    ):
        with pytest.raises(ForbiddenError, match="cannot give rights"):
            call()
    assert create_key(database, narrow, KeyWish(Role.ADMIN, frozenset({Scope.ACCOUNTS}))).key.agency == NORTH


@pytest.mark.parametrize("role", [Role.OFFICER, Role.INVESTIGATOR, Role.REGISTRAR])
def test_only_admins_manage_keys(database: Database, role: Role) -> None:
    viewer = Viewer("bo", NORTH, role, frozenset(Scope))  # whatever a key claims, its role bounds it
    for call in (
        lambda: create_key(database, viewer, KeyWish(Role.OFFICER)),
        lambda: keys_of(database, viewer),
        lambda: revoke_key(database, viewer, "aaaaaaaa"),
    ):
        with pytest.raises(ForbiddenError, match="'accounts'"):
            call()
