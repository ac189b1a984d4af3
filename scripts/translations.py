"""Bring what is said in the code and the templates into the catalogs: new entries come empty, those not said any more go.

    python scripts/translations.py
    python scripts/translations.py --check

Entries are sorted and carry no line numbers or dates, so that a catalog changes only where a sentence does, and nothing
is guessed from sentences that look alike. ``--check`` writes nothing; exit code 1 tells that something is missing.
"""

import argparse
import sys

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from heritage.faces.languages import LANGUAGES, LOCALE, SOURCE
