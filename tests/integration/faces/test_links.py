"""No page leads nowhere: every link of every page that leads on, followed as each of those who may."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.domain.records import RecordId
from heritage.domain.review import Origin
from heritage.service.context import Context
from tests.integration.faces.accounts import CENTRE, EAST, NORTH, SITE, Agencies, open_agencies
from tests.integration.faces.conftest import open_handled
from tests.integration.faces.test_inbox_pages import GREEN, RED
from tests.kept import found, search_by, viewer

pytestmark = pytest.mark.usefixtures("cheap_hashes")
MOST_SHAPES = 200  # a page that leads to ever new ones is a fault too
ALIKE = 6  # addresses that differ in what they name only, of which so many are followed
ANSWERED = (200, 303)
CROWD = 26  # of cases, twice as many hits: lists go on on further pages
READERS = (
    (EAST, Role.OFFICER),
    (EAST, Role.INVESTIGATOR),
    (NORTH, Role.REGISTRAR),
    (NORTH, Role.ADMIN),
    (CENTRE, Role.ADMIN),
)
LINK = re.compile(r'(?:href|src|action)="([^"]*)"')


@pytest.fixture(scope="module")
def heritage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    """Of everything a page may link to there is some, in several states, and more than one page of most."""
    home: Path = tmp_path_factory.mktemp("linked")
    with open_handled(home / "home") as context, open_agencies(context, home / "accounts", has_own_log=True) as opened:
        opened.person("bo")
        _fill(opened, context)
        yield opened


def _fill(agencies: Agencies, context: Context) -> None:
    """Searches and hits, counterparts, decisions, cases in every state."""
    client, east = agencies.client, agencies.headers(EAST, Role.INVESTIGATOR)
    records = [context.records.get(RecordId("north", str(seed)), AT_THE_MACHINE) for seed in (GREEN, RED)]
    hits = [
        context.hits.add(search_by(viewer(EAST)), [replace(found(record), view=0)]).hit_ids[0]
        for record in records * CROWD
    ]
    counterpart = search_by(viewer(NORTH), origin=Origin.COUNTERPART, source=records[1].record_id)
    context.hits.add(counterpart, [replace(found(records[0]), view=0)])
    client.post(f"/hits/{hits[0]}/decisions", headers=east, data={"decision": "ask_owner"})
    sent = [{"title": "Cup", "hit": str(hit)} for hit in hits[:CROWD]]
    made = [client.post("/cases", headers=east, follow_redirects=False, data=one) for one in sent]
    cases = [one.headers["location"] for one in made]
    client.post(f"{cases[0]}/close", headers=east, data={"close_reason": "done"})
    for case in cases[1:3]:
        client.post(f"{case}/offer", headers=east, data={"agency": NORTH})
    client.post(f"{cases[1]}/accept", headers=agencies.headers(NORTH, Role.REGISTRAR))


def links_of(address: str, text: str) -> set[str]:
    """Same-site addresses that a page leads to or shows; what its forms send to is only what they fetch."""
    posted = set(re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', text))
    given = {unescape(one) for one in set(LINK.findall(text)) - posted}
    there = {urljoin(f"{SITE}{address}", one).partition("#")[0] for one in given if not one.startswith(("data:", "#"))}
    return {one.removeprefix(SITE) for one in there if urlsplit(one).netloc == urlsplit(SITE).netloc}


def shape_of(address: str) -> str:
    """Alike for pages of one kind: what it names is left out, and of a query all but what it asks first."""
    path, _, query = address.partition("?")
    kind = re.sub(r"[0-9a-f]{24,64}|H-\d{4}-\w{5}|\d+", "*", path)
    return kind + (f"?{query.partition('=')[0]}" if query else "")


@pytest.mark.parametrize(("agency", "role"), READERS, ids=[f"{agency}-{role}" for agency, role in READERS])
def test_every_link_of_every_page_leads_somewhere(heritage: Agencies, agency: str, role: Role) -> None:
    headers = heritage.headers(agency, role)
    came_from: dict[str, str] = {}
    followed: Counter[str] = Counter()
    dead: dict[str, tuple[int, str]] = {}
    waiting = [("/", "")]
    while waiting:
        address, before = waiting.pop(0)
        shape = shape_of(address)
        if address in came_from or followed[shape] == ALIKE:
            continue
        came_from[address] = before
        followed[shape] += 1
        assert len(followed) < MOST_SHAPES
        answer = heritage.client.get(address, headers=headers, follow_redirects=False)
        if answer.status_code not in ANSWERED:
            dead[address] = (answer.status_code, before)
        text = answer.text if answer.headers.get("content-type", "").startswith("text/html") else ""
        waiting += [(one, address) for one in sorted(links_of(address, text)) if one not in came_from]
        if there := answer.headers.get("location"):
            waiting.append((there, address))
    assert dead == {}
    assert {"/inbox", "/searches", "/cases", "/registry", "/records/north/*"} <= set(followed)
    assert agency == CENTRE or {"/hits/*", "/searches/*", "/cases/*"} <= set(followed)  # the operator is told of none
