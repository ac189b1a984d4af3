"""Fonts for print: as few of the machine's as show a text, in any script, and what none of them can show.

No font is shipped or fetched. They are looked for by the names under which Linux, macOS and Windows keep fonts with
many scripts; a font that is none, or damaged, is passed over.
"""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from fontTools.ttLib import TTFont

from heritage.errors import InputError

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
# Lower case, the most complete first; Latin must come before fonts that have a few Latin letters for their own use.
_NAMES = (
    *("dejavusans.ttf", "notosans-regular.ttf", "liberationsans-regular.ttf", "arial unicode.ttf", "arial.ttf"),
    *("notosansarabic-regular.ttf", "notosanscjk-regular.ttc", "notosans*-regular.*", "notosans*-vf.*", "notosans[[]*"),
    *("wqy-*.ttc", "droidsansfallback*.ttf", "msyh.ttc", "simsun.ttc", "msgothic.ttc", "malgun.ttf", "pingfang.ttc"),
    *("hiragino*.ttc", "applegothic.ttf", "nirmala.tt?", "leelawui.ttf", "ebrima.ttf"),
)
_REPLACEMENTS = ("\ufffd", "?")
_OVERRIDES = "\u202d\u202e"  # they would make the print read otherwise than the record


@dataclass(frozen=True, slots=True)
class Typeface:
    """Some fonts, to be asked in their order, and the characters of a text that none of them has."""

    paths: tuple[Path, ...]
    missing: frozenset[str] = frozenset()
    replacement: str = "?"

    def fitted(self, text: str) -> str:
        """``text`` with the replacement for every character that cannot be shown."""
        return "".join(self.replacement if sign in self.missing else sign for sign in plain(text))

    @property
    def missing_names(self) -> Iterator[str]:
        """What a person can look up: ``U+9752 CJK UNIFIED IDEOGRAPH-9752``."""
        for sign in sorted(self.missing):
            yield f"U+{ord(sign):04X} {unicodedata.name(sign, 'CONTROL CHARACTER')}"


def plain(text: str) -> str:
    """``text`` without what has no shape of its own: line breaks are one sign, tabs spaces, marks of order left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "".join(sign for sign in lines if sign in _OVERRIDES or not _is_shapeless(sign))


def _is_shapeless(sign: str) -> bool:
    # Joiners choose the shape of their neighbours and stay.
    return (unicodedata.category(sign) == "Cf" and sign not in "\u200c\u200d") or "\ufe00" <= sign <= "\ufe0f"


def choose_fonts(text: str, given: Sequence[Path] = (), folders: Sequence[str] = FOLDERS) -> Typeface:
    """The fonts that ``text`` needs: those ``given`` first, then the machine's.

    Raises `InputError` when one of ``given`` is no font.
    """
    missing = set(plain(text)) - set("\n\u200c\u200d")
    chosen = []
    for path in (*given, *_found(folders)):
        if not missing:
            break
        covered = _characters(path)
        if covered is None:
            if path in given:
                raise InputError(f"{path} is not a TrueType or OpenType font")
        elif not missing.isdisjoint(covered):
            chosen.append(path)
            missing -= covered
    if not chosen:  # the PDF's own Helvetica is left
        missing = {sign for sign in missing if ord(sign) > 0xFF}
    return Typeface(tuple(chosen), frozenset(missing), _replacement(chosen))


def _replacement(paths: Sequence[Path]) -> str:
    held = _characters(paths[0]) if paths else None
    return next((sign for sign in _REPLACEMENTS if held and sign in held), "?")


def _characters(path: Path) -> set[str] | None:
    """What the font has a shape for; None when it is not a font."""
    try:
        with path.open("rb") as file, TTFont(file, fontNumber=0, lazy=True) as font:
            signs = set(map(chr, font.getBestCmap() or ()))
    except Exception:  # fontTools raises whatever a damaged table makes of it
        return None
    return {sign for sign in signs if unicodedata.category(sign) != "Cc" and sign not in _OVERRIDES} or None


def _found(folders: Sequence[str]) -> Iterator[Path]:
    paths = [
        Path(folder, name)
        for top in folders
        for folder, _, names in os.walk(Path(top).expanduser())
        for name in sorted(names)
    ]
    for pattern in _NAMES:
        yield from (path for path in paths if fnmatch(path.name.lower(), pattern))
