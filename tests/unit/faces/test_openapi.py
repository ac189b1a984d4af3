"""The API's documentation is complete and its examples are true."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from heritage.faces.api.app import create_app
from heritage.faces.inspection_schemas import InspectionModel
from heritage.faces.problems import Problem
from heritage.faces.schemas import AliveModel, MatchResponse, ReadyModel, RecordModel
from heritage.settings import Settings

MODEL_BY_PATH: dict[str, type[BaseModel]] = {
    "/v1/match": MatchResponse,
    "/v1/inspect": InspectionModel,
    "/v1/records/{registry}/{number}": RecordModel,
    "/livez": AliveModel,
    "/readyz": ReadyModel,
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(path, operation) for path, item in document["paths"].items() for operation in item.values()]


def references(part: object) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(value) for value in part.values()))
    return set().union(*(references(value) for value in part)) if isinstance(part, list) else set()


def test_it_is_openapi_3_1_and_lists_every_operation(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {*MODEL_BY_PATH, "/v1/images/{digest}"}


def test_every_reference_resolves(document: dict[str, Any]) -> None:
    found = references(document)
    assert "#/components/schemas/MatchResponse" in found
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert found <= known


def test_every_operation_has_a_summary_and_an_example_that_fits_its_model(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        assert operation["summary"]
        if path in MODEL_BY_PATH:
            example = operation["responses"]["200"]["content"]["application/json"]["example"]
            MODEL_BY_PATH[path].model_validate(example)


def test_every_error_response_is_a_problem_with_an_example_that_fits(document: dict[str, Any]) -> None:
    count = 0
    for _, operation in operations(document):
        for status, response in operation["responses"].items():
            if status.startswith(("4", "5")):
                content = response["content"]["application/problem+json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
                assert Problem.model_validate(content["example"]).status == int(status)
                assert list(response["content"]) == ["application/problem+json"]
                count += 1
    assert count >= 10


def test_no_answer_is_an_untyped_object(document: dict[str, Any]) -> None:
    for _, operation in operations(document):
        for content in operation["responses"]["200"]["content"].values():
            assert "$ref" in content["schema"] or content["schema"]["type"] == "string"


def test_examples_of_the_schemas_themselves_fit(document: dict[str, Any]) -> None:
    for model in (MatchResponse, InspectionModel, RecordModel, Problem):
        for example in document["components"]["schemas"][model.__name__]["examples"]:
            model.model_validate(example)


def test_the_document_is_served_and_no_page_loads_scripts_from_elsewhere(client: TestClient) -> None:
    assert client.get("/openapi.json").json()["info"]["title"] == "heritage"
    assert client.get("/docs").status_code == 404
