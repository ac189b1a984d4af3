"""A report on paper or as one file: what it says, worded already, laid out by `heritage.registries`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from heritage.domain.forms import FormPicture

Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One of the things that are reported. ``kind`` is strong, possible or empty, and sets the colour of ``tag``."""

    heading: str
    tag: str = ""
    kind: str = ""
    rows: Rows = ()
    pictures: tuple[FormPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportSection:
    heading: str
    paragraphs: tuple[str, ...] = ()
    rows: Rows = ()
    entries: tuple[ReportEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """``language`` is a code such as "ar", ``direction`` "ltr" or "rtl". ``footer`` stands on every page."""

    language: str
    direction: str
    title: str
    notice: str  # what the report does not mean
    sections: tuple[ReportSection, ...]
    footer: str

    def texts(self) -> Iterator[str]:
        """All that is written in it."""
        yield from (self.title, self.notice, self.footer)
        for section in self.sections:
            yield from (section.heading, *section.paragraphs, *_both(section.rows))
            for entry in section.entries:
                yield from (entry.heading, entry.tag, *_both(entry.rows), *(one.caption for one in entry.pictures))


def _both(rows: Rows) -> Iterable[str]:
    return (text for row in rows for text in row)
