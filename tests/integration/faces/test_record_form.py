"""Registering, changing and withdrawing at the page."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from heritage.domain.access import AT_THE_MACHINE, Handling, Role
from heritage.domain.records import PhotoView, RecordId, RegistryRecord, Status
from heritage.service.context import Context
from tests.integration.faces.accounts import EAST, NORTH
from tests.integration.faces.conftest import by
from tests.pictures import encoded, picture

KEEPER = by(Role.REGISTRAR, NORTH)
NEW = {
    "version": "0",
    "registry": "north",
    "number": "2026-1",
    "status": "stolen",
    "theft_date": "2026-05",
    "theft_place": "parish church",
    "handling": "TLP:AMBER",
    "shared_with": "Police of the East\r\nBureau of the Centre",
    "category": "painting › icon",
    "terms": ["wood", "", "tempera"],
    "title": "Saint George",
    "measurements": "32 × 20 cm",
    "icg_reference": "IMP-7",
}


def post(client: TestClient, path: str, sent: dict[str, Any], by: dict[str, str] = KEEPER, **more: Any) -> Response:
    return client.post(path, data=sent, headers=by, follow_redirects=False, **more)


def form_of(client: TestClient, path: str) -> dict[str, Any]:
    """What a browser would send of the form as it is."""
    text = client.get(path, headers=KEEPER).text
    text = text[text.index('class="record-form"') : text.index("</form>", text.index('class="record-form"'))]
    sent: dict[str, Any] = {"photo": re.findall(r'name="photo" value="([^"]+)"', text)}
    for name, value in re.findall(r'<input [^>]*?name="([\w-]+)"[^>]*? value="([^"]*)"', text):
        if name == "terms":
            sent.setdefault("terms", []).append(value)
        elif name != "photo" and not name.startswith("remove-"):
            sent[name] = value
    sent |= dict(re.findall(r'<textarea id="[^"]+" name="(\w+)"[^>]*>([^<]*)</textarea>', text))
    for name, options in re.findall(r'<select id="[^"]+" name="([\w-]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


@pytest.fixture
def number(request: pytest.FixtureRequest) -> str:
    """Of a record of this test's own."""
    return re.sub(r"\W+", "-", request.node.name)


@pytest.fixture
def edited(shared: tuple[TestClient, Context], number: str) -> tuple[TestClient, Context, str]:
    client, context = shared
    assert post(client, "/records/new", NEW | {"number": number}).status_code == 303
    return client, context, f"/edit/north/{number}"


def kept(context: Context, number: str) -> RegistryRecord:
    return context.records.get(RecordId("north", number), AT_THE_MACHINE)


def test_an_object_is_registered_with_its_photographs(shared: tuple[TestClient, Context], number: str) -> None:
    client, context = shared
    files = [("image", ("a.png", encoded(picture(301)))), ("image", ("b.png", encoded(picture(302))))]
    answer = post(client, "/records/new", NEW | {"number": number, "view": "front"}, files=files)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/records/north/{number}")
    found = kept(context, number)
    assert (found.owner_agency, found.handling, found.category) == (NORTH, Handling.AMBER, "icon")
    assert set(found.terms) == {"wood", "tempera"}
    assert found.shared_with == ("Bureau of the Centre", "Police of the East")
    assert (found.card.title, found.card.measurements) == ("Saint George", "32 × 20 cm")
    assert [one.view for one in found.photographs] == [PhotoView.FRONT] * 2


def test_what_is_wrong_is_said_at_each_field_and_nothing_typed_is_lost(shared: tuple[TestClient, Context]) -> None:
    client, _ = shared
    wrong = NEW | {"number": " ", "theft_date": "May 2026", "category": "spaceship", "title": 'A "head" & <b>more</b>'}
    answer = post(client, "/records/new", wrong)
    assert answer.status_code == 422
    for name in ("number", "theft_date", "category"):
        assert f'id="problem-{name}"' in answer.text
    for typed in ("May 2026", "spaceship", "A &#34;head&#34; &amp; &lt;b&gt;more&lt;/b&gt;", "32 × 20 cm", "IMP-7"):
        assert typed in answer.text
    assert "Police of the East" in answer.text


def test_what_the_service_refuses_is_said_at_the_field(shared: tuple[TestClient, Context], number: str) -> None:
    client, _ = shared
    answer = post(client, "/records/new", NEW | {"number": number, "description": "ask jo@example.org"})
    assert answer.status_code == 422
    assert 'id="problem-description"' in answer.text
    assert "Holds an e-mail address" in answer.text
    assert "ask jo@example.org" in answer.text


def test_sent_twice_it_makes_one_record(edited: tuple[TestClient, Context, str], number: str) -> None:
    client, context, _ = edited
    answer = post(client, "/records/new", NEW | {"number": number})
    assert answer.status_code == 303
    assert kept(context, number).version == 1


def test_a_number_that_is_taken_by_something_else_is_said_so(
    edited: tuple[TestClient, Context, str], number: str
) -> None:
    client, _, _ = edited
    answer = post(client, "/records/new", NEW | {"number": number, "title": "Another"})
    assert answer.status_code == 409
    assert 'id="problem-number"' in answer.text
    foreign = post(client, "/records/new", NEW | {"number": number}, by(Role.REGISTRAR, EAST))
    assert foreign.status_code == 409


def test_saving_the_form_as_it_is_changes_nothing(edited: tuple[TestClient, Context, str], number: str) -> None:
    client, context, path = edited
    answer = post(client, path, form_of(client, path))
    assert answer.status_code == 303
    assert kept(context, number).version == 1


def test_fields_are_changed(edited: tuple[TestClient, Context, str], number: str) -> None:
    client, context, path = edited
    sent = form_of(client, path) | {"title": "Saint George and the dragon", "terms": ["gold"], "status": "recovered"}
    assert post(client, path, sent).status_code == 303
    found = kept(context, number)
    assert (found.card.title, found.terms, found.status) == ("Saint George and the dragon", ("gold",), Status.RECOVERED)
    assert found.card.measurements == "32 × 20 cm"


def test_photographs_are_named_reordered_taken_off_and_added(
    edited: tuple[TestClient, Context, str], number: str
) -> None:
    client, context, path = edited
    files = [("image", (f"{seed}.png", encoded(picture(seed)))) for seed in (311, 312, 313)]
    assert post(client, path, form_of(client, path), files=files).status_code == 303
    first, second, third = kept(context, number).images
    sent = form_of(client, path)
    assert sent["photo"] == [str(first), str(second), str(third)]
    sent |= {f"place-{first.hex}": "9", f"view-{third.hex}": "mark", f"remove-{second.hex}": "1"}
    assert post(client, path, sent).status_code == 303
    assert [(one.digest, one.view) for one in kept(context, number).photographs] == [
        (third, PhotoView.MARK),
        (first, PhotoView.UNSPECIFIED),
    ]


def test_a_file_that_is_no_picture_keeps_back_nothing_else(
    edited: tuple[TestClient, Context, str], number: str
) -> None:
    client, context, path = edited
    files = [("image", ("notes.txt", b"no picture")), ("image", ("b.png", encoded(picture(321))))]
    answer = post(client, path, form_of(client, path) | {"title": "Kept"}, files=files)
    assert answer.status_code == 422
    assert "notes.txt" in answer.text
    found = kept(context, number)
    assert (found.card.title, len(found.photographs)) == ("Kept", 1)


def test_what_only_others_changed_is_kept(edited: tuple[TestClient, Context, str], number: str) -> None:
    client, context, path = edited
    mine, theirs = form_of(client, path), form_of(client, path)
    assert post(client, path, theirs | {"title": "Theirs", "materials": "oak"}).status_code == 303
    assert post(client, path, mine | {"maker": "Mine"}).status_code == 303
    card = kept(context, number).card
    assert (card.title, card.materials, card.maker) == ("Theirs", "oak", "Mine")


def test_what_both_changed_is_shown_side_by_side_and_saved_on_the_second_try(
    edited: tuple[TestClient, Context, str], number: str
) -> None:
    client, context, path = edited
    mine, theirs = form_of(client, path), form_of(client, path)
    assert post(client, path, theirs | {"title": "Theirs", "materials": "oak"}).status_code == 303
    answer = post(client, path, mine | {"title": "Mine"})
    assert answer.status_code == 412
    assert ">Mine</textarea>" in answer.text
    assert re.search(r'id="other-title">Now on record: <bdi>Theirs</bdi>', answer.text)
    assert ">oak</textarea>" in answer.text
    assert kept(context, number).card.title == "Theirs"
    again = mine | {"title": "Mine", "materials": "oak", "version": "2"}
    assert 'name="version" value="2"' in answer.text
    assert post(client, path, again).status_code == 303
    card = kept(context, number).card
    assert (card.title, card.materials) == ("Mine", "oak")


def test_a_record_is_withdrawn_with_a_reason(edited: tuple[TestClient, Context, str], number: str) -> None:
    client, context, _ = edited
    path = f"/withdraw/north/{number}"
    assert "Say why the record is withdrawn" in post(client, path, {"version": "1"}).text
    stale = post(client, path, {"version": "7", "reason": "registered twice"})
    assert (stale.status_code, "registered twice" in stale.text) == (412, True)
    assert post(client, path, {"version": "1", "reason": "registered twice"}).status_code == 303
    assert kept(context, number).status is Status.WITHDRAWN
    assert "registered twice" in client.get(f"/records/north/{number}", headers=KEEPER).text


def test_a_record_of_another_agency_is_not_changed(edited: tuple[TestClient, Context, str]) -> None:
    client, _, path = edited
    for role, agency, status in ((Role.REGISTRAR, EAST, 403), (Role.OFFICER, NORTH, 403), (Role.ADMIN, "South", 404)):
        assert post(client, path, {"title": "x"}, by(role, agency)).status_code == status
        assert client.get(path, headers=by(role, agency)).status_code == status


def test_without_accounts_the_page_says_how_to_get_them(client: TestClient) -> None:
    answer = client.get("/records/new", headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "run heritage init" in answer.text


def test_the_form_says_what_the_record_lacks(shared: tuple[TestClient, Context]) -> None:
    page = shared[0].get("/records/new", headers=KEEPER)
    assert "0%" in page.text
    assert "a photograph, measurements" in page.text
    assert not re.search(r"<script(?! src=\"/static/)|\son\w+=|style=", page.text)
    assert len(page.content) < 100_000
