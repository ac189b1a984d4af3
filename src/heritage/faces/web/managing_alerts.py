"""``/agency``: for how long the photos of an agency's searches are kept, and by what it is told of hits elsewhere."""

from dataclasses import dataclass, field, replace
from functools import partial
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Form, Path
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import Scope
from heritage.domain.alerts import Channel, ChannelKind, DeliveryState
from heritage.domain.digits import western
from heritage.domain.hits import Verdict
from heritage.domain.photos import MAX_PHOTO_DAYS
from heritage.errors import DeliveryError, HeritageError, InputError, NotFoundError
from heritage.faces.api.viewing import needs
from heritage.faces.languages import LANGUAGES, N_, _, language, ngettext, number
from heritage.faces.mails import trial_mail
from heritage.faces.web.administration import Question, Visit, VisitNow, status_of
from heritage.service import accounts
from heritage.service.alerting import (
    ChannelWish,
    add_channel,
    channels_of,
    deliver_again,
    deliveries_of,
    end_channel,
    try_channel,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Scope.ACCOUNTS)])

Field = Annotated[str, Form()]  # how long it may be is told at the field
Key = Annotated[str, Path(pattern="^[0-9a-f]{24}$")]
PAGE = "/agency"
KIND_WORDS = {
    ChannelKind.MAIL: N_("Mails to a mailbox"),
    ChannelKind.WEBHOOK: N_("Messages to a program of ours (webhook)"),
}
LEAST_WORDS = {
    Verdict.STRONG: N_("strong matches only"),
    Verdict.POSSIBLE: N_("strong and possible matches"),
}


@dataclass(frozen=True, slots=True)
class _Typed:
    """What stands in the form for a new channel, and what is wrong with a field of it."""

    kind: str = ChannelKind.MAIL.value
    address: str = ""
    least: str = Verdict.STRONG.value
    language: str = field(default_factory=lambda: language().code)
    problem_by_field: dict[str, str] = field(default_factory=dict)

    def checked(self) -> "_Typed":
        """The same with what can be seen to be wrong with it."""
        is_known = {
            "kind": self.kind in set(KIND_WORDS),
            "least": self.least in set(LEAST_WORDS),
            "mail_language": self.language in LANGUAGES,
        }
        wrong = {name: _("choose one from the list") for name, is_one in is_known.items() if not is_one}
        if not self.address:
            wrong["address"] = _("fill this in")
        return replace(self, problem_by_field=wrong)

    def wish(self, agency: str) -> ChannelWish:
        return ChannelWish(ChannelKind(self.kind), self.address, Verdict(self.least), self.language, agency)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the page says beside what there is: ``tried`` is the channel that ``told`` or ``problem`` is about."""

    days: str | None = None
    days_problem: str = ""
    typed: _Typed = field(default_factory=_Typed)
    tried: str = ""
    told: str = ""
    problem: str = ""


@router.get("/agency")
def agency(visit: VisitNow) -> HTMLResponse:
    return _agency_page(visit)


@router.post("/agency/photos")
def set_days(
    visit: VisitNow,
    days: Field = "",
    sure: Field = "",
    form_token: Field = "",
) -> Response:
    """Asks once more before photos go sooner than was said when they were taken."""
    typed, database = western(days.strip()), visit.database
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10 and int(typed) <= MAX_PHOTO_DAYS):
        problem = _("a number of days from 0 to %(most)s") % {"most": number(MAX_PHOTO_DAYS)}
        return _agency_page(visit, _Shown(days=days, days_problem=problem), 422)
    if int(typed) < accounts.own_agency(database, visit.viewer).photo_days and not sure:
        return visit.ask(_days_question(int(typed)))
    try:
        with visit.acting_once(form_token, typed) as is_first:
            if is_first:
                accounts.set_photo_days(database, visit.viewer, visit.viewer.agency, int(typed))
    except HeritageError as error:
        shown = _Shown(days=days, days_problem=str(error))
        return _agency_page(visit, shown, status_of(error))
    return RedirectResponse(PAGE, 303)


@router.post("/agency/channels")
def add(
    visit: VisitNow,
    kind: Field = "",
    address: Field = "",
    least: Field = "",
    mail_language: Field = "",
    form_token: Field = "",
) -> Response:
    fields = (kind, address.strip(), least, mail_language)
    typed = _Typed(*fields).checked()
    if typed.problem_by_field:
        return _agency_page(visit, _Shown(typed=typed), 422)
    try:
        with visit.acting_once(form_token, *fields) as is_first:
            if not is_first:
                return visit.sent_already(PAGE)
            made = add_channel(visit.database, typed.wish(visit.viewer.agency), visit.viewer)
    except HeritageError as error:
        wrong = replace(typed, problem_by_field={"address": str(error)})
        return _agency_page(visit, _Shown(typed=wrong), status_of(error))
    if not made.secret:
        return RedirectResponse(f"{PAGE}#channel-{made.channel.channel_id}", 303)
    return visit.page("channel_made.html", channel=made.channel, secret=made.secret)


@router.post("/agency/channels/{channel_id}/test")
def test(visit: VisitNow, channel_id: Key, form_token: Field = "") -> Response:
    try:
        with visit.acting_once(form_token) as is_first:
            if not is_first:
                return RedirectResponse(PAGE, 303)
            try_channel(visit.running.context, channel_id, trial_mail, visit.viewer)
    except (DeliveryError, InputError) as error:
        shown = _Shown(tried=channel_id, problem=str(error))
        return _agency_page(visit, shown, status_of(error))
    told = _("The message was taken. Look whether it arrived.")
    return _agency_page(visit, _Shown(tried=channel_id, told=told))


@router.get("/agency/channels/{channel_id}/end")
def ask_end(visit: VisitNow, channel_id: Key) -> HTMLResponse:
    return visit.ask(_end_question(_known(visit, channel_id)))


@router.post("/agency/channels/{channel_id}/end")
def end(visit: VisitNow, channel_id: Key, form_token: Field = "") -> Response:
    with visit.acting_once(form_token) as is_first:
        if is_first:
            end_channel(visit.database, channel_id, visit.viewer)
    return RedirectResponse(PAGE, 303)


@router.post("/agency/deliveries/{delivery_id}/retry")
def retry(visit: VisitNow, delivery_id: Key, form_token: Field = "") -> Response:
    with visit.acting_once(form_token) as is_first:
        if is_first:
            deliver_again(visit.database, delivery_id, visit.viewer)
    return RedirectResponse(f"{PAGE}#deliveries", 303)


def _agency_page(visit: Visit, shown: _Shown | None = None, status: int = 200) -> HTMLResponse:
    shown = shown or _Shown()
    kept_days = accounts.own_agency(visit.database, visit.viewer).photo_days
    return visit.page(
        "agency.html",
        status,
        shown=shown,
        days=str(kept_days) if shown.days is None else shown.days,
        channels=channels_of(visit.database, visit.viewer),
        dead=deliveries_of(visit.database, DeliveryState.DEAD, visit.viewer),
        waiting=deliveries_of(visit.database, DeliveryState.WAITING, visit.viewer),
        kinds=[(kind.value, _(words)) for kind, words in KIND_WORDS.items()],
        leasts=[(least.value, _(words)) for least, words in LEAST_WORDS.items()],
        mail_languages=[(one.code, one.name) for one in LANGUAGES.values()],
        least_words=LEAST_WORDS,
        new_token=partial(token_urlsafe, 16),
    )


def _known(visit: Visit, channel_id: str) -> Channel:
    """Raises `NotFoundError`."""
    for one in channels_of(visit.database, visit.viewer):
        if one.channel_id == channel_id:
            return one
    raise NotFoundError("there is no such channel, or it has ended")


def _days_question(days: int) -> Question:
    kept = ngettext("Keep photos for %(count)s day only?", "Keep photos for %(count)s days only?", days)
    return Question(
        heading=kept % {"count": number(days)} if days else _("Keep no photos?"),
        text=_(
            "It holds for photos that are kept already, too: those that are older are removed within the hour and "
            "cannot be had back. Photos with a match that nobody rejected stay, unless no photos are kept at all."
        ),
        button=_("Keep them for less long") if days else _("Keep none"),
        address=f"{PAGE}/photos",
        back=PAGE,
        fields=(("days", str(days)), ("sure", "yes")),
    )


def _end_question(channel: Channel) -> Question:
    return Question(
        heading=_("Tell %(address)s nothing more?") % {"address": channel.address},
        text=_("What still waits to be told there is given up. Matches stay in the inbox."),
        button=_("End it"),
        address=f"{PAGE}/channels/{channel.channel_id}/end",
        back=PAGE,
    )
