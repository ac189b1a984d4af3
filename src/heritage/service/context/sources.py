"""What is read from elsewhere: records, listings and labelled photographs, each by the reader of its format."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from heritage.domain.evaluation import EvaluationSet
from heritage.domain.listings import ListingSource, PhotoSource
from heritage.domain.ports import OriginalFinder, Source
from heritage.errors import ImageError
from heritage.settings import Settings

if TYPE_CHECKING:
    from heritage.registries.fetching import Fetcher


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


def propose_mapping(path: Path, sheet: str = "") -> str:
    """A mapping file for the table at ``path``, to start from; see `heritage.registries.proposal`. `TableError`."""
    from heritage.registries.proposal import propose

    return propose(path, sheet)


def open_evaluation_set(folder: Path, distractors: Path | None = None, parts: Sequence[str] = ()) -> EvaluationSet:
    """The labelled photographs in ``folder``; see `heritage.registries.labelled`. Raises `InputError`."""
    from heritage.registries.labelled import open_labelled

    return open_labelled(folder, distractors, parts)


def open_listings(settings: Settings, place: Path | str, mapping: Path | None = None, sheet: str = "") -> ListingSource:
    """Where listings come from: a folder, a ZIP file, a table, a PDF or IIIF catalogue, or a catalogue's address.

    See `heritage.registries.listing_place`. To be closed. Raises `TableError`, `FetchError`.
    """
    from heritage.registries import listing_place
    from heritage.registries.listing_files import FileReading
    from heritage.service.archives import open_archive

    files = FileReading(_picture_fault, open_archive, settings.max_image_bytes, settings.max_unpacked_bytes)
    fetcher = _polite_fetcher(settings)
    return listing_place.open_listings(place, listing_place.ListingReading(files, fetcher, mapping, sheet))


def open_photos_by_address(settings: Settings) -> PhotoSource:
    """The photos of listings that have addresses, fetched politely; for who has not got their source. To be closed."""
    from heritage.registries.listing_photos import NamedPhotos

    return NamedPhotos(None, _polite_fetcher(settings))


def _polite_fetcher(settings: Settings) -> "Fetcher":
    from heritage.registries.fetching import Fetcher
    from heritage.registries.politeness import Politeness

    return Fetcher(max_bytes=settings.max_image_bytes, politeness=Politeness())


def _picture_fault(head: bytes) -> str:
    from heritage.vision.signatures import recognise

    try:
        recognise(head)
    except ImageError as error:
        return error.cause
    return ""
