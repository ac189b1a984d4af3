"""/v1/records: who may read and write what, versions, pages, criteria, and every way to ask wrongly."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from heritage.domain.access import Role
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.records import RecordId, RegistryRecord, Status
from heritage.service.context import Context
from tests.integration.faces.conftest import by
from tests.integration.faces.test_api import problem_of

Shared = tuple[TestClient, Context]
NORTH, SOUTH = by(Role.REGISTRAR, "north"), by(Role.REGISTRAR, "south")
OFFICER = by(Role.OFFICER, "north")
SURROGATES = [
    b'{"registry": "\\ud800", "number": "1"}',
    b'{"registry": "r", "number": "1", "\\ud800": 1}',
    b'{"registry": "r", "number": "1", "card": {"title": "\\ud800"}}',
    b'{"registry": "r", "number": "1", "terms": ["\\ud800"]}',
]
MERGE_PATCH = "application/merge-patch+json"


def create(client: TestClient, number: str, **details: Any) -> Any:
    return client.post("/v1/records", json={"registry": "r", "number": number, **details}, headers=NORTH)


def patch(client: TestClient, number: str, body: Any, if_match: str | None = "*", who: dict[str, str] = NORTH) -> Any:
    headers = {**who, "content-type": MERGE_PATCH} | ({"if-match": if_match} if if_match else {})
    return client.patch(f"/v1/records/r/{number}", json=body, headers=headers)


def test_a_record_is_registered_and_read_by_its_address(shared: Shared) -> None:
    client, _ = shared
    card = {"title": "Tête de Bouddha", "materials": "bronze"}
    details = {"handling": "TLP:AMBER", "shared_with": ["west", "east"], "terms": ["bronze"], "theft_date": "1998-05"}
    answer = create(client, "a/1 ?", card=card, **details)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.headers["location"] == "/v1/records/r/a/1%20%3F"
    shown = client.get(answer.headers["location"], headers=NORTH)
    assert (shown.json(), shown.headers["etag"]) == (answer.json(), '"1"')
    assert (shown.json()["owner_agency"], shown.json()["shared_with"]) == ("north", ["east", "west"])
    assert shown.json()["card"]["title"] == "Tête de Bouddha"
    assert client.get(answer.headers["location"], headers=by(Role.OFFICER, "west")).status_code == 200
    assert problem_of(client.get(answer.headers["location"], headers=SOUTH)).status == 404


def test_a_number_is_taken_once_and_says_no_more(shared: Shared) -> None:
    client, _ = shared
    assert create(client, "once", handling="TLP:RED").status_code == 201
    hidden = client.post("/v1/records", json={"registry": "r", "number": "once"}, headers=SOUTH)
    own = create(client, "once")
    assert (problem_of(hidden).status, problem_of(own).status) == (409, 409)
    assert hidden.json()["detail"] == own.json()["detail"]


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"owner_name": "somebody"}, "owner_name"),
        ({"card": {"seller": "somebody"}}, "card.seller"),
        ({"status": "lost"}, "status"),
        ({"handling": "secret"}, "handling"),
        ({"terms": "bronze"}, "terms"),
        ({"terms": ["two words"]}, "terms.0"),
        ({"category": "x" * 65}, "category"),
        ({"shared_with": [""]}, "shared_with.0"),
        ({"photographs": []}, "photographs"),
        ({"version": 3}, "version"),
    ],
)
def test_fields_that_there_are_not_or_that_are_wrong_are_refused_by_name(
    shared: Shared, details: dict[str, Any], field: str
) -> None:
    problem = problem_of(create(shared[0], "refused", **details))
    assert (problem.status, problem.errors and problem.errors[0].field) == (422, field)


@pytest.mark.parametrize("field", ["owner_phone", "Geburtsdatum", "suspect"])
def test_a_field_of_personal_data_is_refused_with_the_reason(shared: Shared, field: str) -> None:
    problem = problem_of(create(shared[0], "refused", **{field: "+39 06 1234567"}))
    assert problem.status == 422
    assert problem.detail.startswith(f"{field}: is personal data of somebody other than a maker")
    assert "1234567" not in problem.model_dump_json()


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({"theft_date": "yesterday"}, "theft_date 'yesterday' is not a date"),
        ({"card": {"title": "\0"}}, "title has NUL characters"),
        ({"shared_with": ["a\0"]}, "shared_with has NUL characters"),
        ({"card": {"title": "x" * 10_001}}, "title is longer than"),
        ({"number": " "}, "number is empty"),
        ({"registry": "a/b"}, "must not contain '/'"),
    ],
)
def test_what_no_record_may_have_is_refused(shared: Shared, details: dict[str, Any], message: str) -> None:
    problem = problem_of(create(shared[0], **{"number": "refused"} | details))
    assert problem.status == 422
    assert message in problem.detail


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b'"x"', b"[" * 100_000, *SURROGATES])
def test_a_body_that_is_no_record_is_refused(shared: Shared, body: bytes) -> None:
    headers = NORTH | {"content-type": "application/json"}
    assert problem_of(shared[0].post("/v1/records", content=body, headers=headers)).status in (400, 422)


def test_only_whoever_keeps_records_writes_them(shared: Shared) -> None:
    client, _ = shared
    create(client, "kept")
    draft = {"registry": "r", "number": "new"}
    assert problem_of(client.post("/v1/records", json=draft, headers=OFFICER)).status == 403
    foreign = draft | {"owner_agency": "south"}
    assert problem_of(client.post("/v1/records", json=foreign, headers=NORTH)).status == 403
    for who in (OFFICER, SOUTH):
        assert problem_of(patch(client, "kept", {"status": "recovered"}, who=who)).status == 403
        assert problem_of(client.delete("/v1/records/r/kept?reason=x", headers=who)).status == 403
    assert client.get("/v1/records/r/kept", headers=OFFICER).json()["status"] == "stolen"


def test_a_patch_changes_what_it_names_and_empties_what_is_null(shared: Shared) -> None:
    client, _ = shared
    before = create(client, "patched", theft_place="Lyon", card={"title": "Cup", "maker": "X"}, terms=["gold"]).json()
    changed = patch(client, "patched", {"theft_place": None, "card": {"title": "Mug"}, "terms": []}, '"1"')
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    after = changed.json()
    assert (after["theft_place"], after["card"]["title"], after["card"]["maker"], after["terms"]) == (
        "",
        "Mug",
        "X",
        [],
    )
    assert (after["owner_agency"], after["status"]) == (before["owner_agency"], before["status"])
    assert client.get("/v1/records", params={"text": "mug"}, headers=NORTH).json()["records"] == [after]
    unchanged = patch(client, "patched", {"card": {"title": "Mug"}}, '"2"')
    assert (unchanged.status_code, unchanged.headers["etag"]) == (200, '"2"')


@pytest.mark.parametrize(
    ("if_match", "status"),
    [(None, 428), ('"1"', 412), ('W/"2"', 412), ("2", 412), ('"1", "2"', 200), ("*", 200), ('"2"', 200)],
)
def test_a_change_needs_the_version_that_was_read(shared: Shared, if_match: str | None, status: int) -> None:
    client, context = shared
    number = f"version-{if_match}".encode().hex()
    for place in ("Lyon", "Paris"):
        record = RegistryRecord(RecordId("r", number), owner_agency="north", theft_place=place)
        context.records.save(record, [], context.specs)
    answer = patch(client, number, {"theft_place": "Rome"}, if_match)
    assert answer.status_code == status
    if status != 200:
        assert problem_of(answer).status == status
    place = client.get(f"/v1/records/r/{number}", headers=NORTH).json()["theft_place"]
    assert place == ("Rome" if status == 200 else "Paris")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"number": "other"}, 422, "number"),
        ({"owner_phone": "1"}, 422, "owner_phone"),
        ({"status": "lost"}, 422, "status"),
        ({"card": "x"}, 422, "card"),
        ({"owner_agency": "south"}, 403, None),
        ({"photographs": [{"digest": "sha256:" + "0" * 64}]}, 422, None),
        ({"photographs": [{"digest": "x"}]}, 422, None),
        ([], 400, None),
        ("x", 400, None),
    ],
)
def test_a_patch_that_cannot_be_meant_is_refused(shared: Shared, body: Any, status: int, field: str | None) -> None:
    client, _ = shared
    create(client, "wrongly")
    problem = problem_of(patch(client, "wrongly", body))
    assert (problem.status, problem.errors and problem.errors[0].field) == (status, field)
    assert client.get("/v1/records/r/wrongly", headers=NORTH).headers["etag"] == '"1"'


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", MERGE_PATCH, 400),
        (b"\xff\xfe", MERGE_PATCH, 400),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, MERGE_PATCH, 400),
        (b'{"a":' * 900 + b"1" + b"}" * 900, MERGE_PATCH, 400),
        (b'{"theft_place": "\\ud800"}', MERGE_PATCH, 422),
    ],
)
def test_a_patch_that_is_none_is_refused(shared: Shared, content: bytes, kind: str, status: int) -> None:
    client, _ = shared
    create(client, "wrongly")
    headers = NORTH | {"content-type": kind, "if-match": "*"}
    assert problem_of(client.patch("/v1/records/r/wrongly", content=content, headers=headers)).status == status


@pytest.mark.parametrize("reason", ["", " ", "x" * 1001, "a\0b"], ids=["none", "blank", "too long", "broken"])
def test_a_record_is_not_withdrawn_without_a_reason(shared: Shared, reason: str) -> None:
    client, _ = shared
    create(client, "unreasoned")
    problem = problem_of(client.delete("/v1/records/r/unreasoned", params={"reason": reason}, headers=NORTH))
    assert problem.status == 422
    assert problem.errors is not None
    assert [one.field for one in problem.errors] == ["reason"]
    assert client.get("/v1/records/r/unreasoned", headers=NORTH).json()["status"] == "stolen"


def test_a_withdrawn_record_is_kept_and_its_history_told(shared: Shared) -> None:
    client, context = shared
    create(client, "past", status="missing")
    patch(client, "past", {"status": "stolen"})
    why = {"reason": " registered twice "}
    stale = client.delete("/v1/records/r/past", params=why, headers=NORTH | {"if-match": '"1"'})
    assert problem_of(stale).status == 412
    gone = client.delete("/v1/records/r/past", params=why, headers=NORTH | {"if-match": '"2"'})
    assert (gone.status_code, gone.json()["status"], gone.headers["etag"]) == (200, "withdrawn", '"3"')
    assert client.delete("/v1/records/r/past", params=why, headers=NORTH).json() == gone.json()
    [logged] = context.audit.page(wanted=AuditFilter(action=Action.WITHDRAW, subject="r/past"))
    assert logged.event.detail == "registered twice"
    history = client.get("/v1/histories/r/past", headers=SOUTH).json()
    assert [step["status"] for step in history["steps"]] == ["missing", "stolen", "withdrawn"]
    assert {step["agency"] for step in history["steps"]} == {"north"}
    assert patch(client, "past", {"status": "stolen"}).json()["status"] == "stolen"


def test_pages_follow_each_other_by_cursor_and_by_link(shared: Shared) -> None:
    client, context = shared
    numbers = [f"{place:02}/ü" for place in range(7)]
    for number in numbers:
        record = RegistryRecord(RecordId("paged", number), Status.FOUND, "north")
        context.records.save(record, [], context.specs)
    address, seen = "/v1/records?registry=paged&status=found&status=seized&limit=3", []
    while address:
        answer = client.get(address, headers=SOUTH)
        seen.append([record["number"] for record in answer.json()["records"]])
        link = re.fullmatch(r'<(/v1/records\?[^>]+)>; rel="next"', answer.headers.get("link", ""))
        assert bool(link) == bool(answer.json()["next"])
        address = link[1] if link else ""
    assert seen == [numbers[:3], numbers[3:6], numbers[6:]]


def test_a_cursor_is_for_its_own_question(shared: Shared) -> None:
    client, _ = shared
    create(client, "first")
    create(client, "second")
    cursor = client.get("/v1/records", params={"limit": 1}, headers=NORTH).json()["next"]
    assert client.get("/v1/records", params={"cursor": cursor, "limit": 200}, headers=NORTH).status_code == 200
    for asked in ({"cursor": cursor, "registry": "r"}, {"cursor": cursor[:-1]}, {"cursor": "é"}, {"cursor": "AAAA"}):
        problem = problem_of(client.get("/v1/records", params=asked, headers=NORTH))
        assert (problem.status, problem.detail[:11]) == (422, "this cursor")


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"status": "lost"},
        {"since": "1998-13"},
        {"text": "a " * 20},
        {"text": "a\0"},
        {"owner": "\0"},
        {"category": "x" * 501},
    ],
)
def test_criteria_that_cannot_be_meant_are_refused(shared: Shared, asked: dict[str, str]) -> None:
    assert problem_of(shared[0].get("/v1/records", params=asked, headers=NORTH)).status == 422


def test_a_list_shows_only_what_its_reader_may_see(shared: Shared) -> None:
    client, _ = shared
    create(client, "shown", owner_agency="north", theft_place="Xanadu")
    create(client, "hidden", handling="TLP:RED", theft_place="Xanadu")
    seen = {
        who["x-viewer"]: [
            one["number"]
            for one in client.get("/v1/records", params={"place": "xanadu"}, headers=who).json()["records"]
        ]
        for who in (NORTH, SOUTH, OFFICER)
    }
    assert seen == {
        "registrar@north": ["hidden", "shown"],
        "registrar@south": ["shown"],
        "officer@north": ["shown"],
    }
