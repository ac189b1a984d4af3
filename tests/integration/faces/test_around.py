"""What stands around every request: ids, limits, answers given once, the log and the metrics."""

import json
import logging
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.errors import ConflictError
from heritage.faces.api import errors
from heritage.faces.api.app import create_app
from heritage.faces.api.around.idempotency import Idempotency
from heritage.faces.api.around.rate_limits import CALLERS_KEPT, Buckets, RateLimits
from heritage.faces.api.viewing import KnownCallers, ViewerNow
from heritage.faces.logs import JsonLines, TextLines
from heritage.faces.problems import Problem
from heritage.service.context import Context
from tests.clients import AT_THIS_MACHINE
from tests.integration.faces.accounts import NORTH, Agencies

KEY = {"Idempotency-Key": "9b1c7c3e-55a0-4c5e-8f5c-000000000001"}


def test_a_request_has_an_id_in_answer_and_problem(client: TestClient) -> None:
    answer = client.get("/v1/records/north/none", headers={"X-Request-Id": "case-2026.117"})
    assert answer.headers["x-request-id"] == "case-2026.117"
    assert Problem.model_validate_json(answer.content).request_id == "case-2026.117"


@pytest.mark.parametrize("hostile", ["short", "two words here", "x" * 65, 'a","level":"forged'])
def test_an_id_that_could_forge_a_line_is_replaced(client: TestClient, hostile: str) -> None:
    given = client.get("/livez", headers={"X-Request-Id": hostile}).headers["x-request-id"]
    assert given != hostile
    assert len(given) == 32


def test_a_bucket_fills_again_with_time() -> None:
    now = 1000.0
    buckets = Buckets("requests", 60, lambda: now)
    assert [buckets.take("a").is_granted for _ in range(61)] == [True] * 60 + [False]
    assert buckets.take("b").is_granted
    now += 2.0
    allowance = buckets.take("a")
    assert (allowance.is_granted, allowance.left) == (True, 1)
    assert allowance.headers == {"RateLimit-Policy": '"requests";q=60;w=60', "RateLimit": '"requests";r=1;t=0'}


def test_made_up_callers_fill_no_memory() -> None:
    buckets = Buckets("requests", 60, lambda: 0.0)
    for number in range(CALLERS_KEPT + 50):
        buckets.take(str(number))
    assert len(buckets._bucket_by_caller) == CALLERS_KEPT


def limited(quota: int, search_quota: int) -> TestClient:
    app = Starlette()
    app.add_route("/v1/match", lambda _: PlainTextResponse("found"), methods=["POST"])
    app.add_route("/v1/records", lambda _: PlainTextResponse("records"))
    app.add_route("/v1/images/{digest}", lambda _: PlainTextResponse("picture"))
    app.add_route("/livez", lambda _: PlainTextResponse("alive"))
    return TestClient(RateLimits(app, quota, search_quota))


def test_too_many_searches_are_refused_with_the_time_to_wait() -> None:
    client, key = limited(0, 2), {"Authorization": "Bearer hk_one"}
    answers = [client.post("/v1/match", headers=key) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one.headers["ratelimit"].split(";")[1] for one in answers] == ["r=1", "r=0", "r=0"]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 30
    problem = Problem.model_validate_json(answers[2].content)
    assert (problem.status, problem.type) == (429, "urn:heritage:problem:rate-limit")
    assert client.post("/v1/match", headers={"Authorization": "Bearer hk_two"}).status_code == 200
    assert all(client.get("/v1/records", headers=key).status_code == 200 for _ in range(30))


def test_a_page_of_pictures_takes_nothing_from_other_requests_and_has_an_end() -> None:
    client, key = limited(2, 0), {"Authorization": "Bearer hk_one"}
    pictures = [client.get(f"/v1/images/sha256:{number}", headers=key).status_code for number in range(80)]
    assert pictures[:40] == [200] * 40
    assert 429 in pictures
    assert client.get("/v1/records", headers=key).headers["ratelimit"].split(";")[1] == "r=1"


def test_made_up_keys_do_not_get_around_the_limit_of_an_address() -> None:
    client = limited(2, 0)
    statuses = [client.get("/v1/records", headers={"Authorization": str(one)}).status_code for one in range(25)]
    assert statuses == [200] * 20 + [429] * 5
    assert client.get("/livez").status_code == 200


@pytest.fixture
def counting(context: Context) -> Iterator[tuple[TestClient, list[str]]]:
    """An application that remembers what it did, over the real store of answers."""
    done: list[str] = []
    app = FastAPI()
    app.add_middleware(Idempotency)
    app.add_middleware(KnownCallers)
    errors.install(app)

    @app.post("/v1/things", status_code=201)
    def make(viewer: ViewerNow, body: dict[str, str]) -> dict[str, str]:
        done.append(body["name"])
        if body["name"] == "taken":
            raise ConflictError("taken")
        if body["name"] == "broken":
            raise RuntimeError("broken")
        return {"made": body["name"], "number": str(len(done))}

    app.state.running = type("Running", (), {"context": context})
    yield TestClient(app, raise_server_exceptions=False, **AT_THIS_MACHINE), done


def test_the_same_request_with_the_same_key_is_done_once(counting: tuple[TestClient, list[str]]) -> None:
    client, done = counting
    key = {"Idempotency-Key": "the-same-key-1"}
    first, second = (client.post("/v1/things", json={"name": "amphora"}, headers=key) for _ in range(2))
    assert done == ["amphora"]
    assert (
        (first.status_code, first.json())
        == (second.status_code, second.json())
        == (201, {"made": "amphora", "number": "1"})
    )
    assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")
    assert client.post("/v1/things", json={"name": "amphora"}).json()["number"] == "2"


def test_a_refusal_is_an_answer_too_but_a_failure_may_be_tried_again(counting: tuple[TestClient, list[str]]) -> None:
    client, done = counting
    for name, times in (("taken", 1), ("broken", 2)):
        done.clear()
        for _ in range(2):
            client.post("/v1/things", json={"name": name}, headers={"Idempotency-Key": f"key-for-{name}"})
        assert len(done) == times


def test_a_key_is_for_one_request(counting: tuple[TestClient, list[str]]) -> None:
    client, done = counting
    key = {"Idempotency-Key": "another-key-2"}
    client.post("/v1/things", json={"name": "one"}, headers=key)
    answer = client.post("/v1/things", json={"name": "two"}, headers=key)
    assert (answer.status_code, done) == (422, ["one"])
    assert client.post("/v1/things", json={"name": "x"}, headers={"Idempotency-Key": "a b"}).status_code == 422


def test_a_request_still_being_answered_is_not_begun_again(
    counting: tuple[TestClient, list[str]], context: Context
) -> None:
    client, _ = counting
    key = {"Idempotency-Key": "a-key-in-use-3"}
    client.post("/v1/things", json={"name": "one"}, headers=key)
    caller = f"{AT_THE_MACHINE.agency}\n{AT_THE_MACHINE.actor}"
    with context.database.begin() as connection:
        connection.exec_driver_sql("UPDATE reply SET status = 0 WHERE key = 'a-key-in-use-3'")
    assert client.post("/v1/things", json={"name": "one"}, headers=key).status_code == 409
    context.replies.forget(caller, "a-key-in-use-3")
    assert client.post("/v1/things", json={"name": "one"}, headers=key).status_code == 201


def test_the_log_says_which_route_but_not_what_was_asked(
    client: TestClient, seized_photo: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "heritage.access"):
        client.post("/v1/match?limit=3", files={"image": ("my cousin's vase.jpg", seized_photo)})
        client.get("/v1/records/north/3?secret=1")
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == "heritage.access"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/v1/match", 200),
        ("GET", "/v1/records/{registry}/{number:path}", 200),
    ]
    text = " ".join(TextLines().format(record) + JsonLines().format(record) for record in caplog.records)
    assert not any(private in text for private in ("cousin", "secret", "north/3", "limit=3"))


def test_metrics_count_by_route_and_are_for_this_machine_only(context: Context, seized_photo: bytes) -> None:
    settings = replace(context.settings, metrics_token="s3cret")
    opened = replace(context, settings=settings)
    with TestClient(create_app(settings, lambda _: nullcontext(opened)), **AT_THIS_MACHINE) as client:
        client.post("/v1/match", files={"image": ("photo.jpg", seized_photo)})
        assert client.get("/metrics").status_code == 404
        text = client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).text
    assert 'heritage_requests_total{method="POST",route="/v1/match",status="200"} 1.0' in text
    assert 'heritage_searches_total{verdict="strong"} 1.0' in text
    assert 'heritage_search_stage_seconds_count{stage="verify"}' in text


def test_a_key_is_for_one_request_wherever_its_body_is_read(fresh_agencies: Agencies) -> None:
    """A merge patch and the page's form are read by dependencies of their routes, which come after who asks."""
    client, who = fresh_agencies.client, fresh_agencies.headers(NORTH, Role.REGISTRAR)
    client.post("/v1/records", json={"registry": "keyed", "number": "1"}, headers=who)
    patched = who | {"Idempotency-Key": "one-patch-only", "If-Match": "*"}
    patches = [{"theft_place": "Roma"}, {"theft_place": "Roma"}, {"theft_place": "Milano"}]
    answers = [client.patch("/v1/records/keyed/1", json=one, headers=patched) for one in patches]
    assert [one.status_code for one in answers] == [200, 200, 422]
    assert answers[0].json() == answers[1].json()
    assert client.get("/v1/records/keyed/1", headers=who).json()["theft_place"] == "Roma"

    sent = who | {"Idempotency-Key": "one-photo-only", "Content-Type": "multipart/form-data; boundary=x"}
    pages = [client.post("/", content=form(photo), headers=sent) for photo in (b"a", b"a", b"b")]
    assert [one.status_code for one in pages] == [415, 415, 422]
    assert ["idempotent-replayed" in one.headers for one in pages] == [False, True, False]
    assert "was used for another request" in pages[2].text


def test_a_scan_that_is_asked_for_again_with_its_key_is_begun_once(fresh_agencies: Agencies) -> None:
    client, who = fresh_agencies.client, fresh_agencies.headers(NORTH, Role.REGISTRAR)
    sent = who | {"Idempotency-Key": "one-scan-only", "Content-Type": "application/x-www-form-urlencoded"}
    first, second = (client.post("/v1/scans", content=b"address=http://127.0.0.1/a.jpg", headers=sent) for _ in "12")
    assert (first.status_code, second.status_code) == (202, 202), first.text
    assert first.headers["location"] == second.headers["location"]
    assert second.headers["idempotent-replayed"] == "true"
    assert len(client.get("/v1/scans", headers=who).json()["scans"]) == 1


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
@pytest.mark.parametrize("path", ["/", "/v1/match", "/v1/records", "/v1/images", "/v1/exports", "/v1/imports"])
def test_a_body_of_another_kind_is_refused_with_a_key_too(agencies: Agencies, path: str, kind: str) -> None:
    """Whoever reads the body first must leave it to the others."""
    headers = {"Content-Type": kind, "Idempotency-Key": f"kind-of-body{path}"}
    sent = agencies.headers(NORTH, Role.REGISTRAR) | headers
    assert 400 <= agencies.client.post(path, content=b"limit=3&x=%00", headers=sent).status_code < 500


def form(photo: bytes) -> bytes:
    """As a browser sends it, with the boundary ``x``."""
    head = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'
    return head + photo + b"\r\n--x--\r\n"


@pytest.mark.parametrize(
    "path", ["/scans/new", "/v1/scans", "/cases/H-2026-7K3M9/photos/d/search", "/v1/cases/H-2026-7K3M9/photos/d/search"]
)
def test_every_way_to_search_has_the_quota_of_searches(path: str) -> None:
    client, key = limited(0, 1), {"Authorization": "Bearer hk_one"}
    client.post("/v1/match", headers=key)
    assert client.post(path, headers=key).status_code == 429
