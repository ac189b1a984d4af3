"""What the columns of a table of listings are: which hold the photos, and which the item, its seller and its page."""

import re
from collections.abc import Sequence

from heritage.domain.words import words
from heritage.errors import TableError
from heritage.registries.columns import plain
from heritage.registries.header_words import guess_column
from heritage.registries.mapping import TableMapping

IMAGES = "images"
LISTING_COLUMNS = (IMAGES, "key", "title", "seller", "address")
"""Ours. Any number of columns may be images, and one each of the others; what is none of these is kept as it is."""

# In English, French, Spanish, Italian, German and Arabic, beside what `header_words` knows.
_HEADERS = {
    IMAGES: """
        picture | pictures | pictures urls | photo urls | gallery | thumbnail | visuel | visuels | galería |
        galleria | Galerie | Abbildung | Abbildungen | img
    """,
    "seller": """
        seller | seller name | vendor | dealer | shop | store | auction house | account | user name | consignor |
        vendeur | marchand | boutique | maison de vente | vendedor | vendedora | anticuario | tienda |
        casa de subastas | venditore | negozio | antiquario | casa d'aste | Verkäufer | Händler | Anbieter |
        Auktionshaus | البائع | المتجر
    """,
    "address": """
        url | link | web address | page | listing url | item url | permalink | href | lien | adresse web |
        page web | enlace | dirección web | página | collegamento | pagina | indirizzo web | Adresse | Verweis |
        Webadresse | Seite | الرابط
    """,
    "key": """
        key | item | item id | item number | listing id | listing | lot | lot number | lot no | sku | asin |
        article number | numéro d'article | numéro de lot | annonce | lote | número de lote | artículo | anuncio |
        lotto | numero lotto | articolo | annuncio | Los | Losnummer | Artikelnummer | Artikel | Anzeige | رقم الإعلان
    """,
    "title": """
        name | item name | lot title | headline | heading | nom | intitulé | nombre | encabezado | nome |
        intestazione | Überschrift | الاسم
    """,
}
_OURS_BY_REGISTRY = {"images": IMAGES, "title": "title", "number": "key", "inventory_number": "key"}
_ROLE_BY_WORDS = {tuple(words(name)): role for role, names in _HEADERS.items() for name in names.split("|")}
_ADDRESS_WORDS = frozenset({"url", "link", "lien", "enlace", "href"})
KNOWN = frozenset(plain(name) for names in _HEADERS.values() for name in names.split("|"))
"""All these names, as the reader of CSV files compares them to tell the separator."""


def guess_role(header: str) -> str:
    """Which of our columns a header probably means; "" when it could be anything."""
    bare = re.sub(r"[\s_.\-\[(]*\d{1,3}[\])]?\s*$", "", header)  # image1, Photo 2, Bild_03
    asked = tuple(words(bare))
    if asked in _ROLE_BY_WORDS:
        return _ROLE_BY_WORDS[asked]
    known = _OURS_BY_REGISTRY.get(guess_column(bare), "")
    if known == IMAGES or (known and not _ADDRESS_WORDS.intersection(asked)):
        return known
    matching = {role for name, role in _ROLE_BY_WORDS.items() if len("".join(name)) > 2 and set(name) <= set(asked)}
    return IMAGES if IMAGES in matching else matching.pop() if len(matching) == 1 else ""


def roles_of(table: str, names: Sequence[str], mapping: TableMapping) -> tuple[str, ...]:
    """For each column what it is of ours, "" for one that is kept as it is. Raises `TableError`.

    Of several that could be the item, its title, seller or page, the first is, unless the mapping says otherwise.
    """
    plainly = [plain(name) for name in names]
    missing = [name for name in mapping.column_by_header if name not in plainly]
    if missing:
        raise TableError(f"{mapping.name}, columns.{missing[0]}: {table} has no such column; it has {_told(names)}")
    given = [mapping.column_by_header.get(name, "") for name in plainly]
    found: list[str] = []
    for place, name in enumerate(names):
        guessed = given[place] or ("" if plainly[place] in mapping.ignored else guess_role(name))
        is_taken = guessed in (*given, *found) and guessed != IMAGES
        # Whoever names the columns of photos has named all of them.
        is_overruled = guessed == IMAGES and IMAGES in given
        found.append(given[place] or ("" if is_taken or is_overruled else guessed))
    if not any(map(str.strip, names)):
        raise TableError(f"{table} is empty; its first row must name its columns, one of them of images")
    if IMAGES not in found:
        raise TableError(
            f"{table} has no column that is known to hold images; it has {_told(names)}. "
            'Call that column image, or give a mapping with a line such as: "My column" = "images"'
        )
    return tuple(found)


def _told(names: Sequence[str]) -> str:
    return ", ".join(name[:40] for name in names if name.strip())[:400] or "none"
