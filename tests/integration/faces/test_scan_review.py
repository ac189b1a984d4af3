"""The hits of a scan as pages: by record and by seller, folded, and decided on one after the other."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from heritage.domain.review import DecisionKind, HitState
from heritage.faces.api.viewing import viewer_of
from heritage.service.context import Context
from heritage.service.folding import show
from heritage.service.review import read_hit
from heritage.service.scan_review import Queue, review_queue
from tests.dealers import ANTIQUES, dealers_zip
from tests.integration.faces.scanned import ANNA, ended, open_client, open_north, started
from tests.kept import viewer as viewer_at


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with open_north(tmp_path) as context:
        yield context


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    with open_client(context) as client:
        yield client


@pytest.fixture
def scan_id(client: TestClient) -> str:
    done = ended(client, started(client, files={"file": ("dealers.zip", dealers_zip())}))
    assert done["counts"]["strong"] == 4, done
    return str(done["id"])


def queue_of(context: Context, scan_id: str) -> Queue:
    return review_queue(context, scan_id, ANNA)


def test_listings_with_one_picture_are_folded_also_in_another_file(context: Context, scan_id: str) -> None:
    folds = show(context.listings, scan_id, ANNA, queue_of(context, scan_id).folds)
    keys = [sorted(one.listing.key for one in shown.listings) for shown in folds]
    assert sorted(keys) == [["1", "2", "3"], ["4"]]
    panel = folds[keys.index(["1", "2", "3"])].fold
    assert not panel.is_one_file
    assert len(panel.sellers) == 2


def test_hits_stand_by_record_and_by_seller(client: TestClient, scan_id: str) -> None:
    by_record = client.get(f"/scans/{scan_id}/hits").text
    assert "3 listings with this picture" in by_record
    assert "Of different sellers." in by_record
    by_seller = client.get(f"/scans/{scan_id}/hits?by=seller").text
    assert "Antiques &amp; Co &lt;Ghent&gt;" in by_seller
    assert "2 listings with this picture" in by_seller
    assert "Of one seller." in by_seller
    assert f"/scans/{scan_id}/hits?by=seller" in client.get(f"/scans/{scan_id}").text


def test_hits_are_decided_one_after_the_other_until_none_is_left(
    client: TestClient, context: Context, scan_id: str
) -> None:
    page = client.get(f"/scans/{scan_id}/review").text
    assert "2 of 2 left" in page
    for key in "crapn":
        assert f'data-key="{key}"' in page or (key == "p" and 'rel="prev"' not in page)
    for _ in range(2):
        [hit] = re.findall(r'name="hit" value="([0-9a-f]{24})"', page)
        answer = client.post(
            f"/scans/{scan_id}/review",
            data={"hit": hit, "decision": "rejected", "reason": "3", "together": "true", "token": hit},
        )
        assert "Put on record" in answer.text
        page = answer.text
    assert "0 of 2 left" in page
    assert "Every match of this scan was looked at." in page
    for hit in queue_of(context, scan_id).hit_ids:
        kept = read_hit(context, hit, ANNA)
        assert (kept.state, [one.kind for one in kept.decisions]) == (HitState.REJECTED, [DecisionKind.REJECTED])


def test_one_of_a_fold_is_decided_alone_and_the_others_stay(client: TestClient, context: Context, scan_id: str) -> None:
    fold = next(fold for fold in queue_of(context, scan_id).folds if len(fold.found) == 3)
    sent = {"hit": fold.best.hit_id, "decision": "confirmed", "token": "once"}
    for _ in range(2):  # a second click changes nothing
        client.post(f"/scans/{scan_id}/review", data=sent)
    states = [read_hit(context, hit.hit_id, ANNA) for hit in fold.found]
    assert [one.state for one in states] == [HitState.CONFIRMED, HitState.OPEN, HitState.OPEN]
    assert len(states[0].decisions) == 1
    again = client.get(f"/scans/{scan_id}/review?hit={fold.best.hit_id}").text
    assert "2 of 2 left" in again
    assert "Say it of 2 more listings with this picture too" in again


def test_a_question_to_the_owner_leaves_the_queue(client: TestClient, context: Context, scan_id: str) -> None:
    for fold in queue_of(context, scan_id).folds:
        sent = {"hit": fold.best.hit_id, "decision": "ask_owner", "together": "true"}
        client.post(f"/scans/{scan_id}/review", data=sent)
    queue = queue_of(context, scan_id)
    assert queue.left_count == 0
    assert {read_hit(context, hit_id, ANNA).state for hit_id in queue.hit_ids} == {HitState.OPEN}


def test_what_cannot_be_taken_is_told_and_nothing_typed_is_lost(
    client: TestClient, context: Context, scan_id: str
) -> None:
    hit = queue_of(context, scan_id).folds[0].best.hit_id
    for note in ("x" * 2_001, "\n"):
        answer = client.post(f"/scans/{scan_id}/review", data={"hit": hit, "decision": "rejected", "note": note})
        assert answer.status_code == 422
        assert note in answer.text
        assert 'id="review-problem"' in answer.text
    assert read_hit(context, hit, ANNA).decisions == ()


def test_another_agency_reads_nothing_of_it(client: TestClient, context: Context, scan_id: str) -> None:
    hit = queue_of(context, scan_id).folds[0].best.hit_id
    client.app.dependency_overrides[viewer_of] = lambda: viewer_at("south")  # type: ignore[attr-defined]
    for path in ("review", "hits", "hits?by=seller", f"review?hit={hit}"):
        answer = client.get(f"/scans/{scan_id}/{path}")
        assert answer.status_code == 404
        assert "Antiques" not in answer.text
    sent = client.post(f"/scans/{scan_id}/review", data={"hit": hit, "decision": "confirmed"})
    assert sent.status_code == 404
    assert read_hit(context, hit, ANNA).decisions == ()


def test_a_hit_of_another_scan_is_not_found(client: TestClient, scan_id: str) -> None:
    assert client.get(f"/scans/{scan_id}/review?hit={'0' * 24}").status_code == 404
    assert ANTIQUES not in client.get(f"/scans/{scan_id}/review?hit={'0' * 24}").text
