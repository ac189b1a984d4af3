"""What an entry of the audit log means, in the words of whoever reads it.

The log itself is English and never changes; an entry in words that nobody has foreseen is shown as it stands.
"""

import re
from collections.abc import Callable

from heritage.domain.access import Role
from heritage.domain.audit import Action, AuditEvent
from heritage.domain.hits import Verdict
from heritage.domain.review import DecisionKind
from heritage.faces.languages import N_, _
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
    (Action.EXPORT, "fetched"): N_("Fetched the file of an export"),
    (Action.ACCOUNT, "agency added"): N_("Added an agency"),
    (Action.ACCOUNT, "agency suspended"): N_("Suspended an agency"),
    (Action.ACCOUNT, "agency let in again"): N_("Let an agency in again"),
    (Action.ACCOUNT, "person suspended"): N_("Suspended a person"),
    (Action.ACCOUNT, "person let in again"): N_("Let a person in again"),
    (Action.ACCOUNT, "person reset"): N_("Gave a person a new first password"),
    (Action.ACCOUNT, "password chosen"): N_("Chose another password"),
    (Action.ACCOUNT, "one-time codes set up"): N_("Set up one-time codes"),
    (Action.ACCOUNT, "key revoked"): N_("Revoked a key"),
}
_PERSON_ADDED = re.compile(r"person added: (?P<role>\w+) of (?P<agency>.+)")
_KEY_ADDED = re.compile(r"key added: (?P<role>\w+) of (?P<agency>.+)")
_ROLE_CHANGED = re.compile(r"role changed: (?P<old>\w+) to (?P<new>\w+)")
_KEY_ROTATED = re.compile(r"key rotated, ends (?P<at>\S+)")
_SEARCHED = re.compile(f"(?P<verdict>{'|'.join(Verdict)})( .*)?")
_DECIDED = re.compile("|".join(DecisionKind))

Found = re.Match[str]


def event_words(event: AuditEvent) -> str:
    """One sentence without an end; to whom or what it was done stands beside it."""
    if (event.action, event.detail) in _SENTENCES:
        return _(_SENTENCES[event.action, event.detail])
    for action, pattern, words in _PATTERNS:
        found = pattern.fullmatch(event.detail)
        if event.action is action and found:
            return words(found)
    general = action_words(event.action)
    return f"{general} ({event.detail})" if event.detail else general


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
    (Action.DECIDE, _DECIDED, _decided),
)
