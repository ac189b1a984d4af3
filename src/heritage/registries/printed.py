"""Pages on A4 as PDF, with text in any script.

Letters are joined and right-to-left text is ordered; a character that no font at hand has is replaced, and listed at
the end, for an empty box would look like an empty field.
"""

import re
from itertools import count
from typing import Literal

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from heritage.registries.bidirectional import is_bidirectional, lines_of
from heritage.registries.fonts import Typeface

MARGIN, TOP, BOTTOM = 15.0, 24.0, 25.0  # mm
LISTED_CHARACTERS = 12
_WIDE = "\u3000-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003134f"  # written without spaces: Han, Kana
_NEEDS_SHAPING = re.compile(
    "[\u0300-\u036f\u0590-\u1cff\u200c\u200d\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufeff\U00010000-\U0001ffff]"
)  # combining marks, and every script from Hebrew to Vedic; letters in a row (Latin, Greek, Cyrillic, Han) need none
_LINE_MAY_END = re.compile(
    rf"(?<=[{_WIDE}])(?<![「『（〈《【〔［｛])(?=[{_WIDE}])(?![、。，．」』）〉》】〕］｝！？：；ー々っゃゅょッャュョ])"
)


class Printed(FPDF):
    """What all that is printed has in common."""

    def __init__(self, title: str, typeface: Typeface) -> None:
        super().__init__(format="A4")
        self.typeface = typeface
        self.set_margins(MARGIN, TOP)
        self.set_auto_page_break(True, BOTTOM)
        self.set_title(title)
        self.set_creator("heritage")
        for place, path in enumerate(typeface.paths):
            self.add_font(f"text{place}", fname=path)
        if typeface.paths:
            self.set_fallback_fonts([f"text{place}" for place in range(1, len(typeface.paths))], exact_match=False)
        self.c_margin = 0

    def number_pages(self, text: str) -> None:
        """Choose what stands for the number of pages until that is known: not in ``text``, which would be changed."""
        self.alias_nb_pages(next(alias for number in count() if (alias := f"{{{number}}}") not in text))

    def paragraph(self, text: str, width: float, line: float, align: Literal["L", "R"] = "L") -> None:
        """Beginning where the cursor is; the next line begins at the margin. ``align``: of what is left to right."""
        left = self.get_x()
        for one in self.typeface.fitted(text).split("\n"):
            self._shape(bool(_NEEDS_SHAPING.search(one)))
            self.set_x(left)
            if is_bidirectional(one):
                self._bidirectional(one, width, line)
            else:
                self.multi_cell(width, line, _breakable(one), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

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

    def unshown(self) -> None:
        """List the characters that were replaced, if any were."""
        names = list(self.typeface.missing_names)
        if not names:
            return
        more = len(names) - LISTED_CHARACTERS
        listed = "; ".join(names[:LISTED_CHARACTERS]) + (f"; and {more:,} more" if more > 0 else "")
        told = f"{self.typeface.replacement} stands for characters that no font on this machine can show: {listed}."
        self.ln(2)
        self.plain(8)
        self.paragraph(told, self.epw, 3.8)

    def clipped(self, text: str, width: float) -> str:
        """As much of ``text`` as fits into ``width`` mm."""
        fitted = self.typeface.fitted(text)
        if self.get_string_width(fitted) <= width:
            return fitted
        while self.get_string_width(fitted + "...") > width:
            fitted = fitted[:-4]
        return fitted + "..."

    def bold(self, size: float) -> None:
        """For labels of our own, which are ASCII."""
        self.set_font("helvetica", "B", size)
        self.set_text_color(0)

    def plain(self, size: float, grey: bool = False) -> None:
        """For whatever text, ``size`` in points."""
        self.set_font("text0" if self.typeface.paths else "helvetica", "", size)
        self.set_text_color(140 if grey else 0)
        self._shape(True)


def _breakable(line: str) -> str:
    """With a place for a line to end after each ideograph, as Chinese and Japanese are set."""
    return _LINE_MAY_END.sub("\u200b", line)
