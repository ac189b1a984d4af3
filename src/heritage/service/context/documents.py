"""What is written for others: records, forms, scans and reports, each by the writer of its format."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from io import BytesIO
from pathlib import Path

from heritage.domain.forms import ObjectIdForm
from heritage.domain.images import ImageDigest
from heritage.domain.ports import RowReport, Source
from heritage.domain.records import RegistryRecord
from heritage.domain.reports import Report
from heritage.domain.scans import KeptListing
from heritage.domain.sellers import Seller, SellerGraph
from heritage.service.context.parts import Context


def write_records(records: Iterable[RegistryRecord], path: Path, image_name: Callable[[ImageDigest], str] = str) -> int:
    """Write records into a file: a table, LIDO or Linked Art; how many. See `heritage.registries.exporting`."""
    from heritage.registries.exporting import write_file

    return write_file(records, path, image_name)


def open_report(path: Path, source: Source) -> AbstractContextManager[RowReport]:
    """Where to write what becomes of every row of ``source``; see `heritage.registries.reporting`."""
    from heritage.registries import reporting

    return reporting.open_report(path, source)


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


def write_scan(listings: Iterable[KeptListing], path: Path, base: str = "", columns: Sequence[str] = ()) -> int:
    """Write what became of listings into a file; how many. See `heritage.registries.scan_writer`."""
    from heritage.registries import scan_writer

    return scan_writer.write_scan(listings, path, base, columns)


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
