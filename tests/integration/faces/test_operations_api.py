"""/v1/imports, /v1/exports and /v1/operations over HTTP."""

import io
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from heritage.domain.access import SCOPES_BY_ROLE, Role, Viewer
from heritage.faces.api.app import create_app
from heritage.faces.api.viewing import viewer_of
from heritage.service.context import Context, open_context
from heritage.settings import Settings
from tests.clients import AT_THIS_MACHINE
from tests.toys import ToyEmbedder, png

REGISTRAR = Viewer("anna", "north", Role.REGISTRAR, SCOPES_BY_ROLE[Role.REGISTRAR])
OFFICER = Viewer("otto", "north", Role.OFFICER, SCOPES_BY_ROLE[Role.OFFICER])


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with open_context(Settings(home=tmp_path_factory.mktemp("home"), threads=2), ToyEmbedder()) as context:
        yield context


@pytest.fixture
def app(own: Context) -> FastAPI:
    return create_app(own.settings, lambda _: nullcontext(own))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, **AT_THIS_MACHINE) as client, asked_by(app, REGISTRAR):
        yield client


@contextmanager
def asked_by(app: FastAPI, viewer: Viewer) -> Iterator[None]:
    before = dict(app.dependency_overrides)
    app.dependency_overrides[viewer_of] = lambda: viewer
    yield
    app.dependency_overrides = before


def packed() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("list.csv", "number,images\n1,1.png\n2,none.png\n")
        archive.writestr("1.png", png(1))
    return file.getvalue()


def ended(client: TestClient, location: str) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while (state := client.get(location).json())["state"] in ("waiting", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return dict(state)


def test_an_import_is_accepted_carried_out_and_reported(client: TestClient) -> None:
    accepted = client.post("/v1/imports", files={"file": ("list.zip", packed())}, data={"registry": "north-list"})
    assert (accepted.status_code, accepted.json()["state"]) == (202, "waiting")
    location = accepted.headers["location"]
    assert location == accepted.json()["links"]["self"]
    state = ended(client, location)
    assert (state["state"], state["done"], state["total"]) == ("done", 2, 2)
    report = client.get(state["links"]["result"])
    assert report.headers["content-type"].startswith("text/csv")
    assert report.headers["content-disposition"].startswith("attachment")
    assert [line.split(",")[:3] for line in report.text.splitlines()[1:]] == [
        ["1", "1.png", "added"],
        ["2", "none.png", "rejected"],
    ]
    assert client.get("/v1/operations").json()["operations"][0]["id"] == state["id"]


def test_an_export_is_a_file_of_what_was_asked_for(client: TestClient) -> None:
    draft = {"format": "lido", "criteria": {"registry": "north-list", "statuses": ["stolen"]}}
    accepted = client.post("/v1/exports", json=draft)
    assert accepted.status_code == 202
    exported = client.get(ended(client, accepted.headers["location"])["links"]["result"])
    assert exported.headers["content-type"] == "application/xml"
    assert exported.text.count("north-list/") > 0


@pytest.mark.parametrize(
    "draft", [{}, {"format": "exe"}, {"format": "csv", "criteria": {"since": "May"}}, {"format": "csv", "owner": "x"}]
)
def test_what_cannot_be_exported_is_refused_at_once(client: TestClient, draft: dict[str, Any]) -> None:
    assert client.post("/v1/exports", json=draft).status_code == 422


def test_other_agencies_find_nothing_and_officers_may_not(client: TestClient, app: FastAPI) -> None:
    location = client.post("/v1/exports", json={"format": "csv"}).headers["location"]
    ended(client, location)
    with asked_by(app, replace(REGISTRAR, agency="south")):
        assert client.get("/v1/operations").json() == {"operations": []}
        answers = (client.get(location), client.delete(location), client.get(f"{location}/result"))
        assert [one.status_code for one in answers] == [404] * 3
    with asked_by(app, OFFICER):
        assert client.get(location).status_code == 200
        refused = (
            client.get(f"{location}/result"),
            client.delete(location),
            client.post("/v1/exports", json={"format": "csv"}),
            client.post("/v1/imports", files={"file": ("list.zip", packed())}),
        )
        assert [one.status_code for one in refused] == [403] * 4


def test_one_that_has_ended_stays_as_it_is(client: TestClient) -> None:
    location = client.post("/v1/exports", json={"format": "csv"}).headers["location"]
    ended(client, location)
    assert client.delete(location).json()["state"] == "done"


@pytest.mark.parametrize("wrong", ["x", "0" * 31, "G" * 32, "..%2f..", "0" * 32])
def test_what_is_no_operation_is_not_found_or_refused(client: TestClient, wrong: str) -> None:
    for path in (f"/v1/operations/{wrong}", f"/v1/operations/{wrong}/result"):
        assert client.get(path).status_code in (404, 422)


def test_imports_may_be_larger_than_photos(own: Context) -> None:
    settings = replace(own.settings, max_upload_bytes=1_000, max_import_bytes=100_000)
    app = create_app(settings, lambda _: nullcontext(own))
    with TestClient(app, **AT_THIS_MACHINE) as client, asked_by(app, REGISTRAR):
        data = b"number,images\n" + b"x" * 50_000
        assert client.post("/v1/imports", files={"file": ("a.csv", data)}).status_code == 202
        assert client.post("/v1/imports", files={"file": ("a.csv", data * 3)}).status_code == 413
        assert client.post("/v1/match", files={"image": ("a.jpg", data)}).status_code == 413


def test_the_same_import_sent_again_is_one(client: TestClient, app: FastAPI) -> None:
    app.dependency_overrides.clear()  # keys are looked at by whoever finds out who asks
    key = {"Idempotency-Key": "import-of-may-2026"}
    sent = {"format": "csv"}
    first, second = (client.post("/v1/exports", json=sent, headers=key) for _ in range(2))
    assert (first.json()["id"], first.headers["location"]) == (second.json()["id"], second.headers["location"])
