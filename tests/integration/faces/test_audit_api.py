"""/v1/audit: whose admins see which events, and proofs that hold against a checkpoint kept elsewhere."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from fastapi.testclient import TestClient

from heritage.domain.access import Handling, Role, Viewer
from heritage.domain.audit import Action, Checkpoint, event
from heritage.domain.images import ImageDigest
from heritage.domain.merkle import TreeHead, leaf_hash, verify_consistency, verify_inclusion
from heritage.faces.api.paging import _check
from heritage.service.auditing import checkpoint_now
from heritage.service.context import Context
from tests.integration.faces.accounts import CENTRE, EAST, NORTH, Agencies
from tests.integration.faces.conftest import SEED_BY_HANDLING, by, open_handled
from tests.integration.faces.test_api import problem_of
from tests.pictures import encoded, picture

EVENTS = "/v1/audit/events"
WHO = {agency: Viewer(f"{agency}-officer", agency, Role.OFFICER) for agency in (NORTH, EAST)}


@pytest.fixture(scope="module")
def handled_context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """Of its own: these tests count what is in the log."""
    with open_handled(tmp_path_factory.mktemp("logged")) as context:
        yield context


@pytest.fixture(scope="module")
def log(agencies: Agencies, handled_context: Context) -> dict[str, list[int]]:
    """The sequences of what was done by either agency, in turns."""
    done: dict[str, list[int]] = {NORTH: [], EAST: []}
    for number in range(5):
        for agency, who in WHO.items():
            done[agency].append(handled_context.audit.record(event(who, Action.EXPORT, f"reg/{number}", "à 𝄞")))
    return done


def get(agencies: Agencies, path: str, whose: str, /, **asked: Any) -> Any:
    return agencies.client.get(path, params=asked, headers=agencies.headers(whose, Role.ADMIN))


def sequences(answer: Any) -> list[int]:
    return [one["sequence"] for one in answer.json()["events"]]


def hashes(texts: list[str]) -> tuple[bytes, ...]:
    return tuple(map(bytes.fromhex, texts))


def test_admins_see_what_their_own_agency_did(agencies: Agencies, log: dict[str, list[int]]) -> None:
    for agency in (NORTH, EAST):
        for asked in ({}, {"agency": agency}):
            answer = get(agencies, EVENTS, agency, action="export", **asked)
            assert sequences(answer) == log[agency]
            assert {one["agency"] for one in answer.json()["events"]} == {agency}
    assert problem_of(get(agencies, EVENTS, NORTH, agency=EAST)).status == 403


def test_the_operators_admins_see_everything_and_filter(agencies: Agencies, log: dict[str, list[int]]) -> None:
    assert sequences(get(agencies, EVENTS, CENTRE, action="export")) == sorted(log[NORTH] + log[EAST])
    assert sequences(get(agencies, EVENTS, CENTRE, action="export", agency=EAST)) == log[EAST]
    [found] = get(agencies, EVENTS, CENTRE, actor=WHO[EAST].actor, subject="reg/3").json()["events"]
    assert (found["sequence"], found["detail"]) == (log[EAST][3], "à 𝄞")
    since = sequences(get(agencies, EVENTS, CENTRE, action="export", since=found["at"]))
    until = sequences(get(agencies, EVENTS, CENTRE, action="export", until=found["at"]))
    assert since[0] == found["sequence"]
    assert until + since == sorted(log[NORTH] + log[EAST])


def test_events_come_in_pages(agencies: Agencies, log: dict[str, list[int]]) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        answer = get(agencies, EVENTS, NORTH, action="export", limit=2, cursor=cursor)
        seen.append(sequences(answer))
        cursor = answer.json()["next"]
        assert ("link" in answer.headers) == (cursor is not None)
    assert seen == [log[NORTH][:2], log[NORTH][2:4], log[NORTH][4:]]


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-05-04T03:02:01"},  # in which zone?
        {"since": "0001-01-01T00:00:00+14:00"},
        {"until": "9999-12-31T23:59:59-12:00"},
        {"until": "x"},
        {"action": "x"},
        {"actor": "\0"},
        {"subject": "x" * 501},
        {"limit": "201"},
        {"cursor": "x"},
    ],
)
def test_events_cannot_be_asked_for_wrongly(agencies: Agencies, asked: dict[str, str]) -> None:
    assert problem_of(get(agencies, EVENTS, NORTH, **asked)).status == 422


@pytest.mark.parametrize("place", ["x", "-1", "²", "9" * 30])
def test_a_forged_cursor_is_refused(agencies: Agencies, place: str) -> None:
    question = f'["{EVENTS}", []]'
    cursor = urlsafe_b64encode(_check(question, place) + place.encode()).rstrip(b"=").decode()
    assert "no cursor of a list of events" in problem_of(get(agencies, EVENTS, NORTH, cursor=cursor)).detail


def test_a_proof_holds_against_a_checkpoint_kept_elsewhere(
    agencies: Agencies, handled_context: Context, log: dict[str, list[int]]
) -> None:
    checkpoint_now(handled_context.audit)
    told = get(agencies, "/v1/audit/checkpoint", EAST).json()
    kept = Checkpoint.parse(told["line"])
    assert (kept.size, kept.root.hex(), kept.key_id) == (told["size"], told["root"], told["key_id"])
    key = load_pem_public_key(told["public_key"].encode())
    assert isinstance(key, Ed25519PublicKey)
    key.verify(bytes.fromhex(told["signature"]), kept.statement.encode())
    assert hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16] == kept.key_id
    handled_context.audit.record(event(WHO[NORTH], Action.READ))
    for sequence in log[EAST]:
        proof = get(agencies, f"{EVENTS}/{sequence}/proof", EAST, size=kept.size).json()
        assert proof["event"]["sequence"] == proof["leaf_index"] + 1 == sequence
        leaf = leaf_hash(proof["hashed"].encode())
        assert leaf.hex() == proof["leaf_hash"]
        assert verify_inclusion(leaf, proof["leaf_index"], kept.head, hashes(proof["path"]))


def test_without_a_size_the_proof_is_of_the_log_as_it_is(
    agencies: Agencies, handled_context: Context, log: dict[str, list[int]]
) -> None:
    proof = get(agencies, f"{EVENTS}/{log[NORTH][0]}/proof", NORTH).json()
    assert proof["size"] == handled_context.audit.size()
    tree = TreeHead(proof["size"], bytes.fromhex(proof["root"]))
    assert verify_inclusion(bytes.fromhex(proof["leaf_hash"]), log[NORTH][0] - 1, tree, hashes(proof["path"]))


def test_no_proof_tells_of_what_one_may_not_see(agencies: Agencies, log: dict[str, list[int]]) -> None:
    theirs, none = log[EAST][0], 10**15
    answers = [problem_of(get(agencies, f"{EVENTS}/{sequence}/proof", NORTH)) for sequence in (theirs, none)]
    assert [(one.status, one.detail) for one in answers] == [
        (404, f"there is no event {theirs}"),
        (404, f"there is no event {none}"),
    ]
    assert get(agencies, f"{EVENTS}/{theirs}/proof", CENTRE).status_code == 200
    for size in (theirs - 1, none):
        assert problem_of(get(agencies, f"{EVENTS}/{theirs}/proof", EAST, size=size)).status == 404
    for sequence in ("0", "-1", "x", "9" * 30):
        assert problem_of(get(agencies, f"{EVENTS}/{sequence}/proof", EAST)).status == 422


def test_the_log_is_proved_to_go_on_from_an_earlier_checkpoint(
    agencies: Agencies, handled_context: Context, log: dict[str, list[int]]
) -> None:
    old = checkpoint_now(handled_context.audit)
    handled_context.audit.record(*(event(WHO[NORTH], Action.READ) for _ in range(3)))
    new = checkpoint_now(handled_context.audit)
    proof = get(agencies, "/v1/audit/consistency", NORTH, old=old.size, new=new.size).json()
    assert (proof["old_root"], proof["new_root"]) == (old.root.hex(), new.root.hex())
    assert verify_consistency(old.head, new.head, hashes(proof["path"]))
    for first, second, status in ((new.size, old.size, 404), (1, 10**15, 404), (0, 1, 422)):
        answer = get(agencies, "/v1/audit/consistency", NORTH, old=first, new=second)
        assert problem_of(answer).status == status


def test_a_log_that_was_never_signed_has_no_checkpoint(shared: tuple[TestClient, Context]) -> None:
    client, context = shared
    headers = by(Role.ADMIN, "north")
    assert "heritage audit checkpoint" in problem_of(client.get("/v1/audit/checkpoint", headers=headers)).detail
    client.post("/v1/records", json={"registry": "i", "number": "1"}, headers=headers)
    checkpoint_now(context.audit)
    (context.audit.home / "audit-key.pub").unlink()
    assert problem_of(client.get("/v1/audit/checkpoint", headers=headers)).status == 503


def test_every_way_to_read_a_restricted_record_leaves_a_trace(agencies: Agencies) -> None:
    registrar = agencies.headers(NORTH, Role.REGISTRAR)
    red = SEED_BY_HANDLING[Handling.RED]
    match = agencies.client.post("/v1/match", files={"image": encoded(picture(red))}, headers=registrar).json()
    hit_id = next(hit["hit_id"] for hit in match["hits"] if hit["record"]["number"] == str(red))
    image = f"/v1/images/{ImageDigest.of(encoded(picture(red)))}?size=16"
    record = f"north/{red}"
    admin = agencies.headers(NORTH, Role.ADMIN)

    def read_count() -> int:
        events = agencies.client.get("/v1/audit/events", params={"action": "read", "limit": 200}, headers=admin).json()
        return len(events["events"])

    for path in (
        f"/v1/records/{record}",
        f"/v1/histories/{record}",
        f"/v1/documents/lido/{record}",
        f"/v1/records?registry=north&text=panel+{red}",
        f"/v1/hits/{hit_id}",
        image,
    ):
        before = read_count()
        assert agencies.client.get(path, headers=registrar).status_code == 200
        assert read_count() > before, path
