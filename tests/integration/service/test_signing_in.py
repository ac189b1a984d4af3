"""Passwords, codes and sessions, and every way to guess, replay or outstay."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pyotp
import pytest
from argon2 import PasswordHasher

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Role, Viewer
from heritage.domain.accounts import Person
from heritage.errors import ConflictError, InputError, SignInError, TooOftenError
from heritage.service import credentials
from heritage.service.accounts import (
    add_agency,
    add_person,
    found,
    reset_person,
    set_agency_suspended,
    set_person_suspended,
)
from heritage.service.credentials import hash_password, make_password, make_totp_secret, totp_address, totp_step
from heritage.service.signing_in import (
    Credentials,
    change_password,
    end_session,
    session_of,
    set_up_totp,
    sign_in,
    sign_in_by_provider,
    sign_out,
)
from heritage.storage.accounts import Accounts
from heritage.storage.database import FILE_NAME, Database
from heritage.storage.sign_ins import SignIns, Subject

PASSWORD, NEW = "seven pale lanterns", "eight dark harbours"
START = datetime(2026, 11, 25, 12, 0, 15, tzinfo=UTC)
ANN = Credentials("ann", PASSWORD, address="192.0.2.1")


@pytest.fixture
def database(cheap_hashes: None, tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path)
    found(database, "Bureau", "ann", PASSWORD)
    yield database
    database.close()


def after(**time: float) -> datetime:
    return START + timedelta(**time)


def with_codes(database: Database) -> str:
    """Ann with one-time codes set up at `START`; the secret."""
    secret = make_totp_secret()
    set_up_totp(database, replace(ANN, code=pyotp.TOTP(secret).at(START)), secret, START)
    return secret


def test_a_session_acts_for_the_person(database: Database) -> None:
    signed_in = sign_in(database, ANN, START)
    viewer, person = session_of(database, signed_in.token, START)
    assert viewer == Viewer("ann", "Bureau", Role.ADMIN, SCOPES_BY_ROLE[Role.ADMIN], is_operator=True)
    assert person.login == "ann"
    assert sign_in(database, replace(ANN, login="ANN"), START).token != signed_in.token


@pytest.mark.parametrize("given", [replace(ANN, password="wrong"), replace(ANN, login="nobody"), Credentials("", "")])
def test_an_unknown_login_and_a_wrong_password_get_the_same_answer(database: Database, given: Credentials) -> None:
    with pytest.raises(SignInError) as refused:
        sign_in(database, given, START)
    assert str(refused.value) == "login, password or code is not right"


def test_an_unknown_login_costs_a_hash_as_well(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, since times on a busy machine prove nothing: every answer comes after exactly one look at a hash."""
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(credentials, "_HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for login in ("ann", "nobody"):
        with pytest.raises(SignInError):
            sign_in(database, replace(ANN, login=login, password="wrong"), START)
    assert len(verified) == 2
    assert len({one.split("$")[3] for one in verified}) == 1  # the same parameters, so the same time


def test_the_database_holds_neither_password_nor_token(database: Database, tmp_path: Path) -> None:
    token = sign_in(database, ANN, START).token
    with pytest.raises(SignInError):
        sign_in(database, Credentials("my-password-in-the-wrong-field", ""), START)
    database.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob(f"{FILE_NAME}*"))
    assert b"$argon2id$" in stored
    for secret in (PASSWORD, token, "my-password-in-the-wrong-field"):
        assert secret.encode() not in stored  # nor does the audit log, which is part of it


def test_secrets_show_in_no_log_and_no_repr(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    signed_in = sign_in(database, ANN, START)
    with pytest.raises(SignInError):
        sign_in(database, replace(ANN, password="wrong-but-secret"), START)
    shown = caplog.text + repr(ANN) + repr(signed_in) + repr(Accounts(database).person("ann"))
    for secret in (PASSWORD, signed_in.token, "wrong-but-secret", "argon2id"):
        assert secret not in shown


def test_a_session_ends_when_idle(database: Database) -> None:
    token = sign_in(database, ANN, START).token
    session_of(database, token, after(minutes=29))
    session_of(database, token, after(minutes=58))
    with pytest.raises(SignInError):
        session_of(database, token, after(minutes=89))


def test_a_session_ends_after_twelve_hours_however_busy(database: Database) -> None:
    token = sign_in(database, ANN, START).token
    for minutes in range(20, 12 * 60, 20):
        session_of(database, token, after(minutes=minutes))
    with pytest.raises(SignInError):
        session_of(database, token, after(hours=12, seconds=1))


def test_signing_out_ends_all_sessions(database: Database) -> None:
    first, second = (sign_in(database, ANN, START) for _ in range(2))
    sign_out(database, first.person)
    for one in (first, second):
        with pytest.raises(SignInError):
            session_of(database, one.token, START)


def test_one_session_may_be_ended_alone(database: Database) -> None:
    first, second = (sign_in(database, ANN, START).token for _ in range(2))
    end_session(database, first)
    assert session_of(database, second, START)
    with pytest.raises(SignInError):
        session_of(database, first, START)


def test_a_new_password_ends_all_other_sessions_and_the_old_password(database: Database) -> None:
    old = sign_in(database, ANN, START).token
    new = change_password(database, ANN, NEW, START)
    assert session_of(database, new.token, START)
    with pytest.raises(SignInError):
        session_of(database, old, START)
    with pytest.raises(SignInError):
        sign_in(database, ANN, START)
    assert sign_in(database, replace(ANN, password=NEW), START)


def test_a_new_password_needs_the_old_one_and_must_be_new(database: Database) -> None:
    with pytest.raises(SignInError):
        change_password(database, replace(ANN, password="wrong"), NEW, START)
    with pytest.raises(InputError, match="is the old one"):
        change_password(database, ANN, PASSWORD, START)
    with pytest.raises(InputError, match="12 to 200"):
        change_password(database, ANN, "short", START)


def test_a_first_password_must_be_replaced_once(database: Database) -> None:
    invited = add_person(database, AT_THE_MACHINE, Person("bo", "Bureau", Role.OFFICER))
    given = Credentials("bo", invited.password)
    assert sign_in(database, given, START).person.must_choose_password
    change_password(database, given, NEW, START)
    assert not sign_in(database, Credentials("bo", NEW), START).person.must_choose_password


@pytest.mark.parametrize("suspended", ["person", "agency"])
def test_a_suspension_ends_sessions_at_once_and_for_good(database: Database, suspended: str) -> None:
    _, invited = add_agency(database, AT_THE_MACHINE, "North", "bo")
    token = sign_in(database, Credentials("bo", invited.password), START).token
    for wanted in (True, False):
        if suspended == "person":
            set_person_suspended(database, AT_THE_MACHINE, "bo", wanted)
        else:
            set_agency_suspended(database, AT_THE_MACHINE, "North", wanted)
        with pytest.raises(SignInError):
            session_of(database, token, START)


def test_a_reset_ends_sessions_and_codes(database: Database) -> None:
    with_codes(database)
    token = sign_in_by_provider(database, "ann", START).token
    password = reset_person(database, AT_THE_MACHINE, "ann").password
    with pytest.raises(SignInError):
        session_of(database, token, START)
    assert sign_in(database, replace(ANN, password=password), START)


def test_a_login_must_wait_longer_after_each_failure(database: Database) -> None:
    wrong, now, waits = replace(ANN, password="wrong"), START, []
    for _ in range(5):
        with pytest.raises(SignInError):
            sign_in(database, wrong, now)
    for _ in range(6):
        with pytest.raises(TooOftenError) as refused:
            sign_in(database, ANN, now)  # the right password does not help
        waits.append(refused.value.retry_after_s)
        now += timedelta(seconds=refused.value.retry_after_s)
        with pytest.raises(SignInError):
            sign_in(database, wrong, now)
    assert waits == [30, 60, 120, 240, 480, 900]
    assert sign_in(database, ANN, now + timedelta(seconds=900))
    with pytest.raises(SignInError):
        sign_in(database, wrong, now + timedelta(seconds=901))  # the count has begun anew


def test_an_unknown_login_must_wait_as_well(database: Database) -> None:
    for place in range(5):
        with pytest.raises(SignInError):
            sign_in(database, Credentials("nobody", "x", address=f"192.0.2.{place}"), START)
    with pytest.raises(TooOftenError, match="too many attempts to sign in; try again in 30 seconds"):
        sign_in(database, Credentials("NOBODY", "x", address="198.51.100.1"), START)


@pytest.mark.parametrize(
    ("addresses", "other"),
    [(["192.0.2.1"] * 30, "192.0.2.2"), ([f"2001:db8:0:1::{i:x}" for i in range(30)], "2001:db8:0:2::1")],
)
def test_an_address_must_wait_whichever_logins_it_tries(database: Database, addresses: list[str], other: str) -> None:
    for place, address in enumerate(addresses):
        with pytest.raises(SignInError):
            sign_in(database, Credentials(f"login-{place}", "x", address=address), START)
    with pytest.raises(TooOftenError):
        sign_in(database, replace(ANN, address=addresses[-1]), START)
    assert sign_in(database, replace(ANN, address=other), START)


def test_a_good_account_does_not_clear_the_count_of_its_address(database: Database) -> None:
    """Else its owner could try others' passwords for ever, signing in between."""
    for place in range(30):
        assert sign_in(database, ANN, START)
        with pytest.raises(SignInError):
            sign_in(database, replace(ANN, login=f"login-{place}", password="x"), START)
    with pytest.raises(TooOftenError):
        sign_in(database, ANN, START)


def test_many_at_the_same_moment_get_no_more_attempts(database: Database) -> None:
    outcomes: list[type[Exception]] = []

    def attempt(place: int) -> None:
        try:
            sign_in(database, Credentials("ann", "wrong", address=f"192.0.2.{place}"), START)
        except (SignInError, TooOftenError) as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=attempt, args=(place,)) for place in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count(SignInError), outcomes.count(TooOftenError)) == (5, 7)


def test_what_failed_is_kept_as_a_digest() -> None:
    assert len(Subject.login("ann").digest) == 64
    assert Subject.login("ann") == Subject.login("ANN")
    assert Subject.login("192.0.2.1").digest != Subject.address("192.0.2.1").digest
    assert Subject.address("testclient").digest


def test_with_codes_the_password_alone_opens_nothing(database: Database) -> None:
    secret = with_codes(database)
    for code in ("", "000000", "abcdef", pyotp.TOTP(secret).at(after(minutes=-2)), "1" * 300, "１２３４５６"):
        with pytest.raises(SignInError, match="login, password or code is not right"):
            sign_in(database, replace(ANN, code=code), after(minutes=20))
        reset_attempts(database)
    later = after(minutes=20)
    assert sign_in(database, replace(ANN, code=pyotp.TOTP(secret).at(later)), later)
    with pytest.raises(SignInError):
        sign_in(database, Credentials("ann", "wrong", pyotp.TOTP(secret).at(after(minutes=30))), after(minutes=30))


def test_a_code_is_good_for_one_use(database: Database) -> None:
    """Whoever looks over a shoulder, or reads the traffic, has it as well."""
    secret = with_codes(database)
    now = after(minutes=5)
    given = replace(ANN, code=pyotp.TOTP(secret).at(now))
    assert sign_in(database, given, now)
    with pytest.raises(SignInError):
        sign_in(database, given, now)
    before = replace(ANN, code=pyotp.TOTP(secret).at(now - timedelta(seconds=30)))  # still accepted, but for its use
    with pytest.raises(SignInError):
        sign_in(database, before, now)


def test_the_code_that_set_the_device_up_is_used(database: Database) -> None:
    secret = with_codes(database)
    with pytest.raises(SignInError):
        sign_in(database, replace(ANN, code=pyotp.TOTP(secret).at(START)), START)


def test_a_clock_may_be_half_a_minute_off() -> None:
    secret = make_totp_secret()
    codes = {seconds: pyotp.TOTP(secret).at(after(seconds=seconds)) for seconds in (-60, -30, 0, 30, 60)}
    found_at = {seconds: totp_step(secret, code, START) for seconds, code in codes.items()}
    current = int(START.timestamp()) // 30
    assert found_at == {-60: None, -30: current - 1, 0: current, 30: current + 1, 60: None}
    assert totp_step(secret, f" {codes[0][:3]} {codes[0][3:]}", START) == current


def test_codes_are_set_up_only_with_password_and_a_code_of_the_device(database: Database) -> None:
    secret = make_totp_secret()
    code = pyotp.TOTP(secret).at(START)
    with pytest.raises(InputError, match="not the code that the device shows"):
        set_up_totp(database, replace(ANN, code="123"), secret, START)
    with pytest.raises(InputError):
        set_up_totp(database, replace(ANN, code=code), "not base32!", START)
    with pytest.raises(SignInError):
        set_up_totp(database, replace(ANN, password="wrong", code=code), secret, START)
    assert not people_have_codes(database)
    set_up_totp(database, replace(ANN, code=code), secret, START)
    assert people_have_codes(database)
    with pytest.raises(ConflictError, match="set up already"):
        set_up_totp(database, replace(ANN, code=code), make_totp_secret(), START)


def test_the_address_for_authenticators_names_login_and_secret() -> None:
    address = totp_address("A" * 32, "ann@bureau")
    assert address == f"otpauth://totp/heritage:ann%40bureau?secret={'A' * 32}&issuer=heritage"


def test_a_provider_vouches_only_for_whom_an_admin_made(database: Database) -> None:
    assert sign_in_by_provider(database, "ann", START).person.login == "ann"
    for login in ("ANN", "nobody", "", "nul\0"):  # providers tell case apart
        with pytest.raises(SignInError, match="no account here"):
            sign_in_by_provider(database, login, START)
    set_person_suspended(database, AT_THE_MACHINE, "ann", suspended=True)
    with pytest.raises(SignInError):
        sign_in_by_provider(database, "ann", START)


def test_passwords_that_are_typed_on_another_keyboard_are_the_same(database: Database) -> None:
    composed, decomposed = "Zoë hört Musik", "Zoe\u0308 ho\u0308rt Musik"
    change_password(database, ANN, composed, START)
    assert sign_in(database, replace(ANN, password=decomposed), START)


def test_made_passwords_differ_and_pass_the_rules() -> None:
    passwords = {make_password() for _ in range(50)}
    assert len(passwords) == 50
    assert all(len(one) == 23 for one in passwords)


def test_hashes_have_the_parameters_of_rfc_9106() -> None:
    assert hash_password("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def people_have_codes(database: Database) -> bool:
    known = Accounts(database).person("ann")
    assert known
    return known.person.has_totp


def reset_attempts(database: Database) -> None:
    SignIns(database).forgive(Subject.login("ann"))
