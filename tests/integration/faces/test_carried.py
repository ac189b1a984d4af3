"""A form that comes after the session has ended: nothing typed is lost, and nothing is sent in anybody else's name."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from heritage.faces.web.carried import MAX_CARRIED, Carried
from heritage.service.context import Context
from tests.integration.faces.accounts import OWN_PAGE, PASSWORD, SITE, Agencies, open_agencies
from tests.integration.faces.test_account_page import browser, enter

pytestmark = pytest.mark.usefixtures("cheap_hashes")
PAGE = {**OWN_PAGE, "Accept": "text/html", "Referer": f"{SITE}/cases/new?hit="}
NOTE = 'A "dent" <b>at</b> the rim,\nكما ترى'


@pytest.fixture
def agencies(handled_context: Context, tmp_path: Path, cheap_hashes: None) -> Iterator[Agencies]:
    with open_agencies(handled_context, tmp_path, has_own_log=True) as opened:
        yield opened


@pytest.fixture
def ann(agencies: Agencies) -> TestClient:
    """Whose session has ended."""
    client = browser(agencies)
    assert enter(client).status_code == 303
    client.cookies.clear()
    return client


def hidden(page: Response, name: str) -> str:
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page.text)
    return html.unescape(found[1]) if found else ""


def sent_on(client: TestClient, page: Response) -> Response:
    """What the one form of the page sends, as a browser would."""
    found = re.search(r'<form class="card wide" method="post" action="([^"]+)">(.*?)</form>', page.text, re.S)
    assert found, page.text
    fields = {
        name: html.unescape(text).replace("\n", "\r\n")
        for name, text in re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', found[2], re.S)
    }
    return client.post(html.unescape(found[1]), data=fields, headers=PAGE)


def signed_in_again(client: TestClient, page: Response, password: str = PASSWORD) -> Response:
    fields = {"login": "ann", "password": password, "carried": hidden(page, "carried")}
    return client.post("/login", data=fields, headers=PAGE)


def test_what_was_typed_is_shown_after_signing_in_and_sent_by_hand(ann: TestClient) -> None:
    page = ann.post("/cases", data={"title": "Cup that waits", "note": NOTE, "once": "o" * 32}, headers=PAGE)
    assert page.status_code == 401
    assert "what you typed is kept" in page.text
    wrong = signed_in_again(ann, page, "not this")
    assert wrong.status_code == 401
    shown = signed_in_again(ann, wrong)
    assert shown.status_code == 200
    assert "Nothing was done yet" in shown.text
    assert "&lt;b&gt;at&lt;/b&gt;" in shown.text
    assert "o" * 32 not in re.sub(r"<textarea.*?</textarea>", "", shown.text, flags=re.S)
    assert 'href="/cases/new?hit="' in shown.text
    assert "Cup that waits" not in ann.get("/cases").text
    made = sent_on(ann, shown)
    assert made.status_code == 303
    assert "A &#34;dent&#34; &lt;b&gt;at&lt;/b&gt; the rim," in ann.get(made.headers["location"]).text
    again = sent_on(ann, shown)  # the token of the form came along
    assert again.headers["location"] == made.headers["location"]


def test_files_are_left_behind_and_said_to_be(ann: TestClient) -> None:
    files = {"image": ("a.jpg", b"x" * 100, "image/jpeg")}
    page = ann.post("/records/new", data={"title": "Cup", "terms": ["bronze", "oak"]}, files=files, headers=PAGE)
    carried = Carried.parse(hidden(page, "carried"))
    assert carried is not None
    assert carried.has_files
    assert carried.fields == (("title", "Cup"), ("terms", "bronze"), ("terms", "oak"))
    assert "choose them again" in signed_in_again(ann, page).text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example", "Accept": "text/html"},
        {"Origin": SITE, "Sec-Fetch-Site": "cross-site", "Accept": "text/html"},
        {"Accept": "text/html"},
    ],
    ids=["another site", "through another site", "nobody knows whence"],
)
def test_the_form_of_a_strangers_page_is_not_carried(ann: TestClient, headers: dict[str, str]) -> None:
    answer = ann.post("/people", data={"login": "eve", "role": "admin"}, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "eve" not in answer.text


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/account/password", {"data": {"password": "secret one", "new": "secret two"}}),
        ("/logout", {"data": {"x": "y"}}),
        ("/cases", {"data": {"note": "x" * MAX_CARRIED}}),
        ("/cases", {"content": b"no form"}),
        ("/cases", {"content": b"a=%ff&=&&==", "headers": {"Content-Type": "multipart/form-data"}}),
    ],
    ids=["passwords", "signing out", "too much", "no form", "a broken one"],
)
def test_what_cannot_be_carried_leads_to_the_sign_in(ann: TestClient, path: str, sent: dict) -> None:  # type: ignore[type-arg]
    headers = {**PAGE, **sent.pop("headers", {})}
    answer = ann.post(path, headers=headers, **sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fcases%2Fnew%3Fhit%3D")
    assert "secret" not in answer.text


def test_programs_are_answered_as_before(ann: TestClient) -> None:
    answer = ann.post("/cases", data={"title": "Cup"}, headers=OWN_PAGE)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"address": "//evil.example", "page": "/", "fields": [], "has_files": false}',
        '{"address": "https://evil.example", "page": "/", "fields": [], "has_files": false}',
        '{"address": "/cases", "page": "//evil.example", "fields": [], "has_files": false}',
        '{"address": "/account/password", "page": "/", "fields": [], "has_files": false}',
        '{"address": "/cases", "page": "/", "fields": [1], "has_files": false}',
        '{"address": "/cases", "page": "/", "fields": "abc", "has_files": false}',
    ],
)
def test_what_nothing_of_ours_carried_is_dropped(ann: TestClient, text: str) -> None:
    assert Carried.parse(text) is None
    answer = ann.post("/login", data={"login": "ann", "password": PASSWORD, "carried": text}, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_one_is_led_on_to_the_page_that_was_wanted(ann: TestClient) -> None:
    answer = ann.get("/cases?listed=closed&text=a b", headers=PAGE)
    assert answer.status_code == 303
    page = ann.get(answer.headers["location"], headers=PAGE)
    assert hidden(page, "next") == "/cases?listed=closed&text=a%20b"
    fields = {"login": "ann", "password": PASSWORD, "next": hidden(page, "next")}
    assert ann.post("/login", data=fields, headers=PAGE).headers["location"] == "/cases?listed=closed&text=a%20b"
    ann.cookies.clear()
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example"):
        fields["next"] = elsewhere
        assert ann.post("/login", data=fields, headers=PAGE).headers["location"] == "/"


def test_a_form_that_was_gone_back_to_and_changed_is_another_one(ann: TestClient) -> None:
    enter(ann)
    case = ann.post("/cases", data={"title": "Cup"}, headers=PAGE).headers["location"]
    for note in ("first", "first", "second"):
        sent = {"note": note, "once": "one-page"}
        assert ann.post(f"{case}/notes", data=sent, headers=PAGE).status_code == 303
    page = ann.get(case).text
    assert (page.count(">first<"), page.count(">second<")) == (1, 1)
    token = re.search(r'name="form_token" value="([\w-]{22})"', ann.get("/people").text)
    assert token
    for login, status in (("bo", 200), ("bo", 409), ("cy", 200)):
        sent = {"login": login, "role": "officer", "form_token": token[1]}
        assert ann.post("/people", data=sent, headers=PAGE).status_code == status
