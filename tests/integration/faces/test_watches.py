"""Watches through the API and at the pages: asked for at an answer or a search, listed, ended; nobody else's to see."""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from heritage.domain.access import Role
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.images import ImageDigest
from heritage.faces.api.app import create_app
from heritage.service.context import Context, open_context
from heritage.settings import Settings
from tests.clients import AT_THIS_MACHINE
from tests.integration.faces.accounts import EAST, NORTH, open_agencies
from tests.integration.faces.conftest import open_handled
from tests.integration.faces.test_api import problem_of
from tests.pictures import encoded, picture
from tests.toys import ToyEmbedder

OFFICER, COLLEAGUE = (EAST, Role.OFFICER), (EAST, Role.INVESTIGATOR)
OTHER = (NORTH, Role.ADMIN)
BUTTON = "Tell me if this is ever registered"
pytestmark = pytest.mark.usefixtures("cheap_hashes")

Who = tuple[str, Role]


@dataclass(frozen=True)
class Site:
    client: TestClient
    context: Context
    headers: dict[Who, dict[str, str]]

    def get(self, path: str, who: Who = OFFICER) -> str:
        return str(self.client.get(path, headers=self.headers[who]).text)

    def sent(self, path: str, who: Who = OFFICER, **data: object) -> Any:
        return self.client.post(path, headers=self.headers[who], data=data, follow_redirects=False)

    def watch(self, digest: str, who: Who = OFFICER) -> Any:
        return self.client.post("/v1/watches", json={"digest": digest}, headers=self.headers[who])

    def end(self, watch_id: str, who: Who = OFFICER) -> Any:
        return self.client.delete(f"/v1/watches/{watch_id}", headers=self.headers[who])

    def watched(self, who: Who = OFFICER) -> list[dict[str, Any]]:
        return list(self.client.get("/v1/watches", headers=self.headers[who]).json()["watches"])

    def searched(self, *seeds: int) -> tuple[str, list[str]]:
        """The page of a new answer, and the photos' digests."""
        data = [encoded(picture(seed), "JPEG") for seed in seeds]
        files = [("image", (f"{place}.jpg", one)) for place, one in enumerate(data)]
        answer = self.client.post("/", files=files, headers=self.headers[OFFICER])
        assert answer.status_code == 200
        return answer.text, [str(ImageDigest.of(one)) for one in data]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_handled(tmp_path / "home") as context, open_agencies(context, tmp_path / "accounts") as agencies:
        headers = {who: agencies.headers(*who) for who in (OFFICER, COLLEAGUE, OTHER)}
        yield Site(agencies.client, context, headers)


def test_a_photo_is_watched_listed_and_ended_through_the_api(site: Site) -> None:
    _, [digest] = site.searched(801)
    made = site.watch(digest)
    assert made.status_code == 201
    watch = made.json()
    assert (watch["digest"], watch["agency"], watch["photo_url"]) == (digest, EAST, f"/v1/photos/{digest}")
    year = datetime.fromisoformat(watch["until"]) - datetime.fromisoformat(watch["created_at"])
    assert year == timedelta(days=365)
    assert [one["watch_id"] for one in site.watched(COLLEAGUE)] == [watch["watch_id"]]
    assert site.watched(OTHER) == []
    assert problem_of(site.end(watch["watch_id"], OTHER)).status == 404
    ended = site.end(watch["watch_id"], COLLEAGUE)
    assert datetime.fromisoformat(ended.json()["until"]) < datetime.now(UTC) + timedelta(minutes=1)
    assert site.watched() == []
    assert problem_of(site.end(watch["watch_id"])).status == 404
    found = site.context.audit.page(0, 1000, AuditFilter(action=Action.WATCH, subject=digest))
    assert sorted(one.event.detail[:5] for one in found) == ["ended", "until"]


def test_only_a_photo_that_the_own_agency_keeps_can_be_watched(site: Site) -> None:
    _, [digest] = site.searched(802)
    assert problem_of(site.watch(digest, OTHER)).status == 404
    assert problem_of(site.watch(f"sha256:{'0' * 64}")).status == 404
    assert problem_of(site.watch("x")).status == 422


def test_the_answer_offers_to_tell_and_its_button_acts_once(site: Site) -> None:
    page, [digest] = site.searched(803)
    assert BUTTON in page
    assert f'name="digest" value="{digest}"' in page
    for _ in range(2):
        answer = site.sent("/watches", digest=digest, token="t-803")
        assert (answer.status_code, answer.headers["location"]) == (303, "/watches?said=watched")
    [watch] = site.watched()
    listed = site.get("/watches?said=watched", COLLEAGUE)
    assert "Your agency is told if it is registered." in listed
    assert f"/v1/photos/{digest}?size=" in listed
    assert digest not in site.get("/watches", OTHER)
    again, _ = site.searched(803)
    assert BUTTON not in again
    assert "Your agency watches this photo" in again
    for _ in range(2):
        assert site.sent(f"/watches/{watch['watch_id']}/end", token="e-803").status_code == 303
    assert site.watched() == []
    assert "The watch is ended." in site.get("/watches?said=ended")


def test_several_photos_of_one_search_are_watched_together(site: Site) -> None:
    page, digests = site.searched(804, 805)
    assert re.findall(r'name="digest" value="(sha256:[0-9a-f]{64})"', page) == digests
    assert site.sent("/watches", digest=digests, token="t-804").status_code == 303
    assert {one["digest"] for one in site.watched()} == set(digests)


def test_a_kept_search_offers_it_too_as_long_as_its_photo_is_kept(site: Site) -> None:
    page, [digest] = site.searched(806)
    [address] = set(re.findall(r"/searches/[0-9a-f]{24}", page))
    shown = site.get(address, COLLEAGUE)
    assert BUTTON in shown
    assert f'name="digest" value="{digest}"' in shown
    with site.context.database.begin() as connection:
        connection.exec_driver_sql("UPDATE hit SET state = 'rejected'")  # it would keep its photo
        connection.exec_driver_sql("UPDATE photo_keeping SET until = '2020-01-01 00:00:00'")
    shown = site.get(address)
    assert BUTTON not in shown
    assert "The photo is not kept any more" in shown


def test_where_no_photos_are_kept_it_says_why_none_can_be_watched(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, threads=2, photo_days=0)
    with open_context(settings, ToyEmbedder()) as context:
        app = create_app(settings, lambda _: nullcontext(context))
        with TestClient(app, **AT_THIS_MACHINE) as client:
            page = client.post("/", files={"image": ("a.jpg", encoded(picture(807), "JPEG"))}).text
    assert BUTTON not in page
    assert "Your agency keeps no photos of searches" in page


def test_what_cannot_be_watched_is_told(site: Site) -> None:
    assert site.sent("/watches", token="t").status_code == 422
    assert site.sent("/watches", token="t", digest="x").status_code == 422
    assert site.sent(f"/watches/{'0' * 24}/end", token="t").status_code == 404
