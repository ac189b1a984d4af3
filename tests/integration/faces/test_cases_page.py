"""The pages of cases: from bad input to good with nothing lost, sent twice, printed, handed over."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from heritage.domain.access import Role
from heritage.domain.images import ImageDigest
from tests.integration.faces.accounts import EAST, NORTH, Agencies

Headers = dict[str, str]
ODD = '<b>"cup"</b>'


@pytest.fixture(scope="module")
def north(agencies: Agencies) -> Headers:
    return agencies.headers(NORTH, Role.INVESTIGATOR)


@pytest.fixture(scope="module")
def east(agencies: Agencies) -> Headers:
    return agencies.headers(EAST, Role.INVESTIGATOR)


def send(client: TestClient, path: str, who: Headers, **sent: Any) -> Response:
    return client.post(path, headers=who, follow_redirects=False, **sent)


def opened(client: TestClient, who: Headers, title: str = "Cup") -> str:
    answer = send(client, "/cases", who, data={"title": title})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_bad_input_is_told_at_each_field_and_nothing_typed_is_lost(agencies: Agencies, north: Headers) -> None:
    typed = {
        "title": "",
        "date": "May",
        "place": "a quay & a@b.example",
        "kind": "court",
        "reference": "x" * 201,
        "note": "call +33 1 23 45 67 89",
        "hit": "12",
    }
    answer = send(agencies.client, "/cases", north, data=typed)
    assert answer.status_code == 422
    for name in ("title", "date", "place", "reference", "note"):
        assert f'id="problem-{name}"' in answer.text, name
    for kept in ('value="May"', 'value="a quay &amp; a@b.example"', "+33 1 23 45 67 89", 'value="12"', "x" * 201):
        assert kept in answer.text
    assert '<option value="court" selected>' in answer.text
    good = {"title": ODD, "date": "2026-05", "place": "a quay", "kind": "court", "reference": "7/26", "note": "found"}
    wrong_hit = send(agencies.client, "/cases", north, data=good | {"hit": "12"})
    assert 'id="problem-hit"' in wrong_hit.text
    made = send(agencies.client, "/cases", north, data=good)
    page = agencies.client.get(made.headers["location"], headers=north).text
    for told in ("&lt;b&gt;", "7/26", "Court or tribunal", "a quay", "found", "Case opened"):
        assert told in page
    assert "<b>" not in page


def test_a_form_that_is_sent_twice_acts_once(agencies: Agencies, north: Headers) -> None:
    client = agencies.client
    once = re.search(r'name="once" value="(\w+)"', client.get("/cases/new", headers=north).text)
    assert once
    sent = {"title": "Twice", "once": once[1]}
    first, again = (send(client, "/cases", north, data=sent) for _ in range(2))
    assert first.headers["location"] == again.headers["location"]
    for _ in range(2):
        send(client, f"{first.headers['location']}/notes", north, data={"note": "only one", "once": "a-form"})
    assert client.get(first.headers["location"], headers=north).text.count("only one") == 1


def test_a_new_page_knows_the_hit_it_was_asked_for(agencies: Agencies, north: Headers) -> None:
    hit_id = "5d0c7be1f2a94c3d8e61a07b"
    assert f'value="{hit_id}"' in agencies.client.get(f"/cases/new?hit={hit_id}", headers=north).text


@pytest.mark.parametrize(
    ("action", "data", "field", "kept"),
    [
        ("notes", {"note": "mail a@b.example"}, "note", "mail a@b.example"),
        ("references", {"reference_text": "+33 1 23 45 67 89", "kind": "notice"}, "reference_text", "+33 1 23 45"),
        ("hits", {"hit": "nonsense"}, "hit", "nonsense"),
        ("facts", {"title": "New", "date": "1.5.2026"}, "date", "1.5.2026"),
        ("offer", {"agency": "Nobody", "offer_note": "take it"}, "agency", "take it"),
        ("close", {"close_reason": "mail a@b.example"}, "close_reason", "mail a@b.example"),
        ("photos", {}, "photos", ""),
    ],
)
def test_what_a_form_of_a_case_cannot_use_stays_in_it(
    agencies: Agencies, north: Headers, action: str, data: dict[str, str], field: str, kept: str
) -> None:
    case = opened(agencies.client, north)
    answer = send(agencies.client, f"{case}/{action}", north, data=data)
    assert answer.status_code == 422
    assert f'id="problem-{field}"' in answer.text
    assert kept in answer.text
    assert not re.search(r' id="([\w-]+)".* id="\1"', answer.text, re.S)


def test_photos_are_added_shown_and_searched(agencies: Agencies, north: Headers, seized_photo: bytes) -> None:
    client, case = agencies.client, opened(agencies.client, north)
    empty = ("camera", ("", b"", "application/octet-stream"))  # what a browser sends for a field that was left empty
    files = [("photos", ("a.jpg", seized_photo, "image/jpeg")), empty]
    assert send(client, f"{case}/photos", north, files=files).status_code == 303
    bad = send(client, f"{case}/photos", north, files=[("photos", ("a.txt", b"text"))])
    assert bad.status_code == 415
    assert 'id="problem-photos"' in bad.text
    page = client.get(case, headers=north).text
    [source] = re.findall(r'<img src="([^"]+)"', page)
    assert client.get(source, headers=north).headers["content-type"] == "image/jpeg"
    found = re.search(rf'action="({case}/photos/[^"]+/search)">\s*<input[^>]*value="([^"]+)"', page)
    assert found
    for _ in range(2):
        assert send(client, found[1], north, data={"once": found[2]}).status_code == 303
    page = client.get(case, headers=north).text
    assert page.count("Registries searched with a photo") == 1
    assert "north/3" in page
    printed = client.get(f"{case}/print", headers=north).text
    assert str(ImageDigest.of(seized_photo)) in printed
    assert "<nav" not in printed
    assert "<form" not in printed
    assert printed.index("Case opened") < printed.index("Photo added")


def test_a_case_goes_to_another_agency(agencies: Agencies, north: Headers, east: Headers) -> None:
    client, case = agencies.client, opened(agencies.client, north, "Cup for the east")
    send(client, f"{case}/notes", north, data={"note": "before"})
    send(client, f"{case}/offer", north, data={"agency": EAST, "offer_note": "yours"})
    listed = client.get("/cases?listed=offered", headers=east).text
    assert "Cup for the east" in listed
    assert "offered to your agency.</a>" in client.get("/cases", headers=east).text
    offer = client.get(case, headers=east).text
    assert "yours" in offer
    assert "before" not in offer.split("<main")[1]
    assert "/print" not in offer
    bare = send(client, f"{case}/decline", east, data={"decline_reason": " "})
    assert 'id="problem-decline_reason"' in bare.text
    assert send(client, f"{case}/accept", east).status_code == 303
    assert "before" in client.get(case, headers=east).text
    send(client, f"{case}/notes", east, data={"note": "after"})
    old = client.get(case, headers=north).text
    assert "Your agency handed this case over" in old
    assert "after" not in old.split("Timeline")[1]
    assert "<button" not in old.split("<main")[1].split("</main>")[0]


def test_a_declined_offer_leads_back_to_the_list(agencies: Agencies, north: Headers, east: Headers) -> None:
    client, case = agencies.client, opened(agencies.client, north)
    send(client, f"{case}/offer", north, data={"agency": EAST})
    answer = send(client, f"{case}/decline", east, data={"decline_reason": "not ours"})
    assert answer.headers["location"] == "/cases?listed=offered"
    assert "not ours" in client.get(case, headers=north).text


def test_officers_add_but_do_not_close_or_hand_over(agencies: Agencies, north: Headers) -> None:
    officer = agencies.headers(NORTH, Role.OFFICER)
    case = opened(agencies.client, officer)
    page = agencies.client.get(case, headers=officer).text
    assert f'action="{case}/notes"' in page
    for action in ("close", "offer"):
        assert f'action="{case}/{action}"' not in page
        assert f'action="{case}/{action}"' in agencies.client.get(case, headers=north).text


def test_what_was_typed_is_kept_when_somebody_closed_the_case_meanwhile(agencies: Agencies, north: Headers) -> None:
    case = opened(agencies.client, north)
    send(agencies.client, f"{case}/close", north, data={"close_reason": "returned"})
    answer = send(agencies.client, f"{case}/notes", north, data={"note": "a long note"})
    assert answer.status_code == 409
    assert "The case is closed; reopen it first." in answer.text
    assert "a long note" in answer.text
    assert f'action="{case}/notes"' not in agencies.client.get(case, headers=north).text


def test_the_list_is_filtered_and_paged(agencies: Agencies, east: Headers) -> None:
    client = agencies.client
    for number in range(27):
        opened(client, east, f"Listed {number}")
    page = client.get("/cases?text=listed", headers=east).text
    assert len(re.findall(r"Listed \d+", page)) == 25
    older = re.search(r'href="([^"]+)" rel="next"', page)
    assert older
    rest = client.get(older[1].replace("&amp;", "&"), headers=east).text
    assert len(re.findall(r"Listed \d+", rest)) == 2
    assert 'rel="next"' not in rest
    assert "There are no such cases." in client.get("/cases?listed=closed&text=listed", headers=east).text
    assert client.get("/cases?listed=nonsense", headers=east).status_code == 200
    wrong = client.get("/cases", params={"text": "x" * 301}, headers=east)
    assert wrong.status_code == 422
    assert 'id="problem-text"' in wrong.text


@pytest.mark.parametrize(
    ("action", "first", "second"),
    [
        ("notes", {"note": "said first"}, {"note": "said after going back"}),
        ("references", {"reference_text": "first/1", "kind": "court"}, {"reference_text": "second/2", "kind": "court"}),
        ("facts", {"title": "A cup"}, {"title": "A bowl"}),
    ],
)
def test_who_goes_back_and_says_something_else_with_the_same_form_is_heard(
    agencies: Agencies, north: Headers, action: str, first: dict[str, str], second: dict[str, str]
) -> None:
    case = opened(agencies.client, north)
    for said in (first, second, second):
        assert send(agencies.client, f"{case}/{action}", north, data=said | {"once": "a-form"}).status_code == 303
    timeline = agencies.client.get(case, headers=north).text.split("Timeline")[1]
    for said in (first, second):
        assert timeline.count(next(iter(said.values()))) == 1


def test_other_photos_sent_with_the_same_form_are_added(
    agencies: Agencies, north: Headers, seized_photo: bytes, unknown_photo: bytes
) -> None:
    case = opened(agencies.client, north)
    for data in (seized_photo, unknown_photo):
        send(agencies.client, f"{case}/photos", north, data={"once": "f"}, files={"photos": ("a.jpg", data)})
    assert agencies.client.get(case, headers=north).text.count('class="case-photo"') == 2


def test_no_address_of_a_list_tells_of_a_case_of_others(agencies: Agencies, north: Headers, east: Headers) -> None:
    opened(agencies.client, north, "Only here")
    theirs = opened(agencies.client, east).rpartition("/")[2]
    pages = [agencies.client.get(f"/cases?after={key}", headers=north).text for key in (theirs, "H-2026-7K3M9")]
    assert [("Only here" in page) for page in pages] == [False, False]
