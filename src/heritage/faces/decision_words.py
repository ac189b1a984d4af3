"""What people may say to a hit, what was said, and what that comes to, in words."""

from dataclasses import dataclass

from heritage.domain.access import Viewer
from heritage.domain.review import DecisionKind, HitState, KeptHit, Side, is_asked, state_of
from heritage.faces.languages import N_, _

STATE_NAMES = {
    HitState.OPEN: N_("open"),
    HitState.CONFIRMED: N_("confirmed"),
    HitState.REJECTED: N_("not the same object"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: the decision it makes, and what stands on it."""

    kind: DecisionKind
    words: str


CHOICES = {  # by the side that decides, the likeliest first
    Side.SEARCHER: (
        Choice(DecisionKind.ASK_OWNER, N_("Ask the owner agency")),
        Choice(DecisionKind.REJECTED, N_("Not the same object")),
        Choice(DecisionKind.ASK_EXPERT, N_("Ask an expert")),
    ),
    Side.OWNER: (
        Choice(DecisionKind.CONFIRMED, N_("Confirm: it is the object")),
        Choice(DecisionKind.REJECTED, N_("Decline: it is not")),
    ),
}

# Nobody signs in, so no owner answers here: what one answered by telephone is put on record by whoever asked.
_ANSWERED = Choice(DecisionKind.CONFIRMED, N_("It is the object: the owner agency says so"))

REASONS = (  # to choose from; kept in English, told in the language of whoever reads them
    N_("The shape or the size is another."),
    N_("Details, marks or damage differ."),
    N_("It is of the same kind, but another piece."),
)


def choices_of(side: Side, viewer: Viewer) -> tuple[Choice, ...]:
    """What ``viewer`` may say to a hit for ``side``."""
    is_alone = viewer.is_unrestricted and side is Side.SEARCHER
    return (*CHOICES[side], _ANSWERED) if is_alone else CHOICES[side]


def with_reason(note: str, reason: str) -> str:
    """The note as it is kept, with the chosen reason above it; ``reason`` is its place in `REASONS`, from 1."""
    if reason not in {str(place) for place in range(1, len(REASONS) + 1)}:
        return note
    return "\n".join(filter(None, (REASONS[int(reason) - 1], note)))


def note_words(note: str) -> str:
    """A note as it is told: a reason that was chosen in the language of the page."""
    first, line, rest = note.partition("\n")
    return f"{_(first)}{line}{rest}" if first in REASONS else note


MADE_WORDS = {
    DecisionKind.CONFIRMED: N_("It is the same object."),
    DecisionKind.REJECTED: N_("It is not the same object."),
    DecisionKind.ASK_OWNER: N_("A question to the owner agency."),
    DecisionKind.ASK_EXPERT: N_("An expert should look at it."),
}

_SAID_WORDS = {
    DecisionKind.CONFIRMED: N_("Put on record: it is the same object. The agency that searched sees it."),
    DecisionKind.REJECTED: N_("Put on record: it is not the same object. The other agency sees it."),
    DecisionKind.ASK_OWNER: N_(
        "Put on record: you ask the owner agency. It finds the question in its inbox, if it has one here; "
        "otherwise ask it yourself."
    ),
    DecisionKind.ASK_EXPERT: N_("Put on record: an expert should look at it. Both agencies see that."),
}


_SAID_ALONE = {  # where nobody signs in, no other agency reads it
    DecisionKind.CONFIRMED: N_("Put on record: it is the same object."),
    DecisionKind.REJECTED: N_("Put on record: it is not the same object."),
    DecisionKind.ASK_OWNER: N_("Put on record: you ask the owner agency. Nothing is sent from here: ask it yourself."),
    DecisionKind.ASK_EXPERT: N_("Put on record: an expert should look at it."),
}


def said_words(kind: DecisionKind, viewer: Viewer) -> str:
    """That a decision was put on record, to ``viewer``, who made it."""
    return _((_SAID_ALONE if viewer.is_unrestricted else _SAID_WORDS)[kind])


def state_words(hit: KeptHit) -> str:
    """What the decisions on a hit come to, as a heading."""
    headings = {
        HitState.OPEN: _("Nobody has decided yet"),
        HitState.CONFIRMED: _("It is the same object"),
        HitState.REJECTED: _("It is not the same object"),
    }
    return headings[hit.state]


def basis_words(hit: KeptHit, side: Side) -> str:
    """Whose word the state of a hit is, and what is still missing, to a reader of ``side``."""
    is_owner = side is Side.OWNER
    has_answered = state_of(one for one in hit.decisions if one.side is Side.OWNER) is not HitState.OPEN
    if is_asked(hit.decisions) and (has_answered or hit.state is HitState.OPEN):
        return _("Your agency is asked.") if is_owner else _("The owner agency is asked and has not answered yet.")
    if hit.state is HitState.OPEN:
        return _("Your agency keeps the record: its word counts.") if is_owner else _("Only people decide.")
    if not has_answered:
        return (
            _("The agency that searched says so; yours, which keeps the record, has not answered.")
            if is_owner
            else _("Your agency says so; the owner agency has not answered.")
        )
    return _("Your agency, which keeps the record, says so.") if is_owner else _("The owner agency says so.")
