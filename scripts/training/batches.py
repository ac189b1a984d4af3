"""Pairs of views, batch by batch, drawn in a background thread so that the network never waits.

OpenCV leaves Python's global lock while it works, so one thread is enough beside a training step.
"""

import queue
import random
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.augmentation import Augmenter
from training.photographs import RENDERED, Photographs

VIEW_PAIRS = 0.4  # share of pairs that are two views of one object; the others are one photo, made up twice
RENDERED_PAIRS = 0.25  # share of those whose object is rendered
ONE_KIND = 0.3  # share of batches whose single photos are all of one kind: hard negatives
COMMON_KIND = 0.8  # the larger kinds are drawn less often than their share, count ** this


@dataclass(frozen=True)
class Moment:
    """What the curriculum asks for now; ``progress`` runs from 0 to 1."""

    progress: float
    image_size: int
    strength: float
    temperature: float
    learning_rate: float


@dataclass(frozen=True)
class Batch:
    """``images`` (2 * pairs, size, size, 3) uint8; rows i and i + pairs show object ``objects[i]``, (pairs,) int64.

    ``photographs`` (2 * pairs,) int64 are the positions of the photographs that the rows were made from.
    """

    images: NDArray[np.uint8]
    objects: NDArray[np.int64]
    photographs: NDArray[np.int64]


class PairSampler:
    """Draws pairs of positions in ``photographs.images``: two views of one object, or one photo twice."""

    def __init__(self, photographs: Photographs, rng: random.Random) -> None:
        self._rng = rng
        several = {name: views for name, views in photographs.views_by_object.items() if len(views) > 1}
        self._real = [views for name, views in several.items() if not name.startswith(RENDERED)]
        self._rendered = [views for name, views in several.items() if name.startswith(RENDERED)]
        self._kinds = list(photographs.singles_by_kind.values())
        self._weights = [len(positions) ** COMMON_KIND for positions in self._kinds]

    def pairs(self, count: int) -> list[tuple[int, int, int]]:
        """``count`` pairs of different objects, each with its object's number (fewer when there are fewer objects)."""
        kind = self._kind() if self._rng.random() < ONE_KIND else None
        drawn: list[tuple[int, int, int]] = []
        used: set[int] = set()
        for _ in range(10 * count):
            first, second, key = self._pair(kind)
            if key not in used:
                used.add(key)
                drawn.append((first, second, key))
            if len(drawn) == count:
                break
        return drawn

    def _pair(self, kind: list[int] | None) -> tuple[int, int, int]:
        """Two positions and the number of their object: the position of its first photo."""
        if (self._real or self._rendered) and (not self._kinds or self._rng.random() < VIEW_PAIRS):
            is_rendered = not self._real or (self._rendered and self._rng.random() < RENDERED_PAIRS)
            views = self._rng.choice(self._rendered if is_rendered else self._real)
            first, second = self._rng.sample(views, 2)
            return first, second, views[0]
        position = self._rng.choice(kind or self._kind())
        return position, position, position

    def _kind(self) -> list[int]:
        return self._rng.choices(self._kinds, self._weights)[0]


class BatchSource:
    """Batches, drawn ahead while the context manager is open."""

    def __init__(self, photographs: Photographs, pair_count: int, seed: int, moment: Moment) -> None:
        rng = random.Random(seed)
        self.moment = moment  # written by the trainer, read by the thread: the next batch follows it
        self._images = photographs.images
        self._pair_count = pair_count
        self._sampler = PairSampler(photographs, rng)
        self._augmenter = Augmenter(photographs.images, rng)
        self._ready: queue.Queue[Batch | BaseException] = queue.Queue(maxsize=6)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="batches", daemon=True)

    def __enter__(self) -> "BatchSource":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        while self._thread.is_alive():
            self._drain()
            self._thread.join(timeout=0.05)

    def next(self) -> Batch:
        """The next batch; what went wrong in the thread is raised here."""
        batch = self._ready.get()
        if isinstance(batch, BaseException):
            raise batch
        return batch

    def _drain(self) -> None:
        while not self._ready.empty():
            self._ready.get_nowait()

    def _work(self) -> None:
        try:
            while not self._stopped.is_set():
                self._ready.put(self._draw())
        except BaseException as error:
            self._ready.put(error)

    def _draw(self) -> Batch:
        moment = self.moment
        pairs = self._sampler.pairs(self._pair_count)
        size = moment.image_size
        images = np.empty((2 * len(pairs), size, size, 3), np.uint8)
        for row, (first, second, _) in enumerate(pairs):
            # The gallery's side is photographed with care, the query's is not.
            images[row] = self._augmenter.view(self._images[first], size, 0.6 * moment.strength)
            images[row + len(pairs)] = self._augmenter.view(self._images[second], size, moment.strength)
        first_photographs, second_photographs, objects = np.array(pairs, np.int64).T
        return Batch(images, objects, np.concatenate([first_photographs, second_photographs]))
