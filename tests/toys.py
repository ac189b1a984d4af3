"""Small real adapters for tests: an embedder, an extractor and a decoder that need no model, and generated pictures.

They implement the ports of `heritage.domain.ports` honestly: the same picture gets the same description, a similar
one a similar description, and different pictures differ.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from heritage.domain.descriptors import (
    DescribedImage,
    DescriptorSpec,
    ImageDescription,
    KeypointSet,
    KeypointSpec,
    Specs,
    Vectors,
)
from heritage.domain.hits import Turn
from heritage.domain.images import ImageDigest, Photo, Rgb
from heritage.domain.ports import Decoder, Embedder, Hasher, KeypointExtractor
from heritage.errors import ImageError
from heritage.service.duplicates import Duplicates
from heritage.settings import Settings
from heritage.storage.backlog import Backlog
from heritage.storage.database import Database
from heritage.storage.descriptors import Descriptors
from heritage.storage.image_hashes import ImageHashes
from heritage.storage.images import Images
from heritage.storage.records import Records
from heritage.vision.near_duplicates import PdqIndex, hash_photo

GRID = 4


@dataclass(eq=False)
class ToyEmbedder:
    """Mean colours over a 4 x 4 grid, less their mean, of unit length; remembers how many images it described."""

    version: str = "1"
    described_count: int = 0

    @property
    def spec(self) -> DescriptorSpec:
        return DescriptorSpec("toy-colours", f"sha256:{self.version}", "none", GRID * GRID * 3)

    def embed(self, images: Sequence[Rgb]) -> Vectors:
        self.described_count += len(images)
        vectors = np.stack([_colours(image) for image in images])
        unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def embed_turned(self, images: Sequence[Rgb], turns: Sequence[Turn]) -> Vectors:
        return np.stack([self.embed([turned(image, turn) for turn in turns]) for image in images])


def turned(image: Rgb, turn: Turn) -> Rgb:
    """``image`` (height, width, 3) after ``turn``."""
    rotated = np.rot90(image, turn.quarter_turns)
    return rotated[:, ::-1] if turn.mirrored else rotated


@dataclass(eq=False)
class ToyExtractor:
    """Keypoints on a fixed grid, each described by the 128 grey values around it."""

    version: str = "1"
    max_keypoints: int = 12

    @property
    def spec(self) -> KeypointSpec:
        return KeypointSpec(f"toy-grid/{self.version}", 64, self.max_keypoints)

    def extract(self, image: Rgb) -> KeypointSet:
        grey = np.asarray(Image.fromarray(image).convert("L").resize((64, 64)))
        corners = [(8 + 12 * (index % 4), 8 + 12 * (index // 4)) for index in range(self.max_keypoints)]
        return KeypointSet(
            points=np.array(corners, np.float32).reshape(-1, 2) + 0.25,
            scales=np.full(len(corners), 8.0, np.float32),
            angles=np.linspace(0, 350, len(corners), dtype=np.float32),
            local_descriptors=np.array([_patch(grey, x, y) for x, y in corners], np.uint8).reshape(-1, 128),
            width=64,
            height=64,
        )

    def extract_query(self, image: Rgb) -> KeypointSet:
        return self.extract(image)

    def extract_region(self, image: Rgb) -> KeypointSet:
        return self.extract(image)


def toy_decode(data: bytes) -> Photo:
    """Pillow alone, with the one error that every decoder raises."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            pixels = np.asarray(opened.convert("RGB"))
            media_type = Image.MIME[opened.format or ""]
    except (UnidentifiedImageError, OSError) as error:
        raise ImageError("not an image") from error
    return Photo(ImageDigest.of(data), pixels, media_type)


@dataclass(frozen=True, eq=False)
class ToyContext:
    """The parts that ingest needs, over a real database and image store."""

    settings: Settings
    database: Database
    records: Records
    images: Images
    descriptors: Descriptors
    backlog: Backlog
    hashes: ImageHashes
    duplicates: Duplicates
    decode: Decoder = toy_decode
    embedder: Embedder = field(default_factory=ToyEmbedder)
    extractor: KeypointExtractor = field(default_factory=ToyExtractor)
    hash_photo: Hasher = hash_photo

    @classmethod
    def open(
        cls,
        home: Path,
        embedder: Embedder | None = None,
        extractor: KeypointExtractor | None = None,
        address: str = "",
    ) -> "ToyContext":
        database = Database.open(home, address)
        return cls(
            settings=Settings(home=home, database_url=address, threads=2),
            database=database,
            records=Records(database),
            images=Images(home),
            descriptors=Descriptors(database),
            backlog=Backlog(database),
            hashes=(hashes := ImageHashes(database)),
            duplicates=Duplicates(hashes, PdqIndex()),
            embedder=embedder or ToyEmbedder(),
            extractor=extractor or ToyExtractor(),
        )

    @property
    def specs(self) -> Specs:
        return Specs(self.embedder.spec, self.extractor.spec)

    def current(self) -> "ToyContext":
        return self


def pixels(seed: int, width: int = 48, height: int = 32) -> Rgb:
    """A picture of coloured blocks, another one for every seed."""
    blocks = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(blocks).resize((width, height), Image.Resampling.BILINEAR))


def png(seed: int, width: int = 48, height: int = 32) -> bytes:
    """`pixels` as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels(seed, width, height)).save(file, "PNG")
    return file.getvalue()


def _colours(image: Rgb) -> npt.NDArray[np.float64]:
    small = Image.fromarray(image).resize((GRID, GRID), Image.Resampling.BOX)
    colours = np.asarray(small, np.float64).reshape(-1)
    centred: npt.NDArray[np.float64] = colours - colours.mean()
    centred[0] += 1e-3  # one flat colour has a direction too
    return centred


def _patch(grey: npt.NDArray[np.uint8], x: int, y: int) -> npt.NDArray[np.uint8]:
    return grey[y - 4 : y + 4, x - 8 : x + 8].reshape(-1)


def describe(data: bytes, embedder: Embedder | None = None) -> DescribedImage:
    """What ingest makes of a picture file."""
    photo = toy_decode(data)
    vector = (embedder or ToyEmbedder()).embed([photo.pixels])[0]
    description = ImageDescription(vector, ToyExtractor().extract(photo.pixels))
    return DescribedImage(photo.digest, photo.media_type, len(data), photo.width, photo.height, description)
