"""Rules that order evidence: votes of keypoints, scores of several photos, rivals for one place. Pure arithmetic."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from heritage.domain.calibration import Calibration, fuse
from heritage.domain.descriptors import Vectors
from heritage.domain.hits import Evidence, Hit, Verdict
from heritage.domain.images import Region
from heritage.domain.ports import Sequences
from heritage.domain.records import RecordId, RegisteredImage

MAX_DISTANCE = 2 * 512.0**2
"""Squared distance of two quantised RootSIFT descriptors that share nothing: both have length 512, no entry < 0."""
CAME_ALONG = slice(10, 30)
"""Ranks by votes that an object in the gallery hardly ever needs: how many votes they have is how many mean nothing."""


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


def vote_leads(votes: dict[int, float]) -> dict[int, float]:
    """By sequence, the logarithm of its votes over those of images that came along; not below 0."""
    others = sorted(votes.values(), reverse=True)[CAME_ALONG]
    level = max(sum(others) / len(others) if others else 0.0, 0.5)
    return {sequence: max(0.0, math.log(max(count, 1e-9) / level)) for sequence, count in votes.items()}


def rank(found: Iterable[Evidence], calibration: Calibration, view_count: int, gallery_count: int) -> tuple[Hit, ...]:
    """One hit per registry record, best first: its evidence in the photo that shows it best, its score over all."""
    best: dict[tuple[RecordId, int], tuple[float, Evidence, RegisteredImage]] = {}
    for evidence in found:
        score = calibration.score(evidence)
        for image in evidence.candidate.images:
            key = (image.record.record_id, evidence.view)
            if key not in best or score > best[key][0]:
                best[key] = (score, evidence, image)
    by_record: dict[RecordId, list[tuple[float, Evidence, RegisteredImage]]] = {}
    for (record_id, _), one in best.items():
        by_record.setdefault(record_id, []).append(one)
    hits = [_hit(ones, calibration, view_count, gallery_count) for ones in by_record.values()]
    return settle_rivals(sorted(hits, key=lambda hit: -hit.score))


def _hit(
    ones: Sequence[tuple[float, Evidence, RegisteredImage]],
    calibration: Calibration,
    view_count: int,
    gallery_count: int,
) -> Hit:
    _, shown, image = max(ones, key=lambda one: one[0])
    score = fuse([score for score, _, _ in ones], view_count)
    return Hit(
        image=image,
        view=shown.view,
        region=shown.region,
        turn=shown.turn,
        similarity=shown.similarity,
        votes=shown.candidate.votes,
        verification=shown.verification,
        score=score,
        false_alarm_rate=calibration.false_alarm_rate(score, gallery_count),
        verdict=_verdict(calibration.verdict(score, gallery_count), shown),
        lift=shown.lift,
        vote_lead=shown.candidate.vote_lead,
    )


def _verdict(calibrated: Verdict, shown: Evidence) -> Verdict:
    """Likeness alone is never strong: no calibration foresees every workshop whose pieces all look alike."""
    if calibrated is Verdict.STRONG and not shown.verification.homographies:
        return Verdict.POSSIBLE
    return calibrated


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


def answered_region(points: Vectors, regions: Sequence[Region], whole: Region) -> Region:
    """The smallest of ``regions`` that holds four in five of the matched points (count, 2), else ``whole``."""
    for region in sorted(regions, key=lambda one: one.width * one.height):
        x, y = points[:, 0] - region.left, points[:, 1] - region.top
        inside = (x >= 0) & (x <= region.width) & (y >= 0) & (y <= region.height)
        if len(points) and inside.mean() >= 0.8:
            return region
    return whole


def _lies_within(hit: Hit, stronger: Hit) -> bool:
    """Whether most of the matched points of ``hit`` fall on the other strong hit's registered photograph."""
    homography, points = stronger.verification.homography, hit.verification.query_points
    if stronger.verdict is not Verdict.STRONG or homography is None or stronger.image.digest == hit.image.digest:
        return False
    if stronger.view != hit.view:
        return False
    mapped = np.column_stack([points, np.ones(len(points))]) @ np.array(homography).T
    in_front = mapped[:, 2] > 1e-9
    x, y = mapped[in_front, 0] / mapped[in_front, 2], mapped[in_front, 1] / mapped[in_front, 2]
    inside = (x >= 0) & (x <= stronger.image.width) & (y >= 0) & (y <= stronger.image.height)
    return bool(2 * inside.sum() > len(points))
