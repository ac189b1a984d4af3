"""Signing in through a real OpenID provider, and every way that it, or somebody between, may lie."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from fastapi.testclient import TestClient
from httpx2 import Response

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.domain.accounts import Person
from heritage.errors import InputError
from heritage.faces.api.app import create_app
from heritage.faces.web.provider import Provider
from heritage.service.accounts import add_person, found, set_person_suspended
from heritage.service.context import open_context
from heritage.settings import Settings
from heritage.storage.database import Database
from tests.integration.faces.openid_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Claims,
    OpenIdProvider,
    open_provider,
    signed_with_another_key,
    signed_with_the_public_key_as_a_secret,
    unsigned,
)
from tests.toys import ToyEmbedder

SITE = "https://heritage.example"


@dataclass
class Site:
    """A heritage that takes sign-ins from ``provider``; ``bo`` may sign in by it alone."""

    provider: OpenIdProvider
    database: Database
    app: Any

    def browser(self) -> TestClient:
        return TestClient(self.app, base_url=SITE, follow_redirects=False)

    def come_back(self, browser: TestClient) -> str:
        """Leave for the provider, sign in there; the address that it sends the browser back to."""
        left = browser.get("/login/oidc")
        assert left.status_code == 303
        answer = requests.get(left.headers["location"], allow_redirects=False, timeout=10)
        return answer.headers["location"]

    def sign_in(self) -> tuple[TestClient, Response]:
        browser = self.browser()
        return browser, browser.get(self.come_back(browser))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_provider() as provider:
        settings = Settings(
            home=tmp_path,
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=CLIENT_SECRET,
        )
        with open_context(settings, ToyEmbedder()) as context:
            found(context.database, "Bureau", "ann", "seven pale lanterns")
            add_person(context.database, AT_THE_MACHINE, Person("bo", "Bureau", Role.OFFICER), has_password=False)
            provider.login = "bo"
            app = create_app(settings, lambda _: nullcontext(context))
            with TestClient(app, base_url=SITE):
                yield Site(provider, context.database, app)


def test_whom_the_provider_vouches_for_is_signed_in(site: Site) -> None:
    browser, answer = site.sign_in()
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0;url=/">' in answer.text
    assert browser.get("/v1/me").json()["actor"] == "bo"
    cookies = answer.headers.get_list("set-cookie")
    assert any(one.startswith("__Host-heritage_session=") and "SameSite=strict" in one for one in cookies)
    assert any(one.startswith('__Host-heritage_oidc=""') for one in cookies)
    assert "Sign in through your organisation" in browser.get("/login").text


def test_what_is_asked_of_the_provider(site: Site) -> None:
    left = site.browser().get("/login/oidc")
    asked = parse_qs(urlsplit(left.headers["location"]).query)
    assert asked["redirect_uri"] == [f"{SITE}/login/oidc/callback"]
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert "openid" in asked["scope"][0].split()
    cookie = left.headers["set-cookie"]
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert asked["nonce"] != asked["state"]


def with_claim(name: str, value: object) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, name: value}


def without_claim(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


LIES = {
    "another nonce": with_claim("nonce", "x" * 43),
    "no nonce": without_claim("nonce"),
    "another issuer": with_claim("iss", "https://evil.example"),
    "no issuer": without_claim("iss"),
    "another audience": with_claim("aud", "another-program"),
    "our audience among others, made for another": lambda claims: {**claims, "aud": ["heritage", "x"], "azp": "x"},
    "no audience": without_claim("aud"),
    "expired": with_claim("exp", 1_000_000_000),
    "no expiry": without_claim("exp"),
    "from the future": with_claim("iat", 99_999_999_999),
    "no login": without_claim("sub"),
    "a login that is none": with_claim("sub", ["bo"]),
}


@pytest.mark.parametrize("lie", LIES)
def test_claims_that_are_not_for_us_open_nothing(site: Site, lie: str) -> None:
    site.provider.alter = LIES[lie]
    refused(*site.sign_in(), "ExpiredTokenError" if lie == "expired" else "ClaimError")


def test_an_empty_login_opens_nothing(site: Site) -> None:
    site.provider.login = ""
    refused(*site.sign_in(), "does not tell")


@pytest.mark.parametrize(
    ("sign", "why"),
    [
        (unsigned, "UnsupportedAlgorithmError"),
        (signed_with_another_key, "BadSignatureError"),
        (signed_with_the_public_key_as_a_secret, "UnsupportedAlgorithmError"),
    ],
)
def test_a_token_that_the_provider_did_not_sign_opens_nothing(
    site: Site, sign: Callable[[OpenIdProvider, Claims], str], why: str
) -> None:
    site.provider.sign = sign
    refused(*site.sign_in(), why)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "{}"])
def test_what_is_no_token_opens_nothing(site: Site, token: str) -> None:
    site.provider.sign = lambda _, claims: token
    refused(*site.sign_in(), "DecodeError")


def test_an_answer_to_another_browser_opens_nothing(site: Site) -> None:
    """A stranger sends somebody the end of a sign-in of the stranger's own."""
    address = site.come_back(site.browser())
    victim = site.browser()
    refused(victim, victim.get(address), "began in another browser")
    site.come_back(victim)
    refused(victim, victim.get(address), "belongs to another sign-in")


def test_an_answer_is_good_once(site: Site) -> None:
    browser = site.browser()
    address = site.come_back(browser)
    cookie = f"__Host-heritage_oidc={browser.cookies['__Host-heritage_oidc']}"
    assert browser.get(address).status_code == 200
    again = site.browser()
    refused(again, again.get(address, headers={"Cookie": cookie}), "OAuthError")


def test_a_stolen_code_is_worth_nothing_without_the_verifier(site: Site) -> None:
    victim, thief = site.browser(), site.browser()
    code = parse_qs(urlsplit(site.come_back(victim)).query)["code"][0]
    state = parse_qs(urlsplit(site.come_back(thief)).query)["state"][0]
    refused(thief, thief.get("/login/oidc/callback", params={"code": code, "state": state}), "OAuthError")


def test_an_answer_of_another_provider_opens_nothing(site: Site) -> None:
    browser = site.browser()
    refused(browser, browser.get(site.come_back(browser) + "&iss=https://evil.example"), "is another provider")


def test_a_refusal_of_the_provider_is_told(site: Site) -> None:
    browser = site.browser()
    state = parse_qs(urlsplit(site.come_back(browser)).query)["state"][0]
    answer = browser.get("/login/oidc/callback", params={"error": "access_denied", "state": state})
    refused(browser, answer, "The provider did not sign you in")


@pytest.mark.parametrize("login", ["nobody", "BO", "bo "])
def test_whom_no_admin_made_is_not_signed_in(site: Site, login: str) -> None:
    site.provider.login = login
    browser, answer = site.sign_in()
    refused(browser, answer, "ask an admin of your agency")


def test_a_suspended_person_is_not_signed_in(site: Site) -> None:
    browser, _ = site.sign_in()
    set_person_suspended(site.database, AT_THE_MACHINE, "bo", suspended=True)
    assert browser.get("/v1/me").status_code == 401
    refused(*site.sign_in(), "ask an admin of your agency")


def test_a_provider_that_calls_itself_something_else_is_not_used(site: Site) -> None:
    site.provider.told_issuer = "https://evil.example"
    answer = site.browser().get("/login/oidc", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "calls itself something else" in answer.text


def test_a_provider_that_does_not_answer_is_told() -> None:
    with open_provider() as provider:
        gone = provider.issuer
    with pytest.raises(Exception, match="cannot be reached"):
        Provider(gone, CLIENT_ID, CLIENT_SECRET).begin(f"{SITE}/login/oidc/callback")


def test_a_provider_without_encryption_is_refused() -> None:
    with pytest.raises(InputError, match="must begin with https://"):
        Provider.of(Settings(oidc_issuer="http://provider.example"))
    assert CLIENT_SECRET not in repr(Settings(oidc_client_secret=CLIENT_SECRET))


def refused(browser: TestClient, answer: Response, why: str) -> None:
    assert answer.status_code == 401
    assert why in answer.text
    assert "You are not signed in" in answer.text
    assert not any("heritage_session" in one for one in answer.headers.get_list("set-cookie"))
    assert browser.get("/v1/me").status_code == 401
