"""The gallery: every registered image, searchable, as an index that can always be rebuilt from the database.

On disk, ``<home>/<gallery>/<index_version>/{vectors.faiss, keypoints.faiss, manifest.json}``. A version covers the
images up to one serial (`heritage.storage.descriptors`) under one pair of specs and never changes once its folder has
its final name. Images described since are read from the database into small in-memory segments before each search, so
a new record is searchable at once, in every process, without a rebuild. Withdrawn records need nothing here: their
images stay indexed, and whoever turns sequences into records leaves them out, so re-listing needs no rebuild either.
"""

import logging
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from heritage.domain.descriptors import KeypointSet, KeypointSpec, LocalDescriptors, Specs, Vectors
from heritage.domain.images import ImageDigest
from heritage.domain.ports import GlobalLane, KeypointLane, LaneFactory, Progress, Sequences
from heritage.errors import DamagedIndexError
from heritage.service.versions import VersionFolder

log = logging.getLogger(__name__)

MAX_TAIL_SEGMENTS = 8  # each adds a pass over the query; beyond, they are read again as one
SMALL_TAIL = 50  # images
GLOBAL_FILE = "vectors.faiss"
KEYPOINT_FILE = "keypoints.faiss"


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Both lanes over a run of images. Immutable, so a search that holds one is never disturbed."""

    global_lane: GlobalLane
    keypoint_lane: KeypointLane
    image_count: int


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What one search sees: the version read from disk, if there is one, then segments of newer images.

    ``allowed``: the only sequences that it may answer with, ascending; None: all.
    """

    version: str = ""
    main: Segment | None = None
    tail: tuple[Segment, ...] = ()
    main_serial: int = 0
    last_serial: int = 0
    allowed: Sequences | None = None
    comparison_count: int = 0  # if the search is one of so many

    def narrowed(self, allowed: Sequences | None) -> "Snapshot":
        """The same, answering with these images only; with all when it is None."""
        return replace(self, allowed=allowed)

    def only(self, sequences: Iterable[int], comparison_count: int) -> "Snapshot":
        """The same, answering with these images only, as one of many searches of them."""
        allowed = np.array(sorted(sequences), np.int64)
        return replace(self, allowed=allowed, comparison_count=max(comparison_count, self.image_count))

    @property
    def name(self) -> str:
        """The index version for an answer's record: what was read from disk, and up to where the database was read."""
        return f"{self.version or 'unbuilt'}+{self.last_serial}"

    @property
    def segments(self) -> tuple[Segment, ...]:
        return (self.main, *self.tail) if self.main else self.tail

    @property
    def tail_count(self) -> int:
        return sum(segment.image_count for segment in self.tail)

    @property
    def image_count(self) -> int:
        """How many images a search goes through, or counts as going through."""
        if self.comparison_count:
            return self.comparison_count
        total = sum(segment.image_count for segment in self.segments)
        return total if self.allowed is None else min(total, len(self.allowed))

    def retrieve(self, vectors: Vectors, limit: int) -> list[int]:
        """Sequences of the ``limit`` images nearest to any of ``vectors`` (count, dimension), best first."""
        best: dict[int, float] = {}
        for segment in self.segments:
            similarities, sequences = segment.global_lane.retrieve(vectors, limit, self.allowed)
            for sequence, similarity in zip(sequences.ravel().tolist(), similarities.ravel().tolist(), strict=True):
                if sequence >= 0 and similarity > best.get(sequence, -2.0):
                    best[sequence] = similarity
        return sorted(best, key=lambda sequence: -best[sequence])[:limit]

    def nearest(self, local_descriptors: LocalDescriptors, limit: int) -> tuple[Vectors, Sequences]:
        """Squared distances and sequences (keypoints, limit) of the nearest local descriptors over all segments."""
        found = [segment.keypoint_lane.nearest(local_descriptors, limit, self.allowed) for segment in self.segments]
        if not found:
            return np.zeros((0, limit), np.float32), np.zeros((0, limit), np.int64)
        distances = np.concatenate([pair[0] for pair in found], axis=1)
        sequences = np.concatenate([pair[1] for pair in found], axis=1)
        order = np.argsort(distances, axis=1, kind="stable")[:, :limit]
        return np.take_along_axis(distances, order, 1), np.take_along_axis(sequences, order, 1)


class Described(Protocol):
    """What a gallery reads: descriptors and keypoints in the order of their serials; see `Descriptors`."""

    def last_serial(self, specs: Specs) -> int: ...
    def digest_at(self, serial: int, specs: Specs) -> ImageDigest | None: ...
    def sequences_at(self, serials: Iterable[int], specs: Specs) -> list[int]: ...
    def count(self, after: int, until: int, specs: Specs) -> int: ...
    def keypoint_count(self, after: int, until: int, specs: Specs) -> int: ...
    def blocks(self, after: int, until: int, specs: Specs) -> Iterator[tuple[Sequences, Vectors]]: ...
    def keypoint_blocks(self, after: int, until: int, specs: Specs) -> Iterator[tuple[Sequences, LocalDescriptors]]: ...
    def keypoints(self, sequences: Iterable[int], spec: KeypointSpec) -> tuple[tuple[int, KeypointSet], ...]: ...


class Gallery:
    """Opens, follows and rebuilds the index of one gallery. Safe to share between threads."""

    def __init__(self, root: Path, descriptors: Described, specs: Specs, lanes: LaneFactory) -> None:
        self._descriptors = descriptors
        self._specs = specs
        self._lanes = lanes
        self._versions = VersionFolder(root, specs.digest)
        self._snapshot = Snapshot()
        self._lock = threading.Lock()

    def snapshot(self) -> Snapshot:
        """The gallery as the database has it now. Cheap when nothing changed."""
        with self._lock:
            self._adopt_newest_version()
            self._read_tail()
            return self._snapshot

    def update(self, tail_limit: int, progress: Progress | None = None) -> Snapshot:
        """Build the next version if much is searched from memory: over ``tail_limit`` images, or a tenth of all."""
        with self._lock:
            self._adopt_newest_version()
            known = self._snapshot
        # Counted, not read: without a usable version the tail is the whole database, too much to hold in memory.
        until = self._descriptors.last_serial(self._specs)
        tail_count = self._descriptors.count(known.main_serial, until, self._specs)
        main_count = known.main.image_count if known.main else 0
        if tail_count > min(tail_limit, max(SMALL_TAIL, main_count // 10)):
            return self.build(progress)
        return self.snapshot()

    def build(self, progress: Progress | None = None) -> Snapshot:
        """Build the version of all images in the database, beside the one in use, and switch to it.

        May be killed at any moment: a half-built folder never has a version's name, and the next build removes it.
        """
        until = self._descriptors.last_serial(self._specs)
        last_image = self._descriptors.digest_at(until, self._specs)
        if last_image is not None:
            with self._versions.building() as folder:
                segment = self._read_segment(0, until, progress)
                segment.global_lane.write(folder / GLOBAL_FILE)
                segment.keypoint_lane.write(folder / KEYPOINT_FILE)
                self._versions.publish(folder, until, str(last_image), segment.image_count)
        return self.snapshot()

    def _adopt_newest_version(self) -> None:
        for version in self._versions.newest_first():
            if version == self._snapshot.version:
                return
            try:
                self._snapshot = self._open(version)
            except DamagedIndexError as error:
                log.warning("index %s is set aside and will be rebuilt: %s", version, error)
                self._versions.quarantine(version)
            else:
                return

    def _open(self, version: str) -> Snapshot:
        folder, manifest = self._versions.verified(version)
        last_image = self._descriptors.digest_at(manifest.last_serial, self._specs)
        if str(last_image) != manifest.last_image:
            # Another database, or this one restored from an older copy: its serials mean other images now.
            raise DamagedIndexError("it was built from another state of the database")
        main = Segment(
            self._lanes.read_global(folder / GLOBAL_FILE),
            self._lanes.read_keypoint(folder / KEYPOINT_FILE),
            manifest.image_count,
        )
        return Snapshot(version, main, (), manifest.last_serial, manifest.last_serial)

    def _read_tail(self) -> None:
        until = self._descriptors.last_serial(self._specs)
        now = self._snapshot
        if until == now.last_serial:
            return
        restart = until < now.last_serial or len(now.tail) >= MAX_TAIL_SEGMENTS
        kept, after = ((), now.main_serial) if restart else (now.tail, now.last_serial)
        segment = self._read_segment(after, until, None)
        self._snapshot = replace(now, tail=(*kept, segment), last_serial=until)

    def _read_segment(self, after: int, until: int, progress: Progress | None) -> Segment:
        image_count = self._descriptors.count(after, until, self._specs)
        total = self._descriptors.keypoint_count(after, until, self._specs)
        global_lane = self._lanes.build_global(
            self._descriptors.blocks(after, until, self._specs), self._specs.descriptor.dimension
        )
        sample = self._sample(after, until, image_count, total)
        blocks = self._descriptors.keypoint_blocks(after, until, self._specs)
        keypoint_lane = self._lanes.build_keypoint(_reported(blocks, total, progress), sample, total)
        return Segment(global_lane, keypoint_lane, image_count)

    def _sample(self, after: int, until: int, image_count: int, total: int) -> LocalDescriptors:
        """Local descriptors to train on, of images spread evenly over the serials."""
        wanted = self._lanes.sample_count(total)
        images = min(image_count, -(-wanted * image_count // max(total, 1)))
        serials = np.linspace(after + 1, until, images, dtype=np.int64).tolist() if images else []
        sequences = self._descriptors.sequences_at(serials, self._specs)
        found = self._descriptors.keypoints(sequences, self._specs.keypoint)
        return np.concatenate([keypoints.local_descriptors for _, keypoints in found] or [_NO_LOCAL_DESCRIPTORS])


_NO_LOCAL_DESCRIPTORS = np.zeros((0, 128), np.uint8)


def _reported(
    blocks: Iterator[tuple[Sequences, LocalDescriptors]], total: int, progress: Progress | None
) -> Iterator[tuple[Sequences, LocalDescriptors]]:
    done = 0
    for sequences, local_descriptors in blocks:
        yield sequences, local_descriptors
        done += len(sequences)
        if progress:
            progress("index", done, total)
