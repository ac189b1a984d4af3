"""Fonts made for tests: every character a box of one width, so that nothing depends on what a machine has."""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

LATIN = "".join(map(chr, range(32, 127))) + "·…–"
HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"


def make_font(path: Path, characters: str) -> Path:
    """A TrueType font that has ``characters``, each 500 units of 1000 wide."""
    names = [".notdef", *(f"u{ord(sign):04X}" for sign in dict.fromkeys(characters))]
    pen = TTGlyphPen(None)
    for place, corner in enumerate(((50, 0), (50, 700), (450, 700), (450, 0))):
        (pen.lineTo if place else pen.moveTo)(corner)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(sign): f"u{ord(sign):04X}" for sign in characters})
    box = pen.glyph()
    builder.setupGlyf(dict.fromkeys(names, box))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (500, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.save(path)
    return path
