"""Style sheets, scripts and icons as they are served: kept by version, compressed, all of them known to the worker."""

import re

import pytest
from fastapi.testclient import TestClient

from heritage.faces.web.assets import STATIC, WORKER, assets_version
from heritage.faces.web.framing import Frame
from heritage.faces.web.framing import rendered as framed

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


def test_the_document_is_served_and_no_page_loads_scripts_from_elsewhere(client: TestClient) -> None:
    assert client.get("/openapi.json").json()["info"]["title"] == "heritage"
    assert client.get("/docs").status_code == 404
