"""Agencies, people and keys over the API, from making them to their end."""

from typing import Any

import pytest
from sqlalchemy import select

from heritage.domain.access import Role
from heritage.service.context import Context
from heritage.storage.schema import reply
from tests.integration.faces.accounts import CENTRE, EAST, NORTH, Agencies

pytestmark = pytest.mark.usefixtures("cheap_hashes")


def post(agencies: Agencies, path: str, headers: dict[str, str], wanted: dict[str, Any] | None = None) -> Any:
    return agencies.client.post(path, json=wanted, headers=headers)


def as_key(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def test_a_key_from_its_making_to_its_end(fresh_agencies: Agencies) -> None:
    admin = fresh_agencies.headers(NORTH, Role.ADMIN)
    wanted = {"role": "investigator", "scopes": ["match"], "label": "gate 4", "expires_at": "2099-01-01T00:00:00Z"}
    made = post(fresh_agencies, "/v1/keys", admin, wanted)
    assert made.status_code == 201
    key, prefix = made.json()["text"], made.json()["key"]["prefix"]
    me = fresh_agencies.client.get("/v1/me", headers=as_key(key)).json()
    assert me == {
        "actor": f"hk_{prefix}",
        "agency": NORTH,
        "is_operator": False,
        "role": "investigator",
        "scopes": ["match"],
    }
    assert fresh_agencies.client.get("/v1/records/north/2", headers=as_key(key)).status_code == 403
    successor = post(fresh_agencies, f"/v1/keys/{prefix}/rotate", admin, {"overlap_hours": 1}).json()
    assert fresh_agencies.client.get("/v1/me", headers=as_key(successor["text"])).status_code == 200
    assert fresh_agencies.client.get("/v1/me", headers=as_key(key)).status_code == 200
    assert post(fresh_agencies, f"/v1/keys/{prefix}/revoke", admin).json()["revoked_at"]
    assert fresh_agencies.client.get("/v1/me", headers=as_key(key)).status_code == 401
    assert post(fresh_agencies, f"/v1/keys/{prefix}/rotate", admin).status_code == 409
    listed = fresh_agencies.client.get("/v1/keys", headers=admin)
    by_prefix = {one["prefix"]: one for one in listed.json()["keys"]}
    assert by_prefix[prefix]["last_used_at"]
    assert by_prefix[prefix]["label"] == "gate 4"
    assert key.split("_")[2] not in listed.text


def test_a_rotation_without_a_body_has_the_usual_overlap(fresh_agencies: Agencies) -> None:
    admin = fresh_agencies.headers(NORTH, Role.ADMIN)
    key = fresh_agencies.key(NORTH, Role.OFFICER)
    assert post(fresh_agencies, f"/v1/keys/{key.split('_')[1]}/rotate", admin).status_code == 201
    assert fresh_agencies.client.get("/v1/me", headers=as_key(key)).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"role": "officer", "scopes": []}, "at least one right"),
        ({"role": "officer", "scopes": ["records:write"]}, "the role officer has these rights"),
        ({"role": "chief"}, "role"),
        ({"role": "officer", "expires_at": "2001-01-01T00:00:00Z"}, "expired already"),
        ({"role": "officer", "expires_at": "2099-01-01T00:00:00"}, "timezone"),
        ({"role": "officer", "label": "two\nlines"}, "a label has"),
        ({"role": "officer", "agency": EAST}, "agency"),
    ],
)
def test_a_key_that_cannot_be_is_refused(agencies: Agencies, wanted: dict[str, Any], message: str) -> None:
    answer = post(agencies, "/v1/keys", agencies.headers(NORTH, Role.ADMIN), wanted)
    assert answer.status_code == 422
    assert message in answer.json()["detail"]


def test_an_agency_its_admin_its_suspension(fresh_agencies: Agencies) -> None:
    operator = fresh_agencies.headers(CENTRE, Role.ADMIN)
    name = "Police / Art Crime, Süd"
    made = post(fresh_agencies, "/v1/agencies", operator, {"name": name, "admin": "cy"})
    assert made.status_code == 201
    assert made.json()["admin"]["person"] == {
        "login": "cy",
        "agency": name,
        "role": "admin",
        "has_totp": False,
        "must_choose_password": True,
        "created_at": made.json()["admin"]["person"]["created_at"],
        "suspended_at": None,
    }
    key = fresh_agencies.key(name, Role.OFFICER)
    suspended = post(fresh_agencies, f"/v1/agencies/{name}/suspend", operator)
    assert suspended.json()["suspended_at"]
    assert fresh_agencies.client.get("/v1/me", headers=as_key(key)).status_code == 401
    assert post(fresh_agencies, f"/v1/agencies/{name}/resume", operator).json()["suspended_at"] is None
    assert fresh_agencies.client.get("/v1/me", headers=as_key(key)).status_code == 200
    names = [one["name"] for one in fresh_agencies.client.get("/v1/agencies", headers=as_key(key)).json()["agencies"]]
    assert names == [CENTRE, NORTH, name, EAST]


def test_the_operator_is_not_suspended(agencies: Agencies) -> None:
    answer = post(agencies, f"/v1/agencies/{CENTRE}/suspend", agencies.headers(CENTRE, Role.ADMIN))
    assert answer.status_code == 409


def test_people_are_made_seen_and_reset_by_their_own_admin_alone(fresh_agencies: Agencies) -> None:
    north = fresh_agencies.headers(NORTH, Role.ADMIN)
    made = post(fresh_agencies, "/v1/people", north, {"login": "bo", "role": "registrar"})
    assert made.json()["person"]["agency"] == NORTH
    assert post(fresh_agencies, "/v1/people", north, {"login": "BO", "role": "officer"}).status_code == 409
    logins = {
        agency: [one["login"] for one in fresh_agencies.client.get("/v1/people", headers=headers).json()["people"]]
        for agency, headers in ((NORTH, north), (EAST, fresh_agencies.headers(EAST, Role.ADMIN)))
    }
    assert logins == {NORTH: ["bo", "north-admin"], EAST: ["east-admin"]}
    again = post(fresh_agencies, "/v1/people/bo/reset", north)
    assert again.json()["password"] != made.json()["password"]
    assert "password_hash" not in again.text


def test_whoever_signs_in_by_provider_has_no_password(agencies: Agencies) -> None:
    wanted = {"login": "auth0|77", "role": "officer", "has_password": False}
    made = post(agencies, "/v1/people", agencies.headers(EAST, Role.ADMIN), wanted)
    assert (made.status_code, made.json()["password"]) == (201, "")


@pytest.mark.parametrize(
    "wanted",
    [{"login": "a b", "role": "officer"}, {"login": "local", "role": "officer"}, {"login": "x"}, {"login": ""}],
)
def test_a_person_that_cannot_be_is_refused(agencies: Agencies, wanted: dict[str, Any]) -> None:
    assert post(agencies, "/v1/people", agencies.headers(NORTH, Role.ADMIN), wanted).status_code == 422


@pytest.mark.parametrize("login", ["nobody", "%00", "%FF", "east-admin"])
def test_a_person_who_is_not_there_is_not_found(agencies: Agencies, login: str) -> None:
    answer = post(agencies, f"/v1/people/{login}/suspend", agencies.headers(NORTH, Role.ADMIN))
    assert answer.status_code == 404


@pytest.mark.parametrize("prefix", ["aaaaaaaa", "AAAAAAAA", "x", "%00aaaaaaa"])
def test_a_key_that_is_not_there_is_not_found(agencies: Agencies, prefix: str) -> None:
    answer = post(agencies, f"/v1/keys/{prefix}/revoke", agencies.headers(NORTH, Role.ADMIN))
    assert answer.status_code == (404 if prefix == "aaaaaaaa" else 422)


def test_an_answer_with_a_secret_is_not_kept_for_its_idempotency_key(
    fresh_agencies: Agencies, handled_context: Context
) -> None:
    headers = fresh_agencies.headers(NORTH, Role.ADMIN) | {"Idempotency-Key": "once-and-for-all"}
    made = post(fresh_agencies, "/v1/keys", headers, {"role": "officer"}).json()
    invited = post(fresh_agencies, "/v1/people", headers, {"login": "bo", "role": "officer"}).json()
    with handled_context.database.read() as connection:
        kept = b"".join(connection.execute(select(reply.c.body)).scalars())
        keys = set(connection.execute(select(reply.c.key)).scalars())
    assert made["text"].encode() not in kept
    assert invited["password"].encode() not in kept
    assert "once-and-for-all" not in keys
