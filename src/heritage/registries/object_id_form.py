"""Prints the Object ID form: one record on A4, as PDF, to hand to a police station, a court or a dealer.

The label of the Traffic Light Protocol stands on every page as TLP 2.0 asks: right, above and below, in its colour on
black. Text in any script: letters are joined and right-to-left text is ordered; a character that no font at hand has is
replaced, and listed at the end, for an empty box would look like an empty field.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import BinaryIO, Literal

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from heritage.domain.access import Handling
from heritage.domain.forms import FormPicture, ObjectIdForm
from heritage.registries.bidirectional import is_bidirectional, lines_of
from heritage.registries.fonts import Typeface, choose_fonts

MARGIN, TOP, BOTTOM = 15.0, 24.0, 25.0  # mm
LABEL_WIDTH, LINE, GAP = 44.0, 4.5, 1.0  # mm
LISTED_CHARACTERS = 12
TITLE_LENGTH = 150  # characters; the whole of it is in the card
NOT_RECORDED = "not recorded"
_COLOUR_BY_HANDLING = {  # https://www.first.org/tlp/, as red, green, blue
    Handling.RED: (255, 43, 43),
    Handling.AMBER: (255, 192, 0),
    Handling.AMBER_STRICT: (255, 192, 0),
    Handling.GREEN: (51, 255, 0),
    Handling.CLEAR: (255, 255, 255),
}
_WIDE = "\u3000-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003134f"  # written without spaces: Han, Kana
_NEEDS_SHAPING = re.compile(
    "[\u0300-\u036f\u0590-\u1cff\u200c\u200d\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufeff\U00010000-\U0001ffff]"
)  # combining marks, and every script from Hebrew to Vedic; letters in a row (Latin, Greek, Cyrillic, Han) need none
_LINE_MAY_END = re.compile(
    rf"(?<=[{_WIDE}])(?<![「『（〈《【〔［｛])(?=[{_WIDE}])(?![、。，．」』）〉》】〕］｝！？：；ー々っゃゅょッャュョ])"
)
_HEIGHT_BY_COLUMNS = {1: 84.0, 2: 64.0, 3: 48.0}  # mm, at most


def write_form(form: ObjectIdForm, stream: BinaryIO, printed: datetime, fonts: Sequence[Path] = ()) -> None:
    """Write a PDF. ``printed`` goes into its properties; ``fonts`` are asked before those of the machine.

    Raises `InputError` when one of ``fonts`` is no font.
    """
    text = "".join(_texts(form))
    page = _Form(form, choose_fonts(text, fonts))
    # What stands for the number of pages until that is known must not be in the record, which would be changed.
    page.alias_nb_pages(next(alias for number in count() if (alias := f"{{{number}}}") not in text))
    page.set_creation_date(printed)
    page.print_all()
    stream.write(page.output())


def _texts(form: ObjectIdForm) -> Iterable[str]:
    yield from (form.title, form.notice, form.footer, NOT_RECORDED, *(one.caption for one in form.pictures))
    for label, text in (*form.facts, *form.card):
        yield from (label, text)


class _Form(FPDF):
    """The pages of one form."""

    def __init__(self, form: ObjectIdForm, typeface: Typeface) -> None:
        super().__init__(format="A4")
        self.form, self.typeface = form, typeface
        self.set_margins(MARGIN, TOP)
        self.set_auto_page_break(True, BOTTOM)
        self.set_title(form.title)
        self.set_creator("heritage")
        for place, path in enumerate(typeface.paths):
            self.add_font(f"text{place}", fname=path)
        if typeface.paths:
            self.set_fallback_fonts([f"text{place}" for place in range(1, len(typeface.paths))], exact_match=False)
        self.c_margin = 0
        self.add_page()

    def header(self) -> None:
        self.set_xy(MARGIN, 10)
        self._bold(9)
        self.cell(100, 6, "OBJECT ID FORM")
        self._handling(9.5)
        self.set_xy(MARGIN, TOP)

    def footer(self) -> None:
        self.set_xy(MARGIN, -BOTTOM + 3)
        self._text(6.5)
        self.multi_cell(self.epw, 2.9, self.typeface.fitted(self.form.notice), align="L")
        self.set_xy(MARGIN, -14)
        page = f" · page {self.page_no()} of {self.str_alias_nb_pages}"
        self.cell(self.epw, 5, self._clipped(self.form.footer, self.epw - 80) + page)
        self._handling(self.h - 15)

    def _clipped(self, text: str, width: float) -> str:
        fitted = self.typeface.fitted(text)
        if self.get_string_width(fitted) <= width:
            return fitted
        while self.get_string_width(fitted + "...") > width:
            fitted = fitted[:-4]
        return fitted + "..."

    def print_all(self) -> None:
        self._text(15)
        title = " ".join(self.form.title.split())
        self._paragraph(title if len(title) <= TITLE_LENGTH else f"{title[:TITLE_LENGTH]}...", self.epw, 7)
        self.ln(2)
        first, others = self.form.pictures[:3], self.form.pictures[3:]
        self._pictures(first, len(first))
        self._rows(self.form.facts)
        self.ln(1)
        self._rows(self.form.card)
        self._unshown()
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
            self._bold(8)
            self.cell(LABEL_WIDTH, LINE, label)
            self._text(9.5, grey=not text)
            self.set_x(MARGIN + LABEL_WIDTH)
            self._paragraph(text or NOT_RECORDED, self.epw - LABEL_WIDTH, LINE)
            self.ln(GAP)

    def _paragraph(self, text: str, width: float, line: float) -> None:
        """Beginning where the cursor is; the next line begins at the margin."""
        left = self.get_x()
        for one in self.typeface.fitted(text).split("\n"):
            self._shape(bool(_NEEDS_SHAPING.search(one)))
            self.set_x(left)
            if is_bidirectional(one):
                self._bidirectional(one, width, line)
            else:
                self.multi_cell(width, line, _breakable(one), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _bidirectional(self, text: str, width: float, height: float) -> None:
        left = self.get_x()
        for line in lines_of(text, width, self.get_string_width):
            widths = [self.get_string_width(run.text) for run in line.runs]
            self.set_x(left + width - sum(widths) if line.is_right_to_left else left)
            for run, run_width in zip(line.runs, widths, strict=True):
                self._shape(True, "rtl" if run.is_right_to_left else "ltr")
                self.cell(run_width, height, run.text)
            self.ln(height)

    def _shape(self, is_wanted: bool, direction: Literal["rtl", "ltr"] | None = None) -> None:
        """Join letters and place vowel signs. Text that needs none of it is set five times as fast without."""
        self.set_text_shaping(is_wanted and bool(self.typeface.paths), direction=direction)

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
                self._text(7)
                self.cell(width, 3.5, self.typeface.fitted(picture.caption), align="C")
            self.set_xy(MARGIN, top + height + 6)

    def _unshown(self) -> None:
        names = list(self.typeface.missing_names)
        if not names:
            return
        more = len(names) - LISTED_CHARACTERS
        listed = "; ".join(names[:LISTED_CHARACTERS]) + (f"; and {more:,} more" if more > 0 else "")
        told = f"{self.typeface.replacement} stands for characters that no font on this machine can show: {listed}."
        self.ln(2)
        self._text(8)
        self._paragraph(told, self.epw, 3.8)

    def _handling(self, top: float) -> None:
        label = str(self.form.handling)
        self._bold(12)
        width = self.get_string_width(label) + 5
        self.set_fill_color(0)
        self.set_text_color(_COLOUR_BY_HANDLING[self.form.handling])
        self.set_xy(MARGIN + self.epw - width, top)
        self.cell(width, 7, label, align="C", fill=True)
        self.set_text_color(0)

    def _bold(self, size: float) -> None:
        """For labels of our own, which are ASCII."""
        self.set_font("helvetica", "B", size)
        self.set_text_color(0)

    def _text(self, size: float, grey: bool = False) -> None:
        self.set_font("text0" if self.typeface.paths else "helvetica", "", size)
        self.set_text_color(140 if grey else 0)
        self._shape(True)


def _breakable(line: str) -> str:
    """With a place for a line to end after each ideograph, as Chinese and Japanese are set."""
    return _LINE_MAY_END.sub("\u200b", line)
