"""/v1/scans over HTTP."""

import csv
import hashlib
import io
import json
import time
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from heritage.service.context import Context
from tests.integration.faces.scanned import archive, ended, open_client, open_north, photo, started


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with open_north(tmp_path_factory.mktemp("home")) as context:
        yield context


@pytest.fixture
def client(own: Context) -> Iterator[TestClient]:
    with open_client(own) as client:
        yield client


def test_an_archive_is_scanned_and_every_listing_has_a_state(client: TestClient) -> None:
    location = started(client, files=archive(a_png=photo(1), b_png=photo(100), c_png=photo(2)[:900]))
    done = ended(client, location)
    assert done["state"] == "finished"
    assert done["counts"] == {
        "total": 3, "waiting": 0, "strong": 1, "possible": 0, "nothing": 1, "unreadable": 1, "unreachable": 0,
    }  # fmt: skip
    listings = client.get(done["links"]["listings"]).json()["listings"]
    assert [(one["key"], one["state"]) for one in listings] == [
        ("a.png", "strong"),
        ("b.png", "nothing"),
        ("c.png", "unreadable"),
    ]
    [hit] = listings[0]["hits"]
    assert hit["record"] == "north/1"
    assert client.get(f"/v1/hits/{hit['hit_id']}").json()["search"]["origin"] == "scan"
    assert listings[2]["why"].startswith("c.png: ")
    assert [bool(one["search_id"]) for one in listings] == [True, True, False]
    kept = client.get(f"/v1/searches/{listings[1]['search_id']}").json()
    assert (kept["search"]["origin"], kept["hits"]) == ("scan", [])
    own = [one["search_id"] for one in client.get("/v1/searches").json()["searches"]]
    of_scans = client.get("/v1/searches", params={"origin": "scan"}).json()["searches"]
    assert listings[1]["search_id"] not in own
    assert listings[1]["search_id"] in [one["search_id"] for one in of_scans]
    only = client.get(done["links"]["listings"], params={"state": ["unreadable", "nothing"]}).json()
    assert [one["key"] for one in only["listings"]] == ["b.png", "c.png"]


def test_listings_come_in_pages(client: TestClient) -> None:
    location = started(client, files=archive(a_png=photo(100), b_png=photo(101), c_png=photo(102)))
    ended(client, location)
    first = client.get(f"{location}/listings", params={"limit": 2}).json()
    assert [one["place"] for one in first["listings"]] == [0, 1]
    rest = client.get(f"{location}/listings", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["place"] for one in rest["listings"]] == [2]
    assert rest["next"] is None


def test_addresses_that_nobody_may_fetch_are_unreachable_and_exported_without_formulas(client: TestClient) -> None:
    table = 'title,image\n"=HYPERLINK(1)",http://127.0.0.1/a.jpg\nVase,\n'
    done = ended(client, started(client, files={"file": ("list.csv", table.encode())}))
    assert (done["counts"]["unreachable"], done["counts"]["unreadable"]) == (1, 1)
    exported = client.get(f"/v1/scans/{done['id']}/export")
    assert exported.headers["content-type"].startswith("text/csv")
    first, second = csv.DictReader(io.StringIO(exported.text.removeprefix("\ufeff")))
    assert first["title"] == "'=HYPERLINK(1)"
    assert (first["heritage_state"], second["heritage_state"]) == ("unreachable", "unreadable")
    lines = client.get(f"/v1/scans/{done['id']}/export", params={"format": "jsonl"}).text.splitlines()
    assert [json.loads(line)["state"] for line in lines] == ["unreachable", "unreadable"]
    workbook = client.get(f"/v1/scans/{done['id']}/export", params={"format": "xlsx"}).content
    assert zipfile.is_zipfile(io.BytesIO(workbook))


def test_addresses_are_listings_too(client: TestClient) -> None:
    addresses = ["http://127.0.0.1/a.jpg", "http://127.0.0.1/b.jpg"]
    done = ended(client, started(client, data={"address": addresses}))
    assert done["counts"]["unreachable"] == 2
    listings = client.get(done["links"]["listings"]).json()["listings"]
    assert [one["photos"][0]["address"] for one in listings] == addresses


def test_unreachable_listings_are_tried_again_and_no_others(client: TestClient) -> None:
    table = "image\nhttp://127.0.0.1/a.jpg\nhttp://127.0.0.1/b.jpg\nnone.jpg\n"
    done = ended(client, started(client, files={"file": ("list.csv", table.encode())}))
    location = done["links"]["self"]
    again = client.post(f"{location}/retry")
    assert (again.status_code, again.json()["state"], again.json()["counts"]["waiting"]) == (200, "running", 2)
    retried = ended(client, location)
    assert (retried["state"], retried["counts"]) == ("finished", done["counts"])
    refused = client.post(f"{location}/retry", params={"state": "unreadable"})
    assert (refused.status_code, "begin another scan" in refused.json()["detail"]) == (409, True)
    assert client.post(f"{location}/retry", params={"state": "strong"}).status_code == 422


def test_a_scan_is_paused_resumed_and_cancelled(client: TestClient) -> None:
    files = {f"{place}_png": photo(100 + place % 6) for place in range(40)}
    location = started(client, files=archive(**files))
    paused = client.post(f"{location}/pause").json()
    assert paused["state"] == "paused"
    assert paused["counts"]["waiting"] > 0
    assert client.post(f"{location}/resume").json()["state"] == "running"
    assert client.delete(location).json()["state"] == "cancelled"
    again = client.post(f"{location}/resume")
    assert (again.status_code, "cancelled" in again.json()["detail"]) == (409, True)
    assert location in [one["links"]["self"] for one in client.get("/v1/scans").json()["scans"]]


@pytest.mark.parametrize(
    ("sends", "said"),
    [
        ({}, "send a file with listings, or addresses"),
        ({"files": {"file": ("list.csv", b"a,b\n1,2\n")}}, "no column that is known to hold images"),
        ({"files": {"file": ("list.zip", b"no archive")}}, "list.zip is nothing that listings are read from"),
        ({"files": {"file": ("list.exe", b"MZ")}}, "list.exe"),
    ],
)
def test_what_cannot_be_scanned_is_refused_at_once(
    client: TestClient, own: Context, sends: dict[str, Any], said: str
) -> None:
    answer = client.post("/v1/scans", **sends)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    folders = {path.name for path in (own.settings.home / "scans").glob("*")}
    assert folders <= {one["id"] for one in client.get("/v1/scans").json()["scans"]}


def test_searches_go_on_beside_a_scan(client: TestClient) -> None:
    files = {f"{place}_png": photo(100 + place) for place in range(30)}
    location = started(client, files=archive(**files))
    began = time.monotonic()
    for _ in range(3):
        assert client.post("/v1/match", files={"image": photo(3)}).json()["hits"][0]["verdict"] == "strong"
    seconds = time.monotonic() - began
    assert client.get(location).json()["state"] == "running", f"three searches took {seconds:.1f} s"
    client.delete(location)


@pytest.mark.parametrize("place", ["x", "9" * 40, "-1", "١"])
def test_a_forged_cursor_is_refused(client: TestClient, place: str) -> None:
    location = started(client, files=archive(a_png=photo(1)))
    for path in (f"{location}/listings", "/v1/sellers"):
        check = hashlib.sha256(f"{json.dumps([path, []])}\n{place}".encode()).digest()[:8]  # no secret
        cursor = urlsafe_b64encode(check + place.encode()).rstrip(b"=").decode()
        answer = client.get(path, params={"cursor": cursor})
        assert answer.status_code == 422, path
