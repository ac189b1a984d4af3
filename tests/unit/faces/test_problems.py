"""Each branch of the error tree has its HTTP status, and no face tells more than the sentence."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from heritage.errors import (
    ConflictError,
    DamagedIndexError,
    ForbiddenError,
    HeritageError,
    ImageError,
    InputError,
    ModelError,
    NotFoundError,
    RecordError,
    SignInError,
    StaleError,
    StorageError,
    TableError,
)
from heritage.faces.api import errors
from heritage.faces.api.around.security import SECURITY_HEADERS
from heritage.faces.problems import Problem, problem_of

TABLE = [
    (ImageError("not an image"), 415),
    (ImageError("too large", "240 megapixels, limit 80"), 413),
    (ImageError("damaged", "the file ends early"), 422),
    (InputError("choose a photo"), 422),
    (TableError("no header"), 422),
    (RecordError("number is empty"), 422),
    (SignInError("send a key"), 401),
    (ForbiddenError("not yours"), 403),
    (ConflictError("taken"), 409),
    (StaleError("changed"), 412),
    (NotFoundError("there is no record north/1"), 404),
    (StorageError("the disk is full"), 503),
    (ModelError("weights differ"), 503),
    (DamagedIndexError("torn"), 500),
    (HeritageError("other"), 500),
]


@pytest.mark.parametrize(("error", "status"), TABLE, ids=lambda value: type(value).__name__)
def test_every_error_has_its_status_and_says_its_sentence(error: HeritageError, status: int) -> None:
    problem = problem_of(error)
    assert (problem.status, problem.detail) == (status, str(error))
    assert problem.type.startswith("urn:heritage:problem:")


@pytest.fixture(scope="module")
def failing() -> TestClient:
    """An application whose every path raises what it is called after."""
    app = FastAPI()
    errors.install(app)
    for place, (error, _) in enumerate(TABLE):
        app.add_api_route(f"/{place}", _raising(error))
    app.add_api_route("/unforeseen", _raising(RuntimeError(f"secret in {Path('/etc/heritage')}")))
    return TestClient(app, raise_server_exceptions=False)


def _raising(error: Exception):  # type: ignore[no-untyped-def]
    def endpoint() -> None:
        raise error

    return endpoint


@pytest.mark.parametrize("place", range(len(TABLE)))
def test_every_error_is_answered_as_problem_json(failing: TestClient, place: int) -> None:
    error, status = TABLE[place]
    answer = failing.get(f"/{place}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = Problem.model_validate_json(answer.content)
    assert (problem.status, problem.detail, problem.instance) == (status, str(error), f"/{place}")


def test_an_unforeseen_error_says_nothing_of_the_inside(failing: TestClient) -> None:
    answer = failing.get("/unforeseen")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == SECURITY_HEADERS["Content-Security-Policy"]
