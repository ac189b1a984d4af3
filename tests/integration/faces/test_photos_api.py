"""/v1/photos, /v1/searches, and for how long an agency keeps photos."""

import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from heritage.domain.access import Role
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.images import ImageDigest
from heritage.service.context import Context
from heritage.service.photos import sweep_photos
from tests.integration.faces.conftest import by
from tests.integration.faces.test_api import problem_of
from tests.integration.faces.test_hits_api import decide, match, registered, seized
from tests.pictures import encoded, picture

Shared = tuple[TestClient, Context]
NORTH, SOUTH, WEST = (by(Role.REGISTRAR, agency) for agency in ("north", "south", "west"))
OFFICER = by(Role.OFFICER, "south")


def photo(client: TestClient, data: bytes, who: dict[str, str], more: str = "") -> Any:
    return client.get(f"/v1/photos/{ImageDigest.of(data)}{more}", headers=who)


def logged(context: Context, action: Action, data: bytes) -> list[str]:
    found = context.audit.page(0, 1000, AuditFilter(action=action, subject=str(ImageDigest.of(data))))
    return [one.event.agency for one in found]


def test_the_owner_compares_what_was_seized_and_nobody_else_sees_it(shared: Shared) -> None:
    client, context = shared
    _, seed = registered(client, "compared")
    data = seized(seed)
    match(client, data, OFFICER)
    answer = photo(client, data, NORTH, "?size=100")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert max(Image.open(io.BytesIO(answer.content)).size) == 100
    assert photo(client, data, OFFICER).status_code == 200
    assert problem_of(photo(client, data, WEST)).status == 404
    assert logged(context, Action.READ, data) == ["north"]  # whose photo it is not
    again = NORTH | {"if-none-match": answer.headers["etag"]}
    assert photo(client, data, again, "?size=100").status_code == 304
    assert photo(client, data, WEST | {"if-none-match": answer.headers["etag"]}, "?size=100").status_code == 404


def test_the_owner_sees_it_only_as_long_as_they_may_see_the_hit(shared: Shared) -> None:
    client, _ = shared
    _, seed = registered(client, "compared-red", handling="TLP:RED")
    data = seized(seed)
    match(client, data, by(Role.REGISTRAR, "north"))
    assert photo(client, data, by(Role.OFFICER, "north")).status_code == 200  # their own agency's photo
    assert photo(client, data, SOUTH).status_code == 404


def test_original_bytes_are_for_the_agency_that_keeps_them_and_on_record(shared: Shared) -> None:
    client, context = shared
    _, seed = registered(client, "exported")
    data = seized(seed)
    match(client, data, OFFICER)
    assert problem_of(photo(client, data, OFFICER, "/original")).status == 403
    answer = photo(client, data, SOUTH, "/original")
    assert (answer.content, answer.headers["content-type"]) == (data, "application/octet-stream")
    assert answer.headers["content-disposition"].endswith('.jpeg"')
    assert problem_of(photo(client, data, NORTH, "/original")).status == 404
    assert logged(context, Action.EXPORT, data) == ["south"]


@pytest.mark.parametrize("path", ["x", f"sha256:{'0' * 64}", f"sha256:{'0' * 64}?size=9999"])
def test_a_photo_cannot_be_asked_for_wrongly(shared: Shared, path: str) -> None:
    status = 404 if path.endswith("0") else 422
    assert problem_of(shared[0].get(f"/v1/photos/{path}", headers=NORTH)).status == status


def test_a_registered_image_that_nobody_searched_with_is_no_photo(shared: Shared) -> None:
    client, _ = shared
    record_id, _ = registered(client, "registered-only")
    digest = client.get(f"/v1/records/{record_id}", headers=NORTH).json()["photographs"][0]["digest"]
    assert problem_of(client.get(f"/v1/photos/{digest}", headers=NORTH)).status == 404


def test_a_search_without_a_hit_is_the_proof_for_its_own_agency(shared: Shared) -> None:
    client, _ = shared
    data = encoded(picture(77_001))
    made = match(client, data, OFFICER, status="withdrawn")
    shown = client.get(f"/v1/searches/{made['search_id']}", headers=SOUTH)
    assert shown.status_code == 200, shown.text
    told = shown.json()
    assert (told["hits"], told["search"]["actor"]) == ([], "officer@south")
    assert told["photo_urls"] == [f"/v1/photos/{ImageDigest.of(data)}"]
    assert told["search"]["criteria"]["statuses"] == ["withdrawn"]
    assert "Not found is not a clearance." in told["search"]["coverage"]
    assert told["search"]["versions"] == made["versions"]
    assert problem_of(client.get(f"/v1/searches/{made['search_id']}", headers=NORTH)).status == 404
    assert client.get(told["photo_urls"][0], headers=SOUTH).status_code == 200


def test_searches_come_in_pages_with_their_hits_the_newest_first(shared: Shared) -> None:
    client, _ = shared
    _, seed = registered(client, "listed")
    who = by(Role.OFFICER, "east")
    made = [match(client, seized(seed), who)["search_id"] for _ in range(3)]
    first = client.get("/v1/searches?limit=2", headers=who).json()
    rest = client.get("/v1/searches", params={"limit": 2, "cursor": first["next"]}, headers=who).json()
    assert [one["search_id"] for one in first["searches"] + rest["searches"]] == made[::-1]
    assert rest["next"] is None
    hits = client.get(f"/v1/searches/{made[0]}", headers=who).json()["hits"]
    assert hits[0]["record"]["record_id"] == "i/listed"
    assert client.get("/v1/searches", headers=by(Role.OFFICER, "nobody")).json()["searches"] == []


def test_a_rejected_hit_lets_its_photo_go_when_its_days_are_over(shared: Shared) -> None:
    client, context = shared
    _, seed = registered(client, "let-go")
    data = seized(seed)
    made = match(client, data, OFFICER)
    with context.database.begin() as connection:
        connection.exec_driver_sql("UPDATE photo_keeping SET until = '2020-01-01 00:00:00'")
    sweep_photos(context.photos)
    assert photo(client, data, NORTH).status_code == 200
    for hit in made["hits"]:
        if hit["hit_id"]:
            decide(client, hit["hit_id"], "rejected", NORTH, "ours is taller")
            decide(client, hit["hit_id"], "rejected", SOUTH, "another rim")
    assert photo(client, data, NORTH).status_code == photo(client, data, SOUTH).status_code == 404
    sweep_photos(context.photos)
    assert logged(context, Action.REMOVE, data) == ["south"]
    told = client.get(f"/v1/searches/{made['search_id']}", headers=SOUTH).json()
    assert told["photo_urls"] == [None]
    assert told["search"]["photos"][0]["digest"] == str(ImageDigest.of(data))
