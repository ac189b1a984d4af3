"""Which adapter each part of a context is. Imported only when one is opened: what it imports takes seconds."""

from dataclasses import fields, replace
from typing import Any

from heritage.channels.mail import Mailer
from heritage.domain.calibration import Calibration
from heritage.domain.cohort import Cohort
from heritage.domain.descriptors import Specs
from heritage.domain.ports import Decoder, Embedder, PictureFetcher
from heritage.registries.fetching import PICTURE_TYPES, Fetcher
from heritage.service.context.addresses import open_webhooks
from heritage.service.context.models import open_calibration, open_embedder
from heritage.service.context.parts import Context
from heritage.service.context.stores import Stores, open_stores
from heritage.service.duplicates import Duplicates
from heritage.service.indexing import Described, Gallery
from heritage.settings import Settings
from heritage.storage.database import Database
from heritage.vision.advice import advise
from heritage.vision.baselines import BASELINES
from heritage.vision.derivative import thumbnail
from heritage.vision.exhaustive import ExhaustiveRootSift
from heritage.vision.geometry import HomographyVerifier
from heritage.vision.keypoints import RootSift
from heritage.vision.lanes import FaissLanes
from heritage.vision.near_duplicates import PdqIndex, hash_photo, near_pairs
from heritage.vision.photometric import correlate
from heritage.vision.regions import propose

SEEN = "seen"  # the folder of the index of photos that were searched


def compose(
    settings: Settings, database: Database, embedder: Embedder, calibration: Calibration | None, decode: Decoder
) -> Context:
    """The parts, each with the real adapter."""
    stores, extractor = open_stores(settings, database), RootSift()
    specs = Specs(embedder.spec, extractor.spec)
    fitted, cohort = (calibration, Cohort.none()) if calibration else open_calibration(settings, embedder)
    return Context(
        **_by_name(stores),
        webhooks=open_webhooks(settings),
        mailer=Mailer(settings.smtp_url, settings.mail_from),
        decode=decode,
        fetch_picture=_picture_fetcher(settings),
        thumbnail=thumbnail,
        embedder=embedder,
        extractor=extractor,
        verifier=HomographyVerifier(threads=settings.thread_count),
        gallery=_gallery(settings, stores.descriptors, specs),
        seen_gallery=_gallery(settings, stores.seen_descriptors, specs, SEEN),
        propose=propose,
        advise=advise,
        correlate=correlate,
        hash_photo=hash_photo,
        hash_pairs=near_pairs,
        duplicates=Duplicates(stores.hashes, PdqIndex()),
        calibration=fitted,
        cohort=cohort,
        baselines=BASELINES,
        slow_baselines=(ExhaustiveRootSift(settings.thread_count),),
    )


def change_over(context: Context, name: str) -> Context:
    """The same home under the model called ``name``."""
    embedder = open_embedder(context.settings, name)
    calibration, cohort = open_calibration(context.settings, embedder)
    specs = Specs(embedder.spec, context.extractor.spec)
    return replace(
        context,
        embedder=embedder,
        gallery=_gallery(context.settings, context.descriptors, specs),
        seen_gallery=_gallery(context.settings, context.seen_descriptors, specs, SEEN),
        calibration=calibration,
        cohort=cohort,
    )


def _by_name(stores: Stores) -> dict[str, Any]:
    return {one.name: getattr(stores, one.name) for one in fields(stores)}


def _picture_fetcher(settings: Settings) -> PictureFetcher:
    fetcher = Fetcher(max_bytes=settings.max_image_bytes)
    return lambda address: fetcher.fetch(address, PICTURE_TYPES).data


def _gallery(settings: Settings, descriptors: Described, specs: Specs, name: str = "") -> Gallery:
    return Gallery(settings.home / (name or settings.gallery), descriptors, specs, FaissLanes())
