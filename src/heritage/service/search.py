"""One search, as it reads: describe the photo, retrieve candidates, verify them, rank the hits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

import heritage
from heritage.domain.descriptors import ImageDescription
from heritage.domain.hits import Candidate, Evidence, Hit, Lane, Query, SearchResult, Verification, Versions
from heritage.domain.images import Photo, Region
from heritage.domain.records import RecordId, RegisteredImage
from heritage.domain.scoring import RULES_VERSION, cast_votes, score_of, settle_rivals, verdict_of
from heritage.service.context import Context
from heritage.service.indexing import Snapshot

NEIGHBOURS = 5  # per query keypoint; a vote is worth what it is nearer than the last of them
RESERVE = 2  # retrieved per candidate wanted, since withdrawn records drop out


def search(context: Context, query: Query) -> SearchResult:
    """Is the object in this photo registered? Hits best first, at most ``query.limit``, one per registry record."""
    context = context.current()
    clock = _Clock()
    with clock.stage("describe"):
        description = describe(context, query.photo)
    with clock.stage("retrieve"):
        snapshot = context.gallery.snapshot()
        candidates = retrieve(context, snapshot, description, query.lanes)
    with clock.stage("verify"):
        evidence = verify(context, query, description, candidates)
    with clock.stage("rank"):
        hits = rank(query, evidence)
        coverage = context.coverage()
    return SearchResult(
        query=query.photo.digest,
        width=query.photo.width,
        height=query.photo.height,
        hits=hits,
        coverage=coverage,
        versions=_versions(context, snapshot),
        latency_ms=clock.stages,
    )


def describe(context: Context, photo: Photo) -> ImageDescription:
    """The query's global descriptor, and its keypoints: more of them than a gallery image has."""
    vector = context.embedder.embed([photo.pixels])[0]
    return ImageDescription(vector, context.extractor.extract_query(photo.pixels))


def retrieve(
    context: Context, snapshot: Snapshot, description: ImageDescription, lanes: frozenset[Lane]
) -> list[Candidate]:
    """The candidates of both lanes: two in three from the keypoint lane, the others from the global lane."""
    wanted = context.settings.candidate_limit
    votes: dict[int, float] = {}
    nearest: list[int] = []
    if Lane.KEYPOINT in lanes:
        votes = cast_votes(*snapshot.nearest(description.keypoints.local_descriptors, NEIGHBOURS))
    if Lane.GLOBAL in lanes:
        nearest = [sequence for sequence, _ in snapshot.retrieve(description.vector, wanted * RESERVE)]
    by_votes = sorted(votes, key=lambda sequence: -votes[sequence])[: wanted * RESERVE]
    registered = context.records.of_images([*by_votes, *nearest])  # withdrawn records are left out here
    images = {key: tuple(group) for key, group in groupby(registered, key=lambda image: image.sequence)}
    by_votes = [sequence for sequence in by_votes if sequence in images]
    nearest = [sequence for sequence in nearest if sequence in images]
    share = wanted * 2 // 3
    chosen = list(dict.fromkeys([*by_votes[:share], *nearest, *by_votes[share:]]))[:wanted]
    return [Candidate(images[sequence], votes.get(sequence, 0.0)) for sequence in chosen]


def verify(
    context: Context, query: Query, description: ImageDescription, candidates: list[Candidate]
) -> list[Evidence]:
    """Similarity and geometry of every candidate, computed from what the database holds; in full-size pixels."""
    sequences = [candidate.sequence for candidate in candidates]
    found, vectors = context.descriptors.vectors(sequences, context.specs)
    similarities = dict(zip(found.tolist(), (vectors @ description.vector).tolist(), strict=True))
    verifications: dict[int, Verification] = {}
    if Lane.KEYPOINT in query.lanes:
        verifications = _verify_geometry(context, query, description, candidates)
    return [
        Evidence(
            candidate,
            similarities.get(candidate.sequence, 0.0),
            verifications.get(candidate.sequence, Verification.nothing()),
        )
        for candidate in candidates
    ]


def rank(query: Query, evidence: list[Evidence]) -> tuple[Hit, ...]:
    """One hit per registry record, by its best photograph, best first."""
    best: dict[RecordId, Hit] = {}
    for found in evidence:
        for image in found.candidate.images:
            hit = _hit(query, found, image)
            known = best.get(image.record.record_id)
            if known is None or hit.score > known.score:
                best[image.record.record_id] = hit
    ordered = sorted(best.values(), key=lambda hit: -hit.score)
    return settle_rivals(ordered)[: query.limit]


def _verify_geometry(
    context: Context, query: Query, description: ImageDescription, candidates: list[Candidate]
) -> dict[int, Verification]:
    """Geometric evidence by sequence."""
    width_by_sequence = {candidate.sequence: candidate.images[0].width for candidate in candidates}
    found = context.descriptors.keypoints(width_by_sequence, context.specs.keypoint)
    verifications = context.verifier.verify(description.keypoints, [keypoints for _, keypoints in found])
    query_factor = query.photo.width / description.keypoints.width
    return {
        sequence: verification.enlarged(query_factor, width_by_sequence[sequence] / keypoints.width)
        for (sequence, keypoints), verification in zip(found, verifications, strict=True)
    }


def _hit(query: Query, found: Evidence, image: RegisteredImage) -> Hit:
    similarity = found.similarity if Lane.GLOBAL in query.lanes else 0.0
    return Hit(
        image=image,
        region=Region.whole(query.photo.pixels),
        similarity=found.similarity,
        votes=found.candidate.votes,
        verification=found.verification,
        score=score_of(found.verification, similarity, found.candidate.votes),
        verdict=verdict_of(found.verification),
    )


def _versions(context: Context, snapshot: Snapshot) -> Versions:
    return Versions(
        heritage=heritage.__version__,
        descriptor_spec=context.specs.descriptor.digest,
        keypoint_spec=context.specs.keypoint.digest,
        index=snapshot.name,
        rules=RULES_VERSION,
    )


@dataclass(slots=True)
class _Clock:
    """Milliseconds per stage, in order."""

    stages: tuple[tuple[str, float], ...] = ()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.stages += ((name, (time.perf_counter() - started) * 1000),)
