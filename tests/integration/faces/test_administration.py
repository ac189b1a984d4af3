"""The pages for admins: what they show, that each form acts once, and that secrets are shown once and nowhere else."""

import csv
import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, update

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.domain.audit import Action, AuditEvent, event
from heritage.domain.cases import EntryKind
from heritage.faces.audit_wording import event_words
from heritage.faces.languages import speaking
from heritage.service.accounts import add_agency, people
from heritage.service.auditing import checkpoint_now, record
from heritage.service.context import Context
from heritage.service.keys import keys_of
from heritage.storage.audit import Audit
from heritage.storage.schema import audit_checkpoint, reply
from tests.integration.faces.accounts import CENTRE, NORTH, OWN_PAGE, SITE, Agencies, open_agencies
from tests.integration.faces.test_account_page import browser, enter

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def fresh_agencies(handled_context: Context, tmp_path: Path, cheap_hashes: None) -> Iterator[Agencies]:
    with open_agencies(handled_context, tmp_path, has_own_log=True) as opened:
        yield opened


@pytest.fixture
def ann(fresh_agencies: Agencies) -> TestClient:
    """The operator's admin, signed in."""
    client = browser(fresh_agencies)
    assert enter(client).status_code == 303
    return client


def token_of(page: Response) -> str:
    found = re.search(r'name="form_token" value="([\w-]{22})"', page.text)
    assert found, page.text
    return found[1]


def send(client: TestClient, path: str, fields: dict[str, object] | None = None, page: str = "") -> Response:
    """What the form of ``page`` (that of the same address, unless told) sends to ``path``."""
    token = token_of(client.get(page or path))
    return client.post(path, data={"form_token": token, **(fields or {})}, headers=OWN_PAGE)


def secret_of(page: Response) -> str:
    found = re.search(r'<code class="secret[^>]*>([^<]+)</code>', page.text)
    assert found, page.text
    return found[1]


def log_of(agencies: Agencies, home: Path) -> Audit:
    return Audit(agencies.database, home)


def details(agencies: Agencies, home: Path) -> list[tuple[str, str]]:
    return [(one.event.subject, one.event.detail) for one in log_of(agencies, home).page(limit=1000)]


def test_the_menu_leads_admins_alone_to_what_they_may(agencies: Agencies) -> None:
    client = browser(agencies)
    for agency, wanted in (
        (CENTRE, "/people /keys /agency /agencies /audit"),
        (NORTH, "/people /keys /agency /audit"),
    ):
        headers = agencies.headers(agency, Role.ADMIN)
        assert client.get("/administration", headers=headers).headers["location"] == "/people"
        page = client.get("/people", headers=headers).text
        menu = page[page.index('class="sections"') : page.index("<h1>")]
        assert re.findall(r'href="([^"]+)"', menu) == wanted.split()
        assert '<a href="/administration" aria-current="page">' in page
    assert "/administration" not in client.get("/", headers=agencies.headers(NORTH, Role.REGISTRAR)).text


def test_somebody_is_added_and_signs_in_with_what_was_shown_once(ann: TestClient, fresh_agencies: Agencies) -> None:
    shown = send(ann, "/people", {"login": "Zoë-1", "role": "registrar"})
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    password = secret_of(shown)
    assert f"{SITE}/login" in shown.text
    page = ann.get("/people").text
    assert password not in page
    assert "Zoë-1" in page
    assert "Never signed in" in page
    assert "has yet to choose a password" in page
    assert enter(browser(fresh_agencies), "Zoë-1", password).headers["location"] == "/account"
    assert "Never signed in" not in ann.get("/people").text
    assert ann.get("/people/Zo%C3%AB-1").status_code == 200


def test_a_form_that_comes_twice_acts_once_and_shows_nothing_again(
    ann: TestClient, fresh_agencies: Agencies, tmp_path: Path
) -> None:
    fields = {"role": "officer", "label": "gate 4", "form_token": token_of(ann.get("/keys"))}
    first, second = (ann.post("/keys", data=fields, headers=OWN_PAGE) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 409)
    assert secret_of(first) not in second.text
    assert len(keys_of(fresh_agencies.database, AT_THE_MACHINE)) == 1
    fields = {"login": "cy", "role": "officer", "form_token": token_of(ann.get("/people"))}
    answers = [ann.post("/people", data=fields, headers=OWN_PAGE) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 409]
    assert "acted on once" in answers[1].text
    token = token_of(ann.get("/people/cy/suspend"))
    for _ in range(2):
        answer = ann.post("/people/cy/suspend", data={"form_token": token}, headers=OWN_PAGE)
        assert (answer.status_code, answer.headers["location"]) == (303, "/people/cy")
    assert details(fresh_agencies, tmp_path).count(("cy", "person suspended")) == 1


def test_a_form_that_failed_may_be_sent_again(ann: TestClient) -> None:
    token = token_of(ann.get("/people"))
    for login, status in (("ann", 409), ("bo", 200)):
        fields = {"login": login, "role": "officer", "form_token": token}
        assert ann.post("/people", data=fields, headers=OWN_PAGE).status_code == status


@pytest.mark.parametrize("token", ["", "x", "a" * 22 + "\n", "é" * 22])
def test_a_form_without_its_token_does_nothing(ann: TestClient, fresh_agencies: Agencies, token: str) -> None:
    fields = {"login": "bo", "role": "officer", "form_token": token}
    assert ann.post("/people", data=fields, headers=OWN_PAGE).status_code == 422
    assert "bo" not in [one.login for one in people(fresh_agencies.database, AT_THE_MACHINE)]


@pytest.mark.parametrize("login", ["", "with space", "a/b", "local", "hk_x", "x" * 101, "..", "ANN", "<s>c"])
def test_a_login_that_cannot_be_is_told_at_its_field(ann: TestClient, login: str) -> None:
    answer = send(ann, "/people", {"login": login, "role": "investigator"})
    if login == "<s>c":
        assert answer.status_code == 200
        assert "<s>c" not in answer.text + ann.get("/people").text
        return
    assert answer.status_code in (409, 422)
    assert 'aria-describedby="problem-login hint-login" aria-invalid="true"' in answer.text
    assert '<option value="investigator" selected>' in answer.text
    assert f'value="{login}"' in answer.text


@pytest.mark.parametrize("login", ["50%", "a?b#c", "a&b", "a+b", "O'Neil", "\\", "عمر"])
def test_whatever_a_login_is_made_of_its_page_is_found(ann: TestClient, fresh_agencies: Agencies, login: str) -> None:
    send(ann, "/people", {"login": login, "role": "officer"})
    [address] = [one for one in re.findall(r'href="(/people/[^"]+)"', ann.get("/people").text) if "ann" not in one]
    for act in ("suspend", "resume", "reset"):
        [action] = re.findall(r'action="(/people[^"]+)"', ann.get(f"{address}/{act}").text)
        answer = send(ann, action.replace("&#39;", "'"), page=f"{address}/{act}")
        assert answer.status_code in (200, 303)
    known = [one for one in people(fresh_agencies.database, AT_THE_MACHINE, CENTRE) if one.login == login]
    assert [one.must_choose_password for one in known] == [True]


def test_a_role_is_changed_after_asking_once_more(ann: TestClient, fresh_agencies: Agencies) -> None:
    fresh_agencies.person("bo", CENTRE)
    asked = ann.post("/people/bo/role", data={"role": "admin"}, headers=OWN_PAGE)
    assert "From officer to admin" in asked.text
    assert fresh_role(fresh_agencies, "bo") is Role.OFFICER
    fields = {"role": "admin", "sure": "yes", "form_token": token_of(asked)}
    assert ann.post("/people/bo/role", data=fields, headers=OWN_PAGE).status_code == 303
    assert fresh_role(fresh_agencies, "bo") is Role.ADMIN
    assert ann.post("/people/bo/role", data={"role": "chief"}, headers=OWN_PAGE).status_code == 422


def test_nobody_changes_their_own_role_or_the_last_admins(ann: TestClient, fresh_agencies: Agencies) -> None:
    asked = ann.post("/people/ann/role", data={"role": "officer"}, headers=OWN_PAGE)
    fields = {"role": "officer", "sure": "yes", "form_token": token_of(asked)}
    own = ann.post("/people/ann/role", data=fields, headers=OWN_PAGE)
    assert own.status_code == 409
    assert "Nobody can change their own role; ask another admin." in own.text
    key = fresh_agencies.headers(CENTRE, Role.ADMIN)
    last = browser(fresh_agencies).post("/people/ann/role", data=fields, headers=key)
    assert last.status_code == 409
    assert "last admin of Bureau of the Centre" in last.text
    sent = browser(fresh_agencies).post("/v1/people/ann/role", json={"role": "officer"}, headers=key)
    assert sent.status_code == 409
    assert "ann" not in re.findall(r'href="/people/(\w+)/(?:suspend|reset)"', ann.get("/people/ann").text)


def fresh_role(agencies: Agencies, login: str) -> Role:
    return next(one.role for one in people(agencies.database, AT_THE_MACHINE) if one.login == login)


def test_a_key_from_its_making_to_its_end(ann: TestClient, fresh_agencies: Agencies) -> None:
    fields = {"role": "investigator", "scopes": ["match", "records:read"], "days": "30", "label": "gate <4>"}
    made = send(ann, "/keys", fields)
    key = secret_of(made)
    bare = browser(fresh_agencies)
    me = bare.get("/v1/me", headers={"Authorization": f"Bearer {key}"}).json()
    assert (me["role"], me["scopes"]) == ("investigator", ["match", "records:read"])
    listed = ann.get("/keys").text
    assert "gate &lt;4&gt;" in listed
    assert key not in listed
    prefix = key.split("_")[1]
    rotated = send(ann, f"/keys/{prefix}/rotate", {"hours": "1"})
    successor = secret_of(rotated)
    assert [status_of(bare, one) for one in (key, successor)] == [200, 200]
    assert send(ann, f"/keys/{successor.split('_')[1]}/revoke").headers["location"] == "/keys"
    assert [status_of(bare, one) for one in (key, successor)] == [200, 401]
    assert "1 key that has ended" in ann.get("/keys").text
    assert send(ann, f"/keys/{prefix}/rotate", {"hours": "0"}).status_code == 200
    assert status_of(bare, key) == 401
    again = send(ann, f"/keys/{prefix}/rotate", {"hours": "0"})
    assert again.status_code == 409
    assert "has ended; create a new one" in again.text


def status_of(client: TestClient, key: str) -> int:
    return client.get("/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"days": "0"}, "days"),
        ({"days": "99999"}, "days"),
        ({"days": "²"}, "days"),
        ({"days": "-1"}, "days"),
        ({"scopes": ["audit"]}, "scopes"),
        ({"scopes": ["no-such-right"]}, "scopes"),
        ({"role": "chief"}, "role"),
        ({"label": "x" * 101}, "label"),
        ({"label": "nul\0"}, "label"),
    ],
    ids=str,
)
def test_what_no_key_can_be_is_told_at_its_field(
    ann: TestClient, fresh_agencies: Agencies, fields: dict[str, object], field: str
) -> None:
    answer = send(ann, "/keys", {"role": "officer", "label": "kept", **fields})
    assert answer.status_code == 422
    assert f'id="problem-{field}"' in answer.text
    assert keys_of(fresh_agencies.database, AT_THE_MACHINE) == ()


@pytest.mark.parametrize("hours", ["", "169", "-1", "x", "1e9", "9" * 50])
def test_an_overlap_that_cannot_be_is_told_at_its_field(ann: TestClient, fresh_agencies: Agencies, hours: str) -> None:
    prefix = fresh_agencies.key(CENTRE, Role.OFFICER).split("_")[1]
    answer = send(ann, f"/keys/{prefix}/rotate", {"hours": hours})
    assert answer.status_code == 422
    assert "A number of hours from 0 to 168." in answer.text


def test_a_narrow_key_gives_no_more_than_it_has(fresh_agencies: Agencies, ann: TestClient) -> None:
    narrow = secret_of(send(ann, "/keys", {"role": "admin", "scopes": ["accounts"]}))
    client, headers = browser(fresh_agencies), {"Authorization": f"Bearer {narrow}"}
    page = client.get("/people", headers=headers)
    assert "<option" not in page.text
    for path, fields in (("/people", {"login": "eve"}), ("/keys", {})):
        sent = {"role": "admin", "form_token": token_of(client.get(path, headers=headers)), **fields}
        answer = client.post(path, data=sent, headers=headers)
        assert answer.status_code == 403
        assert "cannot give rights that it does not have itself" in answer.text
    assert client.get("/audit", headers=headers).status_code == 403


def test_the_operator_lets_an_agency_in_and_suspends_it(ann: TestClient, fresh_agencies: Agencies) -> None:
    name = "Customs/../Port of the South & Sons"
    password = secret_of(send(ann, "/agencies", {"name": name, "admin": "south-admin"}))
    entered = browser(fresh_agencies)
    assert enter(entered, "south-admin", password).headers["location"] == "/account"
    [link] = [
        one for one in re.findall(r'href="(/agencies/suspend\?[^"]+)"', ann.get("/agencies").text) if "South" in one
    ]
    asked = ann.get(link)
    assert "Suspend Customs/../Port of the South &amp; Sons?" in asked.text
    answer = send(ann, "/agencies/suspend", {"name": name}, page=link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/agencies")
    assert entered.get("/account").status_code == 401
    send(ann, "/agencies/resume", {"name": name}, page=link.replace("suspend", "resume"))
    assert enter(browser(fresh_agencies), "south-admin", password).status_code == 303
    refused = send(ann, "/agencies/suspend", {"name": CENTRE}, page=link)
    assert refused.status_code == 409
    assert "cannot be suspended" in refused.text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "", "admin": "x"}, "name"),
        ({"name": "..", "admin": "x"}, "name"),
        ({"name": "bureau of the NORTH", "admin": "x"}, "name"),
        ({"name": "West", "admin": "ANN"}, "admin"),
        ({"name": "West", "admin": "a b"}, "admin"),
    ],
    ids=str,
)
def test_what_no_agency_can_be_is_told_at_its_field(ann: TestClient, fields: dict[str, object], field: str) -> None:
    answer = send(ann, "/agencies", fields)
    assert answer.status_code in (409, 422)
    assert re.findall(r'id="problem-(\w+)"', answer.text) == [field]


def test_pages_of_another_site_change_nothing(ann: TestClient) -> None:
    fields = {"login": "eve", "role": "admin", "form_token": token_of(ann.get("/people"))}
    assert ann.post("/people", data=fields, headers={"Origin": "https://elsewhere.example"}).status_code == 403


def test_the_log_tells_in_words_what_was_done_and_holds_no_secret(
    ann: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    password = secret_of(send(ann, "/people", {"login": "cy", "role": "officer"}))
    key = secret_of(send(ann, "/keys", {"role": "officer"}))
    page = ann.get("/audit").text
    for words in ("Added a person: officer of", "Made a key: officer of", "Signed in"):
        assert words in page
    assert f"hk_{key.split('_')[1]}" in page
    table = ann.get("/audit.csv").text
    for secret in (password, key, key.split("_")[2]):
        assert secret not in page + table + caplog.text


def test_each_agency_reads_what_its_own_did(ann: TestClient, fresh_agencies: Agencies) -> None:
    send(ann, "/people", {"login": "secret-officer", "role": "officer"})
    client, headers = browser(fresh_agencies), fresh_agencies.headers(NORTH, Role.ADMIN)
    for path in ("/audit", "/audit.csv", "/audit?actor=ann"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200
        assert "secret-officer" not in answer.text
    assert client.get(f"/audit?agency={CENTRE}", headers=headers).status_code == 403
    assert client.get(f"/audit.csv?agency={CENTRE}", headers=headers).status_code == 403
    assert "secret-officer" in ann.get("/audit").text


def test_the_log_is_narrowed_and_turned_over_page_by_page(ann: TestClient, fresh_agencies: Agencies) -> None:
    for place in range(60):
        add_agency(fresh_agencies.database, AT_THE_MACHINE, f"Agency {place}", f"admin-{place}")
    first = ann.get("/audit", params={"actor": "local", "action": "account"})
    assert first.text.count('class="subject"') == 50
    assert "admin-59" in first.text
    [older] = re.findall(r'href="([^"]+before=\d+)"', first.text)
    second = ann.get(older.replace("&amp;", "&"))
    assert "admin-59" not in second.text
    assert "admin-30" in second.text
    assert ann.get("/audit?subject=admin-3").text.count('class="subject"') == 1
    today = re.search(r'datetime="([\d-]{10})', first.text)
    assert today
    for query, is_there in (
        (f"since={today[1]}&until={today[1]}", True),
        ("until=2020-01-01", False),
        ("since=9999-12-31", False),
    ):
        assert ("admin-59" in ann.get(f"/audit?{query}").text) is is_there


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=yesterday", "since"),
        ("until=9999-12-31", "until"),
        ("until=2026-02-30", "until"),
        ("action=steal", "action"),
        ("actor=a%00b", "actor"),
        ("subject=%0a", ""),
    ],
)
def test_a_filter_that_cannot_be_is_told_at_its_field(ann: TestClient, query: str, field: str) -> None:
    page = ann.get(f"/audit?{query}")
    assert page.status_code == (422 if field else 200)
    assert re.findall(r'id="problem-(\w+)"', page.text) == ([field] if field else [])
    assert ann.get(f"/audit.csv?{query}").status_code == (422 if field else 200)


@pytest.mark.parametrize("query", ["before=-1", "before=x", "before=99999999999999999999"])
def test_a_place_that_cannot_be_is_refused(ann: TestClient, query: str) -> None:
    assert ann.get(f"/audit?{query}").status_code == 422


def test_the_table_runs_no_formula_and_says_that_it_was_taken(
    ann: TestClient, fresh_agencies: Agencies, tmp_path: Path
) -> None:
    log = log_of(fresh_agencies, tmp_path)
    record(log, AuditEvent(event(AT_THE_MACHINE, Action.READ).at, "=cmd()", "@x", Action.READ, "+1", '-2, "three"'))
    answer = ann.get("/audit.csv?action=read")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="audit-[\d-]{10}\.csv"', answer.headers["content-disposition"])
    assert answer.headers["cache-control"] == "no-store"
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert header == ["sequence", "at", "agency", "actor", "action", "subject", "detail"]
    assert [row[2:] for row in rows] == [["'@x", "'=cmd()", "read", "'+1", '\'-2, "three"']]
    assert details(fresh_agencies, tmp_path)[-1] == ("audit", "")
    assert "Exported" in ann.get("/audit?action=export").text
    whole = list(csv.reader(io.StringIO(ann.get("/audit.csv").content.decode("utf-8-sig"))))[1:]
    assert [int(row[0]) for row in whole] == list(range(1, len(whole) + 1))


def test_the_page_says_whether_the_newest_signature_holds(
    ann: TestClient, fresh_agencies: Agencies, tmp_path: Path
) -> None:
    assert "Nothing is signed yet." in ann.get("/audit").text
    log = log_of(fresh_agencies, tmp_path)
    checkpoint = checkpoint_now(log)
    page = ann.get("/audit").text
    assert str(checkpoint) in page
    assert "signature holds" in page
    forged = str(checkpoint)[:-4] + ("0000" if str(checkpoint)[-4:] != "0000" else "1111")
    with log.database.begin() as connection:
        connection.execute(update(audit_checkpoint).values(line=forged))
    page = ann.get("/audit").text
    assert "signature holds" not in page
    assert "run heritage audit verify" in page
    (tmp_path / "audit-key.pub").unlink()
    assert "The public key of the audit log is missing" in ann.get("/audit").text


@pytest.mark.parametrize(
    ("action", "detail", "words"),
    [
        (Action.ACCOUNT, "role changed: officer to admin", "Changed a person's role: from officer to admin"),
        (Action.ACCOUNT, "key added: admin of A of B", "Made a key: admin of \u2068A of B\u2069"),
        (Action.ACCOUNT, "something new", "Changed accounts or keys (something new)"),
        (Action.SEARCH, "strong sha256:00 sha256:11", "Searched with a photo: strong match"),
        (Action.SEARCH, "odd", "Searched with a photo (odd)"),
        (Action.SCAN, "begun: list.csv", "Began a scan of listings: \u2068list.csv\u2069"),
        (
            Action.SCAN,
            "searched: 3 strong, 1 unreadable",
            "Searched listings of a scan (strong match: 3, unreadable: 1)",
        ),
        (
            Action.SCAN,
            "finished: 0 strong, 9 nothing",
            "Finished a scan of listings (strong match: 0, nothing found: 9)",
        ),
        (Action.SCAN, "searched: 3 odd", "Searched listings of a scan (odd: 3)"),
        (Action.SCAN, "paused the disk is full", "Paused a scan of listings: \u2068the disk is full\u2069"),
        (Action.SCAN, "running", "Resumed a scan of listings"),
        (Action.EXPORT, "csv", "Asked for an export of records as \u2068csv\u2069"),
        (Action.EXPORT, "table of sellers", "Exported the table of sellers"),
        (Action.IMPORT, "north", "Asked for an import into the registry \u2068north\u2069"),
        (Action.REMOVE, "photo kept until 2026-05-04", "Removed a photo whose time was over on 4 May 2026"),
        (
            Action.REMOVE,
            "photo kept until 2026-05-04, others keep it",
            "No longer kept a photo, whose time was over on 4 May 2026; others still keep it",
        ),
        (Action.ACCOUNT, "photos are kept for 30 days", "Said that photos are kept for 30 days"),
        (Action.ACCOUNT, "photos are kept for 0 days", "Said that no photos are kept"),
        (
            Action.ACCOUNT,
            "channel added: mail desk@north.example",
            "Added a mailbox to be told of matches: \u2068desk@north.example\u2069",
        ),
        (Action.ACCOUNT, "channel ended", "Ended a channel of alerts"),
        (Action.READ, "photo of a search", "Looked at a photo that another agency searched"),
        (Action.WATCH, "until 2027-05-04", "Watched a photo, until \u20682027-05-04\u2069"),
        (Action.WATCH, "ended", "Ended a watch"),
        (Action.DECIDE, "ask_owner", "Asked the owner about a hit"),
        (Action.REFUSE, "sign-in", "Somebody was refused to sign in"),
        (Action.WITHDRAW, "", "Withdrew a record"),
        (Action.WITHDRAW, "entered twice", "Withdrew a record: \u2068entered twice\u2069"),
        (Action.CREATE, "", "Registered an object"),
    ],
    ids=str,
)
def test_an_entry_means_something_in_words(action: Action, detail: str, words: str) -> None:
    assert event_words(event(AT_THE_MACHINE, action, "x", detail)) == words


@pytest.mark.parametrize(
    ("action", "detail", "words"),
    [
        (Action.CREATE, "opened", "Opened a case"),
        (
            Action.CHANGE,
            "offered Police of the East",
            "Offered a case to another agency: \u2068Police of the East\u2069",
        ),
        (Action.CHANGE, "note", "Added a note to a case"),
        (Action.CHANGE, f"hit {'a' * 24}", f"Filed a hit in a case: \u2068{'a' * 24}\u2069"),
        (Action.READ, "", "Read a case"),
        (Action.CHANGE, "something new", "Changed a case (something new)"),
    ],
    ids=str,
)
def test_an_entry_about_a_case_says_so(action: Action, detail: str, words: str) -> None:
    assert event_words(event(AT_THE_MACHINE, action, "H-2026-7K3M9", detail)) == words


@pytest.mark.parametrize("code", ["fr", "es", "ar"])
def test_what_becomes_of_a_case_has_words_in_every_language(code: str) -> None:
    entries = [event(AT_THE_MACHINE, Action.CHANGE, "H-2026-7K3M9", kind.value) for kind in EntryKind]
    english = [event_words(one) for one in entries]
    assert len(set(english)) == len(EntryKind)
    with speaking(code):
        assert not set(english) & {event_words(one) for one in entries}


@pytest.mark.parametrize("code", ["fr", "es", "ar"])
def test_every_action_has_words_in_every_language(code: str) -> None:
    entries = [event(AT_THE_MACHINE, action) for action in Action]
    english = [event_words(one) for one in entries]
    with speaking(code):
        assert not set(english) & {event_words(one) for one in entries}


def test_a_page_with_a_secret_is_not_kept_for_an_idempotency_key(
    fresh_agencies: Agencies, ann: TestClient, handled_context: Context
) -> None:
    headers = fresh_agencies.headers(CENTRE, Role.ADMIN) | {"Idempotency-Key": "a-page-with-a-secret"}
    shown = []
    for path, fields in (("/keys", {"role": "officer"}), ("/people", {"login": "bo", "role": "officer"})):
        token = token_of(ann.get(path))
        made = ann.post(path, data={"form_token": token, **fields}, headers=headers)
        shown.append(secret_of(made))
    with handled_context.database.read() as connection:
        kept = b"".join(connection.execute(select(reply.c.body)).scalars())
    assert not any(secret.encode() in kept for secret in shown)


def test_figures_may_be_typed_in_arabic_digits(ann: TestClient, fresh_agencies: Agencies) -> None:
    assert send(ann, "/keys", {"role": "officer", "days": "٣٠"}).status_code == 200
    prefix = fresh_agencies.key(CENTRE, Role.OFFICER).split("_")[1]
    assert send(ann, f"/keys/{prefix}/rotate", {"hours": "٢٤"}).status_code == 200
    assert ann.get("/audit", params={"since": "٢٠٢٦-٠١-٠١"}).status_code == 200
