"""The composition root: the one place that knows every adapter."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

from heritage.domain.access import AT_THE_MACHINE, Viewer
from heritage.domain.alerts import ChannelKind
from heritage.domain.calibration import Calibration
from heritage.domain.cohort import Cohort
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.descriptors import Specs
from heritage.domain.evaluation import EvaluationSet
from heritage.domain.forms import ObjectIdForm
from heritage.domain.hits import Coverage
from heritage.domain.images import ImageDigest
from heritage.domain.listings import ListingSource, PhotoSource
from heritage.domain.ports import (
    Adviser,
    Baseline,
    Correlator,
    Decoder,
    Embedder,
    Hasher,
    HashPairs,
    KeypointExtractor,
    MailSender,
    OriginalFinder,
    PictureFetcher,
    Proposer,
    RowReport,
    Source,
    Thumbnailer,
    Verifier,
    WebhookSender,
)
from heritage.domain.records import RegistryRecord
from heritage.domain.reports import Report
from heritage.domain.scans import KeptListing
from heritage.domain.sellers import Seller, SellerGraph
from heritage.errors import ImageError
from heritage.service.duplicates import Duplicates
from heritage.service.following import Following
from heritage.service.indexing import Described, Gallery
from heritage.service.printing import Printing
from heritage.settings import Settings
from heritage.storage.alerts import Alerts
from heritage.storage.audit import Audit
from heritage.storage.backlog import Backlog
from heritage.storage.cases import Cases
from heritage.storage.choice import ModelChoice
from heritage.storage.counterparts import Counterparts
from heritage.storage.database import Database
from heritage.storage.derivatives import Derivatives
from heritage.storage.descriptors import Descriptors
from heritage.storage.hits import Hits
from heritage.storage.image_hashes import ImageHashes
from heritage.storage.images import CasePhotoFiles, Images
from heritage.storage.listings import Listings
from heritage.storage.operation_files import OperationFiles
from heritage.storage.operations import Operations
from heritage.storage.photo_hashes import PhotoHashes
from heritage.storage.photos import Photos
from heritage.storage.records import Records
from heritage.storage.replies import Replies
from heritage.storage.scans import Scans
from heritage.storage.searches import Searches
from heritage.storage.seen import Seen
from heritage.storage.seen_descriptors import SeenDescriptors
from heritage.storage.sellers import Sellers
from heritage.storage.watching import Watching

SEEN = "seen"  # the folder of the index of photos that were searched


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """The open parts of one running heritage, under one model. A job takes `current` once and keeps to it."""

    settings: Settings
    database: Database
    records: Records
    audit: Audit
    images: Images
    derivatives: Derivatives
    descriptors: Descriptors
    backlog: Backlog
    hits: Hits
    photos: Photos
    searches: Searches
    counterparts: Counterparts
    cases: Cases
    case_photos: CasePhotoFiles
    replies: Replies
    operations: Operations
    operation_files: OperationFiles
    scans: Scans
    listings: Listings
    sellers: Sellers
    scan_files: OperationFiles
    seen: Seen
    seen_descriptors: SeenDescriptors
    watching: Watching
    alerts: Alerts
    webhooks: WebhookSender
    mailer: MailSender
    decode: Decoder
    fetch_picture: PictureFetcher
    thumbnail: Thumbnailer
    embedder: Embedder
    extractor: KeypointExtractor
    verifier: Verifier
    gallery: Gallery
    seen_gallery: Gallery  # of the photos that were searched
    propose: Proposer
    advise: Adviser
    correlate: Correlator
    hashes: ImageHashes
    hash_photo: Hasher
    photo_hashes: PhotoHashes
    hash_pairs: HashPairs
    duplicates: Duplicates
    calibration: Calibration
    cohort: Cohort
    baselines: tuple[Baseline, ...] = ()  # only an evaluation asks them
    following: "Following[Context] | None" = None  # none: this model stays
    slow_baselines: tuple[Baseline, ...] = ()  # only when asked for by name

    @property
    def specs(self) -> Specs:
        return Specs(self.embedder.spec, self.extractor.spec)

    def current(self) -> "Context":
        """This context, or the one of the model that the home has changed over to."""
        return self.following.current(self) if self.following else self

    def keep_model(self) -> None:
        """Make the model in use the home's choice, if it has none: a new default then leaves the home as it is."""
        if self.following:
            self.following.keep()

    def coverage(self, viewer: Viewer = AT_THE_MACHINE, criteria: Criteria = ANYTHING) -> Coverage:
        """What a search on behalf of ``viewer`` covers now."""
        return self.records.coverage(self.specs, viewer, criteria)


@contextmanager
def open_context(
    settings: Settings, embedder: Embedder | None = None, calibration: Calibration | None = None
) -> Iterator[Context]:
    """Everything one process needs, with the real adapters; the model itself loads with the first image.

    ``embedder`` takes the place of the model that the settings or the home name, ``calibration`` of what was fitted
    for it.
    """
    with _open_decoder(settings) as decode, closing(Database.open(settings.home, settings.database_url)) as database:
        following: Following[Context] | None = None
        if embedder is None:
            choice = ModelChoice(database)
            name = settings.model or choice.name() or model_names(settings)[0]
            embedder = open_embedder(settings, name)
            following = None if settings.model else Following(choice, name, _change_over)
        yield replace(_composed(settings, database, embedder, calibration, decode), following=following)


@contextmanager
def _open_decoder(settings: Settings) -> Iterator[Decoder]:
    """Decodes in children, the first of which starts while the rest is composed; or in this process."""
    from heritage.vision.decode import DecodeLimits, decode

    limits = DecodeLimits(settings.max_image_bytes, settings.max_image_pixels, settings.max_image_side)
    if settings.decode_processes == 0:
        yield lambda data: decode(data, limits)
        return
    from heritage.vision.decode_child import ChildBounds
    from heritage.vision.decode_pool import DecodePool

    bounds = ChildBounds(settings.decode_seconds, settings.decode_memory * 1_000_000)
    with closing(DecodePool(limits, bounds, settings.decode_processes)) as pool:
        yield pool.decode


def _composed(
    settings: Settings, database: Database, embedder: Embedder, calibration: Calibration | None, decode: Decoder
) -> Context:
    """The parts, each with the real adapter."""
    from heritage.channels.mail import Mailer
    from heritage.vision.advice import advise
    from heritage.vision.baselines import BASELINES
    from heritage.vision.derivative import thumbnail
    from heritage.vision.exhaustive import ExhaustiveRootSift
    from heritage.vision.geometry import HomographyVerifier
    from heritage.vision.keypoints import RootSift
    from heritage.vision.near_duplicates import PdqIndex, hash_photo, near_pairs
    from heritage.vision.photometric import correlate
    from heritage.vision.regions import propose

    descriptors, extractor, hashes = Descriptors(database), RootSift(), ImageHashes(database)
    fitted, cohort = (calibration, Cohort.none()) if calibration else open_calibration(settings, embedder)
    return Context(
        settings=settings,
        database=database,
        records=Records(database),
        audit=Audit(database, settings.home),
        images=Images(settings.home),
        derivatives=Derivatives(settings.home),
        descriptors=descriptors,
        backlog=Backlog(database),
        hits=Hits(database),
        photos=Photos(database, settings.home, settings.photo_days),
        searches=Searches(database),
        counterparts=Counterparts(database),
        cases=Cases(database),
        case_photos=CasePhotoFiles(settings.home),
        replies=Replies(database),
        operations=Operations(database),
        operation_files=OperationFiles(settings.home),
        scans=Scans(database),
        listings=Listings(database),
        sellers=Sellers(database),
        scan_files=OperationFiles(settings.home, "scans"),
        seen=Seen(database),
        seen_descriptors=(seen_descriptors := SeenDescriptors(database)),
        watching=Watching(database),
        alerts=Alerts(database),
        webhooks=_webhooks(settings),
        mailer=Mailer(settings.smtp_url, settings.mail_from),
        decode=decode,
        fetch_picture=_picture_fetcher(settings),
        thumbnail=thumbnail,
        embedder=embedder,
        extractor=extractor,
        verifier=HomographyVerifier(threads=settings.thread_count),
        gallery=_gallery(settings, descriptors, Specs(embedder.spec, extractor.spec)),
        seen_gallery=_gallery(settings, seen_descriptors, Specs(embedder.spec, extractor.spec), SEEN),
        propose=propose,
        advise=advise,
        correlate=correlate,
        hashes=hashes,
        hash_photo=hash_photo,
        photo_hashes=PhotoHashes(database),
        hash_pairs=near_pairs,
        duplicates=Duplicates(hashes, PdqIndex()),
        calibration=fitted,
        cohort=cohort,
        baselines=BASELINES,
        slow_baselines=(ExhaustiveRootSift(settings.thread_count),),
    )


def _picture_fetcher(settings: Settings) -> PictureFetcher:
    from heritage.registries.fetching import PICTURE_TYPES, Fetcher

    fetcher = Fetcher(max_bytes=settings.max_image_bytes)
    return lambda address: fetcher.fetch(address, PICTURE_TYPES).data


def _webhooks(settings: Settings) -> WebhookSender:
    from heritage.channels.webhook import Webhooks, read_networks
    from heritage.registries.public_addresses import is_public, resolve

    networks = read_networks(settings.webhook_networks)
    return Webhooks(lambda address: is_public(address) or any(address in one for one in networks), resolve)


def check_channel_address(kind: ChannelKind, address: str) -> str:
    """The address, if something could be told there; see `heritage.channels`. Raises `InputError`."""
    from heritage.channels.mail import check_mailbox
    from heritage.channels.webhook import check_address

    return check_address(address) if kind is ChannelKind.WEBHOOK else check_mailbox(address)


def _gallery(settings: Settings, descriptors: Described, specs: Specs, name: str = "") -> Gallery:
    from heritage.vision.lanes import FaissLanes

    return Gallery(settings.home / (name or settings.gallery), descriptors, specs, FaissLanes())


def _change_over(context: Context, name: str) -> Context:
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


def open_embedder(settings: Settings, name: str) -> Embedder:
    """The model called ``name`` (or at the path ``name``); its weights load with the first image.

    Raises `NotFoundError`, and `ModelError` when its files are not those of the manifest.
    """
    from heritage.vision.clip_embedder import ClipEmbedder
    from heritage.vision.joined_embedder import JoinedEmbedder
    from heritage.vision.weights import find_model

    folder = find_model(settings.models, name)
    tower = ClipEmbedder(folder, settings.thread_count)
    return JoinedEmbedder(tower, folder.fisher, settings.thread_count) if folder.fisher else tower


def open_calibration(settings: Settings, embedder: Embedder) -> tuple[Calibration, Cohort]:
    """What was fitted for the embedder's descriptors, else what rests on keypoints alone. Raises `ModelError`."""
    from heritage.vision.calibrations import find_calibration

    return find_calibration(settings.models / embedder.spec.model, embedder.spec)


def open_source(
    place: Path | str,
    registry: str = "",
    mapping: Path | None = None,
    sheet: str = "",
    find_original: OriginalFinder | None = None,
) -> Source:
    """The reader for a file or folder, or for the IIIF manifest at an address.

    See `heritage.registries.folder` and `.spreadsheet`; ``find_original`` says where images are that a table names by
    their digest, see `original_finder`. Raises `TableError`, `FetchError`.
    """
    from heritage.registries import folder, iiif
    from heritage.registries.mapping import NO_MAPPING, read_mapping
    from heritage.registries.spreadsheet import PLAINLY, Reading

    if isinstance(place, str) and place.lower().startswith(("http://", "https://")):
        return iiif.open_iiif_address(place, registry)
    reading = Reading(read_mapping(mapping) if mapping else NO_MAPPING, sheet, find_original or PLAINLY.find_original)
    return folder.open_source(Path(place), registry, reading)


def open_listings(settings: Settings, place: Path | str, mapping: Path | None = None, sheet: str = "") -> ListingSource:
    """Where listings come from: a folder, a ZIP file, a table, a PDF or IIIF catalogue, or a catalogue's address.

    See `heritage.registries.listing_place`. To be closed. Raises `TableError`, `FetchError`.
    """
    from heritage.registries import listing_place
    from heritage.registries.fetching import Fetcher
    from heritage.registries.listing_files import FileReading
    from heritage.registries.politeness import Politeness
    from heritage.service.archives import open_archive

    files = FileReading(_picture_fault, open_archive, settings.max_image_bytes, settings.max_unpacked_bytes)
    fetcher = Fetcher(max_bytes=settings.max_image_bytes, politeness=Politeness())
    return listing_place.open_listings(place, listing_place.ListingReading(files, fetcher, mapping, sheet))


def open_photos_by_address(settings: Settings) -> PhotoSource:
    """The photos of listings that have addresses, fetched politely; for who has not got their source. To be closed."""
    from heritage.registries.fetching import Fetcher
    from heritage.registries.listing_photos import NamedPhotos
    from heritage.registries.politeness import Politeness

    return NamedPhotos(None, Fetcher(max_bytes=settings.max_image_bytes, politeness=Politeness()))


def _picture_fault(head: bytes) -> str:
    from heritage.vision.signatures import recognise

    try:
        recognise(head)
    except ImageError as error:
        return error.cause
    return ""


def write_scan(listings: Iterable[KeptListing], path: Path, base: str = "") -> int:
    """Write what became of listings into a file; how many. See `heritage.registries.scan_writer`."""
    from heritage.registries import scan_writer

    return scan_writer.write_scan(listings, path, base)


def html_of(report: Report) -> bytes:
    """The report as one HTML file; see `heritage.registries.report_html`."""
    from heritage.registries.report_html import write_html

    write_html(report, stream := BytesIO())
    return stream.getvalue()


def report_pdf_of(report: Report, printed: datetime, fonts: Sequence[Path] = ()) -> bytes:
    """The report as PDF, ``fonts`` before those of the machine; see `heritage.registries.report_pdf`. `InputError`."""
    from heritage.registries.report_pdf import write_pdf

    write_pdf(report, stream := BytesIO(), printed, fonts)
    return stream.getvalue()


def graph_of(graph: SellerGraph) -> bytes:
    """The graph as GraphML; see `heritage.registries.seller_writer`."""
    from heritage.registries.seller_writer import write_graph

    write_graph(graph, stream := BytesIO())
    return stream.getvalue()


def sellers_table_of(sellers: Iterable[Seller], suffix: str) -> bytes:
    """The sellers as a table, ``suffix`` .csv or .xlsx. Raises `InputError`."""
    from heritage.registries.seller_writer import write_table
    from heritage.registries.table_writer import TableFormat

    return write_table(sellers, TableFormat.of(Path(f"sellers{suffix}")))


def propose_mapping(path: Path, sheet: str = "") -> str:
    """A mapping file for the table at ``path``, to start from; see `heritage.registries.proposal`. `TableError`."""
    from heritage.registries.proposal import propose

    return propose(path, sheet)


def open_report(path: Path, source: Source) -> AbstractContextManager[RowReport]:
    """Where to write what becomes of every row of ``source``; see `heritage.registries.reporting`."""
    from heritage.registries import reporting

    return reporting.open_report(path, source)


def write_records(records: Iterable[RegistryRecord], path: Path, image_name: Callable[[ImageDigest], str] = str) -> int:
    """Write records into a file: a table, LIDO or Linked Art; how many. See `heritage.registries.exporting`."""
    from heritage.registries.exporting import write_file

    return write_file(records, path, image_name)


@contextmanager
def open_printing(settings: Settings) -> Iterator[Printing]:
    """What printing a record needs: no model."""
    from heritage.registries.object_id_form import write_form
    from heritage.vision.derivative import thumbnail

    with _open_decoder(settings) as decode, closing(Database.open(settings.home, settings.database_url)) as database:
        yield Printing(Records(database), Images(settings.home), decode, thumbnail, write_form)


def lido_of(record: RegistryRecord) -> bytes:
    """The record as LIDO, its photographs by their digests; see `heritage.registries.lido_writer`."""
    from heritage.registries.lido_writer import write_lido

    write_lido([record], stream := BytesIO())
    return stream.getvalue()


def linked_art_of(record: RegistryRecord) -> bytes:
    """The record as Linked Art, its photographs by their digests; see `heritage.registries.linked_art_writer`."""
    from heritage.registries.linked_art_writer import write_linked_art

    write_linked_art([record], stream := BytesIO())
    return stream.getvalue()


def manifest_of(context: Context, record: RegistryRecord, base: str) -> bytes:
    """The record as a IIIF manifest of the heritage at ``base``; see `heritage.registries.iiif_writer`."""
    from heritage.registries.iiif_writer import write_iiif

    write_iiif(record, stream := BytesIO(), base, context.records.image_size)
    return stream.getvalue()


def pdf_of(form: ObjectIdForm, printed: datetime) -> bytes:
    """The form as PDF, with the fonts of the machine; see `heritage.registries.object_id_form`."""
    from heritage.registries.object_id_form import write_form

    write_form(form, stream := BytesIO(), printed)
    return stream.getvalue()


def open_evaluation_set(folder: Path, distractors: Path | None = None, parts: Sequence[str] = ()) -> EvaluationSet:
    """The labelled photographs in ``folder``; see `heritage.registries.labelled`. Raises `InputError`."""
    from heritage.registries.labelled import open_labelled

    return open_labelled(folder, distractors, parts)


def model_names(settings: Settings) -> tuple[str, ...]:
    """Model folders in the manifest, the default one first. Raises `NotFoundError`, `ModelError`."""
    from heritage.vision import weights

    return weights.list_models(settings.models)


def add_model(settings: Settings, folder: Path, name: str = "") -> str:
    """Take an OpenCLIP model folder of the user's own into ``models/``; its name there. `ModelError`, `InputError`."""
    from heritage.vision import adding

    return adding.add_model(settings.models, folder, name)


def pull_model(settings: Settings, name: str) -> str:
    """Fetch a pretrained OpenCLIP model from its hub, because the user asks for it; the name of its folder."""
    from heritage.vision.pulling import pull_model as pulled

    return pulled(settings.models, name)
