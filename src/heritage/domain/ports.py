"""What the services need from the vision adapters. ``service/context/`` plugs the real ones in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from heritage.domain.advice import Advice
from heritage.domain.alerts import Mail
from heritage.domain.descriptors import DescriptorSpec, KeypointSet, KeypointSpec, LocalDescriptors, Vectors
from heritage.domain.hits import Homography, Turn, Verification
from heritage.domain.images import ImageDigest, Photo, PhotoHash, Region, Rgb
from heritage.domain.records import Outcome, SourceRow

Sequences = npt.NDArray[np.int64]
"""Image sequences (the database's row numbers, which both lanes use as ids), int64."""

Decoder = Callable[[bytes], Photo]
"""Turns untrusted bytes into a photo. Raises `ImageError`."""

PictureTest = Callable[[bytes], str]
"""Why a file that begins with these bytes is no picture to search: a cause of `ImageError`; "" when it is one."""

PictureFetcher = Callable[[str], bytes]
"""The picture file at an http(s) address on the public internet. Raises `FetchError`."""

Thumbnailer = Callable[[Rgb, int], bytes]
"""Pixels and the long side wanted in px, to a JPEG without metadata."""

Hasher = Callable[[Rgb], PhotoHash]
"""A perceptual hash of pixels."""

HashBits = npt.NDArray[np.uint8]
"""The bits of perceptual hashes, (count, 32) uint8."""

Progress = Callable[[str, int, int], None]
"""Called as ``progress(stage, done, total)`` by every long job."""

OriginalFinder = Callable[[ImageDigest], Path | None]
"""Where the original of an image that the home has is kept; None when it has none, or none for the one who asks."""


class Source(Protocol):
    """Registry records to ingest, streamed: a registry of a million rows is never whole in memory."""

    @property
    def warnings(self) -> tuple[str, ...]: ...

    @property
    def row_count(self) -> int: ...

    def rows(self) -> Iterator[SourceRow]: ...


class RowReport(Protocol):
    """Takes down what became of every row of a source, as it is done."""

    def write(self, row: SourceRow, outcome: Outcome, remark: str) -> None: ...


class Embedder(Protocol):
    """Describes images with one unit vector each."""

    @property
    def spec(self) -> DescriptorSpec: ...

    def embed(self, images: Sequence[Rgb]) -> Vectors: ...

    def embed_turned(self, images: Sequence[Rgb], turns: Sequence[Turn]) -> Vectors:
        """(images, turns, dimension): each image in each turn."""
        ...


class KeypointExtractor(Protocol):
    """Finds keypoints and their local descriptors: fewer, stronger ones for the gallery than for a query."""

    @property
    def spec(self) -> KeypointSpec: ...

    def extract(self, image: Rgb) -> KeypointSet: ...

    def extract_query(self, image: Rgb) -> KeypointSet: ...

    def extract_region(self, image: Rgb) -> KeypointSet:
        """Of a part of a query, cut out."""
        ...


Proposer = Callable[[Rgb], tuple[Region, ...]]
"""Where objects may be in a photo, best first; the whole photo is not among them."""

Adviser = Callable[[Rgb, Sequence[Region]], tuple[Advice, ...]]
"""What is wrong with a photo of the objects in some regions of it; without any region, of one object filling it."""

Correlator = Callable[[Rgb, Rgb, Homography], float | None]
"""How well a query's pixels agree with a gallery image's under a homography, -1..1; None: too little in common."""


class Verifier(Protocol):
    """Compares a query's keypoints with those of candidates: one verification per candidate, in order."""

    def verify(self, query: KeypointSet, candidates: Sequence[KeypointSet]) -> list[Verification]: ...


class GlobalLane(Protocol):
    """Nearest global descriptors. Immutable once built, so that concurrent searches need no lock."""

    def retrieve(self, vectors: Vectors, limit: int, allowed: Sequences | None = None) -> tuple[Vectors, Sequences]:
        """Similarities (queries, limit), best first, and sequences (queries, limit), -1 where there are fewer.

        Only images with a sequence in ``allowed``, if it is given.
        """
        ...

    def write(self, path: Path) -> None: ...


class KeypointLane(Protocol):
    """Nearest local descriptors. Immutable once built."""

    def nearest(
        self, local_descriptors: LocalDescriptors, limit: int, allowed: Sequences | None = None
    ) -> tuple[Vectors, Sequences]:
        """Squared distances (queries, limit), nearest first, and sequences of the images they belong to, -1 padded.

        Only of images with a sequence in ``allowed``, if it is given.
        """
        ...

    def write(self, path: Path) -> None: ...


class LaneFactory(Protocol):
    """Builds lanes from descriptors streamed in blocks, and reads written ones back."""

    def build_global(self, blocks: Iterable[tuple[Sequences, Vectors]], dimension: int) -> GlobalLane: ...

    def build_keypoint(
        self, blocks: Iterable[tuple[Sequences, LocalDescriptors]], sample: LocalDescriptors, total: int
    ) -> KeypointLane:
        """``sample`` (sample_count(total) or as many as there are) trains; ``total`` local descriptors will come."""
        ...

    def sample_count(self, total: int) -> int: ...

    def read_global(self, path: Path) -> GlobalLane: ...

    def read_keypoint(self, path: Path) -> KeypointLane: ...


class HashIndex(Protocol):
    """Nearest perceptual hashes. Hashes of plain pictures are neither kept nor found: they say nothing."""

    def add(self, sequences: Sequences, bits: HashBits, qualities: npt.NDArray[np.int64]) -> None:
        """Take in the hashes of these images; ``qualities`` (count,)."""
        ...

    def nearest(self, asked: PhotoHash, limit: int) -> tuple[tuple[int, int], ...]:
        """Sequence and distance in bits of the nearest images that count as the same picture, nearest first."""
        ...

    def clear(self) -> None: ...


class HashPairs(Protocol):
    """Finds the hashes, among many, that count as those of the same picture; not those of plain ones."""

    def __call__(
        self, bits: HashBits, qualities: npt.NDArray[np.int64], asked: npt.NDArray[np.int64] | None = None
    ) -> list[tuple[int, int, int]]:
        """Pairs of rows of ``bits``, the lower first, each once, and their distance in bits.

        Only those with one of the rows ``asked``, where these are given. Of one picture in thousands of rows not all
        pairs are told, but its nearest ones.
        """
        ...


class Baseline(Protocol):
    """A plain way to compare whole pictures, for an evaluation to compare heritage with.

    What describes a picture, and what holds the descriptions of a gallery, is the baseline's own affair.
    """

    @property
    def name(self) -> str: ...

    def describe(self, image: Rgb) -> Any:
        """A picture of the gallery."""
        ...

    def describe_query(self, image: Rgb) -> Any: ...

    def gather(self, rows: Sequence[Any]) -> Any:
        """A gallery of the described pictures, in their order; there is at least one."""
        ...

    def similarities(self, query: Any, gallery: Any) -> Vectors:
        """Of a described query with each picture of a gallery: (count,) float32, higher is more alike."""
        ...


class WebhookSender(Protocol):
    """Sends signed messages to the webhooks of agencies."""

    def send(self, address: str, secret: str, message_id: str, at: datetime, body: bytes) -> None:
        """POST ``body`` (JSON), signed. Raises `DeliveryError` unless it was taken."""
        ...


class MailSender(Protocol):
    """Sends mail."""

    def send(self, mail: Mail) -> None:
        """Raises `DeliveryError` unless the mail server took it."""
        ...
