"""What one heritage keeps: its database and files, opened."""

from dataclasses import dataclass

from heritage.settings import Settings
from heritage.storage.alerts import Alerts
from heritage.storage.audit import Audit
from heritage.storage.backlog import Backlog
from heritage.storage.cases import Cases
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


@dataclass(frozen=True, slots=True, eq=False)
class Stores:
    """The parts of a context that read and write the home and its database."""

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
    hashes: ImageHashes
    photo_hashes: PhotoHashes


def open_stores(settings: Settings, database: Database) -> Stores:
    return Stores(
        settings=settings,
        database=database,
        records=Records(database),
        audit=Audit(database, settings.home),
        images=Images(settings.home),
        derivatives=Derivatives(settings.home),
        descriptors=Descriptors(database),
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
        seen_descriptors=SeenDescriptors(database),
        watching=Watching(database),
        alerts=Alerts(database),
        hashes=ImageHashes(database),
        photo_hashes=PhotoHashes(database),
    )
