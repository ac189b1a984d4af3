"""Text of strangers as any file or database can hold it."""

import re

MAX_LINE = 2_000  # characters
MAX_TEXT = 10_000
_UNHELD = re.compile("[\0\ud800-\udfff]")  # PostgreSQL takes no NUL, UTF-8 no half characters
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def legible_text(text: str) -> str:
    """Any text, its end cut off beyond `MAX_TEXT`."""
    return _UNHELD.sub("\ufffd", _cut(text, MAX_TEXT))


def legible_line(text: str) -> str:
    """A text of one line, its end cut off beyond `MAX_LINE`."""
    return _UNHELD.sub("\ufffd", _UNPRINTED.sub(" ", _cut(text, MAX_LINE))).strip()


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
