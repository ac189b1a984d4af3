"""What an entry of the audit log means, in the words of whoever reads it.

The log itself is English and never changes; an entry in words that nobody has foreseen is shown as it stands.
"""

import re
from collections.abc import Callable
from datetime import date

from heritage.domain.access import Role
from heritage.domain.alerts import ChannelKind
from heritage.domain.audit import Action, AuditEvent
from heritage.domain.cases import EntryKind, is_case_key
from heritage.domain.hits import Verdict
from heritage.domain.operations import ExportFormat
from heritage.domain.review import DecisionKind
from heritage.domain.scans import ListingState
from heritage.faces.languages import N_, _, day, ngettext, number
from heritage.faces.scan_words import STATE_WORDS
from heritage.faces.wording import ROLE_WORDS, VERDICT_WORDS

ACTION_WORDS = {
    Action.SIGN_IN: N_("Signed in"),
    Action.REFUSE: N_("Turned away"),
    Action.SEARCH: N_("Searched with a photo"),
    Action.SCAN: N_("Scanned listings"),
    Action.READ: N_("Read something that is not for every agency"),
    Action.EXPORT: N_("Exported"),
    Action.IMPORT: N_("Asked for an import"),
    Action.CREATE: N_("Registered an object"),
    Action.CHANGE: N_("Changed a record"),
    Action.WITHDRAW: N_("Withdrew a record"),
    Action.REMOVE: N_("Removed a photo whose time was over"),
    Action.WATCH: N_("Watched a photo"),
    Action.DECIDE: N_("Decided on a hit"),
    Action.ACCOUNT: N_("Changed accounts or keys"),
}

_DECISION_WORDS = {
    DecisionKind.CONFIRMED: N_("Decided on a hit: it is the object"),
    DecisionKind.REJECTED: N_("Decided on a hit: it is another object"),
    DecisionKind.ASK_OWNER: N_("Asked the owner about a hit"),
    DecisionKind.ASK_EXPERT: N_("Asked an expert about a hit"),
}

_SENTENCES = {
    (Action.REFUSE, "sign-in"): N_("Somebody was refused to sign in"),
    (Action.SCAN, "paused"): N_("Paused a scan of listings"),
    (Action.SCAN, "running"): N_("Resumed a scan of listings"),
    (Action.SCAN, "cancelled"): N_("Cancelled a scan of listings"),
    (Action.SCAN, "deleted, with its listings"): N_("Deleted a scan with its listings"),
    (Action.WATCH, "ended"): N_("Ended a watch"),
    (Action.READ, "photo of a search"): N_("Looked at a photo that another agency searched"),
    (Action.EXPORT, "fetched"): N_("Fetched the file of an export"),
    (Action.EXPORT, "listings of a scan"): N_("Exported the listings of a scan"),
    (Action.EXPORT, "report on a scan"): N_("Exported the report on a scan"),
    (Action.EXPORT, "table of sellers"): N_("Exported the table of sellers"),
    (Action.EXPORT, "graph of sellers and listings"): N_("Exported the graph of sellers and listings"),
    (Action.EXPORT, "photo of a search, as it was sent"): N_("Took the photo of a search as it was sent"),
    (Action.ACCOUNT, "agency added"): N_("Added an agency"),
    (Action.ACCOUNT, "agency suspended"): N_("Suspended an agency"),
    (Action.ACCOUNT, "agency let in again"): N_("Let an agency in again"),
    (Action.ACCOUNT, "person suspended"): N_("Suspended a person"),
    (Action.ACCOUNT, "person let in again"): N_("Let a person in again"),
    (Action.ACCOUNT, "person reset"): N_("Gave a person a new first password"),
    (Action.ACCOUNT, "password chosen"): N_("Chose another password"),
    (Action.ACCOUNT, "one-time codes set up"): N_("Set up one-time codes"),
    (Action.ACCOUNT, "key revoked"): N_("Revoked a key"),
    (Action.ACCOUNT, "channel ended"): N_("Ended a channel of alerts"),
    (Action.ACCOUNT, "channel tried out"): N_("Tried a channel of alerts out"),
    (Action.ACCOUNT, "delivery attempted again"): N_("Sent an alert again that had been given up"),
}

_CASE_WORDS = {
    EntryKind.OPENED: N_("Opened a case"),
    EntryKind.CHANGED: N_("Changed the title, date or place of a case"),
    EntryKind.REFERENCE: N_("Added a reference to a case"),
    EntryKind.NOTE: N_("Added a note to a case"),
    EntryKind.PHOTO: N_("Added a photo to a case"),
    EntryKind.SEARCHED: N_("Searched the registries with a photo of a case"),
    EntryKind.HIT: N_("Filed a hit in a case"),
    EntryKind.OFFERED: N_("Offered a case to another agency"),
    EntryKind.TAKEN_BACK: N_("Took the offer of a case back"),
    EntryKind.DECLINED: N_("Declined a case that was offered"),
    EntryKind.HANDED_OVER: N_("Accepted a case that was offered"),
    EntryKind.CLOSED: N_("Closed a case"),
    EntryKind.REOPENED: N_("Opened a case again"),
}
_CHANNEL_WORDS = {
    ChannelKind.MAIL: N_("Added a mailbox to be told of matches"),
    ChannelKind.WEBHOOK: N_("Added a webhook to be told of matches"),
}
_PERSON_ADDED = re.compile(r"person added: (?P<role>\w+) of (?P<agency>.+)")
_KEY_ADDED = re.compile(r"key added: (?P<role>\w+) of (?P<agency>.+)")
_ROLE_CHANGED = re.compile(r"role changed: (?P<old>\w+) to (?P<new>\w+)")
_KEY_ROTATED = re.compile(r"key rotated, ends (?P<at>\S+)")
_SEARCHED = re.compile(f"(?P<verdict>{'|'.join(Verdict)})( .*)?")
_SCAN_BEGUN = re.compile(r"begun: (?P<source>.+)")
_WATCHED = re.compile(r"until (?P<day>\d{4}-\d\d-\d\d)")
_SCAN_PAUSED = re.compile(r"paused (?P<why>.+)")
_SCANNED = re.compile(r"(?P<done>searched|finished): (?P<counts>\d+ \w+(?:, \d+ \w+)*)")
_DECIDED = re.compile("|".join(DecisionKind))
_CASE = re.compile(f"(?P<kind>{'|'.join(EntryKind)})( (?P<more>.+))?")
_EXPORTED = re.compile("|".join(ExportFormat))
_WHATEVER = re.compile(r".+")
_REMOVED = re.compile(r"photo kept until (?P<day>\d{4}-\d\d-\d\d)(?P<others>, others keep it)?")
_PHOTO_DAYS = re.compile(r"photos are kept for (?P<days>\d{1,9}) days")
_CHANNEL_ADDED = re.compile(f"channel added: (?P<kind>{'|'.join(ChannelKind)}) (?P<address>.+)")

Found = re.Match[str]


def event_words(event: AuditEvent) -> str:
    """One sentence without an end; to whom or what it was done stands beside it."""
    if is_case_key(event.subject):
        return _of_case(event)
    if (event.action, event.subject) == (Action.EXPORT, "audit"):
        return _("Exported the audit log")
    if (event.action, event.detail) in _SENTENCES:
        return _(_SENTENCES[event.action, event.detail])
    for action, pattern, words in _PATTERNS:
        found = pattern.fullmatch(event.detail)
        if event.action is action and found:
            return words(found)
    return _bracketed(action_words(event.action), event.detail)


def _of_case(event: AuditEvent) -> str:
    if event.action is Action.READ:
        return _("Read a case")
    found = _CASE.fullmatch(event.detail)
    if event.action not in (Action.CREATE, Action.CHANGE) or found is None:
        return _bracketed(_("Changed a case"), event.detail)
    words = _(_CASE_WORDS[EntryKind(found["kind"])])
    return _and_what(words, found["more"]) if found["more"] else words


def action_words(action: Action) -> str:
    return _(ACTION_WORDS[action]) if action in ACTION_WORDS else action.value


def _person_added(found: Found) -> str:
    return _("Added a person: %(role)s of %(agency)s") % _named(found)


def _key_added(found: Found) -> str:
    return _("Made a key: %(role)s of %(agency)s") % _named(found)


def _role_changed(found: Found) -> str:
    return _("Changed a person's role: from %(old)s to %(new)s") % {
        "old": _role(found["old"]),
        "new": _role(found["new"]),
    }


def _key_rotated(found: Found) -> str:
    return _("Rotated a key, which ends at %(time)s") % {"time": _apart(found["at"])}


def _searched(found: Found) -> str:
    return _("Searched with a photo: %(verdict)s") % {"verdict": _(VERDICT_WORDS[Verdict(found["verdict"])])}


def _scan_begun(found: Found) -> str:
    return _("Began a scan of listings: %(source)s") % {"source": _apart(found["source"])}


def _scan_paused(found: Found) -> str:
    return _and_what(_(_SENTENCES[Action.SCAN, "paused"]), found["why"])


def _scanned(found: Found) -> str:
    counts = [one.split() for one in found["counts"].split(", ")]
    told = ", ".join(
        _("%(state)s: %(count)s") % {"state": _state(state), "count": number(int(count))} for count, state in counts
    )
    if found["done"] == "finished":
        return _("Finished a scan of listings (%(counts)s)") % {"counts": told}
    return _("Searched listings of a scan (%(counts)s)") % {"counts": told}


def _state(value: str) -> str:
    return _(STATE_WORDS[ListingState(value)]) if value in set(ListingState) else value


def _exported(found: Found) -> str:
    return _("Asked for an export of records as %(format)s") % {"format": _apart(found[0])}


def _imported(found: Found) -> str:
    return _("Asked for an import into the registry %(registry)s") % {"registry": _apart(found[0])}


def _withdrawn(found: Found) -> str:
    return _and_what(_(ACTION_WORDS[Action.WITHDRAW]), found[0])


def _removed(found: Found) -> str:
    until = day(date.fromisoformat(found["day"]))
    if found["others"]:
        return _("No longer kept a photo, whose time was over on %(day)s; others still keep it") % {"day": until}
    return _("Removed a photo whose time was over on %(day)s") % {"day": until}


def _photo_days(found: Found) -> str:
    days = int(found["days"])
    kept = ngettext("Said that photos are kept for %(count)s day", "Said that photos are kept for %(count)s days", days)
    return kept % {"count": number(days)} if days else _("Said that no photos are kept")


def _channel_added(found: Found) -> str:
    return _and_what(_(_CHANNEL_WORDS[ChannelKind(found["kind"])]), found["address"])


def _bracketed(words: str, detail: str) -> str:
    return f"{words} ({detail})" if detail else words


def _and_what(words: str, what: str) -> str:
    return _("%(done)s: %(what)s") % {"done": words, "what": _apart(what)}


def _watched(found: Found) -> str:
    return _("Watched a photo, until %(day)s") % {"day": _apart(found["day"])}


def _decided(found: Found) -> str:
    return _(_DECISION_WORDS[DecisionKind(found[0])])


def _named(found: Found) -> dict[str, str]:
    return {"role": _role(found["role"]), "agency": _apart(found["agency"])}


def _role(value: str) -> str:
    return _(ROLE_WORDS[Role(value)]) if value in set(Role) else value


def _apart(text: str) -> str:
    """Other people's text within a sentence, whichever way either is written."""
    return f"\u2068{text}\u2069"


_PATTERNS: tuple[tuple[Action, re.Pattern[str], Callable[[Found], str]], ...] = (
    (Action.ACCOUNT, _PERSON_ADDED, _person_added),
    (Action.ACCOUNT, _KEY_ADDED, _key_added),
    (Action.ACCOUNT, _ROLE_CHANGED, _role_changed),
    (Action.ACCOUNT, _KEY_ROTATED, _key_rotated),
    (Action.SEARCH, _SEARCHED, _searched),
    (Action.SCAN, _SCAN_BEGUN, _scan_begun),
    (Action.SCAN, _SCAN_PAUSED, _scan_paused),
    (Action.SCAN, _SCANNED, _scanned),
    (Action.EXPORT, _EXPORTED, _exported),
    (Action.IMPORT, _WHATEVER, _imported),
    (Action.WITHDRAW, _WHATEVER, _withdrawn),
    (Action.REMOVE, _REMOVED, _removed),
    (Action.ACCOUNT, _PHOTO_DAYS, _photo_days),
    (Action.ACCOUNT, _CHANNEL_ADDED, _channel_added),
    (Action.WATCH, _WATCHED, _watched),
    (Action.DECIDE, _DECIDED, _decided),
)
