"""Signing in at the page, choosing a password, setting up codes, signing out."""

import logging
import re

import pyotp
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.service.accounts import reset_person, set_agency_suspended, set_person_suspended
from tests.integration.faces.accounts import EAST, NORTH, OWN_PAGE, PASSWORD, SITE, Agencies

NEW = "eight dark harbours"
pytestmark = pytest.mark.usefixtures("cheap_hashes")


def browser(agencies: Agencies, site: str = SITE) -> TestClient:
    return TestClient(agencies.client.app, base_url=site, follow_redirects=False, raise_server_exceptions=False)


def enter(client: TestClient, login: str = "ann", password: str = PASSWORD, code: str = "") -> Response:
    headers = {"Origin": str(client.base_url).rstrip("/")}
    return client.post("/login", data={"login": login, "password": password, "code": code}, headers=headers)


def officer(agencies: Agencies, login: str = "bo") -> TestClient:
    """Somebody who signed in and has chosen `NEW`."""
    client = browser(agencies)
    first = agencies.person(login)
    enter(client, login, first)
    fields = {"password": first, "new": NEW, "again": NEW}
    assert client.post("/account/password", data=fields, headers=OWN_PAGE).headers["location"] == "/"
    return client


def test_the_page_to_sign_in_at_works_without_scripts(agencies: Agencies) -> None:
    page = agencies.client.get("/login")
    assert page.status_code == 200
    assert '<form class="card" method="post" action="/login">' in page.text
    for name in ("login", "password", "code"):
        assert f'name="{name}"' in page.text
    assert not re.search(r"<script(?! src=\"/static/)|\son\w+=|style=", page.text)
    assert "/login/oidc" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_signing_in_opens_the_start_page(agencies: Agencies) -> None:
    client = browser(agencies)
    answer = enter(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = client.get("/")
    assert page.status_code == 200
    assert '<a class="account" href="/account"><bdi>ann</bdi> · <bdi>Bureau of the Centre</bdi></a>' in page.text


def test_the_cookie_is_for_this_site_over_https_and_no_script(agencies: Agencies) -> None:
    cookie = enter(browser(agencies)).headers["set-cookie"]
    assert cookie.startswith("__Host-heritage_session=")
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie  # ends with the browser
    plain = enter(browser(agencies, "http://heritage.example")).headers["set-cookie"]
    assert plain.startswith("heritage_session=")
    assert "Secure" not in plain


@pytest.mark.parametrize("login", ["ann", "nobody", "<script>alert(1)</script>"])
def test_what_is_wrong_is_not_told(agencies: Agencies, login: str) -> None:
    answer = enter(browser(agencies), login, "wrong-and-secret")
    assert answer.status_code == 401
    assert "Login, password or code is not right." in answer.text
    assert "wrong-and-secret" not in answer.text
    assert "<script>alert" not in answer.text
    assert "set-cookie" not in answer.headers


def test_after_too_many_failures_one_must_wait(fresh_agencies: Agencies) -> None:
    client = browser(fresh_agencies)
    assert [enter(client, password="wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    answer = enter(client)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 30
    assert "Too many attempts to sign in; try again in" in answer.text


def test_signing_in_gives_a_new_token_and_ends_the_one_before(agencies: Agencies) -> None:
    """A token that somebody planted, or left in the browser, is worth nothing afterwards (session fixation)."""
    client = browser(agencies)
    enter(client)
    [first] = [cookie.value for cookie in client.cookies.jar]
    enter(client)
    [second] = [cookie.value for cookie in client.cookies.jar]
    assert first != second
    old = {"Cookie": f"__Host-heritage_session={first}"}
    assert browser(agencies).get("/v1/me", headers=old).status_code == 401


def test_whoever_has_a_first_password_gets_no_further_than_choosing_their_own(agencies: Agencies) -> None:
    client, first = browser(agencies), agencies.person("cy")
    assert enter(client, "cy", first).headers["location"] == "/account"
    for path in ("/", "/v1/me", "/v1/records/north/2"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "hoose a password of your own first, at /account" in answer.text
    page = client.get("/account")
    assert "Choose a password of your own" in page.text
    assert "/account/device" not in page.text
    fields = {"password": first, "new": NEW, "again": NEW}
    assert client.post("/account/password", data=fields, headers=OWN_PAGE).status_code == 303
    assert client.get("/v1/me").json()["role"] == "officer"


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"password": "wrong"}, 401, "Login, password or code is not right"),
        ({"again": "another one entirely"}, 422, "typed in two ways"),
        ({"new": "short", "again": "short"}, 422, "12 to 200 characters"),
        ({"new": PASSWORD, "again": PASSWORD}, 422, "is the old one"),
    ],
)
def test_a_password_that_cannot_be_is_refused(
    agencies: Agencies, fields: dict[str, str], status: int, message: str
) -> None:
    client = browser(agencies)
    enter(client)
    sent = {"password": PASSWORD, "new": NEW, "again": NEW} | fields
    answer = client.post("/account/password", data=sent, headers=OWN_PAGE)
    assert answer.status_code == status
    assert message in answer.text
    assert client.get("/v1/me").status_code == 200


def test_another_password_ends_the_sessions_of_other_browsers(fresh_agencies: Agencies) -> None:
    here, there = browser(fresh_agencies), browser(fresh_agencies)
    enter(here)
    enter(there)
    fields = {"password": PASSWORD, "new": NEW, "again": NEW}
    assert here.post("/account/password", data=fields, headers=OWN_PAGE).status_code == 303
    assert here.get("/v1/me").status_code == 200
    assert there.get("/v1/me").status_code == 401


def test_codes_are_set_up_and_asked_for(fresh_agencies: Agencies) -> None:
    client = officer(fresh_agencies)
    page = client.post("/account/device", headers=OWN_PAGE)
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page.text)
    assert secret
    assert f"otpauth://totp/heritage:bo?secret={secret[1]}&amp;issuer=heritage" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert secret[1] not in client.post("/account/device", headers=OWN_PAGE).text  # each time another one
    fields = {"password": NEW, "secret": secret[1], "code": "000000"}
    assert client.post("/account/codes", data=fields, headers=OWN_PAGE).status_code == 422
    code = pyotp.TOTP(secret[1]).now()
    done = client.post("/account/codes", data=fields | {"code": code}, headers=OWN_PAGE)
    assert done.status_code == 200
    assert "a code of this device is asked for at every sign-in" in done.text
    assert secret[1] not in client.get("/account").text
    assert enter(browser(fresh_agencies), "bo", NEW).status_code == 401
    assert enter(browser(fresh_agencies), "bo", NEW, code).status_code == 401  # used
    again = client.post("/account/codes", data=fields | {"code": code}, headers=OWN_PAGE)
    assert again.status_code == 409


def test_signing_out_ends_the_session_here_and_elsewhere(agencies: Agencies) -> None:
    here = officer(agencies, "dee")
    there = browser(agencies)
    assert enter(there, "dee", NEW).status_code == 303
    [token] = [cookie.value for cookie in here.cookies.jar]
    answer = here.post("/logout", headers=OWN_PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert 'heritage_session=""' in answer.headers["set-cookie"]
    assert answer.headers["clear-site-data"] == '"cache"'  # no "storage": photos that wait there are evidence
    stolen = {"Cookie": f"__Host-heritage_session={token}"}
    assert browser(agencies).get("/v1/me", headers=stolen).status_code == 401
    assert there.get("/v1/me").status_code == 401


@pytest.mark.parametrize("suspended", ["person", "agency", "reset"])
def test_a_suspension_holds_from_the_next_request_on(fresh_agencies: Agencies, suspended: str) -> None:
    client = officer(fresh_agencies)
    key = fresh_agencies.headers(NORTH, Role.OFFICER)
    other = fresh_agencies.headers(EAST, Role.OFFICER)
    assert client.get("/v1/me").status_code == 200
    if suspended == "person":
        set_person_suspended(fresh_agencies.database, AT_THE_MACHINE, "bo", suspended=True)
    elif suspended == "agency":
        set_agency_suspended(fresh_agencies.database, AT_THE_MACHINE, NORTH, suspended=True)
    else:
        reset_person(fresh_agencies.database, AT_THE_MACHINE, "bo")
    assert client.get("/v1/me").status_code == 401
    bare = browser(fresh_agencies)
    assert bare.get("/v1/me", headers=key).status_code == (401 if suspended == "agency" else 200)
    assert bare.get("/v1/me", headers=other).status_code == 200


def test_a_role_bounds_what_somebody_who_signed_in_may_do(agencies: Agencies) -> None:
    client = officer(agencies, "fay")
    assert client.get("/v1/people").status_code == 403
    wanted = {"login": "eve", "role": "admin"}
    assert client.post("/v1/people", json=wanted, headers=OWN_PAGE).status_code == 403


def test_secrets_are_in_no_log(agencies: Agencies, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = browser(agencies)
    enter(client, password="wrong-and-secret")
    enter(client)
    key = agencies.key(NORTH, Role.OFFICER)
    client.get("/v1/me", headers={"Authorization": f"Bearer {key}"})
    [token] = [cookie.value for cookie in client.cookies.jar]
    assert token
    for secret in (PASSWORD, "wrong-and-secret", token, key.split("_")[2]):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("new", "again", "field"),
    [
        (NEW, NEW + "x", "again"),
        ("short", "short", "new"),
        ("x" * 5000, "x" * 5000, "new"),
        ("a" * 20, "a" * 20, "new"),
    ],
    ids=["differs", "short", "long", "repeats"],
)
def test_what_no_new_password_can_be_is_told_at_its_field(agencies: Agencies, new: str, again: str, field: str) -> None:
    client = browser(agencies)
    enter(client)
    fields = {"password": PASSWORD, "new": new, "again": again}
    answer = client.post("/account/password", data=fields, headers=OWN_PAGE)
    assert answer.status_code == 422
    assert re.findall(r'id="problem-(\w+)"', answer.text) == [field]
    assert new not in answer.text
