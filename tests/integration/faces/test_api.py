"""The API over a small real registry: answers, records, images, health, and every way to ask wrongly."""

import io
import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from heritage.domain.images import ImageDigest
from heritage.faces.api.app import create_app
from heritage.faces.api.around.security import SECURITY_HEADERS
from heritage.faces.problems import Problem
from heritage.faces.schemas.answers import MatchResponse
from heritage.faces.schemas.evidence import RegionModel
from heritage.faces.schemas.health import ReadyModel
from heritage.faces.schemas.records import RecordModel
from heritage.service.context import Context
from heritage.storage.database import Database
from heritage.storage.records import Records
from tests.bad_files import BadFile, bad_files
from tests.clients import AT_THIS_MACHINE
from tests.integration.faces.conftest import LEFT, MAX_UPLOAD, OBJECT_COUNT, RIGHT, UNLISTED_SEED
from tests.pictures import encoded, picture


def problem_of(answer: object) -> Problem:
    assert answer.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    problem = Problem.model_validate_json(answer.content)  # type: ignore[attr-defined]
    assert problem.status == answer.status_code  # type: ignore[attr-defined]
    return problem


def test_a_registered_object_is_matched_with_its_evidence(client: TestClient, seized_photo: bytes) -> None:
    answer = client.post("/v1/match", files={"image": ("C:\\phone\\seized.jpg", seized_photo)})
    assert answer.status_code == 200
    match = MatchResponse.model_validate_json(answer.content)
    [photo] = match.photos
    assert (photo.name, photo.digest, match.verdict) == ("seized.jpg", str(ImageDigest.of(seized_photo)), "strong")
    assert (photo.width, photo.height) == (640, 520)
    best = match.hits[0]
    assert (best.verdict, best.view, best.mirrored, best.quarter_turns) == ("strong", 0, False, 0)
    assert best.false_alarm_rate < match.false_alarms.strong_rate == 1e-4
    assert best.score > match.hits[1].score
    assert best.correlation is not None
    assert best.correlation > 0.5
    assert 0 < best.support <= 1
    assert best.agreeing_cell_count > 0
    assert (best.record.record_id, best.record.card.title) == ("north/3", "Panel 3")
    assert len(best.homographies) == 1
    assert best.inlier_count >= best.cell_count >= 15
    assert 0 < len(best.inliers) <= 60
    assert match.coverage.object_count == OBJECT_COUNT
    assert "not a clearance" in match.coverage.statement
    assert match.false_alarms.gallery_count >= OBJECT_COUNT
    assert "fewer than 1 in 10,000 should bring a strong match" in match.false_alarms.statement
    assert client.get(best.image.url).headers["content-type"] == "image/jpeg"


def test_nothing_found_still_states_the_coverage(client: TestClient, unknown_photo: bytes) -> None:
    match = client.post("/v1/match", files={"image": unknown_photo}).json()
    assert match["verdict"] == "none"
    assert "not a clearance" in match["coverage"]["statement"]


def ask(client: TestClient, *photos: bytes, box: str | list[str] | None = None) -> Any:
    files = [("image", (f"{place}.jpg", data)) for place, data in enumerate(photos)]
    return client.post("/v1/match", files=files, data={} if box is None else {"box": box})


def test_several_photos_of_one_object_get_one_answer(
    client: TestClient, seized_photo: bytes, unknown_photo: bytes
) -> None:
    match = MatchResponse.model_validate_json(ask(client, unknown_photo, seized_photo).content)
    assert [photo.name for photo in match.photos] == ["0.jpg", "1.jpg"]
    assert [photo.digest for photo in match.photos] == [
        str(ImageDigest.of(one)) for one in (unknown_photo, seized_photo)
    ]
    assert (match.hits[0].record.record_id, match.hits[0].view) == ("north/3", 1)
    assert len({hit.record.record_id for hit in match.hits}) == len(match.hits)


def test_a_box_takes_the_place_of_the_parts_that_are_found(client: TestClient, two_objects: bytes) -> None:
    match = MatchResponse.model_validate_json(ask(client, two_objects, box=str(RIGHT)).content)
    assert match.photos[0].regions == [RegionModel.of(RIGHT)]
    region_by_record = {hit.record.record_id: hit.region for hit in match.hits}
    assert region_by_record["north/5"] == RegionModel.of(RIGHT)


def test_boxes_are_repeatable_and_say_in_which_of_several_photos_they_lie(
    client: TestClient, two_objects: bytes, seized_photo: bytes
) -> None:
    answer = ask(client, seized_photo, two_objects, box=[f"1:{RIGHT}", f"1:{LEFT}"])
    match = MatchResponse.model_validate_json(answer.content)
    assert match.photos[1].regions == [RegionModel.of(RIGHT), RegionModel.of(LEFT)]
    assert RegionModel.of(RIGHT) not in match.photos[0].regions


@pytest.mark.parametrize(
    ("box", "photo_count", "message"),
    [
        ("1,2,3", 1, "not a box: '1,2,3'"),
        ("a,b,c,d", 1, "not a box"),
        ("-1,0,20,20", 1, "not a box"),
        ("0,0,641,20", 1, "does not lie within the photo of 640 x 520"),
        ("10,10,0,20", 1, "does not lie within"),
        ("1:0,0,20,20", 1, "lies in no photo"),
        ("0,0,20,20", 2, "does not say which photo it lies in"),
        ("2:0,0,20,20", 2, "lies in no photo"),
        ("x:0,0,20,20", 2, "lies in no photo"),
        (["0,0,20,20"] * 21, 1, "at most 20"),
    ],
)
def test_a_box_that_cannot_be_meant_is_refused(
    client: TestClient, seized_photo: bytes, box: str | list[str], photo_count: int, message: str
) -> None:
    problem = problem_of(ask(client, *[seized_photo] * photo_count, box=box))
    assert problem.status == 422
    assert message in problem.detail


def test_more_photos_than_one_object_needs_are_refused(client: TestClient) -> None:
    problem = problem_of(ask(client, *[b"never decoded"] * 11))
    assert (problem.status, problem.errors and problem.errors[0].field) == (422, "image")
    assert "at most 10" in problem.detail


def test_of_several_photos_the_bad_one_is_named(client: TestClient, seized_photo: bytes) -> None:
    problem = problem_of(ask(client, seized_photo, b"not a picture"))
    assert (problem.status, problem.detail[:29]) == (415, "not an image: photo 2 of 2: t")


@pytest.mark.parametrize(
    "asked", [{"params": {"limit": 2}}, {"data": {"limit": "2"}}, {"params": {"limit": 7}, "data": {"limit": "2"}}]
)
def test_limit_is_a_query_parameter_or_a_form_field(
    client: TestClient, seized_photo: bytes, asked: dict[str, dict[str, str]]
) -> None:
    answer = client.post("/v1/match", files={"image": seized_photo}, **asked)  # type: ignore[arg-type]
    assert len(answer.json()["hits"]) == 2


@pytest.mark.parametrize("limit", ["0", "51", "many", "-1"])
def test_a_limit_out_of_bounds_is_refused(client: TestClient, seized_photo: bytes, limit: str) -> None:
    answer = client.post("/v1/match", files={"image": seized_photo}, params={"limit": limit})
    problem = problem_of(answer)
    assert problem.status == 422
    assert problem.errors is not None
    assert problem.errors[0].field == "limit"


def test_no_photo_is_refused_by_name(client: TestClient) -> None:
    problem = problem_of(client.post("/v1/match"))
    assert problem.status == 422
    assert "as image or by address" in problem.detail


def test_a_text_field_instead_of_a_file_is_refused(client: TestClient) -> None:
    assert problem_of(client.post("/v1/match", data={"image": "x"})).status == 422


def test_what_is_not_a_picture_is_refused(client: TestClient) -> None:
    problem = problem_of(client.post("/v1/match", files={"image": b"not a picture"}))
    assert (problem.status, problem.instance) == (415, "/v1/match")
    assert problem.detail.startswith("not an image")


def test_a_broken_multipart_body_is_refused(client: TestClient) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert problem_of(client.post("/v1/match", content=b"--y\r\nnonsense", headers=headers)).status == 400
    headers = {"content-type": "multipart/form-data"}
    assert problem_of(client.post("/v1/match", content=b"--y\r\n", headers=headers)).status == 400


def test_a_declared_length_over_the_cap_is_refused_unread(client: TestClient) -> None:
    answer = client.post("/v1/match", files={"image": b"0" * (MAX_UPLOAD + 1)})
    assert "larger than 2 MB" in problem_of(answer).detail
    assert answer.status_code == 413


def test_a_body_of_undeclared_length_is_refused_once_it_passes_the_cap(client: TestClient) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
        for _ in range(40):
            sent += 100_000
            yield b"0" * 100_000

    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = client.post("/v1/match", content=chunks(), headers=headers)
    assert "content-length" not in answer.request.headers
    assert problem_of(answer).status == 413


def test_a_record_is_shown_withdrawn_or_not(client: TestClient) -> None:
    record = RecordModel.model_validate_json(client.get("/v1/records/north/3").content)
    assert (record.record_id, record.owner_agency, record.photographs[0].digest) == (
        "north/3",
        "Bureau of the North",
        str(ImageDigest.of(encoded(picture(3)))),
    )
    assert client.get(f"/v1/records/north/{UNLISTED_SEED}").json()["status"] == "withdrawn"


@pytest.mark.parametrize("number", ["nothing", "with/a/slash", "%F0%9F%8F%BA"])
def test_an_unknown_record_is_not_found(client: TestClient, number: str) -> None:
    assert "there is no record north/" in problem_of(client.get(f"/v1/records/north/{number}")).detail


def test_an_impossible_record_id_is_refused(client: TestClient) -> None:
    assert problem_of(client.get("/v1/records/north/%00")).status == 422


def test_an_image_is_a_small_jpeg_without_metadata(client: TestClient) -> None:
    digest = ImageDigest.of(encoded(picture(3)))
    answer = client.get(f"/v1/images/{digest}", params={"size": 100})
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (100, 75)
        assert not image.getexif()
    again = client.get(f"/v1/images/{digest}", params={"size": 100}, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"/v1/images/{digest}", params={"size": 101}, headers={"if-none-match": answer.headers["etag"]})
    assert other.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"


def test_only_images_of_listed_records_are_served(client: TestClient, context: Context) -> None:
    withdrawn = ImageDigest.of(encoded(picture(UNLISTED_SEED)))
    unlinked = context.images.put(encoded(picture(90)))
    for digest in (withdrawn, unlinked, ImageDigest.of(b"never seen")):
        answer = client.get(f"/v1/images/{digest}", headers={"if-none-match": f'"{digest.hex[:32]}-800-1"'})
        assert problem_of(answer).status == 404


@pytest.mark.parametrize("digest", ["sha256:xyz", "../../../etc/passwd", "md5:00", "sha256:" + "A" * 64])
def test_what_is_no_digest_is_refused(client: TestClient, digest: str) -> None:
    assert problem_of(client.get(f"/v1/images/{digest}")).status in (404, 422)


@pytest.mark.parametrize("size", ["15", "1601", "x"])
def test_a_size_out_of_bounds_is_refused(client: TestClient, size: str) -> None:
    digest = ImageDigest.of(encoded(picture(3)))
    assert problem_of(client.get(f"/v1/images/{digest}", params={"size": size})).status == 422


def test_unknown_paths_and_methods_are_problems_too(client: TestClient) -> None:
    assert problem_of(client.get("/v2/anything")).status == 404
    assert problem_of(client.get("/static/../../errors.py")).status == 404
    assert problem_of(client.delete("/v1/match")).status == 405


def test_alive_and_ready(client: TestClient) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    ready = ReadyModel.model_validate_json(client.get("/readyz").content)
    assert ready.coverage
    assert ready.coverage.object_count == OBJECT_COUNT


def test_not_ready_gives_the_reason_and_stays_alive(context: Context, tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    broken = replace(context, database=database, records=Records(database))
    with TestClient(create_app(context.settings, lambda _: nullcontext(broken)), **AT_THIS_MACHINE) as client:
        assert client.get("/readyz").status_code == 200
        database.close()
        for file in tmp_path.glob("heritage.db*"):
            file.write_bytes(b"not a database any more" * 1000)
        problem = problem_of(client.get("/readyz"))
        assert problem.status == 503
        assert "is damaged" in problem.detail
        assert problem_of(client.get("/v1/records/north/3")).status == 503
        assert client.get("/livez").status_code == 200
    database.close()


@pytest.mark.parametrize("path", ["/", "/livez", "/v1/records/north/3", "/nowhere", "/static/heritage.css"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    for name, value in SECURITY_HEADERS.items():
        if name != "Cache-Control":
            assert answer.headers[name] == value


def test_answers_about_photos_are_not_cached(client: TestClient, seized_photo: bytes) -> None:
    assert client.post("/v1/match", files={"image": seized_photo}).headers["cache-control"] == "no-store"


def test_the_json_of_an_answer_is_one_model_everywhere(client: TestClient, seized_photo: bytes) -> None:
    keys = json.loads(client.post("/v1/match", files={"image": seized_photo}).content).keys()
    assert set(keys) == set(MatchResponse.model_fields)


@pytest.mark.parametrize("bad", bad_files(), ids=lambda bad: bad.name)
def test_a_bad_file_is_a_clear_error_and_the_server_stays_up(client: TestClient, bad: BadFile) -> None:
    problem = problem_of(client.post("/v1/match", files={"image": (bad.name, bad.data)}))
    assert problem.status in (413, 415, 422)
    assert problem.detail.startswith(bad.cause)
    assert client.get("/livez").status_code == 200


def test_a_photo_may_be_named_by_its_address(context: Context, seized_photo: bytes) -> None:
    """Fetching itself is tested with its hostile servers, in tests/integration/registries."""
    asked: list[str] = []

    def fetch(address: str) -> bytes:
        asked.append(address)
        return seized_photo

    opened = replace(context, fetch_picture=fetch)
    with TestClient(create_app(context.settings, lambda _: nullcontext(opened)), **AT_THIS_MACHINE) as client:
        lot = "https://auction.example/lots/117.jpg"
        match = MatchResponse.model_validate_json(client.post("/v1/match", data={"address": lot}).content)
        assert (asked, match.photos[0].name, match.verdict) == ([lot], "117.jpg", "strong")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/x.jpg", "http://169.254.169.254/latest", "file:///etc/passwd", "x"]
)
def test_an_address_that_is_not_of_the_public_internet_is_not_asked(client: TestClient, address: str) -> None:
    problem = problem_of(client.post("/v1/match", data={"address": address}))
    assert problem.status == 422


def test_what_is_seen_is_set_against_the_record_of_each_hit(client: TestClient, seized_photo: bytes) -> None:
    seen = {"materials": "bronze", "measurements": "32 x 20"}
    [hit, *_] = client.post("/v1/match", files={"image": seized_photo}, data=seen).json()["hits"]
    assert hit["comparisons"] == [
        {
            "field": "materials",
            "agreement": "differs",
            "seen": "bronze",
            "registered": hit["record"]["card"]["materials"],
        }
    ]
    assert client.post("/v1/match", files={"image": seized_photo}).json()["hits"][0]["comparisons"] == []
    too_long = client.post("/v1/match", files={"image": seized_photo}, data={"materials": "x" * 301})
    assert too_long.status_code == 422
