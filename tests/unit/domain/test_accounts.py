"""Names, passwords, and what may be handed on."""

import pytest

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, WITHOUT_ACCOUNTS, Role, Scope, Viewer
from heritage.domain.accounts import (
    check_agency_name,
    check_label,
    check_login,
    check_may_give,
    check_password,
    name_key,
)
from heritage.errors import ForbiddenError, InputError


@pytest.mark.parametrize("name", ["Bureau of the North", "Служба / Ост", "x" * 100, "  spaces around  "])
def test_an_agency_may_be_called_in_any_script(name: str) -> None:
    assert check_agency_name(name) == name.strip()


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 101, "two\nlines", "nul\0", "\u202edrawrof", ".", "..", "a\u200bb", "\ufdfa" * 23]
)
def test_what_could_deceive_the_eye_or_an_address_is_no_name(name: str) -> None:
    with pytest.raises(InputError, match="an agency's name has 1 to 100 printable characters"):
        check_agency_name(name)


@pytest.mark.parametrize("login", ["", "two words", "a/b", "..", "local", "LOCAL", "hk_abcdefgh", "tab\t", "x" * 101])
def test_a_login_is_one_word_that_nothing_else_is_called_by(login: str) -> None:
    with pytest.raises(InputError, match="login"):
        check_login(login)


@pytest.mark.parametrize("login", ["ann", "border-7", "auth0|5f7c", "ann@bureau.example", "Zoë"])
def test_logins_of_people_and_of_providers_are_taken(login: str) -> None:
    assert check_login(login) == login


def test_a_label_may_be_left_out() -> None:
    assert (check_label("  "), check_label(" gate 4 ")) == ("", "gate 4")


def test_names_that_look_alike_are_the_same() -> None:
    assert name_key("Zoë") == name_key("ZOE\u0308") == name_key("ｚｏë")
    assert name_key("ann") != name_key("anna")


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("elevenchars", "12 to 200 characters"),
        ("x" * 201, "12 to 200 characters"),
        ("ann-ann-ann-ann", "easy to guess"),
        ("Ann1Ann2Ann3", "easy to guess"),
        ("abababababab", "easy to guess"),
    ],
)
def test_a_weak_password_is_refused_and_not_repeated(password: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        check_password(password, "ann")
    assert password not in str(refused.value)


def test_nobody_gives_what_they_do_not_have() -> None:
    narrow = Viewer("hk_x", "North", Role.ADMIN, frozenset({Scope.ACCOUNTS, Scope.MATCH}))
    check_may_give(narrow, Role.OFFICER, frozenset({Scope.MATCH}))
    for role in Role:
        with pytest.raises(ForbiddenError, match="cannot give rights"):
            check_may_give(narrow, role, SCOPES_BY_ROLE[role])
        check_may_give(AT_THE_MACHINE, role, SCOPES_BY_ROLE[role])


@pytest.mark.parametrize("scopes", [frozenset({Scope.WRITE}), frozenset[Scope]()])
def test_a_role_bounds_the_rights(scopes: frozenset[Scope]) -> None:
    with pytest.raises(InputError, match="the role officer has these rights: decisions, match, records:read"):
        check_may_give(AT_THE_MACHINE, Role.OFFICER, scopes)


def test_without_accounts_one_may_read_and_not_change() -> None:
    WITHOUT_ACCOUNTS.require(Scope.MATCH)
    WITHOUT_ACCOUNTS.require(Scope.READ)
    WITHOUT_ACCOUNTS.require(Scope.DECIDE)
    for scope in (Scope.WRITE, Scope.ACCOUNTS, Scope.AUDIT):
        with pytest.raises(ForbiddenError, match="run heritage init"):
            WITHOUT_ACCOUNTS.require(scope)
