"""Prints the Object ID form: one record on A4, as PDF, to hand to a police station, a court or a dealer.

The label of the Traffic Light Protocol stands on every page as TLP 2.0 asks: right, above and below, in its colour on
black. Text in any script, as `Printed` sets it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from heritage.domain.access import Handling
from heritage.domain.forms import FormPicture, ObjectIdForm
from heritage.registries.fonts import Typeface, choose_fonts
from heritage.registries.printed import BOTTOM, MARGIN, TOP, Printed

LABEL_WIDTH, LINE, GAP = 44.0, 4.5, 1.0  # mm
TITLE_LENGTH = 150  # characters; the whole of it is in the card
NOT_RECORDED = "not recorded"
_COLOUR_BY_HANDLING = {  # https://www.first.org/tlp/, as red, green, blue
    Handling.RED: (255, 43, 43),
    Handling.AMBER: (255, 192, 0),
    Handling.AMBER_STRICT: (255, 192, 0),
    Handling.GREEN: (51, 255, 0),
    Handling.CLEAR: (255, 255, 255),
}
_HEIGHT_BY_COLUMNS = {1: 84.0, 2: 64.0, 3: 48.0}  # mm, at most


def write_form(form: ObjectIdForm, stream: BinaryIO, printed: datetime, fonts: Sequence[Path] = ()) -> None:
    """Write a PDF. ``printed`` goes into its properties; ``fonts`` are asked before those of the machine.

    Raises `InputError` when one of ``fonts`` is no font.
    """
    text = "".join(_texts(form))
    page = _Form(form, choose_fonts(text, fonts))
    page.number_pages(text)
    page.set_creation_date(printed)
    page.print_all()
    stream.write(page.output())


def _texts(form: ObjectIdForm) -> Iterable[str]:
    yield from (form.title, form.notice, form.footer, NOT_RECORDED, *(one.caption for one in form.pictures))
    for label, text in (*form.facts, *form.card):
        yield from (label, text)


class _Form(Printed):
    """The pages of one form."""

    def __init__(self, form: ObjectIdForm, typeface: Typeface) -> None:
        super().__init__(form.title, typeface)
        self.form = form
        self.add_page()

    def header(self) -> None:
        self.set_xy(MARGIN, 10)
        self.bold(9)
        self.cell(100, 6, "OBJECT ID FORM")
        self._handling(9.5)
        self.set_xy(MARGIN, TOP)

    def footer(self) -> None:
        self.set_xy(MARGIN, -BOTTOM + 3)
        self.plain(6.5)
        self.multi_cell(self.epw, 2.9, self.typeface.fitted(self.form.notice), align="L")
        self.set_xy(MARGIN, -14)
        page = f" · page {self.page_no()} of {self.str_alias_nb_pages}"
        self.cell(self.epw, 5, self.clipped(self.form.footer, self.epw - 80) + page)
        self._handling(self.h - 15)

    def print_all(self) -> None:
        self.plain(15)
        title = " ".join(self.form.title.split())
        self.paragraph(title if len(title) <= TITLE_LENGTH else f"{title[:TITLE_LENGTH]}...", self.epw, 7)
        self.ln(2)
        first, others = self.form.pictures[:3], self.form.pictures[3:]
        self._pictures(first, len(first))
        self._rows(self.form.facts)
        self.ln(1)
        self._rows(self.form.card)
        self.unshown()
        self.ln(3)
        self._pictures(others, 3)

    def _rows(self, rows: Iterable[tuple[str, str]]) -> None:
        self.set_draw_color(200)
        for label, text in rows:
            if self.get_y() + 2 * LINE > self.page_break_trigger:
                self.add_page()
            top = self.get_y()
            self.line(MARGIN, top, MARGIN + self.epw, top)
            self.set_y(top + GAP)
            self.bold(8)
            self.cell(LABEL_WIDTH, LINE, label)
            self.plain(9.5, grey=not text)
            self.set_x(MARGIN + LABEL_WIDTH)
            self.paragraph(text or NOT_RECORDED, self.epw - LABEL_WIDTH, LINE)
            self.ln(GAP)

    def _pictures(self, pictures: Sequence[FormPicture], columns: int) -> None:
        """A grid, row by row."""
        width, height = (self.epw + 4) / max(1, columns) - 4, _HEIGHT_BY_COLUMNS.get(columns, 0.0)
        for start in range(0, len(pictures), max(1, columns)):
            if self.get_y() + height + 6 > self.page_break_trigger:
                self.add_page()
            top = self.get_y()
            for place, picture in enumerate(pictures[start : start + columns]):
                left = MARGIN + place * (width + 4)
                self.image(BytesIO(picture.jpeg), left, top, width, height, keep_aspect_ratio=True)
                self.set_xy(left, top + height + 0.5)
                self.plain(7)
                self.cell(width, 3.5, self.typeface.fitted(picture.caption), align="C")
            self.set_xy(MARGIN, top + height + 6)

    def _handling(self, top: float) -> None:
        label = str(self.form.handling)
        self.bold(12)
        width = self.get_string_width(label) + 5
        self.set_fill_color(0)
        self.set_text_color(_COLOUR_BY_HANDLING[self.form.handling])
        self.set_xy(MARGIN + self.epw - width, top)
        self.cell(width, 7, label, align="C", fill=True)
        self.set_text_color(0)
