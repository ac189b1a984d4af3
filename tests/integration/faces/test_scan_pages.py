"""The pages of scans."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from heritage.domain.audit import Action, AuditFilter
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
    nothing = client.get(f"{address}?state=nothing").text
    assert "b.png" in nothing
    [searched] = re.findall(r'href="(/searches/[0-9a-f]{24})"', nothing)
    assert "That is not a clearance" in client.get(searched).text
    assert searched not in client.get("/searches").text
    assert "photos.zip" in client.get("/scans").text


def test_what_is_wrong_with_a_file_is_told_at_it(client: TestClient) -> None:
    answer = client.post("/scans/new", files={"file": ("list.csv", b"a,b\n1,2\n")})
    assert answer.status_code == 422
    assert "no column that is known to hold images" in answer.text
    assert 'id="problem-file"' in answer.text
    assert client.post("/scans/new").status_code == 422


def test_two_taps_begin_one_scan_and_both_lead_to_it(client: TestClient, context: Context) -> None:
    [token] = re.findall(r'name="token" value="([^"]+)"', client.get("/scans/new").text)
    sends = {"data": {"token": token}, "files": archive(a_png=photo(100))}
    with ThreadPoolExecutor(2) as taps:
        answers = [tap.result() for tap in [taps.submit(client.post, "/scans/new", **sends) for _ in range(2)]]
    assert [one.status_code for one in answers] == [200, 200], answers[0].text
    assert len({str(one.url) for one in answers}) == 1
    assert len(context.scans.newest(ANNA, 10)) == 1
    another = client.post("/scans/new", data={"token": token}, files=archive(a_png=photo(101)))
    assert str(another.url) != str(answers[0].url)  # back, and another file


def test_a_form_whose_file_was_refused_may_be_sent_again(client: TestClient, context: Context) -> None:
    for _ in range(2):
        refused = client.post("/scans/new", data={"token": "t" * 22}, files={"file": ("list.csv", b"a,b\n1,2\n")})
        assert refused.status_code == 422
    assert context.scans.newest(ANNA, 10) == ()


def test_what_was_unreachable_is_tried_again_with_a_button(client: TestClient, context: Context) -> None:
    table = b"image\nhttp://127.0.0.1/a.jpg\nhttp://127.0.0.1/b.jpg\n"
    address = str(client.post("/scans/new", files={"file": ("list.csv", table)}).url)
    shown = ended(client, address)
    assert "Try 2 unreachable listings again" in shown
    retried = client.post(f"{address}/turn", data={"to": "retry"})
    assert retried.status_code == 200
    assert "Try 2 unreachable listings again" in ended(client, address)
    logged = [one.event.detail for one in context.audit.page(0, 100, AuditFilter(action=Action.SCAN))]
    assert logged.count("tried again: 2 unreachable") == 1


def ended(client: TestClient, address: str) -> str:
    deadline = time.monotonic() + 60
    while "refresh" in (shown := client.get(address)).headers:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return shown.text


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
    files = archive(a_png=photo(100))
    for _ in range(2):
        assert client.post("/scans/new", files=files, data={"token": token}).status_code == 200
    assert len(context.scans.newest(ANNA, 10)) == 1
    client.post("/scans/new", files={"file": ("x.csv", b"a\n")}, data={"token": token})  # another file is another scan


def test_a_place_that_no_database_takes_for_a_number_is_refused(client: TestClient) -> None:
    address = str(client.post("/scans/new", files=archive(a_png=photo(100))).url)
    assert client.get(f"{address}?after={10**30}").status_code == 422
    assert client.get(f"{address}?after={10**9}").status_code == 200
    assert client.get(f"{address}/hits?start={10**30}").status_code == 422
