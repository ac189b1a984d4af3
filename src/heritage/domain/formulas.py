"""Text that a spreadsheet program must not take for a formula, in files that have no types.

A cell that begins with one of these signs is run when a CSV file is opened: records and tables come from outside, and
a registrar opens what we write (https://owasp.org/www-community/attacks/CSV_Injection). An apostrophe in front keeps it
text. What already looks like such a cell gets one more, so that taking one off always gives back what was there.
"""

import re

_AT_RISK = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def inert(text: str) -> str:
    return f"'{text}" if _AT_RISK.match(text) else text


def bare(text: str) -> str:
    """What `inert` was given."""
    return text[1:] if text.startswith("'") and _AT_RISK.match(text) else text


def is_at_risk(text: str) -> bool:
    return _AT_RISK.match(text) is not None
