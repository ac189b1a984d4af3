"""Pages in Arabic have no English left in them: what is seen or read out, but for names and other people's text."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from tests.integration.faces.accounts import OWN_PAGE, PASSWORD, SITE, Agencies

ARABIC = {"accept-language": "ar", "accept": "text/html"}
_VOID = {"base", "br", "circle", "hr", "image", "img", "input", "link", "meta", "path", "polygon", "rect", "use"}
_NOT_READ = {"script", "style", "code", "bdi", "data"}  # `bdi`: what other people wrote
_READ_OUT = ("alt", "aria-label", "placeholder", "title")
_NAMES = {
    "heritage",
    "TLP",
    "CLEAR",
    "GREEN",
    "AMBER",
    "STRICT",
    "RED",
    "UTC",
    "JPEG",
    "PNG",
    "WebP",
    "TIFF",
    "AVIF",
    "HEIC",
    "OpenID",
    "CSV",
    "Excel",
    "JSON",
    "PDF",
    "Atom",
    "GraphML",
    "ZIP",
    "Delete",
    "Shift",
    "sha256",
    "webhook",
    "Standard",
    "Webhooks",
}


# Of the registry that is searched here, and addresses: they stand within sentences.
_DATA = re.compile(
    r"\(Object ID\)|\bname-\d+|\bheritage audit \w+|Bureau of the \w+|Police of the East|Panel \d+"
    r"|\bnorth\b(/\d+)?|\b(ann|dahlia)\b"
    r"|(?<!\w)/[a-z/]+|sha256:[0-9a-f]+|unbuilt\+\d+|keypoints/[\d-]+"
)


class Element(NamedTuple):
    tag: str
    is_read: bool


class Visible(HTMLParser):
    """The words of a page, as `said`: those within elements of another language left out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_read = self._is_read and tag not in _NOT_READ and given.get("lang", "ar") == "ar"
        if is_read:
            self.said += [given[name] or "" for name in _READ_OUT if name in given]
            self.said += [text or "" for name, text in attrs if name.startswith("data-") and " " in (text or "")]
        if tag not in _VOID:
            self._open.append(Element(tag, is_read))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._is_read:
            self.said.append(data)

    @property
    def _is_read(self) -> bool:
        return not self._open or self._open[-1].is_read


def english_in(html: str) -> list[str]:
    """What a page says with Latin words in it that are no names. Values that errors repeat are isolated: left out."""
    page = Visible()
    page.feed(html)
    texts = (re.sub(r"\u2068[^\u2068\u2069]*\u2069|\{\w+\}", "", text).strip() for text in page.said)
    texts = (_DATA.sub("", text) for text in texts)
    return [text for text in texts if set(re.findall(r"[A-Za-z][A-Za-z0-9]{2,}", text)) - _NAMES]


def test_it_finds_what_is_left() -> None:
    html = '<html lang="ar"><p>مرحبا <bdi>Bureau</bdi> <code>pip install</code><br>Search now</p><img alt="A photo">'
    assert english_in(html + '<button lang="fr">Français</button> heritage') == ["Search now", "A photo"]


def pages_of(app: FastAPI) -> Iterator[str]:
    """The addresses that need no more than themselves, and are not the API's."""
    for route in iter_route_contexts(app.routes):
        is_page = route.path and not route.path.startswith("/v1/") and "{" not in route.path
        if is_page and "GET" in (route.methods or ()):
            yield route.path


@pytest.mark.usefixtures("cheap_hashes")
def test_no_page_has_english_in_it(agencies: Agencies) -> None:
    browser = TestClient(agencies.client.app, base_url=SITE, headers=ARABIC, raise_server_exceptions=False)
    browser.post("/login", data={"login": "ann", "password": PASSWORD}, headers=OWN_PAGE)
    app = agencies.client.app
    assert isinstance(app, FastAPI)
    seen = 0
    for path in pages_of(app):
        page = browser.get(path)
        if "text/html" in page.headers.get("content-type", ""):
            assert 'lang="ar"' in page.text, path
            assert english_in(page.text) == [], path
            seen += 1
    assert seen >= 4
    for path, fields in (
        ("/account/device", {}),
        ("/account/password", {"password": "x", "new": "one", "again": "two"}),
        ("/account/codes", {"password": "x", "secret": "x", "code": "1"}),
        ("/nothing/here", {}),
        ("/language", {"code": "xx"}),
    ):
        page = browser.post(path, data=fields, headers=OWN_PAGE)
        assert 'lang="ar"' in page.text, path
        assert english_in(page.text) == [], path


@pytest.mark.usefixtures("cheap_hashes")
def test_what_somebody_sees_who_just_signed_in_has_none(agencies: Agencies) -> None:
    first = agencies.person("dahlia")
    browser = TestClient(agencies.client.app, base_url=SITE, headers=ARABIC, raise_server_exceptions=False)
    for path, fields in (
        ("/login", {"login": "dahlia", "password": "not this"}),
        ("/login", {"login": "dahlia", "password": first}),
        ("/account/password", {"password": first, "new": "eight dark harbours", "again": "eight dark harbours"}),
    ):
        page = browser.post(path, data=fields, headers=OWN_PAGE)
        assert 'lang="ar"' in page.text
        assert english_in(page.text) == [], path


@pytest.mark.parametrize("photo", ["seized_photo", "two_objects", "mirrored_photo", "unknown_photo"])
def test_no_answer_has_english_in_it(client: TestClient, photo: str, request: pytest.FixtureRequest) -> None:
    data: bytes = request.getfixturevalue(photo)
    seen = {"object_type": "vase", "materials": "marble", "measurements": "900 cm"}
    for files in ([("image", ("x.jpg", data))], [("image", ("x.jpg", data)), ("image", ("y.jpg", data))]):
        page = client.post("/", files=files, data=seen, headers=ARABIC)
        assert page.status_code == 200
        assert english_in(page.text) == []


@pytest.mark.parametrize(
    ("files", "fields"),
    [
        ([], {"x": "y"}),
        ([("image", ("x.jpg", b"%PDF-1.7 words"))], {}),
        ([("image", ("x.jpg", b""))] * 2, {}),
        ([("image", ("x.jpg", b"x"))] * 11, {}),
        ([("image", ("x.jpg", b"\xff\xd8\xff"))], {"box": "nonsense"}),
    ],
    ids=["nothing", "a document", "two empty ones", "too many", "a box that is none"],
)
def test_no_problem_has_english_in_it(client: TestClient, files: list, fields: dict) -> None:  # type: ignore[type-arg]
    page = client.post("/", files=files, data=fields, headers=ARABIC)
    assert page.status_code in (413, 415, 422)
    assert english_in(page.text) == []
