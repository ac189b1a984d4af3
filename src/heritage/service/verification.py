"""Verify: the geometry of every candidate, then the pixels of those whose geometry fits."""

from collections.abc import Sequence
from dataclasses import replace

from heritage.domain.descriptors import KeypointSet
from heritage.domain.hits import Candidate, Evidence, Lane, Query, Verification
from heritage.domain.scoring import answered_region
from heritage.errors import HeritageError
from heritage.service.context import Context
from heritage.service.indexing import Snapshot
from heritage.service.looking import Look
from heritage.service.retrieval import Lead, Likeness, likenesses_of, retrieve_by_keypoints

MIRRORED_CANDIDATES = 10
COMPARED_CANDIDATES = 4  # whose originals are opened: reading them costs more than all the geometry
COMPARED_MIN_CELLS = 5


def verify(context: Context, query: Query, looks: Sequence[Look], leads: Sequence[Lead]) -> list[Evidence]:
    """What is known of every lead: its likeness, and its geometry in the look in which that is best supported."""
    best = {lead.sequence: Verification.nothing() for lead in leads}
    if Lane.KEYPOINT in query.lanes:
        candidates = [lead.candidate for lead in leads]
        for look in looks:
            if look.keypoints is not None:
                for sequence, found in _geometry(context, look.keypoints, look, candidates).items():
                    best[sequence] = max(best[sequence], found, key=_strength)
    return [_evidence(looks, lead.candidate, lead.likeness, best[lead.sequence]) for lead in leads]


def verify_mirrored(context: Context, query: Query, snapshot: Snapshot, looks: Sequence[Look]) -> list[Evidence]:
    """Evidence that the photo is a mirror image: its keypoints, mirrored, retrieve candidates of their own."""
    whole = looks[0]
    if whole.keypoints is None:
        return []
    mirrored = whole.keypoints.mirrored()
    candidates = retrieve_by_keypoints(context, query, snapshot, mirrored, MIRRORED_CANDIDATES)
    found = _geometry(context, mirrored, whole, candidates)
    fitting = [one for one in candidates if one.sequence in found and found[one.sequence].homographies]
    compared = [one.sequence for one in fitting] if Lane.GLOBAL in query.lanes else []
    likenesses = likenesses_of(context, looks, compared) if compared else {}
    return [
        _evidence(
            looks,
            candidate,
            likenesses.get(candidate.sequence, Likeness()),
            found[candidate.sequence].flipped(whole.region.width),
        )
        for candidate in fitting
    ]


def compare(context: Context, query: Query, evidence: list[Evidence]) -> list[Evidence]:
    """Lay the photo over the registered photographs that fit best, and see whether the pixels agree.

    A photograph that cannot be opened any more keeps the evidence that it has.
    """
    fitting = [one for one in evidence if one.verification.cell_count >= COMPARED_MIN_CELLS]
    compared = sorted(fitting, key=lambda one: -one.verification.cell_count)[:COMPARED_CANDIDATES]
    return [_compared(context, query, one) if one in compared else one for one in evidence]


def _compared(context: Context, query: Query, one: Evidence) -> Evidence:
    found = one.verification
    if found.homography is None:
        return one
    try:
        gallery = context.decode(context.images.read(one.candidate.images[0].digest)).pixels
    except HeritageError:
        return one
    correlation = context.correlate(query.views[one.view].photo.pixels, gallery, found.homography)
    return replace(one, verification=replace(found, correlation=correlation))


def _geometry(
    context: Context, keypoints: KeypointSet, look: Look, candidates: Sequence[Candidate]
) -> dict[int, Verification]:
    """Geometric evidence by sequence, in px of the whole photo and of the registered one, both full size."""
    width_by_sequence = {candidate.sequence: candidate.images[0].width for candidate in candidates}
    stored = context.descriptors.keypoints(width_by_sequence, context.specs.keypoint)
    verifications = context.verifier.verify(keypoints, [gallery for _, gallery in stored])
    factor = look.region.width / keypoints.width
    return {
        sequence: found.enlarged(factor, width_by_sequence[sequence] / gallery.width).shifted(
            look.region.left, look.region.top
        )
        for (sequence, gallery), found in zip(stored, verifications, strict=True)
    }


def _evidence(looks: Sequence[Look], candidate: Candidate, likeness: Likeness, found: Verification) -> Evidence:
    whole = looks[0].region
    region = likeness.region or whole
    if found.homographies:
        region = answered_region(found.query_points, [look.region for look in looks[1:]], whole)
    turn = replace(likeness.turn, mirrored=found.mirrored) if found.homographies else likeness.turn
    return Evidence(candidate, likeness.similarity, likeness.lift, found, looks[0].view, region, turn)


def _strength(found: Verification) -> tuple[int, int]:
    return found.cell_count, found.agreeing_cell_count
