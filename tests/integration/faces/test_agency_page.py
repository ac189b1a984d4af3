"""The page of an agency's own affairs: how long its photos are kept, and by what it is told of hits elsewhere."""

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.domain.alerts import ChannelKind, DeliveryState
from heritage.domain.records import Photograph, RecordId, RegistryRecord, Status
from heritage.faces.api.app import create_app
from heritage.faces.mails import alert_mail
from heritage.service.accounts import add_agency, found, own_agency
from heritage.service.alerting import (
    ChannelWish,
    add_channel,
    channels_of,
    deliver_due,
    deliveries_of,
    end_channel,
)
from heritage.service.context import Context, open_context
from heritage.settings import Settings
from tests.integration.faces.accounts import OWN_PAGE, PASSWORD, SITE
from tests.kept import found as found_hit
from tests.kept import search_by, viewer
from tests.receivers import Mailbox, Webhook, mail_server, webhook
from tests.toys import ToyEmbedder, ToyExtractor, describe, png

pytestmark = pytest.mark.usefixtures("cheap_hashes")
NORTH, WEST = viewer("north", Role.ADMIN), viewer("west", Role.ADMIN)


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as running:
        yield running


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def context(tmp_path: Path, box: Mailbox, cheap_hashes: None) -> Iterator[Context]:
    settings = Settings(
        home=tmp_path,
        decode_processes=0,
        smtp_url=box.address,
        mail_from="alerts@heritage.example",
        webhook_networks="127.0.0.1/32",
    )
    with open_context(settings, ToyEmbedder()) as opened:
        found(opened.database, "north", "ann", PASSWORD)
        add_agency(opened.database, AT_THE_MACHINE, "west", "wes")
        yield replace(opened, extractor=ToyExtractor())


@pytest.fixture
def ann(context: Context) -> Iterator[TestClient]:
    """The north's admin, signed in."""
    app = create_app(context.settings, lambda _: nullcontext(context))
    with TestClient(app, base_url=SITE, raise_server_exceptions=False, follow_redirects=False) as client:
        answer = client.post("/login", data={"login": "ann", "password": PASSWORD}, headers=OWN_PAGE)
        assert answer.status_code == 303
        yield client


def send(client: TestClient, path: str, fields: dict[str, str] | None = None, page: str = "/agency") -> Response:
    """What the form of ``page`` that leads to ``path`` sends."""
    text = client.get(page).text
    form = text[text.index(f'action="{path}') :]
    token = re.search(r'name="form_token" value="([\w-]{22})"', form)
    assert token
    return client.post(path, data={"form_token": token[1], **(fields or {})}, headers=OWN_PAGE)


def raise_one(context: Context) -> str:
    """A hit of the south's on a record of the north's; its id."""
    image = describe(png(1))
    record = RegistryRecord(RecordId("r", "1"), Status.STOLEN, "north", photographs=(Photograph(image.digest),))
    context.records.save(record, [image], context.specs)
    kept = context.hits.add(
        search_by(viewer("south")), [found_hit(context.records.get(record.record_id, AT_THE_MACHINE))]
    )
    return kept.hit_ids[0] or ""


def days(context: Context) -> int:
    return own_agency(context.database, NORTH).photo_days


def test_photos_are_kept_for_longer_at_once_and_for_less_long_after_asking(ann: TestClient, context: Context) -> None:
    assert send(ann, "/agency/photos", {"days": "٤٠٠"}).headers["location"] == "/agency"  # in Arabic digits
    assert days(context) == 400
    asked = send(ann, "/agency/photos", {"days": "30"})
    assert (asked.status_code, days(context)) == (200, 400)
    assert "Keep photos for 30 days only?" in asked.text
    token = re.search(r'name="form_token" value="([\w-]{22})"', asked.text)
    assert token
    fields = {"days": "30", "sure": "yes", "form_token": token[1]}
    assert ann.post("/agency/photos", data=fields, headers=OWN_PAGE).status_code == 303
    assert days(context) == 30
    assert 'name="days" type="text" value="30"' in ann.get("/agency").text
    assert "photos are kept for 30 days" in [one.event.detail for one in context.audit.page(limit=100)]


@pytest.mark.parametrize("typed", ["", "-1", "x", "36501", "²", "1e9", "9" * 50, "1.5"])
def test_days_that_cannot_be_are_told_at_their_field_and_stay_typed(
    ann: TestClient, context: Context, typed: str
) -> None:
    answer = send(ann, "/agency/photos", {"days": typed})
    assert answer.status_code == 422
    assert "A number of days from 0 to 36,500." in answer.text
    assert f'value="{typed}"' in answer.text
    assert days(context) == 365


def test_a_webhook_is_added_tried_out_and_ended_and_its_secret_shown_once(
    ann: TestClient, context: Context, hook: Webhook
) -> None:
    made = send(ann, "/agency/channels", wanted("webhook", hook.address))
    secret = re.search(r'<code class="secret[^>]*>(whsec_[^<]+)<', made.text)
    assert secret
    page = ann.get("/agency").text
    assert hook.address.replace("&", "&amp;") in page
    assert secret[1] not in page
    [channel] = channels_of(context.database, NORTH)
    tried = send(ann, f"/agency/channels/{channel.channel_id}/test")
    assert "The message was taken." in tried.text
    assert json.loads(hook.received[0].body)["type"] == "channel.tried"
    assert hook.received[0].headers["webhook-signature"].startswith("v1,")
    hook.statuses = [500]
    refused = send(ann, f"/agency/channels/{channel.channel_id}/test")
    assert refused.status_code == 424
    assert "127.0.0.1 answers 500." in refused.text
    end = f"/agency/channels/{channel.channel_id}/end"
    assert send(ann, end, page=end).headers["location"] == "/agency"
    assert channels_of(context.database, NORTH) == ()
    told = [one.event.detail for one in context.audit.page(limit=100)]
    assert told.count("channel tried out") == 2
    assert secret[1] not in str(told)


def wanted(kind: str, address: str, **more: str) -> dict[str, str]:
    return {"kind": kind, "address": address, "least": "strong", "mail_language": "fr", **more}


def test_a_mailbox_is_added_and_tried_out_in_its_language(ann: TestClient, context: Context, box: Mailbox) -> None:
    fields = wanted("mail", "desk@north.example", least="possible")
    assert send(ann, "/agency/channels", fields).status_code == 303
    [channel] = channels_of(context.database, NORTH)
    assert (channel.agency, channel.language, channel.least) == ("north", "fr", "possible")
    send(ann, f"/agency/channels/{channel.channel_id}/test")
    [letter] = box.received
    assert letter["To"] == "desk@north.example"
    assert letter["Message-ID"].startswith("<trial-")
    assert "administrateur" in letter.get_content()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (wanted("mail", ""), "address"),
        (wanted("mail", "desk"), "address"),
        (wanted("mail", "x" * 5000), "address"),
        (wanted("webhook", "ftp://x.example"), "address"),
        (wanted("mail", "taken@north.example"), "address"),
        (wanted("pigeon", "a@b.example"), "kind"),
        (wanted("mail", "a@b.example", least="none"), "least"),
        (wanted("mail", "a@b.example", mail_language="xx"), "mail_language"),
    ],
    ids=["empty", "no mailbox", "too long", "no webhook", "taken", "kind", "least", "language"],
)
def test_what_no_channel_can_be_is_told_at_its_field(
    ann: TestClient, context: Context, fields: dict[str, str], field: str
) -> None:
    add_channel(context.database, ChannelWish(ChannelKind.MAIL, "taken@north.example"), NORTH)
    answer = send(ann, "/agency/channels", fields)
    assert answer.status_code in (409, 422)
    assert re.findall(r'id="problem-(\w+)"', answer.text) == [field]
    assert f'value="{fields["address"]}"' in answer.text
    assert len(channels_of(context.database, NORTH)) == 1


def test_what_was_given_up_is_listed_and_sent_again(ann: TestClient, context: Context, hook: Webhook) -> None:
    channel = add_channel(context.database, ChannelWish(ChannelKind.WEBHOOK, hook.address), NORTH).channel
    hit_id = raise_one(context)
    hook.statuses = [500] * 50
    for attempt in range(20):
        deliver_due(context, alert_mail, lambda: datetime.now(UTC) + attempt * timedelta(days=1))  # noqa: B023
    page = ann.get("/agency").text
    assert "127.0.0.1 answers 500." in page
    assert f"/hits/{hit_id}" in page
    [dead] = deliveries_of(context.database, DeliveryState.DEAD, NORTH)
    assert send(ann, f"/agency/deliveries/{dead.delivery_id}/retry").status_code == 303
    assert deliveries_of(context.database, DeliveryState.DEAD, NORTH) == ()
    assert "1 message waits" in ann.get("/agency").text
    end_channel(context.database, channel.channel_id, NORTH)
    page = ann.get("/agency").text
    assert "That channel has ended." in page
    assert "/retry" not in page


def test_another_agencys_channels_are_not_there(ann: TestClient, context: Context) -> None:
    made = add_channel(context.database, ChannelWish(ChannelKind.MAIL, "desk@west.example"), WEST).channel
    assert "west.example" not in ann.get("/agency").text
    end = f"/agency/channels/{made.channel_id}/end"
    assert ann.get(end).status_code == 404
    for act in ("test", "end"):
        fields = {"form_token": "a" * 22}
        answer = ann.post(f"/agency/channels/{made.channel_id}/{act}", data=fields, headers=OWN_PAGE)
        assert answer.status_code == 404
        assert "west" not in answer.text
    assert len(channels_of(context.database, WEST)) == 1


def test_a_program_tries_a_channel_out_and_is_told_why_nothing_arrives(
    ann: TestClient, context: Context, hook: Webhook
) -> None:
    channel = add_channel(context.database, ChannelWish(ChannelKind.WEBHOOK, hook.address), NORTH).channel
    path = f"/v1/channels/{channel.channel_id}/test"
    assert ann.post(path, headers=OWN_PAGE).json()["channel_id"] == channel.channel_id
    hook.statuses = [404]
    refused = ann.post(path, headers=OWN_PAGE)
    assert (refused.status_code, refused.json()["detail"]) == (424, "127.0.0.1 answers 404")


def test_the_secret_of_a_webhook_is_not_kept_with_the_answer(ann: TestClient, context: Context) -> None:
    headers = {**OWN_PAGE, "Idempotency-Key": "a-key-of-mine"}
    sent = {"kind": "webhook", "address": "https://desk.example/heritage"}
    first = ann.post("/v1/channels", json=sent, headers=headers)
    assert first.json()["secret"].startswith("whsec_")
    assert ann.post("/v1/channels", json=sent, headers=headers).json().get("secret") is None
