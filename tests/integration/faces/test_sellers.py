"""Sellers over HTTP: pages, the API, a table and a graph."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from lxml import etree

from heritage.faces.api.viewing import viewer_of
from heritage.service.context import Context
from tests.dealers import ANTIQUES, GALLERY, dealers_zip
from tests.integration.faces.scanned import ANNA, ended, open_client, open_north, started
from tests.kept import viewer as viewer_at

GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with open_north(tmp_path_factory.mktemp("home")) as context:
        yield context


@pytest.fixture(scope="module")
def app_client(context: Context) -> Iterator[TestClient]:
    with open_client(context) as client:
        ended(client, started(client, files={"file": ("dealers.zip", dealers_zip())}))
        yield client


@pytest.fixture
def client(app_client: TestClient) -> Iterator[TestClient]:
    yield app_client
    app_client.app.dependency_overrides[viewer_of] = lambda: ANNA  # type: ignore[attr-defined]


def test_sellers_are_listed_in_pages_and_found_by_a_part_of_the_name(client: TestClient) -> None:
    first = client.get("/v1/sellers", params={"limit": 1}).json()
    rest = client.get("/v1/sellers", params={"limit": 1, "cursor": first["next"]}).json()
    assert {first["sellers"][0]["name"], rest["sellers"][0]["name"]} == {ANTIQUES, GALLERY}
    assert rest["next"] is None
    [one] = client.get("/v1/sellers", params={"text": "ghent"}).json()["sellers"]
    assert (one["listing_count"], one["strong_count"], one["hosts"]) == (3, 2, ["one.example", "two.example"])


def test_pictures_that_are_used_again_are_told_with_who_uses_them(client: TestClient) -> None:
    found = client.get(f"/v1/sellers/{quote(ANTIQUES, safe='')}").json()
    reused = found["reused"][0]
    assert len(reused["photos"]) == 2  # one file in two listings, and nearly the same in a third
    assert {one["seller"] for one in reused["listings"]} == {ANTIQUES, GALLERY}
    assert reused["likeness"] == "nearly the same photograph"
    assert client.get("/v1/sellers/nobody").status_code == 404


def test_pages_tell_the_same_and_escape_names(client: TestClient) -> None:
    listed = client.get("/sellers").text
    assert "Antiques &amp; Co &lt;Ghent&gt;" in listed
    assert f"/sellers/{quote(GALLERY, safe='')}" in listed
    page = client.get(f"/sellers/{quote(ANTIQUES, safe='')}").text
    assert "north/1" in page
    assert "Of different sellers." in page
    assert "https://two.example/2" in page
    assert "Nothing here." in client.get("/sellers?text=nobody").text


def test_the_table_has_no_formula(client: TestClient) -> None:
    exported = client.get("/v1/seller-exports/csv")
    rows = {row["seller"]: row for row in csv.DictReader(io.StringIO(exported.text.removeprefix("\ufeff")))}
    assert set(rows) == {ANTIQUES, f"'{GALLERY}"}
    assert rows[ANTIQUES]["strong"] == "2"


def test_the_graph_is_graphml_and_has_all_of_it_once(client: TestClient) -> None:
    answer = client.get("/v1/seller-exports/graphml")
    assert answer.headers["content-disposition"] == 'attachment; filename="sellers.graphml"'
    root = etree.fromstring(answer.content)
    assert root.tag == f"{GRAPHML}graphml"
    kinds = {"node": Counter[str](), "edge": Counter[str]()}
    for place, counted in kinds.items():
        for element in root.iter(f"{GRAPHML}{place}"):
            counted[element.findtext(f"{GRAPHML}data[@key='{place}-kind']") or ""] += 1
    # Six listings; a.png and b.png are one file; f.png, which is none, was read all the same.
    assert kinds["node"] == {"seller": 2, "listing": 6, "photo": 5, "record": 2}
    assert (kinds["edge"]["offers"], kinds["edge"]["shows"], kinds["edge"]["matches"]) == (5, 6, 4)
    assert kinds["edge"]["same picture"] >= 1
    ids = {element.get("id") for element in root.iter(f"{GRAPHML}node")}
    assert all({one.get("source"), one.get("target")} <= ids for one in root.iter(f"{GRAPHML}edge"))
    declared = {element.get("id") for element in root.iter(f"{GRAPHML}key")}
    assert {element.get("key") for element in root.iter(f"{GRAPHML}data")} <= declared
    assert ANTIQUES in {element.text for element in root.iter(f"{GRAPHML}data")}


def test_another_agency_learns_of_no_seller(client: TestClient) -> None:
    client.app.dependency_overrides[viewer_of] = lambda: viewer_at("south")  # type: ignore[attr-defined]
    assert client.get("/v1/sellers").json()["sellers"] == []
    for path in (f"/sellers/{quote(ANTIQUES, safe='')}", f"/v1/sellers/{quote(ANTIQUES, safe='')}"):
        assert client.get(path).status_code == 404
    assert "Antiques" not in client.get("/v1/seller-exports/graphml").text
    assert "Antiques" not in client.get("/v1/seller-exports/csv").text


def test_a_deleted_scan_takes_its_sellers_along(client: TestClient, context: Context) -> None:
    table = "image,seller\nhttp://127.0.0.1/a.jpg,Gone & Sons\n"
    done = ended(client, started(client, files={"file": ("list.csv", table.encode())}))
    assert client.get("/v1/sellers", params={"text": "gone"}).json()["sellers"]
    assert client.post(f"/scans/{done['id']}/delete", follow_redirects=False).headers["location"] == "/scans"
    assert client.get("/v1/sellers", params={"text": "gone"}).json()["sellers"] == []
    assert client.get(done["links"]["self"]).status_code == 404
    assert client.post(f"/v1/scans/{done['id']}/delete").status_code == 404
    assert not context.scan_files.folder(done["id"]).exists()
