"""/v1/match with criteria, /v1/hits, decisions, /v1/counterparts."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.domain.images import ImageDigest
from heritage.domain.records import RecordId
from heritage.service.context import Context
from heritage.service.counterparts import compare_records
from tests.integration.faces.conftest import by
from tests.integration.faces.test_api import problem_of
from tests.integration.faces.test_images_api import add, register
from tests.kept import found, search_by, viewer
from tests.pictures import encoded, homography, photograph, picture

Shared = tuple[TestClient, Context]
NORTH, SOUTH, WEST = (by(Role.REGISTRAR, agency) for agency in ("north", "south", "west"))
OFFICER = by(Role.OFFICER, "south")
SEEDS = iter(range(300, 400))


def seized(seed: int) -> bytes:
    """A photograph of the object in `picture` ``seed``."""
    return encoded(photograph(picture(seed), homography(20, 0.9, 0.0002)), "JPEG")


def registered(client: TestClient, number: str, who: dict[str, str] = NORTH, **details: Any) -> tuple[str, int]:
    """A record with a photograph, and the seed of its picture."""
    record_id, seed = register(client, number, who, **details), next(SEEDS)
    add(client, record_id, encoded(picture(seed)), who=who)
    return record_id, seed


def match(client: TestClient, data: bytes, who: dict[str, str] = SOUTH, **criteria: Any) -> Any:
    answer = client.post("/v1/match", files={"image": data}, data=criteria, headers=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


def kept_hit(client: TestClient, context: Context, number: str) -> str:
    """A hit of a search by south's officer on a record of north's."""
    record = context.records.get(RecordId.parse(register(client, number)), AT_THE_MACHINE)
    [hit_id] = context.hits.add(search_by(viewer("south", Role.OFFICER)), [found(record)]).hit_ids
    assert hit_id
    return hit_id


def decide(client: TestClient, hit_id: str, decision: str, who: dict[str, str], note: str = "") -> Any:
    return client.post(f"/v1/hits/{hit_id}/decisions", json={"decision": decision, "note": note}, headers=who)


def strong_counterparts(client: TestClient, record_id: str, who: dict[str, str]) -> Any:
    """Generated pictures are alike enough for some possible ones too."""
    hits = client.get(f"/v1/counterparts/{record_id}", headers=who).json()["hits"]
    return [hit for hit in hits if hit["verdict"] == "strong"]


def test_only_records_that_meet_the_criteria_are_searched_and_it_is_said(shared: Shared) -> None:
    client, _ = shared
    _, seed = registered(client, "cup", theft_place="Xanadu", status="looted")
    data = seized(seed)
    narrowed = match(client, data, place="xanadu", status=["looted", "stolen"], owner="north")
    assert narrowed["verdict"] == "strong"
    assert narrowed["coverage"]["object_count"] == narrowed["coverage"]["image_count"] == 1
    assert narrowed["coverage"]["is_narrowed"]
    assert "Not searched: objects that do not meet the criteria asked for." in narrowed["coverage"]["statement"]
    elsewhere = match(client, data, status="withdrawn")
    assert (elsewhere["verdict"], elsewhere["hits"]) == ("none", [])


@pytest.mark.parametrize("sent", [{"status": "lost"}, {"since": "x"}, {"text": "a " * 17}, {"registry": "\0"}])
def test_criteria_that_cannot_be_meant_are_refused(shared: Shared, sent: dict[str, str]) -> None:
    data = encoded(picture(1, 64, 64))
    answer = shared[0].post("/v1/match", files={"image": data}, data=sent, headers=OFFICER)
    assert problem_of(answer).status == 422


def test_a_search_keeps_its_hits_and_its_photo_is_no_registered_image(shared: Shared) -> None:
    client, context = shared
    _, seed = registered(client, "kept")
    answer = match(client, seized(seed), OFFICER)
    assert {bool(hit["hit_id"]) for hit in answer["hits"] if hit["verdict"] == "none"} <= {False}
    best = answer["hits"][0]
    kept = client.get(f"/v1/hits/{best['hit_id']}", headers=OFFICER).json()
    for name in set(best) & set(kept) - {"record", "next_step"}:
        assert kept[name] == best[name], name
    assert (kept["state"], kept["record"]["record_id"], kept["record_version"]) == ("open", "i/kept", 2)
    assert (kept["search"]["search_id"], best["record"]["record_id"]) == (answer["search_id"], "i/kept")
    assert (kept["search"]["agency"], kept["search"]["actor"]) == ("south", "officer@south")
    assert "Searched" in kept["search"]["coverage"]
    [photo] = kept["search"]["photos"]
    assert ImageDigest.parse(photo["digest"]) not in context.images


def test_the_owner_sees_a_hit_and_its_word_counts(shared: Shared) -> None:
    client, context = shared
    hit_id = kept_hit(client, context, "decided")
    told = client.get("/v1/hits", params={"record": "i/decided"}, headers=NORTH).json()["hits"]
    assert [hit["hit_id"] for hit in told] == [hit_id]
    assert (told[0]["search"]["actor"], told[0]["search"]["criteria"], told[0]["search"]["coverage"]) == (
        "",
        None,
        None,
    )
    assert decide(client, hit_id, "confirmed", by(Role.INVESTIGATOR, "south"), "same dent").status_code == 201
    answer = decide(client, hit_id, "rejected", NORTH, "ours has none")
    assert (answer.status_code, answer.json()["state"]) == (201, "rejected")
    assert [(one["decision"], one["side"]) for one in answer.json()["decisions"]] == [
        ("confirmed", "searcher"),
        ("rejected", "owner"),
    ]
    assert client.get("/v1/hits", params={"state": "rejected", "record": "i/decided"}, headers=SOUTH).json()["hits"]
    assert not client.get("/v1/hits", params={"state": "open", "record": "i/decided"}, headers=SOUTH).json()["hits"]


@pytest.mark.parametrize("who", [NORTH, OFFICER], ids=["owner", "searcher"])
def test_nothing_is_rejected_without_a_reason(shared: Shared, who: dict[str, str]) -> None:
    client, context = shared
    hit_id = kept_hit(client, context, f"unreasoned {who['x-viewer']}")
    refused = decide(client, hit_id, "rejected", who, " \n ")
    problem = problem_of(refused)
    assert problem.status == 422
    assert problem.errors is not None
    assert [(one.field, one.message[:7]) for one in problem.errors] == [("note", "say why")]
    assert client.get(f"/v1/hits/{hit_id}", headers=OFFICER).json()["decisions"] == []


def test_nobody_else_sees_a_hit_or_decides_on_it(shared: Shared) -> None:
    client, context = shared
    hit_id = kept_hit(client, context, "theirs")
    assert problem_of(client.get(f"/v1/hits/{hit_id}", headers=WEST)).status == 404
    assert problem_of(decide(client, hit_id, "confirmed", WEST)).status == 404
    assert client.get("/v1/hits", params={"record": "i/theirs"}, headers=WEST).json()["hits"] == []
    assert client.get(f"/v1/hits/{hit_id}", headers=OFFICER).json()["decisions"] == []


def test_a_record_that_is_hidden_later_is_hidden_in_its_hits_too(shared: Shared) -> None:
    client, context = shared
    hit_id = kept_hit(client, context, "later")
    headers = NORTH | {"if-match": "*", "content-type": "application/json"}
    client.patch("/v1/records/i/later", json={"handling": "TLP:RED"}, headers=headers)
    shown = client.get(f"/v1/hits/{hit_id}", headers=SOUTH)
    assert (shown.json()["record"], shown.json()["image"]) == (None, None)
    assert "i/later" not in shown.text
    assert problem_of(client.get("/v1/hits", params={"record": "i/later"}, headers=SOUTH)).status == 404
    assert client.get(f"/v1/hits/{hit_id}", headers=NORTH).json()["record"]["record_id"] == "i/later"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"decision": "maybe"}, 422),
        ({}, 422),
        ({"decision": "confirmed", "by": "somebody"}, 422),
        ({"decision": "confirmed", "note": "x" * 2_001}, 422),
        ({"decision": "confirmed", "note": "\0"}, 422),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused(shared: Shared, body: dict[str, str], status: int) -> None:
    client, context = shared
    hit_id = kept_hit(client, context, f"refused-{len(str(body))}")
    answer = client.post(f"/v1/hits/{hit_id}/decisions", json=body, headers=NORTH)
    assert problem_of(answer).status == status


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"state": "new"}, 422),
        ({"origin": "x"}, 422),
        ({"record": "x"}, 422),
        ({"record": "no/record"}, 404),
        ({"since": "1998-13-01"}, 422),
        ({"limit": "201"}, 422),
        ({"cursor": "x"}, 422),
    ],
)
def test_hits_cannot_be_asked_for_wrongly(shared: Shared, asked: dict[str, str], status: int) -> None:
    assert problem_of(shared[0].get("/v1/hits", params=asked, headers=NORTH)).status == status


@pytest.mark.parametrize("hit_id", ["0" * 24, "x", "%00", "0" * 25])
def test_an_unknown_hit_is_not_found(shared: Shared, hit_id: str) -> None:
    status = 404 if hit_id == "0" * 24 else 422
    assert problem_of(shared[0].get(f"/v1/hits/{hit_id}", headers=NORTH)).status == status


def test_hits_come_in_pages(shared: Shared) -> None:
    client, context = shared
    record = context.records.get(RecordId.parse(register(client, "paged")), AT_THE_MACHINE)
    ids = [context.hits.add(search_by(viewer("south")), [found(record)]).hit_ids[0] for _ in range(3)]
    address, seen = "/v1/hits?record=i/paged&limit=2", []
    while address:
        answer = client.get(address, headers=NORTH)
        seen.append([hit["hit_id"] for hit in answer.json()["hits"]])
        link = re.match("<([^>]+)>", answer.headers.get("link", ""))
        address = link[1] if link else ""
    assert seen == [[ids[2], ids[1]], [ids[0]]]


def test_a_found_object_meets_its_lost_one_when_its_photograph_is_added(shared: Shared) -> None:
    client, _ = shared
    lost, seed = registered(client, "lost/1", status="stolen")
    light = register(client, "light/1", SOUTH, status="found")
    add(client, light, seized(seed), who=SOUTH)
    for record_id, who in ((lost, NORTH), (lost, SOUTH), (light, NORTH), (light, SOUTH)):
        [hit] = strong_counterparts(client, record_id, who)
        assert (hit["record"]["record_id"], hit["search"]["source"]) == (lost, light)
        assert (hit["search"]["origin"], hit["search"]["agency"]) == ("counterpart", "south")
    assert client.get(f"/v1/counterparts/{lost}", headers=WEST).json() == {"hits": [], "next": None}
    add(client, light, seized(seed) + b" ", who=SOUTH)
    assert len(strong_counterparts(client, lost, NORTH)) == 1
    assert decide(client, hit["hit_id"], "confirmed", NORTH).json()["state"] == "confirmed"


def test_a_record_meets_its_counterparts_when_its_status_changes(shared: Shared) -> None:
    client, _ = shared
    lost, seed = registered(client, "lost/2", status="missing")
    other = register(client, "other/2", SOUTH)
    add(client, other, seized(seed), who=SOUTH)
    assert strong_counterparts(client, lost, NORTH) == []
    headers = SOUTH | {"if-match": "*", "content-type": "application/json"}
    client.patch(f"/v1/records/{other}", json={"status": "seized"}, headers=headers)
    [hit] = strong_counterparts(client, lost, NORTH)
    assert hit["search"]["source"] == other


def test_a_hidden_record_meets_its_counterpart_from_its_own_side(shared: Shared) -> None:
    client, context = shared
    lost, seed = registered(client, "lost/3", handling="TLP:RED", status="looted")
    light = register(client, "light/3", SOUTH, status="found")
    add(client, light, seized(seed), who=SOUTH)
    assert strong_counterparts(client, light, SOUTH) == []
    assert compare_records(context, []).new_count >= 1
    [hit] = strong_counterparts(client, light, NORTH)
    assert (hit["search"]["source"], hit["record"]["record_id"]) == (lost, light)
    assert strong_counterparts(client, light, SOUTH) == []
    assert problem_of(client.get(f"/v1/counterparts/{lost}", headers=SOUTH)).status == 404


def test_a_photograph_that_cannot_be_compared_is_added_and_compared_later(shared: Shared) -> None:
    client, context = shared
    lost, _ = registered(client, "lost/4", status="stolen")
    digest = ImageDigest.parse(client.get(f"/v1/records/{lost}", headers=NORTH).json()["photographs"][0]["digest"])
    path = context.images.path(digest)
    path.rename(path.with_name("away"))
    headers = NORTH | {"if-match": "*", "content-type": "application/json"}
    assert client.patch(f"/v1/records/{lost}", json={"status": "found"}, headers=headers).status_code == 200
    report = compare_records(context, [])
    assert [failure[:8] for failure in report.failures] == ["i/lost/4"]
    path.with_name("away").rename(path)
    progress: list[tuple[str, int, int]] = []
    report = compare_records(context, [], progress=lambda *told: progress.append(told))
    assert not report.failures
    assert progress[-1] == ("compare", report.photograph_count, report.photograph_count)
    assert compare_records(context, [RecordId.parse(lost)]).photograph_count == 1
