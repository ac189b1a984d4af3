"""What the pages call the parts of a case, and what may be wrong with what was typed."""

from heritage.domain.cases import (
    MAX_PHOTOS_AT_ONCE,
    CaseFault,
    CaseList,
    CaseStatus,
    EntryKind,
    ReferenceKind,
    Standing,
)
from heritage.faces.languages import N_, _, number

LIST_WORDS = {
    CaseList.OPEN: N_("Open"),
    CaseList.CLOSED: N_("Closed"),
    CaseList.OFFERED: N_("Offered to us"),
    CaseList.FORMER: N_("Handed over by us"),
}
STATUS_WORDS = {CaseStatus.OPEN: N_("open"), CaseStatus.CLOSED: N_("closed")}
STANDING_WORDS = {
    Standing.HOLDER: "",
    Standing.OFFERED: N_("offered to us"),
    Standing.FORMER: N_("handed over"),
}
REFERENCE_WORDS = {
    ReferenceKind.SEIZURE: N_("Seizure or report"),
    ReferenceKind.COURT: N_("Court or tribunal"),
    ReferenceKind.NOTICE: N_("Notice"),
    ReferenceKind.OTHER: N_("Other"),
}
ENTRY_WORDS = {
    EntryKind.OPENED: N_("Case opened"),
    EntryKind.CHANGED: N_("Title, date or place changed"),
    EntryKind.REFERENCE: N_("Reference added"),
    EntryKind.NOTE: N_("Note"),
    EntryKind.PHOTO: N_("Photo added"),
    EntryKind.SEARCHED: N_("Registries searched with a photo"),
    EntryKind.HIT: N_("Hit filed"),
    EntryKind.OFFERED: N_("Offered to another agency"),
    EntryKind.TAKEN_BACK: N_("Offer taken back"),
    EntryKind.DECLINED: N_("Offer declined"),
    EntryKind.HANDED_OVER: N_("Handed over"),
    EntryKind.CLOSED: N_("Case closed"),
    EntryKind.REOPENED: N_("Case opened again"),
}
_FAULT_WORDS = {
    CaseFault.EMPTY: N_("Fill this in."),
    CaseFault.TOO_LONG: N_("This is too long. Shorten it."),
    CaseFault.BROKEN: N_("This has broken characters. Type it again."),
    CaseFault.EMAIL: N_("This holds an e-mail address. Personal data is not kept here: take it out."),
    CaseFault.PHONE: N_("This holds a telephone number. Personal data is not kept here: take it out."),
    CaseFault.NO_DATE: N_("Write the date as 2026, 2026-05 or 2026-05-21."),
    CaseFault.NO_AGENCY: N_("Choose another agency from the list."),
    CaseFault.NO_CASE: N_("Choose an open case of your agency from the list."),
    CaseFault.NO_HIT: N_("There is no such hit that your agency may see. Copy its number from its page."),
    CaseFault.NO_PHOTO: N_("Take or choose a photo first."),
    CaseFault.TOO_MANY_PHOTOS: N_("Too many photos at once. Send at most %(count)s."),
}


def fault_words(fault: CaseFault) -> str:
    """What to do about it, in a sentence."""
    return _(_FAULT_WORDS[fault]) % {"count": number(MAX_PHOTOS_AT_ONCE)}
