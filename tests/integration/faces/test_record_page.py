"""The page of one record."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from heritage.domain.access import AT_THE_MACHINE, Handling, Role
from heritage.domain.records import RecordId
from heritage.service.context import Context
from tests.integration.faces.accounts import EAST, NORTH, Agencies
from tests.integration.faces.conftest import SEED_BY_HANDLING, UNLISTED_SEED

AMBER, GREEN = SEED_BY_HANDLING[Handling.AMBER], SEED_BY_HANDLING[Handling.GREEN]


def test_all_that_is_on_record_is_shown(client: TestClient) -> None:
    page = client.get("/records/north/3")
    assert page.status_code == 200
    for shown in (
        "Panel 3",
        "paint on wood",
        "Bureau of the North",
        "TLP:GREEN",
        "Registered as stolen",
        "not on record",
    ):
        assert shown in page.text
    assert "ask Bureau of the North, quoting north/3" in page.text
    assert "photographs from other sides" in page.text
    for form in ("pdf", "lido", "linked-art", "iiif"):
        address = f"/v1/documents/{form}/north/3"
        assert f'href="{address}"' in page.text
        assert client.get(address).status_code == 200
    assert "/edit/" not in page.text  # without accounts nobody changes records here


def test_a_record_that_one_may_not_see_is_as_one_that_there_is_not(agencies: Agencies) -> None:
    headers = agencies.headers(EAST, Role.ADMIN) | {"Accept": "text/html"}
    hidden = agencies.client.get(f"/records/north/{AMBER}", headers=headers)
    absent = agencies.client.get("/records/north/none", headers=headers)
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.text.replace(f"north/{AMBER}", "north/none") == absent.text


def test_only_those_who_keep_it_are_led_to_change_it(agencies: Agencies) -> None:
    pages = {
        (agency, role): agencies.client.get(f"/records/north/{GREEN}", headers=agencies.headers(agency, role)).text
        for agency in (NORTH, EAST)
        for role in (Role.INVESTIGATOR, Role.REGISTRAR)
    }
    led = {asker for asker, page in pages.items() if f'href="/edit/north/{GREEN}"' in page}
    assert led == {(NORTH, Role.REGISTRAR)}


def test_changes_are_told_to_those_who_keep_the_record_only(handled_context: Context, agencies: Agencies) -> None:
    record_id = RecordId("north", str(GREEN))
    records = handled_context.records
    for place in ("seen at the house of a suspect", "unknown"):
        known = records.get(record_id, AT_THE_MACHINE)
        records.change(replace(known, theft_place=place), known.version, handled_context.specs, AT_THE_MACHINE)
    path = f"/records/north/{GREEN}"
    for agency, role in ((EAST, Role.ADMIN), (NORTH, Role.OFFICER), (NORTH, Role.REGISTRAR)):
        page = agencies.client.get(path, headers=agencies.headers(agency, role)).text
        assert ("suspect" in page) == ((agency, role) == (NORTH, Role.REGISTRAR))


def test_photographs_of_a_withdrawn_record_are_not_asked_for(client: TestClient) -> None:
    page = client.get(f"/records/north/{UNLISTED_SEED}").text
    assert "Withdrawn by its registry" in page
    assert "/v1/images/" not in page


@pytest.mark.parametrize("number", ["x%3Cscript%3Ealert(1)", "a/b/c"])
def test_odd_numbers_are_answered_as_absent(client: TestClient, number: str) -> None:
    answer = client.get(f"/records/north/{number}", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_an_answer_leads_to_the_record(client: TestClient, seized_photo: bytes) -> None:
    page = client.post("/", files={"image": ("x.jpg", seized_photo)})
    assert 'href="/records/north/3"' in page.text
