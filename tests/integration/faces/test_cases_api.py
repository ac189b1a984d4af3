"""/v1/cases: photos and hits in a case, the search of one, a hand-over from one agency to another."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from heritage.domain.access import OPEN_HANDLING, Role
from heritage.domain.audit import AuditFilter
from heritage.domain.cases import CaseFault
from heritage.domain.images import ImageDigest
from tests.integration.faces.accounts import EAST, NORTH, Agencies
from tests.integration.faces.conftest import SEED_BY_HANDLING
from tests.integration.faces.test_api import problem_of
from tests.pictures import encoded, homography, photograph, picture

Headers = dict[str, str]
CUP = {"title": "Cup in a car", "date": "2026-05", "place": "Port of the North"}


@pytest.fixture(scope="module")
def north(agencies: Agencies) -> Headers:
    return agencies.headers(NORTH, Role.INVESTIGATOR)


@pytest.fixture(scope="module")
def east(agencies: Agencies) -> Headers:
    return agencies.headers(EAST, Role.INVESTIGATOR)


def opened(client: TestClient, who: Headers, **more: Any) -> str:
    answer = client.post("/v1/cases", json=CUP | more, headers=who)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


def said(client: TestClient, who: Headers, key: str, what: str, **body: Any) -> Any:
    return client.post(f"/v1/cases/{key}/{what}", json=body, headers=who)


def kinds(case: Any) -> list[str]:
    return [entry["kind"] for entry in case["entries"]]


def test_a_case_is_opened_with_all_that_is_known(agencies: Agencies, north: Headers) -> None:
    references = [{"kind": "court", "reference": "12/2026"}]
    key = opened(agencies.client, north, references=references, note="in the boot")
    case = agencies.client.get(f"/v1/cases/{key.lower()}", headers=north).json()
    assert (case["facts"], case["references"], case["holder"]) == (CUP, references, NORTH)
    assert kinds(case) == ["opened", "reference", "note"]
    listed = agencies.client.get("/v1/cases", params={"text": "12 cup"}, headers=north).json()["cases"]
    assert [one["reference"] for one in listed] == [key]


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        ({"title": " "}, f"title {CaseFault.EMPTY}"),
        ({"date": "21.5.2026"}, f"date {CaseFault.NO_DATE}"),
        ({"place": "write to a@b.example"}, f"place {CaseFault.EMAIL}"),
        ({"note": "call +33 1 23 45 67 89"}, f"note {CaseFault.PHONE}"),
        ({"references": [{"kind": "court", "reference": "\0"}]}, f"reference {CaseFault.BROKEN}"),
        ({"hit": "0" * 24}, f"hit {CaseFault.NO_HIT}"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_field(
    agencies: Agencies, north: Headers, draft: dict[str, Any], told: str
) -> None:
    problem = problem_of(agencies.client.post("/v1/cases", json=CUP | draft, headers=north))
    assert (problem.status, problem.detail) == (422, told)


def test_photos_are_kept_as_they_are_and_shown_without_their_metadata(
    agencies: Agencies, north: Headers, east: Headers, seized_photo: bytes
) -> None:
    client, key = agencies.client, opened(agencies.client, north)
    for _ in range(2):
        answer = client.post(f"/v1/cases/{key}/photos", files={"image": seized_photo}, headers=north)
    case = answer.json()
    assert kinds(case) == ["opened", "photo"]  # the same photo is not doubled
    photo = case["entries"][1]["photo"]
    assert photo["digest"] == str(ImageDigest.of(seized_photo))
    shown = client.get(f"{photo['url']}?size=64", headers=north)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    original = client.get(photo["url"].replace("/photos/", "/originals/"), headers=north)
    assert original.content == seized_photo
    assert original.headers["content-disposition"].startswith("attachment")
    assert client.get(photo["url"], headers=east).status_code == 404


def test_the_registries_are_searched_with_a_photo_and_the_hits_are_filed(
    agencies: Agencies, north: Headers, seized_photo: bytes, unknown_photo: bytes
) -> None:
    client, key = agencies.client, opened(agencies.client, north)
    for data in (unknown_photo, seized_photo):
        client.post(f"/v1/cases/{key}/photos", files={"image": data}, headers=north)
        digest = ImageDigest.of(data)
        case = client.post(f"/v1/cases/{key}/photos/{digest}/search", headers=north).json()
    assert [kind for kind in kinds(case) if kind != "hit"] == ["opened", "photo", "searched", "photo", "searched"]
    last = [place for place, kind in enumerate(kinds(case)) if kind == "searched"][-1]
    assert case["entries"][last]["photo"]["digest"] == str(ImageDigest.of(seized_photo))
    assert {*kinds(case)[last + 1 :]} == {"hit"}
    assert case["entries"][last + 1]["hit"]["verdict"] == "strong"


def test_a_handed_over_case_shows_of_its_hits_what_the_new_holder_may_see(
    agencies: Agencies, north: Headers, east: Headers, seized_photo: bytes
) -> None:
    """The photo shows north/3, which is TLP:GREEN, and the others are alike enough for a possible match."""
    client, key = agencies.client, opened(agencies.client, north)
    found = client.post("/v1/match", files={"image": seized_photo}, headers=north).json()["hits"]
    hit_ids = [hit["hit_id"] for hit in found if hit["hit_id"]]
    for hit_id in hit_ids:
        assert said(client, north, key, "hits", hit=hit_id).status_code == 201
    assert said(client, north, key, "offer", agency=EAST, note="yours").status_code == 201
    offered = client.get(f"/v1/cases/{key}", headers=east).json()
    assert (offered["facts"]["title"], offered["facts"]["place"], offered["entries"]) == (CUP["title"], "", [])
    assert said(client, east, key, "notes", note="x").status_code == 403
    accepted = said(client, east, key, "accept").json()
    told = [entry["hit"] for entry in accepted["entries"] if entry["kind"] == "hit"]
    open_to_all = {str(SEED_BY_HANDLING[one]) for one in OPEN_HANDLING}
    assert {hit["record"]["number"] for hit in told if hit} == open_to_all
    assert told.count(None) == len(hit_ids) - len(open_to_all) > 0
    assert {entry["actor"] for entry in accepted["entries"] if entry["agency"] == NORTH} == {""}
    assert client.get(f"/v1/hits/{hit_ids[0]}", headers=east).status_code == 404
    said(client, east, key, "notes", note="later")
    old = client.get(f"/v1/cases/{key}", headers=north).json()
    assert (old["standing"], kinds(old)[-1]) == ("former", "handed_over")
    assert said(client, north, key, "notes", note="x").status_code == 403
    assert client.get("/v1/cases?listed=former", headers=north).json()["cases"][0]["holder"] == EAST


def test_a_declined_case_is_nothing_to_who_declined_it(agencies: Agencies, north: Headers, east: Headers) -> None:
    client, key = agencies.client, opened(agencies.client, north)
    said(client, north, key, "offer", agency=EAST)
    assert client.get("/v1/cases?listed=offered", headers=east).json()["cases"][0]["reference"] == key
    assert said(client, east, key, "decline", reason=" ").status_code == 422
    assert said(client, east, key, "decline", reason="not our district").json() == {"reference": key}
    assert client.get(f"/v1/cases/{key}", headers=east).status_code == 404
    case = client.get(f"/v1/cases/{key}", headers=north).json()
    assert (case["offered_to"], case["entries"][-1]["text"]) == ("", "not our district")


def test_a_case_is_offered_to_another_agency_that_is_there(agencies: Agencies, north: Headers) -> None:
    key = opened(agencies.client, north)
    for name in (NORTH, "Nobody", ""):
        problem = problem_of(said(agencies.client, north, key, "offer", agency=name))
        assert problem.detail == f"agency {CaseFault.NO_AGENCY}"


def test_reading_a_case_leaves_a_trace(agencies: Agencies, north: Headers) -> None:
    key = opened(agencies.client, north)
    agencies.client.get(f"/v1/cases/{key}", headers=north)
    audit = agencies.client.app.state.running.context.audit  # type: ignore[attr-defined]
    assert [one.event.action.value for one in audit.page(wanted=AuditFilter(subject=key))] == ["create", "read"]


def test_pages_of_cases_follow_each_other(agencies: Agencies, east: Headers) -> None:
    keys = [opened(agencies.client, east, title=f"Page {number}") for number in range(3)]
    first = agencies.client.get("/v1/cases?text=page&limit=2", headers=east)
    rest = agencies.client.get(first.links["next"]["url"], headers=east).json()
    assert [one["reference"] for one in (*first.json()["cases"], *rest["cases"])] == keys[::-1]
    assert rest["next"] is None


def test_the_photos_of_a_hit_come_with_it_for_the_agency_that_keeps_them(
    agencies: Agencies, north: Headers, east: Headers
) -> None:
    """East searched and keeps its photo; north owns the record that was found, and has only the evidence."""
    own = encoded(photograph(picture(3), homography(12, 0.9, 0.0001)), "JPEG")
    found = agencies.client.post("/v1/match", files={"image": own}, headers=east).json()["hits"][0]
    for who, expected in ((east, ["opened", "hit", "photo"]), (north, ["opened", "hit"])):
        key = opened(agencies.client, who, hit=found["hit_id"])
        assert kinds(agencies.client.get(f"/v1/cases/{key}", headers=who).json()) == expected


def test_who_takes_a_file_as_it_was_sent_leaves_a_trace(
    agencies: Agencies, north: Headers, seized_photo: bytes
) -> None:
    client, key = agencies.client, opened(agencies.client, north)
    client.post(f"/v1/cases/{key}/photos", files={"image": seized_photo}, headers=north)
    digest = str(ImageDigest.of(seized_photo))
    audit = client.app.state.running.context.audit  # type: ignore[attr-defined]
    before = len(audit.page(wanted=AuditFilter(subject=digest)))
    assert client.get(f"/v1/cases/{key}/originals/{digest}", headers=north).status_code == 200
    [told] = audit.page(wanted=AuditFilter(subject=digest))[before:]
    assert (told.event.action.value, told.event.detail) == ("export", f"photo of the case {key}, as it was sent")
