"""Every route, asked by every role of the agency that owns what is asked for, of another agency, and by nobody.

A new route has no line here and fails the test: decide who may use it, and add one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from heritage.domain.access import AT_THE_MACHINE, Handling, Role
from heritage.domain.images import ImageDigest
from heritage.faces.api.app import create_app
from heritage.service.accounts import add_agency
from heritage.service.auditing import checkpoint_now
from heritage.service.context import Context
from heritage.service.keys import KeyWish, create_key
from heritage.settings import Settings
from tests.integration.faces.accounts import CENTRE, EAST, NORTH, Agencies, open_agencies
from tests.integration.faces.conftest import SEED_BY_HANDLING
from tests.pictures import encoded, picture

ROLES = tuple(Role)
AMBER, RED = SEED_BY_HANDLING[Handling.AMBER], SEED_BY_HANDLING[Handling.RED]
SPARE = "Customs / Port of the South"  # an agency that nobody in the table belongs to
NEXT = count(1)

Statuses = tuple[int, int, int, int]  # for officer, investigator, registrar, admin


def all_get(status: int) -> Statuses:
    return (status,) * 4


def admins_get(status: int) -> Statuses:
    return (403, 403, 403, status)


def keepers_get(status: int) -> Statuses:
    return (403, 403, status, status)


@dataclass(frozen=True)
class Line:
    """What is asked, and what those of the agency that owns it, of another one, and nobody are answered.

    ``{key}`` in the path is a key of the owner that was made for this one request, ``{new}`` a name that nothing has.
    ``operator``: what an admin of the operator is answered; that of another agency's admin unless told.
    """

    path: str
    own: Statuses
    other: Statuses
    nobody: int = 401
    operator: int = 0
    sends: dict[str, Any] | None = None


def added_to(what: str, status: int = 201, place: str = "/v1/cases", **sends: Any) -> Line:
    """What everybody of the agency that has a case may add to it."""
    return Line(f"{place}/{{case}}/{what}", all_get(status), all_get(404), sends=sends)


def led(what: str, status: int, other: int = 404, place: str = "/v1/cases", **sends: Any) -> Line:
    """What takes an investigator of that agency, or somebody above."""
    is_page = place == "/cases"  # which would show the case beside what is wrong
    other_officer = other if is_page else 403
    return Line(f"{place}/{{case}}/{what}", (403, *[status] * 3), (other_officer, *[other] * 3), sends=sends)


IMAGE = ImageDigest.of(encoded(picture(AMBER)))
RECORD = Line(f"/v1/records/north/{AMBER}", all_get(200), all_get(404))
NOT_A_PHOTO = {"files": {"image": b"x"}}
A_TABLE = {"files": {"file": ("list.csv", b"number,images\n1,\n")}}
OPEN = {"own": all_get(200), "other": all_get(200), "nobody": 200}

TABLE: dict[tuple[str, str], Line] = {
    ("GET", "/livez"): Line("/livez", **OPEN),
    ("GET", "/readyz"): Line("/readyz", **OPEN),
    ("GET", "/metrics"): Line("/metrics", all_get(404), all_get(404), nobody=404),  # this machine, or its own token
    ("GET", "/static"): Line("/static/icon.svg", **OPEN),
    ("GET", "/offline"): Line("/offline", **OPEN),
    ("GET", "/openapi.json"): Line("/openapi.json", all_get(200), all_get(200)),
    ("GET", "/"): Line("/", all_get(200), all_get(200)),
    ("POST", "/"): Line("/", all_get(422), all_get(422)),  # reached: a photo is missing
    ("GET", "/inbox"): Line("/inbox", all_get(200), all_get(200)),
    ("GET", "/searches"): Line("/searches", all_get(200), all_get(200)),
    ("GET", "/searches/{search_id}"): Line("/searches/{search}", all_get(200), all_get(404)),
    ("GET", "/hits/{hit_id}"): Line("/hits/{hit}", all_get(200), all_get(404)),
    ("POST", "/hits/{hit_id}/decisions"): Line(
        "/hits/{hit}/decisions", all_get(303), all_get(404), sends={"data": {"decision": "ask_expert"}}
    ),
    ("POST", "/hits/{hit_id}/case"): Line("/hits/{hit}/case", all_get(422), all_get(404)),  # reached: which case?
    ("POST", "/v1/match"): Line("/v1/match", all_get(415), all_get(415), sends=NOT_A_PHOTO),  # reached: no photo
    ("POST", "/v1/inspect"): Line("/v1/inspect", all_get(415), all_get(415), sends=NOT_A_PHOTO),
    ("GET", "/v1/records"): Line("/v1/records", all_get(200), all_get(200)),
    ("GET", "/v1/facets"): Line("/v1/facets", all_get(200), all_get(200)),
    ("POST", "/v1/records"): Line(
        "/v1/records", keepers_get(201), keepers_get(201), sends={"json": {"registry": "made", "number": "{new}"}}
    ),
    ("GET", "/v1/records/{registry}/{number:path}"): RECORD,
    ("PATCH", "/v1/records/{registry}/{number:path}"): Line(
        RECORD.path, keepers_get(200), keepers_get(404), sends={"json": {}, "headers": {"If-Match": "*"}}
    ),
    ("DELETE", "/v1/records/{registry}/{number:path}"): Line(  # reached: it has another version
        RECORD.path, keepers_get(412), keepers_get(404), sends={"headers": {"If-Match": '"999"'}}
    ),
    ("GET", "/v1/documents/{form}/{registry}/{number:path}"): Line(
        f"/v1/documents/pdf/north/{AMBER}", all_get(200), all_get(404)
    ),
    ("GET", "/v1/histories/{registry}/{number:path}"): Line(f"/v1/histories/north/{AMBER}", all_get(200), all_get(404)),
    ("GET", "/v1/counterparts/{registry}/{number:path}"): Line(
        f"/v1/counterparts/north/{AMBER}", all_get(200), all_get(404)
    ),
    ("GET", "/v1/images/{digest}"): Line(f"/v1/images/{IMAGE}?size=16", all_get(200), all_get(404)),
    ("GET", "/v1/images/{digest}/capture"): Line(f"/v1/images/{IMAGE}/capture", all_get(200), all_get(404)),
    ("POST", "/v1/images"): Line(  # reached: no photo
        "/v1/images", keepers_get(415), keepers_get(404), sends={**NOT_A_PHOTO, "data": {"record_id": f"north/{AMBER}"}}
    ),
    ("DELETE", "/v1/images/{digest}"): Line(  # reached: it shows no such image
        f"/v1/images/sha256:{'0' * 64}?record_id=north/{AMBER}", keepers_get(404), keepers_get(404)
    ),
    ("GET", "/v1/hits"): Line("/v1/hits", all_get(200), all_get(200)),
    ("GET", "/v1/hits/{hit_id}"): Line("/v1/hits/{hit}", all_get(200), all_get(404)),
    ("POST", "/v1/hits/{hit_id}/decisions"): Line(
        "/v1/hits/{hit}/decisions",
        all_get(201),
        all_get(404),
        sends={"json": {"decision": "ask_expert"}},
    ),
    ("GET", "/v1/cases"): Line("/v1/cases", all_get(200), all_get(200)),
    ("POST", "/v1/cases"): Line("/v1/cases", all_get(201), all_get(201), sends={"json": {"title": "Cup"}}),
    ("GET", "/v1/cases/{reference}"): Line("/v1/cases/{case}", all_get(200), all_get(404)),
    ("POST", "/v1/cases/{reference}/notes"): added_to("notes", json={"note": "x"}),
    ("POST", "/v1/cases/{reference}/facts"): added_to("facts", json={"title": "x"}),
    ("POST", "/v1/cases/{reference}/references"): added_to("references", json={"kind": "court", "reference": "x"}),
    ("POST", "/v1/cases/{reference}/hits"): Line(  # reached: there is no such hit
        "/v1/cases/{case}/hits", all_get(422), all_get(422), sends={"json": {"hit": "0" * 24}}
    ),
    ("POST", "/v1/cases/{reference}/photos"): Line(  # reached: no photo
        "/v1/cases/{case}/photos", all_get(415), all_get(404), sends={"files": {"image": b"x"}}
    ),
    ("GET", "/v1/cases/{reference}/photos/{digest}"): Line(  # reached: it has no such photo
        f"/v1/cases/{{case}}/photos/{IMAGE}", all_get(404), all_get(404)
    ),
    ("GET", "/v1/cases/{reference}/originals/{digest}"): Line(
        f"/v1/cases/{{case}}/originals/{IMAGE}", all_get(404), all_get(404)
    ),
    ("POST", "/v1/cases/{reference}/photos/{digest}/search"): Line(
        f"/v1/cases/{{case}}/photos/{IMAGE}/search", all_get(404), all_get(404)
    ),
    ("POST", "/v1/cases/{reference}/offer"): led("offer", 201, json={"agency": EAST}),
    ("POST", "/v1/cases/{reference}/withdraw"): led("withdraw", 409, json={}),  # reached: it is offered to nobody
    ("POST", "/v1/cases/{reference}/accept"): led("accept", 409, json={}),  # reached: it is theirs already
    ("POST", "/v1/cases/{reference}/decline"): led("decline", 409, json={"reason": "x"}),
    ("POST", "/v1/cases/{reference}/close"): led("close", 201, json={"reason": "x"}),
    ("POST", "/v1/cases/{reference}/reopen"): led("reopen", 409, json={"reason": "x"}),  # reached: it is open
    ("GET", "/v1/watches"): Line("/v1/watches", all_get(200), all_get(200)),
    ("POST", "/v1/watches"): Line(  # reached: no such photo is kept
        "/v1/watches", all_get(404), all_get(404), sends={"json": {"digest": f"sha256:{'0' * 64}"}}
    ),
    ("DELETE", "/v1/watches/{watch_id}"): Line("/v1/watches/{watch}", all_get(200), all_get(404)),
    ("GET", "/watches"): Line("/watches", all_get(200), all_get(200)),
    ("POST", "/watches"): Line("/watches", all_get(422), all_get(422)),  # reached: no photo is named
    ("POST", "/watches/{watch_id}/end"): Line("/watches/{watch}/end", all_get(303), all_get(404)),
    ("GET", "/v1/alerts"): Line("/v1/alerts", all_get(200), all_get(200)),
    ("GET", "/v1/alerts.atom"): Line("/v1/alerts.atom", all_get(200), all_get(200)),
    ("GET", "/v1/channels"): Line("/v1/channels", admins_get(200), admins_get(200)),
    ("POST", "/v1/channels"): Line(  # reached: it is no mailbox
        "/v1/channels", admins_get(422), admins_get(422), sends={"json": {"kind": "mail", "address": "nobody"}}
    ),
    ("DELETE", "/v1/channels/{channel_id}"): Line(f"/v1/channels/{'0' * 24}", admins_get(404), admins_get(404)),
    ("POST", "/v1/channels/{channel_id}/test"): Line(f"/v1/channels/{'0' * 24}/test", admins_get(404), admins_get(404)),
    ("GET", "/v1/deliveries"): Line("/v1/deliveries", admins_get(200), admins_get(200)),
    ("POST", "/v1/deliveries/{delivery_id}/retry"): Line(
        f"/v1/deliveries/{'0' * 24}/retry", admins_get(404), admins_get(404)
    ),
    ("GET", "/v1/searches"): Line("/v1/searches", all_get(200), all_get(200)),
    ("GET", "/v1/searches/{search_id}"): Line("/v1/searches/{search}", all_get(200), all_get(404)),
    ("GET", "/v1/photos/{digest}"): Line("/v1/photos/{photo}?size=16", all_get(200), all_get(404)),
    ("GET", "/v1/photos/{digest}/original"): Line(
        "/v1/photos/{photo}/original", (403, 200, 200, 200), (403, 404, 404, 404)
    ),
    ("POST", "/v1/imports"): Line("/v1/imports", keepers_get(202), keepers_get(202), sends=A_TABLE),
    ("POST", "/v1/exports"): Line(
        "/v1/exports", (403, 202, 202, 202), (403, 202, 202, 202), sends={"json": {"format": "csv"}}
    ),
    ("GET", "/v1/operations"): Line("/v1/operations", all_get(200), all_get(200)),
    ("GET", "/v1/operations/{operation_id}"): Line("/v1/operations/{operation}", all_get(200), all_get(404)),
    ("GET", "/v1/operations/{operation_id}/result"): Line(  # of an export: whose rights it was made with decides
        "/v1/operations/{operation}/result", (403, 403, 200, 200), (404, 404, 404, 404)
    ),
    ("DELETE", "/v1/operations/{operation_id}"): Line(  # it has ended: nothing is changed by that
        "/v1/operations/{operation}", (403, 200, 200, 200), all_get(404)
    ),
    ("POST", "/v1/scans"): Line("/v1/scans", all_get(202), all_get(202), sends=A_TABLE),
    ("GET", "/v1/scans"): Line("/v1/scans", all_get(200), all_get(200)),
    ("GET", "/v1/scans/{scan_id}"): Line("/v1/scans/{scan}", all_get(200), all_get(404)),
    ("GET", "/v1/scans/{scan_id}/listings"): Line("/v1/scans/{scan}/listings", all_get(200), all_get(404)),
    ("GET", "/v1/scans/{scan_id}/export"): Line("/v1/scans/{scan}/export", (403, 200, 200, 200), (403, 404, 404, 404)),
    ("GET", "/v1/scans/{scan_id}/report"): Line("/v1/scans/{scan}/report", (403, 200, 200, 200), (403, 404, 404, 404)),
    ("POST", "/v1/scans/{scan_id}/pause"): Line("/v1/scans/{scan}/pause", all_get(409), all_get(404)),  # it has ended
    ("POST", "/v1/scans/{scan_id}/resume"): Line("/v1/scans/{scan}/resume", all_get(409), all_get(404)),
    ("POST", "/v1/scans/{scan_id}/retry"): Line(  # reached: nothing of it is unreachable
        "/v1/scans/{scan}/retry", all_get(409), all_get(404)
    ),
    ("DELETE", "/v1/scans/{scan_id}"): Line("/v1/scans/{scan}", all_get(409), all_get(404)),
    ("POST", "/v1/scans/{scan_id}/delete"): Line(  # reached: there is no such scan
        f"/v1/scans/{'0' * 32}/delete", all_get(404), all_get(404)
    ),
    ("POST", "/scans/{scan_id}/delete"): Line(f"/scans/{'0' * 32}/delete", all_get(404), all_get(404)),
    ("GET", "/sellers"): Line("/sellers", all_get(200), all_get(200)),
    ("GET", "/sellers/{name:path}"): Line("/sellers/x", all_get(404), all_get(404)),  # reached: there is no such seller
    ("GET", "/v1/sellers"): Line("/v1/sellers", all_get(200), all_get(200)),
    ("GET", "/v1/sellers/{name:path}"): Line("/v1/sellers/x", all_get(404), all_get(404)),
    ("GET", "/v1/seller-exports/{kind}"): Line(
        "/v1/seller-exports/graphml", (403, 200, 200, 200), (403, 200, 200, 200)
    ),
    ("GET", "/scans"): Line("/scans", all_get(200), all_get(200)),
    ("GET", "/scans/new"): Line("/scans/new", all_get(200), all_get(200)),
    ("POST", "/scans/new"): Line("/scans/new", all_get(422), all_get(422)),  # reached: there is no file
    ("GET", "/scans/{scan_id}"): Line("/scans/{scan}", all_get(200), all_get(404)),
    ("GET", "/scans/{scan_id}/hits"): Line("/scans/{scan}/hits", all_get(200), all_get(404)),
    ("GET", "/scans/{scan_id}/review"): Line("/scans/{scan}/review", all_get(200), all_get(404)),
    ("POST", "/scans/{scan_id}/review"): Line(  # reached: it is no hit of the scan
        "/scans/{scan}/review", all_get(404), all_get(404), sends={"data": {"hit": "0" * 24, "decision": "rejected"}}
    ),
    ("POST", "/scans/{scan_id}/turn"): Line(  # reached: it has ended
        "/scans/{scan}/turn", all_get(409), all_get(404), sends={"data": {"to": "pause"}}
    ),
    ("GET", "/v1/me"): Line("/v1/me", all_get(200), all_get(200)),
    ("GET", "/v1/agencies"): Line("/v1/agencies", all_get(200), all_get(200)),
    ("POST", "/v1/agencies"): Line(
        "/v1/agencies", all_get(403), all_get(403), operator=201, sends={"json": {"name": "{new}", "admin": "{new}"}}
    ),
    ("PATCH", "/v1/agencies/{name:path}"): Line(
        f"/v1/agencies/{NORTH}", admins_get(200), admins_get(404), sends={"json": {"photo_days": 365}}
    ),
    ("POST", "/v1/agencies/{name:path}/suspend"): Line(
        f"/v1/agencies/{SPARE}/suspend", all_get(403), all_get(403), operator=200
    ),
    ("POST", "/v1/agencies/{name:path}/resume"): Line(
        f"/v1/agencies/{SPARE}/resume", all_get(403), all_get(403), operator=200
    ),
    ("GET", "/v1/people"): Line("/v1/people", admins_get(200), admins_get(200)),
    ("POST", "/v1/people"): Line(
        "/v1/people", admins_get(201), admins_get(201), sends={"json": {"login": "{new}", "role": "officer"}}
    ),
    ("POST", "/v1/people/{login}/suspend"): Line("/v1/people/bo/suspend", admins_get(200), admins_get(404)),
    ("POST", "/v1/people/{login}/resume"): Line("/v1/people/bo/resume", admins_get(200), admins_get(404)),
    ("POST", "/v1/people/{login}/reset"): Line("/v1/people/bo/reset", admins_get(200), admins_get(404)),
    ("POST", "/v1/people/{login}/role"): Line(
        "/v1/people/bo/role", admins_get(200), admins_get(404), sends={"json": {"role": "officer"}}
    ),
    ("GET", "/v1/keys"): Line("/v1/keys", admins_get(200), admins_get(200)),
    ("POST", "/v1/keys"): Line("/v1/keys", admins_get(201), admins_get(201), sends={"json": {"role": "officer"}}),
    ("POST", "/v1/keys/{prefix}/rotate"): Line("/v1/keys/{key}/rotate", admins_get(201), admins_get(404)),
    ("POST", "/v1/keys/{prefix}/revoke"): Line("/v1/keys/{key}/revoke", admins_get(200), admins_get(404)),
    ("GET", "/v1/audit/events"): Line("/v1/audit/events", admins_get(200), admins_get(200)),
    ("GET", "/v1/audit/checkpoint"): Line("/v1/audit/checkpoint", admins_get(200), admins_get(200)),
    ("GET", "/v1/audit/events/{sequence}/proof"): Line(
        "/v1/audit/events/{event}/proof", admins_get(200), admins_get(404), operator=200
    ),
    ("GET", "/v1/audit/consistency"): Line("/v1/audit/consistency?old=1&new=2", admins_get(200), admins_get(200)),
    # Pages for admins. 422: reached, and the form lacks what makes it act once.
    ("GET", "/administration"): Line("/administration", admins_get(303), admins_get(303)),
    ("GET", "/people"): Line("/people", admins_get(200), admins_get(200)),
    ("POST", "/people"): Line("/people", admins_get(422), admins_get(422)),
    ("GET", "/people/{login}"): Line("/people/bo", admins_get(200), admins_get(404)),
    ("POST", "/people/{login}/role"): Line("/people/bo/role", admins_get(422), admins_get(404)),
    **{
        (method, f"/people/{{login}}/{act}"): Line(
            f"/people/bo/{act}", admins_get(200 if method == "GET" else 422), admins_get(404)
        )
        for method in ("GET", "POST")
        for act in ("reset", "suspend", "resume")
    },
    ("GET", "/keys"): Line("/keys", admins_get(200), admins_get(200)),
    ("POST", "/keys"): Line("/keys", admins_get(422), admins_get(422)),
    **{
        (method, f"/keys/{{prefix}}/{act}"): Line(
            f"/keys/{{key}}/{act}", admins_get(200 if method == "GET" else 422), admins_get(404)
        )
        for method in ("GET", "POST")
        for act in ("rotate", "revoke")
    },
    ("GET", "/agency"): Line("/agency", admins_get(200), admins_get(200)),
    ("POST", "/agency/photos"): Line("/agency/photos", admins_get(422), admins_get(422)),
    ("POST", "/agency/channels"): Line("/agency/channels", admins_get(422), admins_get(422)),
    ("POST", "/agency/channels/{channel_id}/test"): Line(
        f"/agency/channels/{'0' * 24}/test", admins_get(422), admins_get(422)
    ),
    ("GET", "/agency/channels/{channel_id}/end"): Line(
        f"/agency/channels/{'0' * 24}/end", admins_get(404), admins_get(404)
    ),
    ("POST", "/agency/channels/{channel_id}/end"): Line(
        f"/agency/channels/{'0' * 24}/end", admins_get(422), admins_get(422)
    ),
    ("POST", "/agency/deliveries/{delivery_id}/retry"): Line(
        f"/agency/deliveries/{'0' * 24}/retry", admins_get(422), admins_get(422)
    ),
    ("GET", "/agencies"): Line("/agencies", all_get(403), all_get(403), operator=200),
    ("POST", "/agencies"): Line("/agencies", all_get(403), all_get(403), operator=422),
    **{
        (method, f"/agencies/{act}"): Line(
            f"/agencies/{act}?name={SPARE}",
            all_get(403),
            all_get(403),
            operator=200 if method == "GET" else 422,
            sends=None if method == "GET" else {"data": {"name": SPARE}},
        )
        for method in ("GET", "POST")
        for act in ("suspend", "resume")
    },
    ("GET", "/audit"): Line("/audit", admins_get(200), admins_get(200)),
    ("GET", "/audit.csv"): Line("/audit.csv", admins_get(200), admins_get(200)),
    # The page's own: a key has no account there. What those who signed in are answered is in test_account_page.py.
    ("POST", "/language"): Line("/language", all_get(303), all_get(303), nobody=303, sends={"data": {"code": "fr"}}),
    ("GET", "/cases"): Line("/cases", all_get(200), all_get(200)),
    ("GET", "/cases/new"): Line("/cases/new", all_get(200), all_get(200)),
    ("POST", "/cases"): Line("/cases", all_get(303), all_get(303), sends={"data": {"title": "Cup"}}),
    ("GET", "/cases/{reference}"): Line("/cases/{case}", all_get(200), all_get(404)),
    ("GET", "/cases/{reference}/print"): Line("/cases/{case}/print", all_get(200), all_get(404)),
    ("POST", "/cases/{reference}/notes"): added_to("notes", 303, "/cases", data={"note": "x"}),
    ("POST", "/cases/{reference}/references"): added_to("references", 303, "/cases", data={"reference_text": "x"}),
    ("POST", "/cases/{reference}/facts"): added_to("facts", 303, "/cases", data={"title": "x"}),
    ("POST", "/cases/{reference}/hits"): added_to("hits", 422, "/cases", data={"hit": "x"}),
    ("POST", "/cases/{reference}/photos"): added_to("photos", 422, "/cases"),
    ("POST", "/cases/{reference}/photos/{digest}/search"): added_to(f"photos/{IMAGE}/search", 404, "/cases"),
    ("POST", "/cases/{reference}/offer"): led("offer", 303, place="/cases", data={"agency": EAST}),
    ("POST", "/cases/{reference}/withdraw"): led("withdraw", 409, place="/cases"),
    ("POST", "/cases/{reference}/accept"): led("accept", 409, place="/cases"),
    ("POST", "/cases/{reference}/decline"): led("decline", 409, place="/cases", data={"decline_reason": "x"}),
    ("POST", "/cases/{reference}/close"): led("close", 303, place="/cases", data={"close_reason": "x"}),
    ("POST", "/cases/{reference}/reopen"): led("reopen", 409, place="/cases", data={"reopen_reason": "x"}),
    ("GET", "/registry"): Line("/registry", all_get(200), all_get(200)),
    ("GET", "/records/{registry}/{number:path}"): Line(f"/records/north/{AMBER}", all_get(200), all_get(404)),
    ("GET", "/records/new"): Line("/records/new", keepers_get(200), keepers_get(200)),
    ("POST", "/records/new"): Line("/records/new", keepers_get(422), keepers_get(422)),  # reached: a number is missing
    ("GET", "/edit/{registry}/{number:path}"): Line(f"/edit/north/{AMBER}", keepers_get(200), keepers_get(404)),
    ("POST", "/edit/{registry}/{number:path}"): Line(f"/edit/north/{AMBER}", keepers_get(303), keepers_get(404)),
    ("POST", "/withdraw/{registry}/{number:path}"): Line(  # reached: the reason is missing
        f"/withdraw/north/{AMBER}", keepers_get(422), keepers_get(404)
    ),
    ("GET", "/login"): Line("/login", **OPEN),
    ("POST", "/login"): Line("/login", all_get(403), all_get(403), nobody=403),  # not sent from this site's page
    ("GET", "/login/oidc"): Line("/login/oidc", all_get(404), all_get(404), nobody=404),  # no provider is set up
    ("GET", "/login/oidc/callback"): Line("/login/oidc/callback", all_get(401), all_get(401)),
    ("POST", "/logout"): Line("/logout", all_get(303), all_get(303)),
    ("GET", "/account"): Line("/account", all_get(403), all_get(403)),
    ("POST", "/account/password"): Line("/account/password", all_get(403), all_get(403)),
    ("POST", "/account/device"): Line("/account/device", all_get(403), all_get(403)),
    ("POST", "/account/codes"): Line("/account/codes", all_get(403), all_get(403)),
}


@dataclass(frozen=True)
class Asker:
    name: str
    agency: str = ""
    role: Role = Role.OFFICER

    def expects(self, line: Line) -> int:
        if not self.agency:
            return line.nobody
        if self.agency == CENTRE:
            return line.operator or line.other[-1]
        return (line.own if self.agency == NORTH else line.other)[ROLES.index(self.role)]


ASKERS = [
    Asker("nobody"),
    *(Asker(f"own-{role}", NORTH, role) for role in ROLES),
    *(Asker(f"other-{role}", EAST, role) for role in ROLES),
    Asker("operator-admin", CENTRE, Role.ADMIN),
]


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for route in iter_route_contexts(app.routes):
        assert route.path is not None
        methods = {"GET"} if isinstance(route.original_route, Mount) else set(route.methods or ())
        found |= {(method, route.path) for method in methods - {"HEAD"}}
    return found


@pytest.fixture(scope="module")
def asked(handled_context: Context, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    home: Path = tmp_path_factory.mktemp("asked")
    with open_agencies(handled_context, home) as opened:
        add_agency(opened.database, AT_THE_MACHINE, SPARE, "spare-admin")
        opened.person("bo")
        checkpoint_now(handled_context.audit)
        yield opened


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    assert routes_of(create_app(Settings())) == set(TABLE)


@pytest.mark.parametrize("asker", ASKERS, ids=lambda asker: asker.name)
def test_every_route_answers_everybody_as_the_table_says(asked: Agencies, asker: Asker) -> None:
    headers = asked.headers(asker.agency, asker.role) if asker.agency else {}
    answered = {route: ask(asked, route, headers) for route in TABLE}
    assert answered == {route: asker.expects(line) for route, line in TABLE.items()}


@pytest.mark.parametrize("agency", [NORTH, EAST])
@pytest.mark.parametrize("handling", list(Handling))
def test_a_record_and_its_image_are_shown_as_its_label_says(asked: Agencies, agency: str, handling: Handling) -> None:
    own = {Handling.RED: (404, 404, 200, 200)}.get(handling, all_get(200))
    other = all_get(200 if handling in (Handling.CLEAR, Handling.GREEN) else 404)
    seed = SEED_BY_HANDLING[handling]
    image = f"/v1/images/{ImageDigest.of(encoded(picture(seed)))}?size=16"
    for role, status in zip(ROLES, own if agency == NORTH else other, strict=True):
        headers = asked.headers(agency, role)
        assert asked.client.get(f"/v1/records/north/{seed}", headers=headers).status_code == status
        assert asked.client.get(image, headers=headers).status_code == status


def test_a_search_finds_only_what_the_one_who_asks_may_see(asked: Agencies) -> None:
    photo = {"image": encoded(picture(RED))}
    found = {}
    for agency, role in ((NORTH, Role.REGISTRAR), (NORTH, Role.OFFICER), (EAST, Role.ADMIN)):
        answer = asked.client.post("/v1/match", files=photo, headers=asked.headers(agency, role)).json()
        numbers = {hit["record"]["number"] for hit in answer["hits"]}
        found[agency, role] = (str(RED) in numbers, len(numbers), answer["coverage"]["object_count"])
    assert found == {
        (NORTH, Role.REGISTRAR): (True, 5, 5),
        (NORTH, Role.OFFICER): (False, 4, 4),
        (EAST, Role.ADMIN): (False, 2, 2),
    }


def test_the_page_counts_only_what_the_one_who_asks_may_see(asked: Agencies) -> None:
    pages = [asked.client.get("/", headers=asked.headers(agency, Role.OFFICER)).text for agency in (NORTH, EAST)]
    assert "Searches 4 registered objects" in pages[0]
    assert "Searches 2 registered objects" in pages[1]


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.ADMIN])
@pytest.mark.parametrize("agency", [EAST, CENTRE])
def test_a_record_that_others_may_see_is_not_theirs_to_change(asked: Agencies, agency: str, role: Role) -> None:
    """Not the operator's either."""
    green = SEED_BY_HANDLING[Handling.GREEN]
    headers, path = asked.headers(agency, role), f"/v1/records/north/{green}"
    assert asked.client.get(path, headers=headers).status_code == 200
    changed = {"json": {"theft_place": "elsewhere"}, "headers": headers | {"If-Match": "*"}}
    assert asked.client.patch(path, **changed).status_code == 403  # type: ignore[arg-type]
    assert asked.client.delete(path, headers=headers).status_code == 403
    photo = {"files": {"image": encoded(picture(90))}, "data": {"record_id": f"north/{green}"}}
    assert asked.client.post("/v1/images", headers=headers, **photo).status_code == 403  # type: ignore[arg-type]
    shown = ImageDigest.of(encoded(picture(green)))
    removed = asked.client.delete(f"/v1/images/{shown}?record_id=north/{green}", headers=headers)
    assert removed.status_code == 403


def test_nobody_makes_records_in_the_name_of_another_agency(asked: Agencies) -> None:
    wanted = {"registry": "made", "number": "foreign", "owner_agency": NORTH}
    answer = asked.client.post("/v1/records", json=wanted, headers=asked.headers(EAST, Role.REGISTRAR))
    assert answer.status_code == 403


def ask(asked: Agencies, route: tuple[str, str], headers: dict[str, str]) -> int:
    method, line = route[0], TABLE[route]
    path = line.path
    if "{key}" in path:
        path = path.replace("{key}", create_key(asked.database, AT_THE_MACHINE, wish()).key.prefix)
    if "{hit}" in path:
        path = path.replace("{hit}", a_hit(asked))
    if "{case}" in path:
        path = path.replace("{case}", a_case(asked))
    if "{search}" in path or "{photo}" in path:
        search = the_search(asked)
        path = path.replace("{search}", search["search_id"]).replace("{photo}", search["photos"][0]["digest"])
    if "{watch}" in path:
        path = path.replace("{watch}", a_watch(asked))
    if "{operation}" in path:
        path = path.replace("{operation}", an_operation(asked))
    if "{scan}" in path:
        path = path.replace("{scan}", a_scan(asked))
    if "{event}" in path:
        path = path.replace("{event}", an_event(asked))
    sends = dict(line.sends or {})
    headers = headers | sends.pop("headers", {})
    if "json" in sends:
        new = f"name-{next(NEXT)}"
        sends["json"] = {name: new if value == "{new}" else value for name, value in sends["json"].items()}
    answer = asked.client.request(method, path, headers=headers, follow_redirects=False, **sends)
    asked.client.cookies.clear()  # /language leaves one, and later pages would speak French
    return int(answer.status_code)


def a_hit(asked: Agencies) -> str:
    """The hit of a search that the owner made, on a record that only the owner sees."""
    headers = asked.headers(NORTH, Role.OFFICER)
    found = asked.client.get("/v1/hits", params={"record": f"north/{AMBER}"}, headers=headers).json()["hits"]
    if found:
        return str(found[0]["hit_id"])
    answer = asked.client.post("/v1/match", files={"image": encoded(picture(AMBER))}, headers=headers)
    return str(answer.json()["hits"][0]["hit_id"])


def a_case(asked: Agencies) -> str:
    """A new one of the owner's."""
    made = asked.client.post("/v1/cases", json={"title": "Cup"}, headers=asked.headers(NORTH, Role.OFFICER))
    return str(made.json()["reference"])


def the_search(asked: Agencies) -> Any:
    """A search that the owner made."""
    a_hit(asked)
    return asked.client.get("/v1/searches", headers=asked.headers(NORTH, Role.OFFICER)).json()["searches"][-1]


def a_watch(asked: Agencies) -> str:
    """A new one of the owner's."""
    wanted = {"digest": the_search(asked)["photos"][0]["digest"]}
    made = asked.client.post("/v1/watches", json=wanted, headers=asked.headers(NORTH, Role.OFFICER))
    return str(made.json()["watch_id"])


def an_operation(asked: Agencies) -> str:
    """An export that has ended, asked for by an investigator of the owner."""
    headers = asked.headers(NORTH, Role.REGISTRAR)
    made = asked.client.post("/v1/exports", json={"format": "csv"}, headers=headers)
    deadline = monotonic() + 20
    while asked.client.get(made.headers["location"], headers=headers).json()["state"] in ("waiting", "running"):
        assert monotonic() < deadline
        sleep(0.02)
    return str(made.json()["id"])


def a_scan(asked: Agencies) -> str:
    """A scan of the owner's that has finished."""
    headers = asked.headers(NORTH, Role.OFFICER)
    known = asked.client.get("/v1/scans", headers=headers).json()["scans"]
    finished = [one for one in known if one["state"] == "finished"]
    if finished:
        return str(finished[0]["id"])
    made = asked.client.post("/v1/scans", headers=headers, **A_TABLE)
    deadline = monotonic() + 20
    while asked.client.get(made.headers["location"], headers=headers).json()["state"] != "finished":
        assert monotonic() < deadline
        sleep(0.02)
    return str(made.json()["id"])


def an_event(asked: Agencies) -> str:
    """That the owner read a restricted record."""
    headers = asked.headers(NORTH, Role.ADMIN)
    asked.client.get(RECORD.path, headers=headers)
    found = asked.client.get("/v1/audit/events?action=read&limit=1", headers=headers).json()["events"]
    return str(found[0]["sequence"])


def wish() -> KeyWish:
    return KeyWish(Role.OFFICER, agency=NORTH)
