"""The API's documentation is complete and its examples are true."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from heritage.faces.api.app import create_app
from heritage.faces.api.around.idempotency import SECRET_PATHS
from heritage.faces.api.around.rate_limits import UNLIMITED
from heritage.faces.problems import Problem
from heritage.faces.schemas.accounts import (
    AgenciesModel,
    AgencyModel,
    FoundedModel,
    InvitationModel,
    KeyModel,
    KeysModel,
    MeModel,
    NewKeyModel,
    PeopleModel,
    PersonModel,
)
from heritage.faces.schemas.alerts import (
    AlertPage,
    ChannelModel,
    ChannelsModel,
    DeliveriesModel,
    DeliveryModel,
    NewChannelModel,
)
from heritage.faces.schemas.answers import MatchResponse
from heritage.faces.schemas.audit import CheckpointModel, ConsistencyModel, EventPage, InclusionModel
from heritage.faces.schemas.cases import CaseDeclinedModel, CaseModel, CasePage
from heritage.faces.schemas.facets import FacetsModel
from heritage.faces.schemas.health import AliveModel, ReadyModel
from heritage.faces.schemas.hits import HitPage, KeptHitModel
from heritage.faces.schemas.inspecting import InspectionModel
from heritage.faces.schemas.operations import OperationList, OperationModel
from heritage.faces.schemas.records import AddedImageModel, CaptureModel, HistoryModel, RecordModel, RecordPage
from heritage.faces.schemas.scans import ListingPage, ScanList, ScanModel
from heritage.faces.schemas.searches import KeptSearchModel, SearchPage
from heritage.faces.schemas.sellers import SellerDetail, SellerList
from heritage.faces.schemas.watches import WatchList, WatchModel
from heritage.settings import Settings

MODEL_BY_OPERATION: dict[str, type[BaseModel]] = {
    "match": MatchResponse,
    "photos.inspect": InspectionModel,
    "records.list": RecordPage,
    "records.facets": FacetsModel,
    "records.create": RecordModel,
    "records.get": RecordModel,
    "records.change": RecordModel,
    "records.withdraw": RecordModel,
    "records.history": HistoryModel,
    "images.add": AddedImageModel,
    "images.remove": RecordModel,
    "images.capture": CaptureModel,
    "hits.list": HitPage,
    "hits.get": KeptHitModel,
    "hits.decide": KeptHitModel,
    "counterparts.list": HitPage,
    "cases.list": CasePage,
    "cases.open": CaseModel,
    "cases.get": CaseModel,
    "cases.note": CaseModel,
    "cases.change": CaseModel,
    "cases.refer": CaseModel,
    "cases.file": CaseModel,
    "cases.photograph": CaseModel,
    "cases.search": CaseModel,
    "cases.offer": CaseModel,
    "cases.withdraw": CaseModel,
    "cases.accept": CaseModel,
    "cases.decline": CaseDeclinedModel,
    "cases.close": CaseModel,
    "cases.reopen": CaseModel,
    "alerts.list": AlertPage,
    "channels.list": ChannelsModel,
    "channels.create": NewChannelModel,
    "channels.end": ChannelModel,
    "channels.test": ChannelModel,
    "deliveries.list": DeliveriesModel,
    "deliveries.retry": DeliveryModel,
    "watches.create": WatchModel,
    "watches.list": WatchList,
    "watches.end": WatchModel,
    "searches.list": SearchPage,
    "searches.get": KeptSearchModel,
    "me.get": MeModel,
    "agencies.list": AgenciesModel,
    "agencies.create": FoundedModel,
    "agencies.change": AgencyModel,
    "agencies.suspend": AgencyModel,
    "agencies.resume": AgencyModel,
    "people.list": PeopleModel,
    "people.create": InvitationModel,
    "people.suspend": PersonModel,
    "people.resume": PersonModel,
    "people.reset": InvitationModel,
    "people.role": PersonModel,
    "keys.list": KeysModel,
    "keys.create": NewKeyModel,
    "keys.rotate": NewKeyModel,
    "keys.revoke": KeyModel,
    "audit.events": EventPage,
    "audit.checkpoint": CheckpointModel,
    "audit.proof": InclusionModel,
    "audit.consistency": ConsistencyModel,
    "imports.start": OperationModel,
    "exports.start": OperationModel,
    "operations.list": OperationList,
    "operations.get": OperationModel,
    "operations.cancel": OperationModel,
    "scans.start": ScanModel,
    "scans.list": ScanList,
    "scans.get": ScanModel,
    "scans.pause": ScanModel,
    "scans.resume": ScanModel,
    "scans.retry": ScanModel,
    "scans.cancel": ScanModel,
    "scans.listings": ListingPage,
    "scans.delete": ScanModel,
    "sellers.list": SellerList,
    "sellers.get": SellerDetail,
    "health.alive": AliveModel,
    "health.ready": ReadyModel,
}
BYTES = ("images.get", "photos.get", "photos.export", "cases.photo", "cases.original")
OPEN_TO_ALL = {"health.alive", "health.ready"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def success(operation: dict[str, Any]) -> dict[str, Any]:
    [response] = [response for status, response in operation["responses"].items() if status in ("200", "201")]
    assert isinstance(response, dict)
    return response


def answer_of(operation: dict[str, Any]) -> dict[str, Any]:
    """The response to a request that succeeds."""
    [answer] = [response for status, response in operation["responses"].items() if status in ("200", "201", "202")]
    return answer


def references(part: object) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(value) for value in part.values()))
    return set().union(*(references(value) for value in part)) if isinstance(part, list) else set()


def test_it_is_openapi_3_1_and_lists_every_operation(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    found = [operation["operationId"] for _, operation in operations(document)]
    without_model = [
        *BYTES,
        "operations.result",
        "documents.get",
        "alerts.feed",
        "scans.export",
        "scans.report",
        "sellers.export",
    ]
    assert sorted(found) == sorted([*MODEL_BY_OPERATION, *without_model])


def test_every_reference_resolves(document: dict[str, Any]) -> None:
    found = references(document)
    assert "#/components/schemas/MatchResponse" in found
    known = {f"#/components/{kind}/{name}" for kind, named in document["components"].items() for name in named}
    assert found <= known


def test_every_operation_has_a_summary_and_an_example_that_fits_its_model(document: dict[str, Any]) -> None:
    for _, operation in operations(document):
        assert operation["summary"]
        if model := MODEL_BY_OPERATION.get(operation["operationId"]):
            model.model_validate(answer_of(operation)["content"]["application/json"]["example"])


def test_every_operation_that_is_not_for_everybody_says_so(document: dict[str, Any]) -> None:
    for _, operation in operations(document):
        is_guarded = {"401", "403"} <= set(operation["responses"])
        assert is_guarded == (operation["operationId"] not in OPEN_TO_ALL)


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


def test_what_answers_strangers_says_so_and_nothing_else_does(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {scheme for one in document["security"] for scheme in one}
    assert {name for name, one in operations(document) if one.get("security") == []} == {"get /livez", "get /readyz"}
    for name, operation in operations(document):
        if "/v1/" in name:
            assert {"401", "403"} <= set(operation["responses"]), name


def test_no_answer_is_an_untyped_object(document: dict[str, Any]) -> None:
    for _, operation in operations(document):
        for content in answer_of(operation)["content"].values():
            assert "$ref" in content["schema"] or content["schema"]["type"] == "string"


def fits(document: dict[str, Any], schema: dict[str, Any], example: object) -> None:
    Draft202012Validator({**schema, "components": document["components"]}).validate(example)


def resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a reference to ``#/components/kind/name`` leads to, or the part itself."""
    if "$ref" not in part:
        return part
    _, _, kind, name = part["$ref"].split("/")
    return dict(document["components"][kind][name])


def test_every_operation_is_named_grouped_and_secured(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    for _, operation in operations(document):
        assert operation["operationId"] == "match" or re.fullmatch(r"[a-z]+\.[a-z]+", operation["operationId"])
        assert operation["tags"]
        security = operation.get("security", document["security"])
        assert (security == []) == (operation["operationId"] in OPEN_TO_ALL)
        assert {name for one in security for name in one} <= set(document["components"]["securitySchemes"])


def test_every_body_that_is_sent_or_answered_has_an_example_that_fits_its_schema(document: dict[str, Any]) -> None:
    for _, operation in operations(document):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for body in (*bodies, *operation["responses"].values()):
            for media_type, content in body.get("content", {}).items():
                assert content["example"], f"{operation['operationId']}: {media_type} has no example"
                fits(document, content["schema"], content["example"])


def test_examples_of_parameters_fit_their_schemas(document: dict[str, Any]) -> None:
    for _, operation in operations(document):
        for parameter in (resolved(document, one) for one in operation.get("parameters", [])):
            for example in [parameter.get("example"), *parameter["schema"].get("examples", [])]:
                if example is not None:
                    fits(document, parameter["schema"], example)


def test_what_stands_around_requests_is_documented_where_it_happens(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        method, path = name.split()
        is_limited = path not in UNLIMITED
        assert ("429" in operation["responses"]) == is_limited
        names = {parameter.get("$ref", "").rpartition("/")[2] for parameter in operation.get("parameters", [])}
        is_changing = method in ("post", "patch", "delete") and not path.startswith(SECRET_PATHS)
        assert ("Idempotency-Key" in names) == is_changing
        for status, response in operation["responses"].items():
            headers = set(response["headers"])
            assert "X-Request-Id" in headers
            assert ("RateLimit" in headers) == is_limited
            assert ("Retry-After" in headers) == (status in ("429", "503"))


def test_examples_of_the_schemas_themselves_fit(document: dict[str, Any]) -> None:
    for model in (MatchResponse, InspectionModel, RecordModel, Problem):
        for example in document["components"]["schemas"][model.__name__]["examples"]:
            model.model_validate(example)
