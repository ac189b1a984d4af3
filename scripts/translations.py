"""Bring what code and templates say into the catalogs: new entries come empty, those not said any more go.

    python scripts/translations.py
    python scripts/translations.py --check

Entries are sorted and carry no line numbers or dates, so that a catalog changes only where a sentence does, and nothing
is guessed from sentences that look alike. ``--check`` writes nothing; exit code 1 tells that something is missing.
"""

import argparse
import sys
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

import heritage.faces
from error_sentences import error_sentences
from heritage.faces.languages import LANGUAGES, LOCALE, SOURCE, read_catalog
from heritage.faces.saying import CONTEXT, OTHERS

FACES = Path(heritage.faces.__file__).parent
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "N_")),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}


def main() -> int:
    """Write the catalogs, or check them; 0, or 1 if a check finds something missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args().check
    said = messages()
    complete = True
    for code in LANGUAGES:
        if code == SOURCE:
            continue
        catalog = brought_up(code, said)
        empty = [message for message in catalog if message.id and not _is_translated(message)]
        print(f"{code}: {len(catalog)} entries, {len(empty)} to translate")
        text = _text_of(catalog)
        path = LOCALE / f"{code}.po"
        complete = complete and not empty and path.read_bytes() == text
        if not is_check:
            path.write_bytes(text)
    return 0 if complete or not is_check else 1


@cache
def messages() -> Catalog:
    """All that is marked for translation, and all that errors say."""
    found = Catalog()
    for _, _, message, _, context in extract_from_dir(FACES, METHODS, OPTIONS, KEYWORDS):
        found.add(message, context=context)
    for sentence in (*sorted(error_sentences()), *OTHERS):
        found.add(sentence, context=CONTEXT)
    return found


def brought_up(code: str, said: Catalog) -> Catalog:
    """The catalog of a language with an entry for each message of ``said``, and no others."""
    old = read_catalog(code)
    new = Catalog(locale=code, fuzzy=False, header_comment="")
    for message in said:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            known = old.get(key, message.context)
            fits = known is not None and isinstance(known.id, str) == isinstance(message.id, str)
            new.add(message.id, known.string if known and fits else None, context=message.context)
    return new


def _is_translated(message: Message) -> bool:
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(forms)


def _text_of(catalog: Catalog) -> bytes:
    """Without the header's dates: they would change with every run."""
    written = BytesIO()
    write_po(written, catalog, width=0, no_location=True, sort_output=True, omit_header=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalog.locale}\\n"\n"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return header.encode() + written.getvalue()


if __name__ == "__main__":
    sys.exit(main())
