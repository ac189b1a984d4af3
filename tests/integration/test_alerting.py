"""Alerts as they arrive: at a real webhook, in a real mailbox, in the feed; once each, whatever fails on the way."""

import base64
import contextlib
import hashlib
import hmac
import ipaddress
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from heritage.channels.webhook import Webhooks
from heritage.domain.access import AT_THE_MACHINE, Handling
from heritage.domain.alerts import ChannelKind, DeliveryState
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.hits import SearchedPhoto
from heritage.domain.images import ImageDigest
from heritage.domain.records import Photograph, RecordId, RegistryRecord, Status
from heritage.domain.review import Origin
from heritage.errors import DeliveryError, InputError
from heritage.faces.mails import alert_mail
from heritage.faces.web.feeds import alerts_feed
from heritage.registries.checked_connection import CheckedConnection
from heritage.registries.public_addresses import resolve
from heritage.service.accounts import add_agency, set_agency_suspended
from heritage.service.accounts import found as found_agency
from heritage.service.alerting import ChannelWish, add_channel, deliver_due, deliveries_of, newest_alerts
from heritage.service.context import Context, open_context
from heritage.settings import Settings
from heritage.storage.accounts import Accounts
from tests.kept import found, search_by, viewer
from tests.receivers import Mailbox, Webhook, mail_server, webhook
from tests.toys import ToyEmbedder, ToyExtractor, describe, png

ATOM = "{http://www.w3.org/2005/Atom}"
NORTH, SOUTH = viewer("north"), viewer("south")
SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as running:
        yield running


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def context(tmp_path: Path, box: Mailbox) -> Iterator[Context]:
    settings = Settings(
        home=tmp_path,
        decode_processes=0,
        public_address="https://heritage.example/",
        smtp_url=box.address,
        mail_from="alerts@heritage.example",
        webhook_networks="127.0.0.1/32",
    )
    with open_context(settings, ToyEmbedder()) as opened:
        yield replace(opened, extractor=ToyExtractor())


def raise_one(context: Context) -> str:
    """A hit of the South's on a record of the North's; its id."""
    image = describe(png(1))
    record = RegistryRecord(RecordId("r", "1"), Status.STOLEN, "north", photographs=(Photograph(image.digest),))
    context.records.save(record, [image], context.specs)
    kept = context.hits.add(search_by(SOUTH), [found(context.records.get(record.record_id, AT_THE_MACHINE))])
    assert kept.hit_ids[0]
    return kept.hit_ids[0]


def tell(context: Context, after: timedelta = timedelta(0)) -> int:
    """Attempt what is due by then; how many were attempted."""
    return deliver_due(context, alert_mail, lambda: datetime.now(UTC) + after)


def add(context: Context, kind: ChannelKind, address: str, language: str = "en") -> str:
    """By what the North is told; the secret."""
    if not Accounts(context.database).exist():
        found_agency(context.database, "north", "ann", "seven pale lanterns")
    wish = ChannelWish(kind, address, language=language, agency="north")
    return add_channel(context.database, wish, AT_THE_MACHINE).secret


def test_a_message_is_signed_and_names_no_record(context: Context, hook: Webhook) -> None:
    secret = add(context, ChannelKind.WEBHOOK, hook.address)
    hit_id = raise_one(context)
    assert tell(context) == 1
    [message] = hook.received
    told = json.loads(message.body)
    assert message.path == "/heritage?desk=7"
    assert told["data"]["address"] == f"https://heritage.example/hits/{hit_id}"
    assert (told["type"], told["data"]["hit_id"], told["data"]["side"]) == ("hit.raised", hit_id, "owner")
    assert "record" not in message.body.decode()
    signed = f"{message.headers['webhook-id']}.{message.headers['webhook-timestamp']}.".encode() + message.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert message.headers["webhook-signature"] == f"v1,{expected}"


def test_what_fails_is_tried_again_under_the_same_id_and_given_up_in_the_end(context: Context, hook: Webhook) -> None:
    add(context, ChannelKind.WEBHOOK, hook.address)
    raise_one(context)
    hook.statuses = [500] * 50
    waited = timedelta(0)
    for _ in range(30):
        tell(context, waited)
        waited += timedelta(hours=12)
    [dead] = deliveries_of(context.database, DeliveryState.DEAD, AT_THE_MACHINE)
    assert dead.problem == "127.0.0.1 answers 500"
    assert len(hook.received) == dead.attempt_count == 10
    assert len({one.headers["webhook-id"] for one in hook.received}) == 1


def test_a_message_is_told_once_after_it_was_taken(context: Context, hook: Webhook, box: Mailbox) -> None:
    add(context, ChannelKind.WEBHOOK, hook.address)
    add(context, ChannelKind.MAIL, "desk@north.example")
    raise_one(context)
    hook.statuses, box.refusals = [503], 1
    assert [tell(context, timedelta(minutes=minutes)) for minutes in (0, 0, 2, 9, 99)] == [2, 0, 2, 0, 0]
    assert (len(hook.received), len(box.received)) == (2, 1)


def test_a_redirect_is_not_followed(context: Context, hook: Webhook) -> None:
    """It could lead to where messages must not go."""
    add(context, ChannelKind.WEBHOOK, hook.address)
    raise_one(context)
    hook.statuses = [307]
    tell(context)
    assert len(hook.received) == 1
    [waiting] = deliveries_of(context.database, DeliveryState.WAITING, AT_THE_MACHINE)
    assert waiting.problem == "127.0.0.1 answers 307"


def test_no_message_goes_into_a_network_that_is_not_named(tmp_path: Path, hook: Webhook) -> None:
    with open_context(Settings(home=tmp_path, decode_processes=0), ToyEmbedder()) as context:
        add(context, ChannelKind.WEBHOOK, hook.address)
        raise_one(replace(context, extractor=ToyExtractor()))
        tell(context)
        [waiting] = deliveries_of(context.database, DeliveryState.WAITING, AT_THE_MACHINE)
    assert hook.received == []
    assert "HERITAGE_WEBHOOK_NETWORKS" in waiting.problem


def test_mail_says_what_to_do_in_the_language_of_its_reader(context: Context, box: Mailbox) -> None:
    add(context, ChannelKind.MAIL, "bureau@north.example", "fr")
    hit_id = raise_one(context)
    tell(context)
    [letter] = box.received
    assert letter["To"] == "bureau@north.example"
    assert letter["Message-ID"].startswith("<alert-")
    text = letter.get_content()
    assert f"https://heritage.example/hits/{hit_id}" in text
    assert "record" not in text and "r/1" not in text + letter["Subject"]
    assert "correspondance" in letter["Subject"].lower()


def test_without_a_mail_server_mail_waits_and_says_why(tmp_path: Path) -> None:
    with open_context(Settings(home=tmp_path, decode_processes=0), ToyEmbedder()) as context:
        add(context, ChannelKind.MAIL, "desk@north.example")
        raise_one(replace(context, extractor=ToyExtractor()))
        tell(context)
        [waiting] = deliveries_of(context.database, DeliveryState.WAITING, AT_THE_MACHINE)
    assert "HERITAGE_SMTP_URL" in waiting.problem


def test_the_feed_is_atom_and_escapes_what_others_wrote(context: Context) -> None:
    hit_id = raise_one(context)
    alerts = newest_alerts(context.database, NORTH)
    text = alerts_feed(alerts, "North & <South>", "https://heritage.example", "0-1")
    feed = etree.fromstring(text.encode())
    assert feed.tag == f"{ATOM}feed"
    assert "North & <South>" in str(feed.findtext(f"{ATOM}title"))
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link").get("href").endswith(hit_id)  # type: ignore[union-attr]
    assert {feed.findtext(f"{ATOM}{name}") is not None for name in ("id", "updated", "title")} == {True}


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (ChannelKind.WEBHOOK, "ftp://desk.example/"),
        (ChannelKind.WEBHOOK, "https:///path"),
        (ChannelKind.WEBHOOK, "https://bo:secret@desk.example/"),
        (ChannelKind.WEBHOOK, "https://desk.example:99999/"),
        (ChannelKind.MAIL, "desk"),
        (ChannelKind.MAIL, "desk@north.example\nBcc: x@y.example"),
        (ChannelKind.MAIL, "Desk <desk@north.example>"),
    ],
)
def test_an_address_that_nothing_can_be_sent_to_is_refused(context: Context, kind: ChannelKind, address: str) -> None:
    with pytest.raises(InputError, match=r"no address of a webhook|no login|no mailbox"):
        add(context, kind, address)


def test_a_receiver_that_answers_a_byte_now_and_then_does_not_hold_up_the_others() -> None:
    """No part of its answer takes long, and it never ends."""

    def drip(server: socket.socket) -> None:
        peer, _ = server.accept()
        with peer, contextlib.suppress(OSError):
            peer.sendall(b"HTTP/1.1 ")
            while True:
                peer.sendall(b"2")
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        here = Webhooks(lambda _: True, resolve, CheckedConnection, seconds=0.5)
        began = time.monotonic()
        with pytest.raises(DeliveryError, match="does not answer"):
            address = f"http://127.0.0.1:{server.getsockname()[1]}/"
            here.send(address, SECRET, "id", datetime.now(UTC), b"{}")
    assert time.monotonic() - began < 5


def test_the_next_address_of_a_receiver_is_tried(hook: Webhook) -> None:
    dead, here = ipaddress.ip_address("127.0.0.2"), ipaddress.ip_address("127.0.0.1")
    sender = Webhooks(lambda _: True, lambda host, port: [dead, here], CheckedConnection)
    sender.send(hook.address, SECRET, "id", datetime.now(UTC), b"{}")
    assert len(hook.received) == 1


def test_a_channel_that_fails_rests_while_others_are_told(context: Context, hook: Webhook, box: Mailbox) -> None:
    add(context, ChannelKind.WEBHOOK, hook.address)
    add(context, ChannelKind.MAIL, "desk@north.example")
    raise_one(context)
    record = context.records.get(RecordId("r", "1"), AT_THE_MACHINE)
    for number in range(4):
        photo = SearchedPhoto(ImageDigest.of(bytes([number])), 640, 520, ())
        context.hits.add(search_by(SOUTH, photos=(photo, photo)), [found(record)])
    hook.statuses = [500] * 50
    assert tell(context) == 6
    assert (len(hook.received), len(box.received)) == (1, 5)


def test_nothing_is_sent_of_a_record_that_was_closed_to_the_agency_meanwhile(context: Context, hook: Webhook) -> None:
    add(context, ChannelKind.WEBHOOK, hook.address)
    image = describe(png(1))
    shown = RegistryRecord(RecordId("r", "2"), Status.STOLEN, "south", photographs=(Photograph(image.digest),))
    context.records.save(shown, [image], context.specs)
    late = search_by(NORTH, origin=Origin.WATCH)
    context.hits.add(late, [found(context.records.get(shown.record_id, AT_THE_MACHINE))])
    context.records.save(replace(shown, handling=Handling.RED), [], context.specs)
    tell(context)
    assert hook.received == []
    [given_up] = deliveries_of(context.database, DeliveryState.DEAD, AT_THE_MACHINE)
    assert given_up.problem == "what it tells of is not shown to the agency any more"


def test_a_suspended_agency_is_told_nothing(context: Context, hook: Webhook) -> None:
    found_agency(context.database, "centre", "ann", "seven pale lanterns")
    add_agency(context.database, AT_THE_MACHINE, "north", "bo")
    add(context, ChannelKind.WEBHOOK, hook.address)
    raise_one(context)
    set_agency_suspended(context.database, AT_THE_MACHINE, "north", True)
    tell(context)
    assert hook.received == []


def test_the_audit_log_has_no_path_of_a_webhook(context: Context) -> None:
    """Whoever knows it may send there in our name."""
    add(context, ChannelKind.WEBHOOK, "https://hooks.example/services/T0/B0/s3cret?key=s3cret")
    logged = context.audit.page(0, 100, AuditFilter(action=Action.ACCOUNT))
    told = [one.event.detail for one in logged if "channel" in one.event.detail]
    assert told == ["channel added: webhook https://hooks.example"]
