"""Reads LIDO 1.1 (and 1.0, of which it is a superset), a record at a time, from a file of any length.

The file comes from somebody else: no entity is expanded, no document type or schema of its own is loaded, nothing is
fetched by the parser, and a file with a document type declaration is refused. Each record is checked against
``schemas/lido-1.1.xsd``, heritage's own account of LIDO's elements and their order, before anything in it is used.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lxml import etree

from heritage.domain.records import SourceRow
from heritage.errors import InputError, RecordError, TableError
from heritage.registries.lido_names import LIDO, RECORD_TAG, WRAP_TAG
from heritage.registries.lido_record import read_record
from heritage.registries.reading import Pictures, without_doubles

MAX_RECORD_BYTES = 8_000_000  # of XML; a record's texts may have 10,000 characters each
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class LidoFile:
    """A LIDO file as a source. Make it with `open_lido`, which has read it through once."""

    path: Path
    registry: str  # of records not written by heritage
    pictures: Pictures = field(repr=False)
    row_count: int = 0
    warnings: tuple[str, ...] = ()

    def rows(self) -> Iterator[SourceRow]:
        """One row a record, numbered from 1. Raises `TableError` when the file cannot be read on."""
        elements = enumerate(_records(self.path), start=1)
        return without_doubles(self._row(number, element) for number, element in elements)

    def _row(self, number: int, element: etree._Element) -> SourceRow:
        label = (element.findtext(f"{{{LIDO}}}lidoRecID") or "").strip()[:200]
        try:
            _check(element)
            record, links = read_record(element, self.registry)
            return self.pictures.row(number, record, links)
        except InputError as error:
            return SourceRow(number, None, error=f"record at line {element.sourceline}: {error}", label=label)


def open_lido(path: Path, registry: str = "") -> LidoFile:
    """Count the records. ``registry`` names the registry of records not written by heritage; else the folder.

    Raises `TableError` when the file is not well-formed XML, or not LIDO.
    """
    count = sum(1 for _ in _records(path))
    if not count:
        raise TableError(f"{path.name} has no lido:lido element of {LIDO}; is it LIDO?")
    folder = path.resolve().parent
    return LidoFile(path, registry or folder.name, Pictures(folder), count)


def _records(path: Path) -> Iterator[etree._Element]:
    """Each ``lido:lido``, whole, until the next one is asked for. Raises `TableError`."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=(RECORD_TAG, WRAP_TAG),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        with path.open("rb") as file:
            yield from _parsed(iter(lambda: file.read(_CHUNK), b""), parser)
            parser.close()
    except etree.XMLSyntaxError as error:
        raise TableError(f"{path.name} is not well-formed XML: {error}") from None
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error
    except TableError as error:
        raise TableError(f"{path.name} {error}") from None


def _parsed(chunks: Iterator[bytes], parser: "etree.XMLPullParser[etree._Element]") -> Iterator[etree._Element]:
    pending = 0
    for chunk in chunks:
        parser.feed(chunk)
        pending += len(chunk)
        for event, element in parser.read_events():
            if event == "start":
                _refuse_document_type(element)
            elif element.tag == RECORD_TAG:
                pending = 0
                yield element
                _drop(element)
        if pending > MAX_RECORD_BYTES:  # the tree of one record would be ten times as large
            raise TableError(f"has more than {MAX_RECORD_BYTES / 1e6:.0f} MB without the end of a lido:lido")


def _refuse_document_type(element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise TableError("has a document type declaration (<!DOCTYPE), which LIDO does not need; remove it")


def _drop(element: etree._Element) -> None:
    """Free what has been read: the element and all before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(Path(__file__).with_name("schemas") / "lido-1.1.xsd"))


def _check(element: etree._Element) -> None:
    """Raises `RecordError` naming the line and the element that LIDO does not have there."""
    schema = _schema()
    if not schema.validate(element):
        first = schema.error_log[0]
        told = first.message.replace(f"{{{LIDO}}}", "lido:")
        raise RecordError(f"not valid LIDO 1.1, line {first.line}: {told}")
