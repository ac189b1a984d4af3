"""What happens after a hit, at the pages: forms under the answer, the hit's own page, the inbox."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from heritage.domain.access import AT_THE_MACHINE, Handling, Role
from heritage.domain.hits import Coverage
from heritage.domain.records import RecordId, RegistryRecord
from heritage.domain.review import DecisionKind, Origin
from heritage.faces.web.inbox import OVERVIEW_SIZE
from heritage.faces.web.kept_searches import PAGE_SIZE
from heritage.service.context import Context
from tests.integration.faces.accounts import CENTRE, EAST, NORTH, Agencies, open_agencies
from tests.integration.faces.conftest import SEED_BY_HANDLING, open_handled
from tests.kept import found, search_by, viewer
from tests.pictures import encoded, homography, photograph, picture

GREEN, RED = SEED_BY_HANDLING[Handling.GREEN], SEED_BY_HANDLING[Handling.RED]
NOTE = "Same dent at the rim?"
pytestmark = pytest.mark.usefixtures("cheap_hashes")


@dataclass(frozen=True)
class Pages:
    """The pages as somebody of each agency sees them."""

    client: TestClient
    context: Context
    by_agency: dict[tuple[str, Role], dict[str, str]]

    def get(self, path: str, agency: str, role: Role = Role.REGISTRAR) -> Response:
        return self.client.get(path, headers=self.by_agency[agency, role])

    def post(self, path: str, agency: str, role: Role = Role.REGISTRAR, **data: str) -> Response:
        return self.client.post(path, headers=self.by_agency[agency, role], data=data, follow_redirects=False)

    def record(self, number: int) -> RegistryRecord:
        return self.context.records.get(RecordId("north", str(number)), AT_THE_MACHINE)

    def kept(self, number: int = GREEN, agency: str = EAST, **more: object) -> str:
        """A new hit of a search by the officer of an agency on a record of north's."""
        search = search_by(viewer(agency, Role.OFFICER), **more)  # type: ignore[arg-type]
        [hit_id] = self.context.hits.add(search, [replace(found(self.record(number)), view=0)]).hit_ids
        assert hit_id
        return hit_id

    def decisions(self, hit_id: str) -> list[DecisionKind]:
        return [one.kind for one in self.context.hits.get(hit_id, AT_THE_MACHINE).decisions]


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    """Records of north's under each label, and no hit yet."""
    with open_handled(tmp_path / "home") as context, open_agencies(context, tmp_path / "accounts") as agencies:
        yield Pages(agencies.client, context, _keys(agencies))


def _keys(agencies: Agencies) -> dict[tuple[str, Role], dict[str, str]]:
    roles = (Role.OFFICER, Role.REGISTRAR)
    return {(agency, role): agencies.headers(agency, role) for agency in (CENTRE, NORTH, EAST) for role in roles}


def text_of(page: Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.text))


def test_from_the_answer_to_the_owners_word(pages: Pages) -> None:
    photo = encoded(photograph(picture(GREEN), homography(20, 0.9, 0.0002)), "JPEG")
    answer = pages.client.post("/", files={"image": ("a.jpg", photo)}, headers=pages.by_agency[EAST, Role.OFFICER])
    [action, *others] = re.findall(r'action="(/hits/[0-9a-f]{24}/decisions)"', answer.text)
    token = re.search(r'name="token" value="([\w-]{40,})"', answer.text)
    assert token
    for words in ("Ask the owner agency", "Not the same object", "Ask an expert"):
        assert words in answer.text
    assert "Decline" not in answer.text
    asked = pages.post(action, EAST, Role.OFFICER, decision="ask_owner", note=NOTE, token=token[1])
    assert asked.status_code == 303
    shown = pages.get(asked.headers["location"], EAST, Role.OFFICER)
    assert "Put on record: you ask the owner agency" in shown.text
    assert "Put on record: you" not in pages.get(asked.headers["location"], NORTH).text
    inbox = pages.get("/inbox", NORTH)
    assert f"Inbox ({1 + len(others)})" in text_of(inbox)  # generated pictures are alike
    assert f"{EAST} : A question to the owner agency. {NOTE}" in text_of(inbox)
    path = action.removesuffix("/decisions")
    owners = pages.get(path, NORTH)
    photo_url = re.search(r'href="(/v1/photos/sha256:[0-9a-f]{64}\?size=\d+)"', owners.text)
    assert photo_url
    assert pages.get(photo_url[1], NORTH).status_code == 200
    assert pages.get(photo_url[1], CENTRE).status_code == 404
    assert "Your agency is asked." in owners.text
    assert "Confirm: it is the object" in owners.text
    assert "Ask the owner agency" not in owners.text
    assert "What the searcher was told" in owners.text
    assert "officer" not in re.sub(r'data-person="[^"]*"', "", owners.text)  # who of another agency it was
    assert pages.post(action, NORTH, decision="confirmed").status_code == 303
    told = text_of(pages.get(path, EAST, Role.OFFICER))
    assert "It is the same object The owner agency says so." in told
    assert f"Inbox ({1 + len(others)})" not in text_of(pages.get("/inbox", NORTH))


def test_a_form_that_is_sent_twice_makes_one_decision(pages: Pages) -> None:
    hit_id = pages.kept()
    path = f"/hits/{hit_id}/decisions"
    for _ in range(2):
        assert pages.post(path, EAST, decision="ask_owner", token="t" * 43, note=NOTE).status_code == 303
    assert pages.decisions(hit_id) == [DecisionKind.ASK_OWNER]
    pages.post(path, EAST, decision="rejected", note=NOTE, token="t" * 43)  # another button of the same form
    pages.post(path, NORTH, decision="ask_owner", token="t" * 43, note=NOTE)  # somebody else
    pages.post(path, EAST, decision="ask_owner", token="u" * 43, note=NOTE)  # said again, in another form
    assert len(pages.decisions(hit_id)) == 4


def test_a_decline_needs_a_reason_and_nothing_typed_is_lost(pages: Pages) -> None:
    hit_id = pages.kept()
    path = f"/hits/{hit_id}/decisions"
    refused = pages.post(path, NORTH, decision="rejected", note="  ", token="t" * 43)
    assert refused.status_code == 422
    assert "Say why it is not the object" in refused.text
    assert re.search(r'<textarea id="decide-note"[^>]*decide-problem" aria-invalid="true"', refused.text)
    assert 'aria-invalid="true"' in refused.text
    long = "<b>" + "x" * 2_000
    refused = pages.post(path, NORTH, decision="rejected", note=long, token="t" * 43)
    assert refused.status_code == 422
    assert "The note is longer than 2000 characters" in refused.text
    assert "&lt;b&gt;" + "x" * 2_000 in refused.text
    assert pages.decisions(hit_id) == []
    assert pages.post(path, NORTH, decision="rejected", note="Ours is taller.", token="t" * 43).status_code == 303
    assert pages.decisions(hit_id) == [DecisionKind.REJECTED]
    assert pages.post(f"/hits/{pages.kept()}/decisions", EAST, decision="rejected").status_code == 422


def test_a_reason_is_chosen_and_read_in_the_language_of_each(pages: Pages) -> None:
    hit_id = pages.kept()
    sent = {"decision": "rejected", "reason": "2", "note": "The <rim>."}
    assert pages.post(f"/hits/{hit_id}/decisions", EAST, **sent).status_code == 303
    [made] = pages.context.hits.get(hit_id, AT_THE_MACHINE).decisions
    assert made.note == "Details, marks or damage differ.\nThe <rim>."
    assert "Details, marks or damage differ.\nThe &lt;rim&gt;." in pages.get(f"/hits/{hit_id}", NORTH).text
    headers = pages.by_agency[NORTH, Role.REGISTRAR] | {"accept-language": "fr"}
    shown = pages.client.get(f"/hits/{hit_id}", headers=headers).text
    assert "Details, marks or damage differ.\n" not in shown
    assert "The &lt;rim&gt;." in shown
    asked = pages.kept()
    pages.post(f"/hits/{asked}/decisions", EAST, decision="ask_owner", reason="1")
    assert pages.context.hits.get(asked, AT_THE_MACHINE).decisions[0].note == ""  # no reason for a question


def test_what_was_searched_is_said_in_the_language_of_the_page(pages: Pages) -> None:
    coverage = Coverage(1312, 1400, (("north", 1312),), datetime(2026, 5, 4, tzinfo=UTC), is_restricted=True)
    hit_id = pages.kept(coverage=coverage.statement)
    old = pages.kept(coverage="Searched as it was said of old.")
    headers = pages.by_agency[EAST, Role.REGISTRAR] | {"accept-language": "es"}
    search_id = pages.context.hits.get(hit_id, viewer(EAST)).search.search_id
    for path in (f"/hits/{hit_id}", f"/searches/{search_id}"):
        shown = pages.client.get(path, headers=headers).text
        assert "Not found is not a clearance" not in shown
        assert "1.312 objetos registrados" in shown
    kept = pages.client.get(f"/hits/{old}", headers=headers).text
    assert '<p lang="en" dir="ltr">Searched as it was said of old.</p>' in kept


def test_a_note_of_several_lines_counts_as_the_browser_counts(pages: Pages) -> None:
    hit_id = pages.kept()
    note = "\r\n".join(["x" * 19] * 100)
    assert pages.post(f"/hits/{hit_id}/decisions", EAST, decision="ask_owner", note=note).status_code == 303
    [made] = pages.context.hits.get(hit_id, AT_THE_MACHINE).decisions
    assert made.note == note.replace("\r\n", "\n")


def test_a_third_agency_is_told_of_nothing(pages: Pages) -> None:
    hit_id = pages.kept()
    there, not_there = pages.get(f"/hits/{hit_id}", CENTRE), pages.get(f"/hits/{'0' * 24}", CENTRE)
    assert (there.status_code, not_there.status_code) == (404, 404)
    assert there.json()["detail"] == not_there.json()["detail"]
    assert pages.post(f"/hits/{hit_id}/decisions", CENTRE, decision="confirmed").status_code == 404
    inbox = pages.get("/inbox", CENTRE)
    assert hit_id not in inbox.text
    assert "Inbox (" not in text_of(inbox)


def test_a_record_hidden_from_the_searcher_is_hidden_in_its_hit(pages: Pages) -> None:
    hit_id = pages.kept(RED)
    pages.post(f"/hits/{hit_id}/decisions", EAST, decision="ask_owner", note="which one?")
    for path in ("/inbox", f"/hits/{hit_id}"):
        shown = pages.get(path, EAST, Role.OFFICER)
        assert shown.status_code == 200
        assert "A record that is not shown to you" in shown.text
        for hidden in (f"Panel {RED}", f"north/{RED}", "TLP:RED", str(pages.record(RED).images[0])):
            assert hidden not in shown.text


def test_an_owners_officer_who_must_not_see_a_record_sees_and_counts_none_of_its_hits(pages: Pages) -> None:
    hit_id = pages.kept(RED)
    assert pages.get(f"/hits/{hit_id}", NORTH, Role.OFFICER).status_code == 404
    inbox = pages.get("/inbox", NORTH, Role.OFFICER)
    assert hit_id not in inbox.text
    assert "Inbox (" not in text_of(inbox)
    assert "Inbox (1)" in text_of(pages.get("/inbox", NORTH))


def test_the_inbox_has_parts_and_states(pages: Pages) -> None:
    first, second, third = (pages.kept() for _ in range(3))
    own = pages.kept(agency=NORTH)
    pages.post(f"/hits/{first}/decisions", EAST, decision="ask_owner")
    pages.post(f"/hits/{third}/decisions", NORTH, decision="confirmed")
    listed = {
        part: re.findall(r'<a href="/hits/([0-9a-f]{24})"', pages.get(f"/inbox?part={part}", NORTH).text)
        for part in ("asked", "found", "own")
    }
    assert listed == {"asked": [first], "found": [third, second], "own": [own]}
    everything = pages.get("/inbox", NORTH).text
    assert re.findall(r'<a href="/hits/([0-9a-f]{24})"', everything) == [first, third, second, own]
    only = pages.get("/inbox?state=confirmed", NORTH).text
    assert re.findall(r'<a href="/hits/([0-9a-f]{24})"', only) == [third]
    assert "You are asked</h2>" not in only


def test_older_hits_are_on_further_pages(pages: Pages) -> None:
    kept = [pages.kept() for _ in range(OVERVIEW_SIZE + 1)]
    first = pages.get("/inbox?part=found&state=open", NORTH)
    assert len(first.content) < 100_000
    assert re.findall(r'<a href="/hits/([0-9a-f]{24})"', first.text) == kept[:0:-1]
    older = re.search(r'href="(/inbox\?[^"]*after=[^"]*)"', first.text)
    assert older
    second = pages.get(older[1].replace("&amp;", "&"), NORTH)
    assert re.findall(r'<a href="/hits/([0-9a-f]{24})"', second.text) == [kept[0]]
    assert "after=" not in second.text


def test_counterparts_are_told_apart(pages: Pages) -> None:
    source = RecordId("north", str(SEED_BY_HANDLING[Handling.CLEAR]))
    hit_id = pages.kept(origin=Origin.COUNTERPART, source=source)
    assert "counterpart" in text_of(pages.get("/inbox", NORTH))
    assert f"beside {source}" in text_of(pages.get("/inbox", NORTH))
    assert f"The photo of {source} was compared with this record" in text_of(pages.get(f"/hits/{hit_id}", NORTH))


def test_a_photo_that_is_not_kept_is_said_not_to_be(pages: Pages) -> None:
    hit_id = pages.kept()
    shown = pages.get(f"/hits/{hit_id}", NORTH).text
    assert "The photo that was searched is not kept here, or no longer." in shown
    assert "/v1/photos/" not in shown
    search_id = pages.context.hits.get(hit_id, viewer(EAST)).search.search_id
    assert "This photo is not kept, or no longer." in pages.get(f"/searches/{search_id}", EAST).text


def test_the_searcher_reads_what_was_searched_and_the_owner_does_not(pages: Pages) -> None:
    hit_id = pages.kept()
    assert "Searched 312 registered objects." in pages.get(f"/hits/{hit_id}", EAST).text
    assert "312" not in pages.get(f"/hits/{hit_id}", NORTH).text


@pytest.mark.parametrize("query", ["part=x", "state=x", "after=x", "after=" + "0" * 24, "state=open&part=own"])
def test_what_cannot_be_meant_is_refused_or_finds_nothing(pages: Pages, query: str) -> None:
    assert pages.get(f"/inbox?{query}", NORTH).status_code in (200, 422)


def test_a_kept_search_is_read_by_its_own_agency_alone(pages: Pages) -> None:
    hit_id = pages.kept(RED)
    search_id = pages.context.hits.get(hit_id, viewer(EAST)).search.search_id
    shown = pages.get(f"/searches/{search_id}", EAST)
    for told in ("officer@Police of the East", "cup", "Searched 312 registered objects.", f"/hits/{hit_id}"):
        assert told in shown.text
    assert f"Panel {RED}" not in shown.text
    assert search_id in pages.get("/searches", EAST).text
    for agency in (NORTH, CENTRE):
        assert pages.get(f"/searches/{search_id}", agency).status_code == 404
        assert search_id not in pages.get("/searches", agency).text


def test_older_searches_are_on_further_pages(pages: Pages) -> None:
    searches = [pages.context.hits.add(search_by(viewer(EAST)), []).search_id for _ in range(PAGE_SIZE + 1)]
    first = pages.get("/searches", EAST).text
    assert re.findall(r'href="/searches/([0-9a-f]{24})"', first) == searches[:0:-1]
    assert "nothing found" in first
    older = re.search(r'href="(/searches\?after=[0-9a-f]{24})"', first)
    assert older
    assert re.findall(r'href="/searches/([0-9a-f]{24})"', pages.get(older[1], EAST).text) == searches[:1]


def test_a_hit_is_filed_in_a_case_from_its_own_page(pages: Pages) -> None:
    hit_id = pages.kept()
    path = f"/hits/{hit_id}"
    assert f'href="/cases/new?hit={hit_id}"' in pages.get(path, EAST).text
    assert '<select id="field-case"' not in pages.get(path, EAST).text  # there is no case to choose
    case = pages.post("/cases", EAST, title="Cup in a car").headers["location"]
    key = case.removeprefix("/cases/")
    assert f'<option value="{key}">Cup in a car ({key})</option>' in pages.get(path, EAST).text
    for wrong in ("", "H-2026-22222"):
        refused = pages.post(f"{path}/case", EAST, case=wrong)
        assert refused.status_code == 422
        assert 'id="problem-case"' in refused.text
    for _ in range(2):
        assert pages.post(f"{path}/case", EAST, case=key, once="o" * 43).headers["location"] == case
    assert pages.get(case, EAST).text.count(f'href="{path}"') == 1
    shown = pages.get(path, EAST).text
    assert f'href="{case}"' in shown
    assert f'<option value="{key}"' not in shown
    assert key not in pages.get(path, NORTH).text


def test_a_case_that_was_closed_meanwhile_takes_no_hit_and_says_so(pages: Pages) -> None:
    path = f"/hits/{pages.kept()}"
    case = pages.post("/cases", EAST, title="Cup").headers["location"]
    assert pages.post(f"{case}/close", EAST, close_reason="done").status_code == 303
    refused = pages.post(f"{path}/case", EAST, case=case.removeprefix("/cases/"))
    assert refused.status_code == 409
    assert 'class="field-problem"' in refused.text
