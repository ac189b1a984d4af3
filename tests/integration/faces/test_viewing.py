"""Who is answered: this machine alone without accounts, whoever shows a key or a session with them."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from fastapi.testclient import TestClient

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.faces.api.app import create_app
from heritage.faces.problems import Problem
from heritage.service.context import Context
from heritage.service.keys import revoke_key
from tests.clients import AT_THIS_MACHINE
from tests.integration.faces.accounts import EAST, NORTH, OWN_PAGE, PASSWORD, Agencies

PHOTO = {"files": {"image": b"not a picture"}}


def asked_from(context: Context, base_url: str = "http://127.0.0.1:8000", client: str = "127.0.0.1") -> TestClient:
    """The session's application without accounts, as if asked at this name, from this address."""
    app = create_app(context.settings, lambda _: nullcontext(context))
    return TestClient(app, base_url=base_url, client=(client, 50000), raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("name", "address"),
    [("http://localhost:8000", "127.0.0.1"), ("http://[::1]:8000", "::1"), ("http://127.0.0.1", "127.0.0.9")],
)
def test_without_accounts_this_machine_may_read_and_match(context: Context, name: str, address: str) -> None:
    with asked_from(context, name, address) as client:
        assert client.get("/v1/records/north/3").status_code == 200
        assert client.post("/v1/match", **PHOTO).status_code == 415
        me = client.get("/v1/me").json()
    assert (me["actor"], me["scopes"]) == ("local", ["decisions", "exports", "match", "records:read"])


@pytest.mark.parametrize(
    "name",
    ["http://evil.example", "http://127.0.0.1.evil.example", "http://192.0.2.1:8000", "http://localhost.evil.example"],
)
def test_without_accounts_a_name_that_was_made_to_point_here_is_refused(context: Context, name: str) -> None:
    """DNS rebinding: a page of evil.example, whose name now leads to 127.0.0.1, would be of the same origin."""
    with asked_from(context, name) as client:
        for answer in (client.get("/"), client.get("/v1/records/north/3"), client.get("/openapi.json")):
            assert answer.status_code == 403
        assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.parametrize(
    "host", ["", "[", "[::1", "127.0.0.1@evil.example", "evil.example#127.0.0.1", "127.0.0.1, evil"]
)
def test_without_accounts_a_host_header_that_is_none_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/v1/records/north/3", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::1", "testclient"])
def test_without_accounts_another_machine_is_refused(context: Context, address: str) -> None:
    with asked_from(context, client=address) as client:
        answer = client.get("/v1/records/north/3")
    assert answer.status_code == 403
    assert "run heritage init" in answer.json()["detail"]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host"])
def test_without_accounts_a_proxy_on_this_machine_is_refused(client: TestClient, header: str) -> None:
    assert client.get("/v1/records/north/3", headers={header: "198.51.100.1"}).status_code == 403


FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:9999"},  # another program on this machine is another site
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_without_accounts_another_sites_page_cannot_send_anything(client: TestClient, headers: dict[str, str]) -> None:
    for path in ("/v1/match", "/"):
        assert client.post(path, headers=headers, **PHOTO).status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://127.0.0.1:8000"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_without_accounts_programs_and_this_sites_page_are_answered(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert client.post("/v1/match", headers=headers, **PHOTO).status_code == 415


def test_without_accounts_a_link_from_elsewhere_may_be_followed(client: TestClient) -> None:
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/people", "/v1/keys", "/v1/agencies"])
def test_without_accounts_changing_anything_says_what_to_do(client: TestClient, path: str) -> None:
    answer = client.post(path, json={"login": "eve", "role": "admin", "name": "x", "admin": "y"})
    assert answer.status_code == 403
    assert "run heritage init" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/me", "/", "/openapi.json", "/docs", "/nothing/here", "/static", "/livez/"])
def test_strangers_are_told_nothing_not_even_which_paths_there_are(agencies: Agencies, path: str) -> None:
    answer = agencies.client.get(path)
    assert answer.status_code == 401
    if path != "/":
        problem = Problem.model_validate_json(answer.content)
        assert problem.type == "urn:heritage:problem:sign-in"
    assert answer.headers["www-authenticate"] == 'Bearer realm="heritage"'
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_browser_is_sent_to_the_page_to_sign_in_at(agencies: Agencies) -> None:
    answer = agencies.client.get("/", headers={"Accept": "text/html,*/*"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_readiness_tells_strangers_nothing_of_the_registry(agencies: Agencies) -> None:
    assert agencies.client.get("/readyz").json() == {"status": "ready"}


def test_with_accounts_being_on_this_machine_opens_nothing(agencies: Agencies) -> None:
    local = TestClient(agencies.client.app, **AT_THIS_MACHINE)
    assert local.get("/v1/records/north/3").status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_key_opens(agencies: Agencies, scheme: str) -> None:
    text = agencies.key(NORTH, Role.OFFICER)
    me = agencies.client.get("/v1/me", headers={"Authorization": f"{scheme} {text}"}).json()
    assert (me["actor"], me["agency"], me["role"]) == (text[:11], NORTH, "officer")


@pytest.mark.parametrize(
    "value",
    ["", "Bearer", "Bearer ", "Basic YTpi", "hk_aaaaaaaa_b_c", "Bearer hk_x", "Bearer " + "x" * 9000, "Bearer \xff"],
)
def test_what_is_no_key_is_refused_and_not_repeated(agencies: Agencies, value: str) -> None:
    answer = agencies.client.get("/v1/me", headers={"Authorization": value.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="heritage", error="invalid_token"'
    assert value[-8:] not in answer.text or not value.strip()


def test_a_revoked_key_is_refused_with_the_next_request(fresh_agencies: Agencies) -> None:
    text = fresh_agencies.key(NORTH, Role.OFFICER)
    headers = {"Authorization": f"Bearer {text}"}
    assert fresh_agencies.client.get("/v1/me", headers=headers).status_code == 200
    revoke_key(fresh_agencies.database, AT_THE_MACHINE, text.split("_")[1])
    assert fresh_agencies.client.get("/v1/me", headers=headers).status_code == 401


def test_nothing_of_a_strangers_body_is_read(agencies: Agencies) -> None:
    """Else anybody could make the server spool uploads to its disk."""
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(20):
            sent += 1
            yield b"0" * 50_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert agencies.client.post("/v1/match", content=chunks(), headers=headers).status_code == 401
    app: Any = agencies.client.app
    read: list[str] = []

    async def receive() -> dict[str, Any]:
        read.append("body")
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        read.append(message["type"])

    scope = {"type": "http", "method": "POST", "path": "/v1/match", "headers": [], "query_string": b"", "app": app}
    scope |= {"client": ("192.0.2.1", 1), "server": ("heritage.example", 443), "scheme": "https", "root_path": ""}
    assert agencies.client.portal
    agencies.client.portal.call(app, scope, receive, send)
    assert read == ["http.response.start", "http.response.body"]


def test_what_strangers_send_to_sign_in_is_short(agencies: Agencies) -> None:
    assert agencies.client.post("/login", data={"login": "x" * 500_000}, headers=OWN_PAGE).status_code == 413


def signed_in(agencies: Agencies) -> TestClient:
    browser = TestClient(agencies.client.app, base_url="https://heritage.example")
    answer = browser.post("/login", data={"login": "ann", "password": PASSWORD}, headers=OWN_PAGE)
    assert answer.status_code == 200
    return browser


ELSEWHERE: list[dict[str, str]] = [
    {},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://heritage.example.evil.example"},
    {"Origin": "https://heritage.example:8443"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://heritage.example"},
]


@pytest.mark.parametrize("headers", ELSEWHERE)
@pytest.mark.parametrize("path", ["/v1/people", "/", "/account/password", "/logout"])
def test_a_session_cannot_be_used_by_another_sites_page(agencies: Agencies, headers: dict[str, str], path: str) -> None:
    answer = signed_in(agencies).post(path, headers=headers, json={"login": "eve", "role": "admin"})
    assert answer.status_code == 403
    assert "this was sent from another site" in answer.text.lower()


@pytest.mark.parametrize("headers", [OWN_PAGE, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}])
def test_a_session_is_used_by_this_sites_page(agencies: Agencies, headers: dict[str, str]) -> None:
    answer = signed_in(agencies).post("/v1/match", headers=headers, **PHOTO)
    assert answer.status_code == 415


def test_signing_in_from_another_sites_page_is_refused(agencies: Agencies) -> None:
    """Else a stranger's page could have people search, unknowing, under the stranger's account."""
    for headers in ELSEWHERE:
        answer = agencies.client.post("/login", data={"login": "ann", "password": PASSWORD}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


def test_a_key_counts_more_than_a_session(agencies: Agencies) -> None:
    browser = signed_in(agencies)
    assert browser.get("/v1/me", headers=agencies.headers(EAST, Role.OFFICER)).json()["agency"] == EAST
    assert browser.get("/v1/me", headers={"Authorization": "Bearer hk_x"}).status_code == 401


@pytest.mark.parametrize("name", ["heritage_session", "__Host-heritage_session"])
def test_a_made_up_session_opens_nothing(agencies: Agencies, name: str) -> None:
    for value in ("", "x", "a" * 43, "a" * 5000):
        answer = agencies.client.get("/v1/me", headers={"Cookie": f"{name}={value}"})
        assert answer.status_code == 401


def test_a_cookie_that_http_could_have_set_does_not_count_over_https(agencies: Agencies) -> None:
    browser = signed_in(agencies)
    [token] = [cookie.value for cookie in browser.cookies.jar]
    assert agencies.client.get("/v1/me", headers={"Cookie": f"heritage_session={token}"}).status_code == 401
    assert agencies.client.get("/v1/me", headers={"Cookie": f"__Host-heritage_session={token}"}).status_code == 200
