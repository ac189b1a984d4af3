"""The composition root: the one place that knows every adapter."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from heritage.domain.descriptors import Specs
from heritage.domain.evaluation import EvaluationSet
from heritage.domain.hits import Coverage
from heritage.domain.ports import Baseline, Decoder, Embedder, KeypointExtractor, Source, Thumbnailer, Verifier
from heritage.service.indexing import Gallery
from heritage.settings import Settings
from heritage.storage.database import Database
from heritage.storage.descriptors import Descriptors
from heritage.storage.images import Images
from heritage.storage.records import Records


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """The open parts of one running heritage."""

    settings: Settings
    database: Database
    records: Records
    images: Images
    descriptors: Descriptors
    decode: Decoder
    thumbnail: Thumbnailer
    embedder: Embedder
    extractor: KeypointExtractor
    verifier: Verifier
    gallery: Gallery
    baselines: tuple[Baseline, ...] = ()  # only an evaluation asks them
    slow_baselines: tuple[Baseline, ...] = ()  # only when asked for by name

    @property
    def specs(self) -> Specs:
        return Specs(self.embedder.spec, self.extractor.spec)

    def coverage(self) -> Coverage:
        """What a search covers now."""
        return self.records.coverage(self.specs)


@contextmanager
def open_context(settings: Settings, embedder: Embedder | None = None) -> Iterator[Context]:
    """Everything one process needs, with the real adapters; the model itself loads with the first image.

    ``embedder`` takes the place of the model that the settings name.
    """
    from heritage.vision.baselines import BASELINES
    from heritage.vision.clip_embedder import ClipEmbedder
    from heritage.vision.decode import DecodeLimits, decode
    from heritage.vision.derivative import thumbnail
    from heritage.vision.exhaustive import ExhaustiveRootSift
    from heritage.vision.geometry import HomographyVerifier
    from heritage.vision.keypoints import RootSift
    from heritage.vision.lanes import FaissLanes
    from heritage.vision.weights import find_model

    limits = DecodeLimits(settings.max_image_bytes, settings.max_image_pixels, settings.max_image_side)
    embedder = embedder or ClipEmbedder(find_model(settings.models, settings.model), settings.thread_count)
    extractor = RootSift()
    database = Database.open(settings.home)
    try:
        descriptors = Descriptors(database)
        specs = Specs(embedder.spec, extractor.spec)
        yield Context(
            settings=settings,
            database=database,
            records=Records(database),
            images=Images(settings.home),
            descriptors=descriptors,
            decode=lambda data: decode(data, limits),
            thumbnail=thumbnail,
            embedder=embedder,
            extractor=extractor,
            verifier=HomographyVerifier(threads=settings.thread_count),
            gallery=Gallery(settings.home / settings.gallery, descriptors, specs, FaissLanes()),
            baselines=BASELINES,
            slow_baselines=(ExhaustiveRootSift(settings.thread_count),),
        )
    finally:
        database.close()


def open_source(path: Path, registry: str = "") -> Source:
    """The reader for what is at ``path``; see `heritage.registries.folder`. Raises `TableError`."""
    from heritage.registries import folder

    return folder.open_source(path, registry)


def open_evaluation_set(folder: Path, distractors: Path | None = None, parts: Sequence[str] = ()) -> EvaluationSet:
    """The labelled photographs in ``folder``; see `heritage.registries.labelled`. Raises `InputError`."""
    from heritage.registries.labelled import open_labelled

    return open_labelled(folder, distractors, parts)


def model_names(settings: Settings) -> tuple[str, ...]:
    """Model folders in the manifest, the default one first. Raises `NotFoundError`, `ModelError`."""
    from heritage.vision import weights

    return weights.list_models(settings.models)


def pull_model(settings: Settings, name: str) -> str:
    """Fetch a pretrained OpenCLIP model from its hub, because the user asks for it; the name of its folder."""
    from heritage.vision.pulling import pull_model as pulled

    return pulled(settings.models, name)
