"""How the client deals with servers that are busy, gone, or say no; tests/integration has a real one."""

from collections.abc import Sequence

import httpx2
import pytest

from heritage.client import Client, ProblemError, UnreachableError
from heritage.client.calling import ATTEMPTS, Caller
from heritage.errors import InputError
from heritage.faces import examples

BUSY = httpx2.Response(503, headers={"Retry-After": "7"}, json={"title": "Busy", "status": 503, "detail": "later"})


def caller(answers: Sequence[httpx2.Response | Exception]) -> tuple[Caller, list[httpx2.Request], list[float]]:
    """A caller of a server that gives these answers; what it was sent, and how long the caller waited."""
    sent: list[httpx2.Request] = []
    waited: list[float] = []
    remaining = iter(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        request.read()
        sent.append(request)
        given = next(remaining)
        if isinstance(given, Exception):
            raise given
        return given

    return Caller("http://localhost", "hk_x", httpx2.MockTransport(answer), waited.append), sent, waited


def test_it_comes_again_when_the_server_says_so_with_the_same_request() -> None:
    asked, sent, waited = caller([BUSY, httpx2.ConnectError("gone"), httpx2.Response(200)])
    asked.call("POST", "/v1/match", {"data": {"limit": "3"}, "files": [("image", ("a.jpg", b"photo"))]})
    assert len({(one.headers["idempotency-key"], one.content) for one in sent}) == 1
    assert b"photo" in sent[2].content
    assert 7 <= waited[0] < 8.1


def test_another_request_has_another_key_and_reading_needs_none() -> None:
    asked, sent, _ = caller([httpx2.Response(200)] * 3)
    for method in ("POST", "POST", "GET"):
        asked.call(method, "/v1/things")
    keys = [one.headers.get("idempotency-key") for one in sent]
    assert keys[0] != keys[1]
    assert keys[2] is None


@pytest.mark.parametrize("answer", [BUSY, httpx2.ReadTimeout("slow")])
def test_it_gives_up_in_the_end(answer: httpx2.Response | Exception) -> None:
    asked, sent, waited = caller([answer] * ATTEMPTS)
    with pytest.raises((ProblemError, UnreachableError)):
        asked.call("GET", "/v1/records")
    assert (len(sent), len(waited)) == (ATTEMPTS, ATTEMPTS - 1)


@pytest.mark.parametrize("status", [401, 404, 409, 412, 422, 500, 503])
def test_a_problem_is_raised_with_all_that_it_says(status: int) -> None:
    problem = {
        **examples.PROBLEM,
        "status": status,
        "request_id": "abcdefgh",
        "errors": [{"field": "a", "message": "b"}],
    }
    asked, sent, _ = caller([httpx2.Response(status, json=problem | {"from_a_later_version": 1})])
    with pytest.raises(ProblemError) as caught:
        asked.call("GET", "/v1/records")
    error = caught.value
    assert (error.status, error.type, error.detail) == (status, problem["type"], problem["detail"])
    assert (error.request_id, error.errors[0].field, len(sent)) == ("abcdefgh", "a", 1)


def test_what_is_no_problem_is_told_all_the_same() -> None:
    asked, _, _ = caller([httpx2.Response(502, text="<html>bad gateway</html>")])
    with pytest.raises(ProblemError, match="Bad Gateway: <html>bad gateway"):
        asked.call("GET", "/v1/records")


@pytest.mark.parametrize("address", ["http://heritage.example.org", "ftp://localhost", "heritage.example.org", ""])
def test_the_key_is_not_sent_where_others_read_it(address: str) -> None:
    with pytest.raises(InputError):
        Client(address, "hk_x")


def test_answers_of_a_later_version_are_understood() -> None:
    record = {**examples.RECORD, "from_a_later_version": 1, "card": examples.RECORD["card"] | {"new": "x"}}
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json=record))
    with Client("https://heritage.example.org", transport=transport) as heritage:
        assert heritage.record("national-register/2019-0417").card.title == "Saint George and the dragon"


@pytest.mark.parametrize(
    ("record_id", "path"), [("a b/1/2", "/v1/records/a%20b/1/2"), ("r/50%?#", "/v1/records/r/50%25%3F%23")]
)
def test_record_ids_are_quoted(record_id: str, path: str) -> None:
    seen: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.url.raw_path)
        return httpx2.Response(200, json=examples.RECORD)

    with Client("http://127.0.0.1", "hk_x", transport=httpx2.MockTransport(answer)) as heritage:
        heritage.record(record_id)
    assert seen == [path.encode()]


def test_cases_are_opened_and_added_to_by_the_routes_of_the_api() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(f"{request.method} {request.url.path}")
        return httpx2.Response(200, json=examples.CASE)

    with Client("http://127.0.0.1", "hk_x", transport=httpx2.MockTransport(answer)) as heritage:
        made = heritage.open_case("Cup in a car", date="2026-05")
        heritage.add_to_case(made.reference, note="found", hit="5d0c7be1f2a94c3d8e61a07b", photos=[b"photo"])
        heritage.search_case_photo(made.reference, examples.DIGEST)
    case = f"/v1/cases/{made.reference}"
    added = [f"POST {case}/{what}" for what in ("notes", "hits", "photos")]
    searched = f"POST {case}/photos/{examples.DIGEST}/search"
    assert asked == ["POST /v1/cases", *added, f"GET {case}", searched]
