"""Prints a report on A4, as PDF: its sections, and entries with two pictures beside each other."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from heritage.domain.forms import FormPicture
from heritage.domain.reports import Report, ReportEntry, ReportSection, Rows
from heritage.registries.fonts import Typeface, choose_fonts
from heritage.registries.printed import BOTTOM, MARGIN, Printed

PICTURE_HEIGHT, BETWEEN, LABEL_WIDTH = 52.0, 4.0, 44.0  # mm
LINE = 4.5


def write_pdf(report: Report, stream: BinaryIO, printed: datetime, fonts: Sequence[Path] = ()) -> None:
    """``printed`` goes into its properties. Raises `InputError` when one of ``fonts`` is no font."""
    text = "".join(report.texts())
    page = _Pages(report, choose_fonts(text, fonts))
    page.number_pages(text)
    page.set_creation_date(printed)
    page.set_lang(report.language)
    page.print_all()
    stream.write(page.output())


class _Pages(Printed):
    def __init__(self, report: Report, typeface: Typeface) -> None:
        super().__init__(report.title, typeface)
        self.report = report
        self.add_page()

    def footer(self) -> None:
        self.set_y(-BOTTOM + 5)
        self.plain(7, grey=True)
        self.paragraph(self.report.notice, self.epw, 3.2)
        self.set_xy(MARGIN, -12)
        self.cell(self.epw - 30, 5, self.clipped(self.report.footer, self.epw - 30))
        self.cell(30, 5, f"{self.page_no()} / {self.str_alias_nb_pages}", align="R")

    def print_all(self) -> None:
        self.plain(16)
        self.paragraph(self.report.title, self.epw, 8)
        self.ln(2)
        for section in self.report.sections:
            self._section(section)
        self.unshown()

    def _section(self, section: ReportSection) -> None:
        self._room(20)
        self.ln(3)
        self.plain(12)
        self.paragraph(section.heading, self.epw, 6)
        self.ln(1)
        for paragraph in section.paragraphs:
            self.plain(9.5)
            self.paragraph(paragraph, self.epw, LINE)
            self.ln(1)
        self._rows(section.rows)
        for entry in section.entries:
            self._entry(entry)

    def _entry(self, entry: ReportEntry) -> None:
        self._room((PICTURE_HEIGHT if entry.pictures else 0) + 20)
        self.set_draw_color(200)
        self.line(MARGIN, self.get_y(), MARGIN + self.epw, self.get_y())
        self.ln(1.5)
        self.plain(10.5)
        self.paragraph(entry.heading, self.epw, 5)
        if entry.tag:
            self.plain(9)
            self.paragraph(entry.tag, self.epw, LINE)
        self._pictures(entry.pictures)
        self._rows(entry.rows)
        self.ln(1.5)

    def _rows(self, rows: Rows) -> None:
        """Labels stand where lines begin, in the direction of the report."""
        is_mirrored, width = self.report.direction == "rtl", self.epw - LABEL_WIDTH
        label_left = MARGIN + (width if is_mirrored else 0)
        text_left = MARGIN + (0 if is_mirrored else LABEL_WIDTH)
        for label, text in rows:
            self._room(2 * LINE)
            top, page = self.get_y(), self.page
            self.plain(8, grey=True)
            self.set_xy(label_left, top)
            self.paragraph(label, LABEL_WIDTH - BETWEEN, LINE)
            end_of_label = self.get_y()
            self.set_xy(text_left, top)
            self.plain(9.5)
            self.paragraph(text, width - BETWEEN, LINE, "R" if is_mirrored else "L")
            self.set_y(max(end_of_label, self.get_y()) if page == self.page else self.get_y())

    def _pictures(self, pictures: Sequence[FormPicture]) -> None:
        if not pictures:
            return
        top, width = self.get_y() + 1, (self.epw - BETWEEN) / 2
        for place, picture in enumerate(pictures[:2]):
            left = MARGIN + place * (width + BETWEEN)
            self.image(BytesIO(picture.jpeg), left, top, width, PICTURE_HEIGHT, keep_aspect_ratio=True)
            self.set_xy(left, top + PICTURE_HEIGHT)
            self.plain(7, grey=True)
            self.cell(width, 4, self.clipped(picture.caption, width), align="C")
        self.set_xy(MARGIN, top + PICTURE_HEIGHT + 5)

    def _room(self, height: float) -> None:
        if self.get_y() + height > self.page_break_trigger:
            self.add_page()
