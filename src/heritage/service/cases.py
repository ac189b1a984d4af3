"""Cases on somebody's behalf: opened, added to, handed over, and their photos searched."""

from collections.abc import Sequence
from contextlib import suppress

from heritage.domain.access import Scope, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.case_rules import check_follows
from heritage.domain.cases import (
    MAX_PHOTOS_AT_ONCE,
    Case,
    CaseFacts,
    CaseFault,
    CaseFieldError,
    CaseQuestion,
    CaseReference,
    CaseSummary,
    EntryContent,
    EntryKind,
    read_case_key,
    require_leading,
)
from heritage.domain.images import ImageDigest
from heritage.errors import NotFoundError
from heritage.service import auditing
from heritage.service.accounts import agencies
from heritage.service.context import Context
from heritage.service.reading import log_restricted
from heritage.service.review import read_hit

_LEADING = frozenset(
    {
        EntryKind.CLOSED,
        EntryKind.REOPENED,
        EntryKind.OFFERED,
        EntryKind.TAKEN_BACK,
        EntryKind.HANDED_OVER,
    }
)


def open_case(context: Context, facts: CaseFacts, more: Sequence[EntryContent], by: Viewer, once: str = "") -> Case:
    """A new case of the agency of ``by``, with what else is known of it. Raises `CaseFieldError`, `ForbiddenError`."""
    by.require(Scope.DECIDE)
    return context.cases.open([EntryContent(EntryKind.OPENED, facts=facts), *more], by, once)


def add_entries(context: Context, key: str, contents: Sequence[EntryContent], by: Viewer, once: str = "") -> Case:
    """The case with these entries. Raises `NotFoundError`, `ForbiddenError`, `ConflictError`, `CaseFieldError`."""
    by.require(Scope.DECIDE)
    if not _LEADING.isdisjoint(one.kind for one in contents):
        require_leading(by)
    found = context.cases.get(read_case_key(key), by)
    if any(one.kind is EntryKind.OFFERED and one.agency not in other_agencies(context, by) for one in contents):
        raise CaseFieldError("agency", CaseFault.NO_AGENCY)
    return context.cases.add(found.key, contents, by, once)


def change_facts(context: Context, key: str, facts: CaseFacts, by: Viewer, once: str = "") -> Case:
    """Another title, date or place from now on; what was said before stays in the timeline."""
    return add_entries(context, key, [EntryContent(EntryKind.CHANGED, facts=facts)], by, once)


def add_note(context: Context, key: str, note: str, by: Viewer, once: str = "") -> Case:
    return add_entries(context, key, [EntryContent(EntryKind.NOTE, note)], by, once)


def add_reference(context: Context, key: str, reference: CaseReference, by: Viewer, once: str = "") -> Case:
    return add_entries(context, key, [EntryContent(EntryKind.REFERENCE, reference=reference)], by, once)


def check_addable(context: Context, key: str, by: Viewer) -> None:
    """Raises what `add_entries` would for a photo. Asked before work that nobody would have anything of."""
    by.require(Scope.DECIDE)
    found = context.cases.get(read_case_key(key), by)
    check_follows(found, found.standing, EntryKind.PHOTO)


def photo_contents(context: Context, files: Sequence[bytes]) -> tuple[EntryContent, ...]:
    """Keep photo files, untouched, for entries that name them. Raises `CaseFieldError`, `ImageError`."""
    if not files:
        raise CaseFieldError("photos", CaseFault.NO_PHOTO)
    if len(files) > MAX_PHOTOS_AT_ONCE:
        raise CaseFieldError("photos", CaseFault.TOO_MANY_PHOTOS)
    for data in files:  # all of them first: half of what somebody sent would be worse than nothing
        context.decode(data)
    return tuple(EntryContent(EntryKind.PHOTO, digest=context.case_photos.put(data)) for data in files)


def hit_contents(context: Context, hit_id: str, by: Viewer) -> tuple[EntryContent, ...]:
    """The entries with which a hit is filed, and the photos of its search, if the agency of ``by`` still keeps them.

    Not another agency's: what the camera wrote into them is for whoever took them. Raises `CaseFieldError`.
    """
    if not hit_id.isalnum():  # nobody's, and not every database takes it
        raise CaseFieldError("hit", CaseFault.NO_HIT)
    try:
        found = read_hit(context, hit_id, by)
    except NotFoundError as error:
        raise CaseFieldError("hit", CaseFault.NO_HIT) from error
    copied: list[EntryContent] = []
    for photo in found.search.photos:
        with suppress(NotFoundError):
            context.photos.get_own(photo.digest, by)
            kept = context.case_photos.put(context.photos.read(photo.digest))
            copied.append(EntryContent(EntryKind.PHOTO, digest=kept))
    return (EntryContent(EntryKind.HIT, hit_id=hit_id), *copied)


def decline(context: Context, key: str, reason: str, by: Viewer, once: str = "") -> None:
    """Answer an offer with no: the agency of ``by`` knows the case no more. Raises as `add_entries`."""
    by.require(Scope.DECIDE)
    require_leading(by)
    context.cases.decline(read_case_key(key), reason, by, once)


def hand_over(context: Context, key: str, note: str, by: Viewer, once: str = "") -> Case:
    """Accept the case on behalf of the agency of ``by``, to which it is offered: it is theirs from now on."""
    accepted = EntryContent(EntryKind.HANDED_OVER, note, agency=by.agency)
    return add_entries(context, key, [accepted], by, once)


def read_case(context: Context, key: str, viewer: Viewer) -> Case:
    """Raises `NotFoundError`, also for a case that ``viewer`` must not know of. Reading one leaves a trace."""
    viewer.require(Scope.DECIDE)
    found = context.cases.get(read_case_key(key), viewer)
    auditing.record(context.audit, event(viewer, Action.READ, found.key))
    log_restricted(context, viewer, [one.hit.record for one in found.entries if one.hit and one.hit.record])
    return found


def find_cases(
    context: Context, asked: CaseQuestion, viewer: Viewer, after: str = "", limit: int = 100
) -> tuple[CaseSummary, ...]:
    """Cases of the viewer's agency, or offered to it, the newest first."""
    viewer.require(Scope.DECIDE)
    return context.cases.find(asked, viewer, after, limit)


def cases_with_hit(context: Context, hit_id: str, viewer: Viewer) -> tuple[CaseSummary, ...]:
    """Those of the viewer's agency in which the hit is filed; none for whom may see no cases."""
    return context.cases.find_with_hit(hit_id, viewer) if viewer.may(Scope.DECIDE) else ()


def case_photo(context: Context, key: str, digest: ImageDigest, viewer: Viewer) -> bytes:
    """The file as it was sent. Raises `NotFoundError`."""
    viewer.require(Scope.DECIDE)
    if not context.cases.shows(read_case_key(key), digest, viewer):
        raise NotFoundError("the case has no such photo")
    return context.case_photos.read(digest)


def export_case_photo(context: Context, key: str, digest: ImageDigest, viewer: Viewer) -> bytes:
    """`case_photo`, to be taken elsewhere with all that the camera wrote, which leaves a trace."""
    data = case_photo(context, key, digest, viewer)
    detail = f"photo of the case {read_case_key(key)}, as it was sent"
    auditing.record(context.audit, event(viewer, Action.EXPORT, digest, detail))
    return data


def other_agencies(context: Context, viewer: Viewer) -> tuple[str, ...]:
    """The names of those that a case may be offered to."""
    known = agencies(context.database, viewer)
    return tuple(one.name for one in known if one.name != viewer.agency and one.suspended_at is None)
