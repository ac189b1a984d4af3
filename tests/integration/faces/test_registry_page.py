"""Browsing the registry at the page."""

import re

import pytest
from fastapi.testclient import TestClient

from heritage.domain.access import Handling, Role
from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord
from heritage.service.context import Context
from tests.integration.faces.accounts import EAST, NORTH, Agencies
from tests.integration.faces.conftest import SEED_BY_HANDLING, by


def test_records_are_listed_with_their_pictures_and_facets(client: TestClient) -> None:
    page = client.get("/registry")
    assert page.status_code == 200
    assert "Panel 3" in page.text
    assert page.text.count('loading="lazy"') == 12  # none of the withdrawn one
    assert '<a href="/registry?status=stolen"' in page.text
    assert '<a href="/registry?material=wood"' in page.text
    assert not re.search(r"<script(?! src=\"/static/)|\son\w+=|style=", page.text)
    assert len(page.content) < 100_000


def test_words_and_criteria_narrow_it_down(client: TestClient) -> None:
    page = client.get("/registry?text=panel+3&status=stolen&since=")
    assert ">1 record<" in page.text
    assert "Panel 3" in page.text
    assert "Panel 4" not in page.text
    assert 'value="panel 3"' in page.text


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(client: TestClient) -> None:
    page = client.get("/registry?text=panel&since=May+1998&place=Kabul")
    assert page.status_code == 422
    assert 'id="problem-since"' in page.text
    assert 'value="May 1998"' in page.text
    assert 'value="Kabul"' in page.text


def test_a_term_that_there_is_not_is_said_to_be_none(client: TestClient) -> None:
    page = client.get("/registry?category=spaceship")
    assert page.status_code == 422
    assert "There is no term" in page.text


def test_nothing_found_is_no_clearance(client: TestClient) -> None:
    page = client.get("/registry?text=zeppelin")
    assert "0 records" in page.text
    assert "Not found is not a clearance." in page.text


def test_one_page_leads_to_the_next(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heritage.faces.web.registry.MAX_PAGE", 5)
    address, seen = "/registry", []
    while address:
        page = client.get(address).text
        seen += re.findall(r'<li><a href="(/records/[^"]+)"', page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 13


def test_a_full_page_stays_small(shared: tuple[TestClient, Context]) -> None:
    """Though it has 200 records with pictures: here the pictures are named alone, which is what takes room."""
    client, context = shared
    made = [
        RegistryRecord(RecordId("national-register", f"2019-{number:05}"), card=ObjectIdCard(title="Saint George " * 2))
        for number in range(205)
    ]
    context.records.save_all([(record, []) for record in made], context.specs)
    page = client.get("/registry", headers=by(Role.OFFICER, NORTH))
    assert page.text.count('<li><a href="/records/') == 200
    image = f'<img src="/v1/images/sha256:{"0" * 64}?size=240" alt="" loading="lazy">'
    assert len(page.content) + 200 * len(image) < 100_000


@pytest.mark.parametrize(
    ("agency", "role", "count"), [(NORTH, Role.REGISTRAR, 5), (NORTH, Role.OFFICER, 4), (EAST, Role.ADMIN, 2)]
)
def test_only_what_one_may_see_is_listed_and_counted(agencies: Agencies, agency: str, role: Role, count: int) -> None:
    page = agencies.client.get("/registry?registry=north", headers=agencies.headers(agency, role)).text
    assert f">{count} records<" in page
    assert len(re.findall(r'<li><a href="/records/', page)) == count
    red = f"/records/north/{SEED_BY_HANDLING[Handling.RED]}"
    assert (red in page) == (count == 5)
