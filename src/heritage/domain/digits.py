"""Figures as people type them: an Arabic, Persian or Indian keyboard has digits of its own."""

import unicodedata


def western(text: str) -> str:
    """``text`` with every decimal digit, of whichever script, as 0 to 9: what is sorted and compared is written so."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
