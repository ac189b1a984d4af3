"""Retrieve: the candidates of both lanes for one photo of a query."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

import numpy as np

from heritage.domain.descriptors import KeypointSet, Vectors
from heritage.domain.hits import AS_TAKEN, Candidate, Lane, Query, Turn
from heritage.domain.images import Region
from heritage.domain.records import RegisteredImage
from heritage.domain.scoring import cast_votes, vote_leads
from heritage.service.context import Context
from heritage.service.indexing import Snapshot
from heritage.service.looking import TURNS, Look

NEIGHBOURS = 5  # per query keypoint; a vote is worth what it is nearer than the last of them
RESERVE = 2  # retrieved per candidate wanted, since withdrawn records drop out
TURNED_PENALTY = 0.5  # of lift: five tries at each region must not make every stranger look more alike


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike the global descriptors are, in the region and turn in which they are most alike.

    ``lift`` is None where it was not measured: without a cohort, or without descriptors.
    """

    similarity: float = 0.0
    lift: float | None = None
    turn: Turn = AS_TAKEN
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """A candidate for one photo, before its geometry is looked at."""

    candidate: Candidate
    likeness: Likeness

    @property
    def sequence(self) -> int:
        return self.candidate.sequence


def retrieve(context: Context, query: Query, snapshot: Snapshot, looks: Sequence[Look]) -> list[Lead]:
    """Candidates for the photo that ``looks`` show, in turn from the keypoint lane and from the global lane."""
    wanted, lanes = context.settings.candidate_limit, query.lanes
    votes = _votes(snapshot, looks) if Lane.KEYPOINT in lanes else {}
    by_votes = sorted(votes, key=lambda sequence: -votes[sequence])[: wanted * RESERVE]
    nearest = snapshot.retrieve(_vectors(looks), wanted * RESERVE) if Lane.GLOBAL in lanes else []
    images = registered_images(context, query, [*by_votes, *nearest])  # withdrawn records are left out here
    likenesses = likenesses_of(context, looks, list(images)) if Lane.GLOBAL in lanes else {}
    by_votes = [sequence for sequence in by_votes if sequence in images]
    by_lift = sorted((one for one in nearest if one in images), key=lambda one: -(likenesses[one].lift or 0.0))
    in_turn = (one for pair in zip_longest(by_votes, by_lift) for one in pair if one is not None)
    leads = vote_leads(votes)
    return [
        Lead(
            Candidate(images[sequence], votes.get(sequence, 0.0), leads.get(sequence, 0.0)),
            likenesses.get(sequence, Likeness()),
        )
        for sequence in list(dict.fromkeys(in_turn))[:wanted]
    ]


def retrieve_by_keypoints(
    context: Context, query: Query, snapshot: Snapshot, keypoints: KeypointSet, limit: int
) -> list[Candidate]:
    """The ``limit`` images with most votes of ``keypoints``, best first."""
    votes = cast_votes(*snapshot.nearest(keypoints.local_descriptors, NEIGHBOURS))
    by_votes = sorted(votes, key=lambda sequence: -votes[sequence])[: limit * RESERVE]
    images, leads = registered_images(context, query, by_votes), vote_leads(votes)
    return [Candidate(images[one], votes[one], leads[one]) for one in by_votes if one in images][:limit]


def registered_images(
    context: Context, query: Query, sequences: Sequence[int]
) -> dict[int, tuple[RegisteredImage, ...]]:
    """By sequence, the image in every listed record that shows it and that the query is about; in the order asked."""
    registered = context.records.of_images(sequences, query.viewer, query.criteria)
    return {key: tuple(group) for key, group in groupby(registered, key=lambda image: image.sequence)}


def _votes(snapshot: Snapshot, looks: Sequence[Look]) -> dict[int, float]:
    """By sequence, its votes in the look in which it has most."""
    votes: dict[int, float] = {}
    for look in looks:
        if look.keypoints is not None:
            for sequence, count in cast_votes(*snapshot.nearest(look.keypoints.local_descriptors, NEIGHBOURS)).items():
                votes[sequence] = max(count, votes.get(sequence, 0.0))
    return votes


def _vectors(looks: Sequence[Look]) -> Vectors:
    return np.concatenate([look.vectors for look in looks])


def likenesses_of(context: Context, looks: Sequence[Look], sequences: Sequence[int]) -> dict[int, Likeness]:
    found, gallery = context.descriptors.vectors(sequences, context.specs)
    queries = _vectors(looks)
    similarities = np.asarray(queries @ gallery.T, np.float32)
    lifts = context.cohort.lift(similarities, queries, gallery)
    if context.cohort.is_known:  # else there is no lift, and the order of similarity must stay
        lifts -= np.tile([0.0 if turn == AS_TAKEN else TURNED_PENALTY for turn in TURNS], len(looks))[:, None]
    likenesses = {}
    for column, sequence in enumerate(found.tolist()):
        row = int(lifts[:, column].argmax() if context.cohort.is_known else similarities[:, column].argmax())
        look, turn = looks[row // len(TURNS)], TURNS[row % len(TURNS)]
        lift = float(lifts[row, column]) if context.cohort.is_known else None
        likenesses[sequence] = Likeness(float(similarities[row, column]), lift, turn, look.region)
    return likenesses
