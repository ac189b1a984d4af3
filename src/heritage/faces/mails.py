"""What mails say. Networks that they cross may read them, so they name no record and show no photo."""

from heritage.domain.alerts import Alert, Channel, Mail
from heritage.domain.hits import Verdict
from heritage.domain.review import Side
from heritage.faces.languages import N_, _, moment, speaking
from heritage.faces.wording import VERDICT_WORDS

CAUTION = N_("This is evidence for a person to look at. Do not act on it alone; only people decide.")


def alert_mail(alert: Alert, channel: Channel, link: str) -> Mail:
    """The mail about an alert, in the channel's language; ``link`` leads to the hit, or is empty."""
    with speaking(channel.language):
        return Mail(channel.address, subject_of(alert), _text(alert, link), f"alert-{alert.alert_id}")


def trial_mail(channel: Channel, trial_id: str) -> Mail:
    """The mail that only shows that mails arrive."""
    with speaking(channel.language):
        text = _("This is a trial: no match was found. Mails about matches will come to this mailbox.")
        paragraphs = (text, _asked_for(channel.agency))
        return Mail(channel.address, _("A trial of the alerts"), "\n\n".join(paragraphs) + "\n", f"trial-{trial_id}")


def subject_of(alert: Alert) -> str:
    """What happened, in a few words and the language that is spoken."""
    if alert.side is Side.OWNER:
        if alert.verdict is Verdict.STRONG:
            return _("Strong match with one of your records")
        return _("Possible match with one of your records")
    if alert.verdict is Verdict.STRONG:
        return _("A photo that you searched has a strong match now")
    return _("A photo that you searched has a possible match now")


def _text(alert: Alert, link: str) -> str:
    where = link or _("Sign in and look into the inbox: hit %(hit)s.") % {"hit": alert.hit_id}
    paragraphs = (
        _("%(verdict)s, found on %(moment)s.")
        % {"verdict": _(VERDICT_WORDS[alert.verdict]).capitalize(), "moment": moment(alert.raised_at)},
        where,
        _(CAUTION),
        _asked_for(alert.agency),
    )
    return "\n\n".join(paragraphs) + "\n"


def _asked_for(agency: str) -> str:
    return _("An administrator of %(agency)s asked for these mails, and can end them.") % {"agency": agency}
