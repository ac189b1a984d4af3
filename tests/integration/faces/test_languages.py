"""Pages, answers and errors as a server sends them in each language."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from heritage.faces.languages import LANGUAGES, SOURCE, _, read_catalog, speaking
from heritage.faces.saying import said
from heritage.faces.web.language import own_address
from tests.integration.faces.accounts import OWN_PAGE, Agencies

OTHERS = [code for code in LANGUAGES if code != SOURCE]


@pytest.mark.parametrize("code", OTHERS)
def test_pages_speak_the_language_of_the_browser_or_the_one_chosen(client: TestClient, code: str) -> None:
    page = client.get("/", headers={"accept-language": code})
    direction = LANGUAGES[code].direction
    assert f'<html lang="{code}" dir="{direction}">' in page.text
    assert page.headers["content-language"] == code
    assert "Accept-Language" in page.headers["vary"]
    with speaking(code):
        assert _("Search with a photo") in page.text
    assert "Search with a photo" not in page.text
    answer = client.post("/language", data={"code": code, "next": "/offline"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/offline")
    assert f'lang="{code}"' in client.get("/offline", headers={"accept-language": "en"}).text
    client.cookies.clear()
    assert client.post("/language", data={"code": "xx"}).status_code == 422


@pytest.mark.parametrize("code", OTHERS)
def test_an_answer_speaks_the_language_and_the_api_english(
    client: TestClient, seized_photo: bytes, unknown_photo: bytes, code: str
) -> None:
    for photo in (seized_photo, unknown_photo):
        page = client.post("/", files={"image": ("x.jpg", photo)}, headers={"accept-language": code}).text
        shown = re.sub(r"<[^>]*>", " ", page)
        left = [
            text for text in read_catalog(code)._messages if isinstance(text, str) and len(text) > 12 and text in shown
        ]
        assert left == []
    told = client.post("/v1/match", files={"image": ("x.jpg", unknown_photo)}, headers={"accept-language": code}).json()
    assert "Not found is not a clearance." in told["coverage"]["statement"]


@pytest.mark.parametrize("code", OTHERS)
def test_pages_tell_it_in_the_readers_language_and_the_api_in_english(client: TestClient, code: str) -> None:
    sent = {"accept-language": code, "accept": "text/html"}
    with speaking(code):
        nothing, empty = said("choose or take a photo first"), said("not an image: the file is empty")
        unknown, gone = said("the language must be one of en, fr, es, ar"), said("Not Found")
    page = client.post("/", headers=sent, data={"x": "y"})
    assert page.status_code == 422
    assert nothing[1:] in unescape(page.text)
    page = client.post("/", headers=sent, files={"image": ("x.jpg", b"")})
    assert empty[1:] in unescape(page.text)
    page = client.post("/language", headers=sent, data={"code": "xx"})
    assert unknown[1:] in unescape(page.text)
    assert gone[1:] in unescape(client.get("/nothing/here", headers=sent).text)
    told = client.post("/v1/match", headers={"accept-language": code}, files={"image": ("x.jpg", b"")}).json()
    assert told["detail"] == "not an image: the file is empty"


@pytest.mark.parametrize("code", OTHERS)
def test_the_form_for_signing_in_tells_it_too(agencies: Agencies, code: str) -> None:
    sent = {"accept-language": code, "accept": "text/html", **OWN_PAGE}
    with speaking(code):
        wrong = said("login, password or code is not right")
    page = agencies.client.post("/login", headers=sent, data={"login": "nobody", "password": "no such words"})
    assert wrong[1:] in unescape(page.text)
    page = agencies.client.post("/login", headers=sent, data={"login": "x" * 400, "password": "no such words"})
    assert page.status_code == 401
    assert wrong[1:] in unescape(page.text)
    assert "x" * 400 in page.text


def test_the_language_of_a_page_with_any_address_is_changed_in_its_place(client: TestClient) -> None:
    page = client.get("/records/north/%D8%A3%201", headers={"Accept": "text/html"}).text
    found = re.search(r'name="next" value="([^"]+)"', page)
    assert found
    assert own_address(found[1]) == "/records/north/%D8%A3%201"


@pytest.mark.parametrize(
    ("sent_to", "page"),
    [
        ("/cases/HC-2026-AAAA/notes?x=1", "/cases/HC-2026-AAAA"),
        ("/scans/abc/turn", "/scans/abc"),
        ("/watches/1/end", "/watches"),
    ],
)
def test_where_only_a_form_is_sent_to_the_page_above_it_is_shown(client: TestClient, sent_to: str, page: str) -> None:
    answer = client.post("/language", data={"code": "fr", "next": sent_to}, follow_redirects=False)
    assert answer.headers["location"] == page
    client.cookies.clear()
