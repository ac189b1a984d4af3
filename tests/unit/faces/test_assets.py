"""Style sheets, scripts and icons: kept by version, compressed, and all of them known to the worker."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from heritage.domain.hits import Verdict
from heritage.faces.web.assets import STATIC, TEMPLATES, WORKER, assets_version
from heritage.faces.web.framing import Frame
from heritage.faces.web.framing import rendered as framed
from tests.unit.faces.answers import hit, mirrored
from tests.unit.faces.test_rendering import rendered

CURRENT = f"/static/{assets_version()}"


def test_the_version_in_use_is_kept_for_ever(client: TestClient) -> None:
    answer = client.get(f"{CURRENT}/answer.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/static/answer.css", "/static/000000000000/answer.css"])
def test_other_versions_are_asked_for_again(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/../pages.py", "/%2e%2e/%2e%2e/pages.py", "/no.css", "/", ""])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(CURRENT + path).status_code == 404


def test_the_worker_looks_after_every_page_and_keeps_every_file(client: TestClient) -> None:
    answer = client.get(f"{CURRENT}/{WORKER}")
    assert answer.headers["service-worker-allowed"] == "/"
    listed = re.findall(r'^  "([\w.-]+)",$', answer.text, re.M)
    assert set(listed) == {path.name for path in STATIC.iterdir()} - {WORKER}
    assert "service-worker-allowed" not in client.get(f"{CURRENT}/heritage.js").headers


def test_the_page_without_a_connection_names_no_registry(client: TestClient) -> None:
    page = client.get("/offline")
    assert page.status_code == 200
    assert page.text == framed("offline.html", Frame(path="/offline"))
    assert "<form" in page.text
    assert "north" not in page.text


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_scripts_hold_nothing_to_translate(path: Path) -> None:
    """What people read comes from the page, where it is translated."""
    shown = re.findall(
        r"(?:textContent|title|alt|placeholder|aria-label)\"?\s*[=,]\s*([\"'`][^\"'`]*)", path.read_text()
    )
    assert [text for text in shown if text.strip("\"'` ")] == []


def test_every_attribute_that_a_script_reads_is_in_the_templates() -> None:
    templates = "".join(path.read_text() for path in TEMPLATES.iterdir())
    written = {name.lower() for name in re.findall(r"data-([a-z-]+)=", templates)}
    scripts = "".join(path.read_text() for path in STATIC.glob("*.js"))
    read = {re.sub(r"([A-Z])", r"-\1", name).lower() for name in re.findall(r"dataset\.(\w+)", scripts)}
    assert read <= written | {"key"}  # which a script wrote itself


def test_the_photo_can_be_laid_over_where_a_homography_is_believed() -> None:
    shown = hit(Verdict.STRONG)
    assert 'data-homography="0.5,0.0,-50.0,0.0,0.5,-20.0,0.0,0.0,1.0"' in rendered(shown)
    assert 'value="over"' in rendered(mirrored(shown))
    rough = replace(shown, verification=replace(shown.verification, homographies=()))
    assert 'data-homography=""' in rendered(rough)
    assert 'value="over"' not in rendered(rough)
