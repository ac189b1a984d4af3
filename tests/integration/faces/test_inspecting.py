"""A photo is looked at before it is searched: boxes and advice, over HTTP and at the command line, in every way."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from heritage.domain.advice import Advice, AdviceKind
from heritage.faces.cli.matching import _print_answer
from heritage.faces.problems import Problem
from heritage.faces.schemas.answers import MatchResponse
from heritage.faces.schemas.evidence import AdviceModel, RegionModel
from heritage.faces.schemas.inspecting import InspectionModel
from heritage.faces.wording import ADVICE_WORDS, RETAKE_WORDS
from tests.answers import answer
from tests.integration.faces.conftest import LEFT, RIGHT
from tests.pictures import encoded, photograph, picture

BLURRED = Advice(AdviceKind.BLURRED, 1.12345, 1.3)


@pytest.fixture(scope="module")
def blurred_photo() -> bytes:
    """The object registered as north/3, out of focus."""
    taken = photograph(picture(3), np.array([[1.0, 0, 80], [0, 1.0, 80], [0, 0, 1]]))
    return encoded(cv2.GaussianBlur(taken, (0, 0), 5).astype(np.uint8))


def inspected(client: TestClient, photo: bytes) -> InspectionModel:
    response = client.post("/v1/inspect", files={"image": ("table.png", photo)})
    assert response.status_code == 200
    return InspectionModel.model_validate_json(response.content)


def test_objects_get_boxes_and_a_good_photo_no_advice(client: TestClient, two_objects: bytes) -> None:
    found = inspected(client, two_objects)
    assert (found.width, found.height, found.advice) == (640, 520, [])
    for true in (LEFT, RIGHT):
        assert any(
            abs(box.left - true.left) < 20 and abs(box.top + box.height - true.top - true.height) < 20
            for box in found.regions
        )


def test_the_boxes_are_those_that_a_search_would_take(client: TestClient, two_objects: bytes) -> None:
    searched = client.post("/v1/match", files={"image": two_objects}).json()["photos"][0]
    found = inspected(client, two_objects)
    assert [RegionModel.model_validate(box) for box in searched["regions"]] == found.regions


def test_a_poor_photo_gets_advice_and_is_searched_all_the_same(client: TestClient, blurred_photo: bytes) -> None:
    [advice] = inspected(client, blurred_photo).advice
    assert (advice.kind, advice.sentence) == (AdviceKind.BLURRED, "The photo is blurred.")
    assert "focus" in advice.retake
    assert advice.measure < advice.threshold
    match = MatchResponse.model_validate_json(client.post("/v1/match", files={"image": blurred_photo}).content)
    assert match.photos[0].advice == [advice]
    assert match.hits


@pytest.mark.parametrize(("data", "status"), [(b"no picture", 415), (encoded(picture(1), "JPEG")[:900], 422)])
def test_what_is_no_photo_is_refused(client: TestClient, data: bytes, status: int) -> None:
    response = client.post("/v1/inspect", files={"image": data})
    assert Problem.model_validate_json(response.content).status == response.status_code == status


def test_only_one_photo_is_inspected_at_a_time(client: TestClient) -> None:
    assert client.post("/v1/inspect", files={}).status_code == 422


def test_the_command_line_says_what_is_wrong_with_which_photo(capsys: pytest.CaptureFixture[str]) -> None:
    result = answer(view_count=2)
    result = replace(result, photos=(result.photos[0], replace(result.photos[1], advice=(BLURRED,))))
    _print_answer(["front.jpg", "back\x1b[2J.jpg"], result, as_json=False)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "nothing found" in lines[0]
    words = " ".join(lines[1:])
    assert words.endswith(f".jpg: {ADVICE_WORDS[AdviceKind.BLURRED]} {RETAKE_WORDS[AdviceKind.BLURRED]}")
    assert "\x1b" not in words
    assert "front.jpg: The" not in words


@pytest.mark.parametrize("kind", AdviceKind)
def test_every_kind_of_advice_has_words(kind: AdviceKind) -> None:
    said = AdviceModel.of(Advice(kind, 0.5, 1.0))
    assert said.sentence.endswith(".")
    assert said.retake.endswith(".")
