"""/v1/images: photographs that come and go over the API, and who is handed which."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from heritage.domain.access import Role
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.images import ImageDigest
from heritage.service import registering
from heritage.service.context import Context
from tests.file_surgery import base_picture, saved
from tests.integration.faces.conftest import by
from tests.integration.faces.test_api import problem_of
from tests.pictures import encoded, picture

Shared = tuple[TestClient, Context]
NORTH, SOUTH, OFFICER = by(Role.REGISTRAR, "north"), by(Role.REGISTRAR, "south"), by(Role.OFFICER, "north")


def register(client: TestClient, number: str, who: dict[str, str] = NORTH, **details: Any) -> str:
    """A record without counterparts unless told: comparing photographs with those takes a search each."""
    draft = {"registry": "i", "number": number, "status": "recovered", **details}
    answer = client.post("/v1/records", json=draft, headers=who)
    assert answer.status_code == 201
    return f"i/{number}"


def add(client: TestClient, record_id: str, data: bytes, view: str = "", who: dict[str, str] = NORTH) -> Any:
    return client.post("/v1/images", files={"image": data}, data={"record_id": record_id, "view": view}, headers=who)


def test_an_added_photograph_is_kept_shown_and_found(shared: Shared) -> None:
    client, context = shared
    record_id, data = register(client, "1"), encoded(picture(21))
    answer = add(client, record_id, data, "front")
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    added = answer.json()
    assert (added["digest"], added["width"], added["height"]) == (str(ImageDigest.of(data)), 480, 360)
    assert added["duplicates"] == []
    assert added["record"]["photographs"] == [{"digest": added["digest"], "url": added["url"], "view": "front"}]
    assert context.images.read(ImageDigest.of(data)) == data
    assert client.get(answer.headers["location"], headers=SOUTH).status_code == 200
    match = client.post("/v1/match", files={"image": data}, headers=SOUTH).json()
    assert (match["verdict"], match["hits"][0]["record"]["record_id"]) == ("strong", record_id)


def test_the_same_photograph_is_not_doubled_and_gets_its_view(shared: Shared) -> None:
    client, _ = shared
    record_id, data, other = register(client, "2"), encoded(picture(22, 200, 150)), encoded(picture(23, 200, 150))
    add(client, record_id, data)
    add(client, record_id, other, "back")
    again = add(client, record_id, data, "mark").json()
    assert again["duplicates"] == []  # of another record
    twin = add(client, register(client, "2b"), data).json()
    assert twin["duplicates"] == [{"kind": "same photograph", "distance": 0, "record_ids": [record_id]}]
    assert [one["view"] for one in again["record"]["photographs"]] == ["mark", "back"]


def test_duplicates_give_no_hidden_record_away(shared: Shared) -> None:
    client, _ = shared
    data = encoded(picture(24, 200, 150))
    add(client, register(client, "hidden", handling="TLP:RED"), data)
    digest = ImageDigest.of(data)
    assert problem_of(client.get(f"/v1/images/{digest}", headers=SOUTH)).status == 404
    assert client.get(f"/v1/images/{digest}", headers=NORTH).status_code == 200
    assert add(client, register(client, "own", SOUTH), data, who=SOUTH).json()["duplicates"] == []
    assert client.get(f"/v1/images/{digest}", headers=SOUTH).status_code == 200


def test_an_image_that_is_shown_no_longer_is_refused_to_a_browser_that_has_it(shared: Shared) -> None:
    client, _ = shared
    record_id, data = register(client, "3"), encoded(picture(25, 200, 150))
    add(client, record_id, data)
    address = f"/v1/images/{ImageDigest.of(data)}"
    tag = {"if-none-match": client.get(address, headers=SOUTH).headers["etag"]}
    assert client.get(address, headers=SOUTH | tag).status_code == 304
    patch = {"if-match": "*", "content-type": "application/json"}
    client.patch(f"/v1/records/{record_id}", json={"handling": "TLP:RED"}, headers=NORTH | patch)
    assert client.get(address, headers=SOUTH | tag).status_code == 404


def test_a_removed_photograph_is_shown_no_longer_and_the_others_stay(shared: Shared) -> None:
    client, _ = shared
    record_id, data, other = register(client, "4"), encoded(picture(26, 200, 150)), encoded(picture(27, 200, 150))
    for one in (data, other):
        add(client, record_id, one)
    address, params = f"/v1/images/{ImageDigest.of(data)}", {"record_id": record_id}
    assert problem_of(client.delete(address, params=params, headers=SOUTH)).status == 403
    gone = client.delete(address, params=params, headers=NORTH)
    assert [one["digest"] for one in gone.json()["photographs"]] == [str(ImageDigest.of(other))]
    assert gone.headers["etag"] == '"4"'
    assert problem_of(client.delete(address, params=params, headers=NORTH)).status == 404
    assert problem_of(client.get(address, headers=NORTH)).status == 404


def test_photographs_are_reordered_by_a_patch(shared: Shared) -> None:
    client, _ = shared
    record_id = register(client, "5")
    digests = [add(client, record_id, encoded(picture(seed, 200, 150))).json()["digest"] for seed in (28, 29)]
    headers = NORTH | {"if-match": "*", "content-type": "application/merge-patch+json"}
    photographs = [{"digest": digests[1], "view": "front"}, {"digest": digests[0]}]
    changed = client.patch(f"/v1/records/{record_id}", json={"photographs": photographs}, headers=headers).json()
    assert [(one["digest"], one["view"]) for one in changed["photographs"]] == [(digests[1], "front"), (digests[0], "")]


def test_nobody_gets_a_photograph_by_its_digest_alone(shared: Shared) -> None:
    client, _ = shared
    secret = add(client, register(client, "red", handling="TLP:RED"), encoded(picture(30, 200, 150))).json()["digest"]
    headers = SOUTH | {"if-match": "*", "content-type": "application/json"}
    own = register(client, "thief", SOUTH)
    stolen = client.patch(f"/v1/records/{own}", json={"photographs": [{"digest": secret}]}, headers=headers)
    assert problem_of(stolen).status == 422
    assert client.get(f"/v1/images/{secret}", headers=SOUTH).status_code == 404


def test_what_is_refused_is_not_kept(shared: Shared) -> None:
    client, context = shared
    record_id, data = register(client, "6"), encoded(picture(31, 200, 150))
    hidden = register(client, "7", handling="TLP:RED")
    assert problem_of(add(client, record_id, data, who=SOUTH)).status == 403
    assert problem_of(add(client, record_id, data, who=OFFICER)).status == 403
    assert problem_of(add(client, hidden, data, who=SOUTH)).status == 404
    assert problem_of(add(client, "i/nothing", data)).status == 404
    assert problem_of(add(client, "nothing", data)).status == 422
    assert problem_of(add(client, record_id, data, "inside")).status == 422
    assert problem_of(add(client, record_id, b"not a picture")).status == 415
    assert problem_of(client.post("/v1/images", data={"record_id": record_id}, headers=NORTH)).status == 422
    assert ImageDigest.of(data) not in context.images


def test_a_record_has_so_many_photographs_and_no_more(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    client, context = shared
    monkeypatch.setattr(registering, "MAX_PHOTOGRAPHS", 1)
    record_id, data, more = register(client, "8"), encoded(picture(32, 200, 150)), encoded(picture(33, 200, 150))
    assert [add(client, record_id, one).status_code for one in (data, more, data)] == [201, 422, 201]
    assert ImageDigest.of(more) not in context.images


@pytest.mark.parametrize("record_id", ["", "x", "a/\0"])
def test_a_photograph_is_removed_from_a_record_only(shared: Shared, record_id: str) -> None:
    address = f"/v1/images/sha256:{'0' * 64}"
    assert problem_of(shared[0].delete(address, params={"record_id": record_id}, headers=NORTH)).status == 422


def test_where_a_photograph_was_taken_is_told_to_its_keepers_only(shared: Shared) -> None:
    client, _ = shared
    data = taken_in_rome()
    add(client, register(client, "taken"), data)
    address = f"/v1/images/{ImageDigest.of(data)}/capture"
    told = client.get(address, headers=NORTH).json()
    assert (told["taken_at"], told["camera_make"], told["camera_model"]) == ("2024:05:21 17:03:00", "Fern", "F-3")
    assert (told["latitude"], told["longitude"]) == pytest.approx((41.89, 12.4925))
    assert not told["is_place_withheld"]
    withheld = {**told, "latitude": None, "longitude": None, "is_place_withheld": True}
    for who in (OFFICER, by(Role.INVESTIGATOR, "north"), SOUTH, by(Role.ADMIN, "south")):
        assert client.get(address, headers=who).json() == withheld
    add(client, register(client, "taken too", SOUTH), data, who=SOUTH)
    assert client.get(address, headers=SOUTH).json() == told


def test_nobody_is_told_whether_there_is_a_place_that_is_withheld(shared: Shared) -> None:
    client, _ = shared
    data = encoded(picture(86, 200, 150))
    add(client, register(client, "placeless"), data)
    address = f"/v1/images/{ImageDigest.of(data)}/capture"
    answers = [client.get(address, headers=who).json() for who in (NORTH, SOUTH)]
    assert [(one["latitude"], one["is_place_withheld"]) for one in answers] == [(None, False), (None, True)]


def test_a_hidden_capture_does_not_exist_and_reading_it_leaves_a_trace(shared: Shared) -> None:
    client, context = shared
    data = encoded(picture(87, 200, 150))
    add(client, register(client, "secret", handling="TLP:RED"), data)
    address = f"/v1/images/{ImageDigest.of(data)}/capture"
    for who in (SOUTH, OFFICER):
        assert problem_of(client.get(address, headers=who)).status == 404
    asked = AuditFilter(action=Action.READ, subject=str(ImageDigest.of(data)))
    before = len(context.audit.page(wanted=asked))
    assert client.get(address, headers=NORTH).status_code == 200
    assert len(context.audit.page(wanted=asked)) == before + 1


def taken_in_rome() -> bytes:
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = "Fern", "F-3"
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2024:05:21 17:03:00"
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (41.0, 53.0, 24.0),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (12.0, 29.0, 33.0),
        }
    )
    return saved(base_picture(), "JPEG", exif=exif.tobytes())
