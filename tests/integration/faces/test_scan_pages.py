"""The pages of scans."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from heritage.service.context import Context
from tests.integration.faces.scanned import ANNA, archive, open_client, open_north, photo


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with open_north(tmp_path) as context:
        yield context


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    with open_client(context) as client:
        yield client


def test_a_file_is_sent_watched_and_its_hits_are_shown_first(client: TestClient) -> None:
    assert "Nothing here." in client.get("/scans").text
    sent = client.post("/scans/new", files=archive(a_png=photo(1), b_png=photo(100), c_png=b"none"))
    assert sent.status_code == 200, sent.text  # after the redirect
    address = str(sent.url)
    assert sent.headers.get("refresh") == "5" or "finished" in sent.text
    deadline = time.monotonic() + 60
    while "refresh" in (shown := client.get(address)).headers:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "2 of 2 listings" in shown.text  # what is no picture is no listing
    assert "strong match: 1" in shown.text
    assert "north/1" in shown.text
    assert 'href="/hits/' in shown.text
    assert "b.png" in client.get(f"{address}?state=nothing").text
    assert "photos.zip" in client.get("/scans").text


def test_what_is_wrong_with_a_file_is_told_at_it(client: TestClient) -> None:
    answer = client.post("/scans/new", files={"file": ("list.csv", b"a,b\n1,2\n")})
    assert answer.status_code == 422
    assert "no column that is known to hold images" in answer.text
    assert 'id="problem-file"' in answer.text
    assert client.post("/scans/new").status_code == 422


def test_a_scan_is_paused_and_cancelled_with_buttons(client: TestClient) -> None:
    files = {f"{place}_png": photo(100 + place % 6) for place in range(40)}
    address = str(client.post("/scans/new", files=archive(**files)).url)
    paused = client.post(f"{address}/turn", data={"to": "pause"})
    assert "Go on" in paused.text
    cancelled = client.post(f"{address}/turn", data={"to": "cancel"})
    assert "cancelled" in cancelled.text
    assert "/turn" not in cancelled.text


def test_a_form_that_is_sent_twice_begins_one_scan(client: TestClient, context: Context) -> None:
    token = client.get("/scans/new").text.partition('name="token" value="')[2].partition('"')[0]
    assert token
    for _ in range(2):
        assert client.post("/scans/new", files=archive(a_png=photo(100)), data={"token": token}).status_code == 200
    assert len(context.scans.newest(ANNA, 10)) == 1
    client.post("/scans/new", files={"file": ("x.csv", b"a\n")}, data={"token": token})  # another file is another scan


def test_a_place_that_no_database_takes_for_a_number_is_refused(client: TestClient) -> None:
    address = str(client.post("/scans/new", files=archive(a_png=photo(100))).url)
    assert client.get(f"{address}?after={10**30}").status_code == 422
    assert client.get(f"{address}?after={10**9}").status_code == 200
