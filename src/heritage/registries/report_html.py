"""Writes a report as one HTML file that needs no other: pictures are in it, and it can load or run nothing."""

import re
from base64 import b64encode
from typing import BinaryIO

from lxml import html
from lxml.builder import ElementMaker
from lxml.html import HtmlElement

from heritage.domain.forms import FormPicture
from heritage.domain.reports import Report, ReportEntry, ReportSection, Rows

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ADDRESS = re.compile(r"https://[^\s<>\"]+")
_STYLE = """
:root { color-scheme: light dark; --line: #8886; }
body { max-inline-size: 60rem; margin: 1.5rem auto; padding-inline: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
dl { display: grid; grid-template-columns: minmax(7rem, 12rem) 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dt { opacity: .75; } dd { margin: 0; overflow-wrap: anywhere; }
article { padding-block: 1rem; border-block-start: 1px solid var(--line); break-inside: avoid; }
h2, h3 { overflow-wrap: anywhere; } h3 { margin: 0; }
.tag { display: inline-block; padding: 0 .5rem; border: 1px solid; border-radius: 1rem; }
.strong { color: #1d2326; background: #ffd24a; }
.pair { display: flex; flex-wrap: wrap; gap: 1rem; margin-block: .5rem; } figure { margin: 0; }
.pair img { max-inline-size: 100%; block-size: 16rem; object-fit: contain; } figcaption { font-size: .875rem; }
.notice { padding: .5rem 1rem; border-inline-start: 5px solid #ffd24a; font-weight: 600; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } }
"""
_make = ElementMaker(makeelement=html.html_parser.makeelement)


def write_html(report: Report, stream: BinaryIO) -> None:
    body = _make.body(
        _make.h1(_held(report.title), {"dir": "auto"}),
        _make.p(_held(report.notice), {"class": "notice"}),
        *map(_section, report.sections),
        _make.footer(_make.p(_held(report.footer))),
    )
    head = _make.head(
        _make.meta({"charset": "utf-8"}),
        _make.meta({"http-equiv": "Content-Security-Policy", "content": POLICY}),
        _make.meta({"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        _make.meta({"name": "referrer", "content": "no-referrer"}),
        _make.title(_held(report.title)),
        _make.style(_STYLE),
    )
    page = _make.html(head, body, {"lang": report.language, "dir": report.direction})
    stream.write(html.tostring(page, doctype="<!doctype html>", encoding="utf-8"))


def _section(section: ReportSection) -> HtmlElement:
    return _make.section(
        _make.h2(_held(section.heading)),
        *(_make.p(_held(text), {"dir": "auto"}) for text in section.paragraphs),
        *_rows(section.rows),
        *map(_entry, section.entries),
    )


def _entry(entry: ReportEntry) -> HtmlElement:
    return _make.article(
        _make.h3(_make.bdi(_held(entry.heading))),
        *([_make.p(_make.span(_held(entry.tag), {"class": f"tag {entry.kind}"}))] if entry.tag else []),
        *([_make.div(*map(_figure, entry.pictures), {"class": "pair"})] if entry.pictures else []),
        *_rows(entry.rows),
    )


def _figure(picture: FormPicture) -> HtmlElement:
    source = f"data:image/jpeg;base64,{b64encode(picture.jpeg).decode()}"
    return _make.figure(_make.img({"src": source, "alt": picture.caption}), _make.figcaption(_held(picture.caption)))


def _rows(rows: Rows) -> list[HtmlElement]:
    if not rows:
        return []
    pairs = [(_make.dt(_held(label)), _value(_held(text))) for label, text in rows]
    return [_make.dl(*(element for pair in pairs for element in pair))]


def _value(text: str) -> HtmlElement:
    if _ADDRESS.fullmatch(text):
        return _make.dd(_make.a(text, {"href": text, "rel": "noreferrer noopener"}))
    return _make.dd(_make.bdi(text))


def _held(text: str) -> str:
    """Without what no HTML may have."""
    return _UNHELD.sub("\ufffd", text)
