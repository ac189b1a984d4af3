"""Rules that turn evidence into order and verdicts. Pure arithmetic.

The verdict rules are PROVISIONAL: cut-offs read off development photographs, good for an index of a few thousand
images. They carry no calibrated false-alarm rate; that is the matching work that follows.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from heritage.domain.descriptors import Vectors
from heritage.domain.hits import Hit, Verdict, Verification
from heritage.domain.ports import Sequences

RULES_VERSION = "provisional-1"
STRONG_MIN_CELLS = 20
POSSIBLE_MIN_CELLS = 7
MAX_DISTANCE = 2 * 512.0**2
"""Squared distance of two quantised RootSIFT descriptors that share nothing: both have length 512, no entry < 0."""


def cast_votes(distances: Vectors, sequences: Sequences) -> dict[int, float]:
    """Vote weight by image sequence.

    ``distances`` (keypoints, k) squared, nearest first, and ``sequences`` (keypoints, k), -1 padded. Each query
    keypoint gives each image at most one vote, worth the squared relative gap between its distance and the k-th:
    a keypoint that resembles everything (a window grid, a frame's ornament) is worth nothing.
    """
    votes: dict[int, float] = {}
    distances = np.minimum(distances, MAX_DISTANCE)  # padding comes as infinity
    farthest = np.maximum(distances[:, -1:], 1e-6)
    weights = np.clip(1 - distances / farthest, 0, 1) ** 2  # one clear vote beats several vague ones
    for row, row_weights in zip(sequences.tolist(), weights.tolist(), strict=True):
        voted: set[int] = set()
        for sequence, weight in zip(row, row_weights, strict=True):
            if sequence >= 0 and sequence not in voted:
                voted.add(sequence)
                votes[sequence] = votes.get(sequence, 0.0) + weight
    return votes


def score_of(verification: Verification, similarity: float, votes: float) -> float:
    """Orders hits: verified cells first; similarity and votes decide among those that geometry says nothing of."""
    return verification.cell_count + similarity + min(votes, 50.0) / 100.0


def verdict_of(verification: Verification) -> Verdict:
    """Provisional verdict of one hit, from geometry alone: the similarity is not calibrated yet."""
    if verification.cell_count >= STRONG_MIN_CELLS:
        return Verdict.STRONG
    return Verdict.POSSIBLE if verification.cell_count >= POSSIBLE_MIN_CELLS else Verdict.NONE


def settle_rivals(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """One place in a photo shows one object: of several strong hits that explain it, only the best stays strong.

    ``hits`` best first. Near-twins (two coins of one die, two panels of one series) share enough to pass alone; beside
    the true object they are weaker and lie within its outline. They stay possible. Records that show the very same
    photograph are no rivals.
    """
    settled: list[Hit] = []
    for hit in hits:
        if hit.verdict is Verdict.STRONG and any(_lies_within(hit, stronger) for stronger in settled):
            hit = replace(hit, verdict=Verdict.POSSIBLE)
        settled.append(hit)
    return tuple(settled)


def _lies_within(hit: Hit, stronger: Hit) -> bool:
    """Whether most of the matched points of ``hit`` fall on the other strong hit's registered photograph."""
    homography, points = stronger.verification.homography, hit.verification.query_points
    if stronger.verdict is not Verdict.STRONG or homography is None or stronger.image.digest == hit.image.digest:
        return False
    mapped = np.column_stack([points, np.ones(len(points))]) @ np.array(homography).T
    in_front = mapped[:, 2] > 1e-9
    x, y = mapped[in_front, 0] / mapped[in_front, 2], mapped[in_front, 1] / mapped[in_front, 2]
    inside = (x >= 0) & (x <= stronger.image.width) & (y >= 0) & (y <= stronger.image.height)
    return bool(2 * inside.sum() > len(points))
