"""The page: both outcomes, bad input as a page, and nothing of the photo's file on it."""

import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from heritage.faces.web.framing import PLACES
from tests.integration.faces.conftest import MAX_UPLOAD, OBJECT_COUNT, RIGHT


def test_the_start_page_has_a_form_that_works_without_scripts(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert 'method="post" action="/" enctype="multipart/form-data"' in page.text
    assert re.search(r'<input type="file" name="camera"[^>]*capture="environment"', page.text)
    assert re.search(r'<input type="file" name="image" multiple', page.text)
    assert re.search(r'<button type="submit">', page.text)
    assert f"Searches {OBJECT_COUNT} registered objects" in page.text


def test_everything_the_page_loads_is_served_from_here(client: TestClient) -> None:
    page = client.get("/").text
    loaded = set(re.findall(r'(?:src|href)="([^"#]+)"', page))
    assert {"/static/icon.svg"} <= loaded
    places = {place.address for place in PLACES}  # that they are there, their own tests say
    for address in loaded - places:
        assert address.startswith("/")
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("field", ["image", "camera"])
def test_a_registered_object_is_answered_from_either_field(client: TestClient, seized_photo: bytes, field: str) -> None:
    other = "camera" if field == "image" else "image"
    # A browser sends the field that was left empty as a file without a name.
    files = {field: ("photo.jpg", seized_photo, "image/jpeg"), other: ("", b"", "application/octet-stream")}
    page = client.post("/", files=files)
    assert page.status_code == 200
    assert "Strong match" in page.text
    assert "quoting north/3." in page.text
    assert 'href="data:image/jpeg;base64,' in page.text
    registered = re.search(r'href="(/v1/images/sha256:[0-9a-f]{64}\?size=\d+)"', page.text)
    assert registered
    assert client.get(registered[1]).status_code == 200


def test_several_photos_are_answered_as_one_object(
    client: TestClient, seized_photo: bytes, unknown_photo: bytes
) -> None:
    photos = [("image", ("front.jpg", unknown_photo)), ("image", ("back.jpg", seized_photo))]
    page = client.post("/", files=photos)
    assert page.status_code == 200
    assert "quoting north/3." in page.text
    assert "Photo 2 beside the registered photo" in page.text
    assert page.text.count("data:image/jpeg;base64,") == 2


def test_parts_of_a_photo_are_drawn_and_a_box_may_be_sent(client: TestClient, two_objects: bytes) -> None:
    page = client.post("/", files={"image": two_objects}, data={"box": str(RIGHT)}).text
    assert f'class="answered" x="{RIGHT.left}" y="{RIGHT.top}" width="{RIGHT.width}" height="{RIGHT.height}"' in page
    assert f"{RIGHT.width} x {RIGHT.height} px at {RIGHT.left}, {RIGHT.top}" in page


def test_a_mirrored_photo_is_found_and_said_to_be_mirrored(client: TestClient, mirrored_photo: bytes) -> None:
    page = client.post("/", files={"image": mirrored_photo}).text
    assert "quoting north/3." in page
    assert "matches the mirror image of this photo" in page


def test_too_many_photos_are_refused_with_the_same_page(client: TestClient) -> None:
    page = client.post("/", files=[("image", ("a.jpg", b"x"))] * 11)
    assert page.status_code == 422
    assert "choose at most 10" in page.text


def test_nothing_found_is_answered_with_advice(client: TestClient, unknown_photo: bytes) -> None:
    page = client.post("/", files={"image": unknown_photo})
    assert page.status_code == 200
    assert "Nothing found" in page.text
    assert "not a clearance" in page.text
    assert f"Searched {OBJECT_COUNT} registered objects" in page.text


@pytest.mark.parametrize(
    ("files", "status", "message"),
    [
        ({"image": ("a.jpg", b"not a picture")}, 415, "Not an image: "),
        ({"image": ("", b"")}, 422, "Choose or take a photo first."),
        ({"image": ("a.jpg", b"0" * (MAX_UPLOAD + 1))}, 413, "The upload is larger than 2 MB"),
        (None, 422, "Choose or take a photo first."),
    ],
)
def test_bad_input_is_answered_with_the_same_page(
    client: TestClient, files: dict[str, tuple[str, bytes]] | None, status: int, message: str
) -> None:
    page = client.post("/", files=files)
    assert page.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert message in page.text
    assert "<form" in page.text


def test_scripts_never_run_from_elsewhere(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_search_sent_again_is_answered_as_before_and_another_is_not(
    client: TestClient, seized_photo: bytes, unknown_photo: bytes
) -> None:
    def ask(photo: bytes) -> Response:
        request = client.build_request("POST", "/", files={"image": ("a.jpg", photo)})
        body = request.read()
        boundary = request.headers["content-type"].partition("boundary=")[2].encode()
        headers = {"content-type": "multipart/form-data; boundary=x", "idempotency-key": "one-search"}
        return client.post("/", content=body.replace(boundary, b"x"), headers=headers)

    first, again, other = ask(seized_photo), ask(seized_photo), ask(unknown_photo)
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 422)
    assert again.text == first.text
    assert again.headers["idempotent-replayed"] == "true"
    assert "was used for another request" in other.text


def test_photos_that_the_browser_holds_do_not_come_back(client: TestClient, seized_photo: bytes) -> None:
    photos = [("image", ("front.jpg", seized_photo)), ("image", ("back.jpg", seized_photo))]
    page = client.post("/", files=photos, data={"held": "1"}).text
    assert page.count("data:image/jpeg;base64,") == 1
    assert '<image id="answer-photo-1" href=""' in page


def test_what_is_seen_is_set_against_the_record(client: TestClient, seized_photo: bytes) -> None:
    said = {"materials": "white marble", "measurements": "32 x 20", "object_type": ""}
    page = client.post("/", files={"image": ("photo.jpg", seized_photo)}, data=said).text
    assert "Materials and techniques: differs" in page
    assert "you: <bdi>white marble</bdi> · record: <bdi>paint on wood</bdi>" in page
    assert "Measurements: " not in page  # the record says none
    page = client.post("/", files={"image": ("photo.jpg", seized_photo)}, data={"materials": "bois"}).text
    assert "Materials and techniques: agrees" in page


def test_a_text_too_long_is_refused_at_the_page(client: TestClient, seized_photo: bytes) -> None:
    page = client.post("/", files={"image": ("photo.jpg", seized_photo)}, data={"materials": "x" * 301})
    assert page.status_code == 422
    assert 'id="problem-materials"' in page.text


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_page_that_is_not_there_is_told_as_its_reader_wants(client: TestClient, accept: str) -> None:
    answer = client.get("/nowhere", headers={"accept": accept})
    assert answer.status_code == 404
    assert ("<h1>This did not work</h1>" in answer.text) == (accept == "text/html")


def test_without_accounts_an_officer_speaks_for_whoever_searched(client: TestClient, seized_photo: bytes) -> None:
    answer = client.post("/", files={"image": ("a.jpg", seized_photo)}).text
    form = answer[answer.index('class="decision"') : answer.index("</form>", answer.index('class="decision"'))]
    assert re.findall(r'name="decision" value="(\w+)"', form) == ["ask_owner", "rejected", "ask_expert", "confirmed"]
    assert "It is the object: the owner agency says so" in form
    [action] = re.findall(r'action="(/hits/\w+/decisions)"', answer)[:1]
    shown = client.post(action, data={"decision": "confirmed", "note": "By telephone."}).text
    assert "It is the same object" in shown
    assert "searched" in shown[shown.index("By telephone.") - 300 : shown.index("By telephone.")]


def test_without_scripts_what_was_seen_stays_typed_and_what_is_wrong_stands_at_its_field(client: TestClient) -> None:
    typed = {"object_type": 'a "vase"', "materials": "x" * 301, "measurements": "9 cm"}
    nothing = client.post("/", files={"x": ("", b"")}, data={**typed, "materials": "bronze"})
    assert nothing.status_code == 422
    assert re.search(r'id="photo-problem" role="alert">Choose or take a photo first\.<', nothing.text)
    assert 'value="a &#34;vase&#34;"' in nothing.text
    assert '<details class="seen" open>' in nothing.text
    photo = {"image": ("a.jpg", b"\xff\xd8\xff", "image/jpeg")}
    long = client.post("/", files=photo, data=typed)
    assert long.status_code == 422
    assert re.findall(r'id="problem-(\w+)"', long.text) == ["materials"]
    assert "x" * 301 in long.text
    assert 'value="9 cm"' in long.text
