"""The keypoint lane's quantisers, one beside the other."""

import time
from statistics import median

import numpy as np
from rich.table import Table

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.evaluation import EvaluationSet
from heritage.domain.scoring import cast_votes
from heritage.service.context import Context
from heritage.service.retrieval import NEIGHBOURS
from heritage.vision import keypoint_index

QUANTISERS = ("IVF{lists},PQ32x8", "IVF{lists},PQ64x4fs", "IVF{lists},SQ8")
FIRST = 20  # candidates by votes that go to verification


def compare_quantisers(context: Context, evaluation_set: EvaluationSet) -> Table:
    """Time per query and how often a right photograph is among the first 20 by votes, for each quantiser."""
    descriptors, specs = context.descriptors, context.specs
    until = descriptors.last_serial(specs)
    blocks = list(descriptors.keypoint_blocks(0, until, specs))
    everything = np.concatenate([local_descriptors for _, local_descriptors in blocks])
    sample = np.random.default_rng(0).permutation(everything)[: keypoint_index.sample_count(len(everything))]
    photos = [photo for photo in evaluation_set.photos if photo.right]
    queries = [context.extractor.extract_query(context.decode(photo.picture.read_bytes()).pixels) for photo in photos]
    title = "keypoint lane" if len(sample) else "keypoint lane: too few keypoints to quantise"
    table = Table("quantiser", "build s", "search ms a photo", f"right photo in first {FIRST}", title=title)
    for quantiser in QUANTISERS if len(sample) else ():
        name = quantiser.format(lists=keypoint_index.list_count(len(everything)))
        started = time.perf_counter()
        lane = keypoint_index.build_quantised(blocks, sample, name)
        built = time.perf_counter() - started
        times, found = [], 0
        for photo, query in zip(photos, queries, strict=True):
            started = time.perf_counter()
            votes = cast_votes(*lane.nearest(query.local_descriptors, NEIGHBOURS))
            times.append((time.perf_counter() - started) * 1000)
            first = sorted(votes, key=lambda sequence: -votes[sequence])[:FIRST]
            found += any(
                image.record.record_id in photo.right for image in context.records.of_images(first, AT_THE_MACHINE)
            )
        table.add_row(name, f"{built:.1f}", f"{median(times):.0f}", f"{found} of {len(photos)}")
    return table
