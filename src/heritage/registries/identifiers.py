"""URIs of heritage's own words, written into LIDO and Linked Art where those standards have no word of their own.

``urn:heritage:<kind>:<name>``, the name percent-encoded: a vocabulary term, a field of the record, a status, a
handling label, the view of a photograph. Whoever does not know them reads the label beside them.
"""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, unquote

from heritage.domain.terms import Facet, Language, Term, category_tree
from heritage.errors import NotFoundError

_PREFIX = "urn:heritage:"
PROFILE = f"{_PREFIX}object-id:1"
"""The application profile that documents written by heritage name: their texts are to be taken to the letter."""


def own_uri(kind: str, name: str) -> str:
    return f"{_PREFIX}{kind}:{quote(name, safe='')}"


def own_name(kind: str, uri: str) -> str:
    """The name in a URI that `own_uri` made for ``kind``; empty for any other URI."""
    prefix = f"{_PREFIX}{kind}:"
    return unquote(uri[len(prefix) :]) if uri.startswith(prefix) else ""


def term_uris(identifier: str) -> tuple[str, ...]:
    """The URIs of a vocabulary term: ours, and that of the same concept in the AAT, where there is one."""
    term = _term(identifier)
    return (own_uri("term", identifier), *((term.aat_uri,) if term and term.aat else ()))


def term_of(uris: Iterable[str]) -> str:
    """The identifier of the vocabulary term with one of these URIs; empty when none of them is known."""
    known = list(uris)
    own = next(filter(None, (own_name("term", uri) for uri in known)), "")
    return own or next((term.id for uri in known if (term := category_tree().by_aat(uri))), "")


def term_label(identifier: str) -> str:
    """What a term is called in English; the identifier itself where the term is not of our tree."""
    term = _term(identifier)
    return term.label(Language.ENGLISH) if term else identifier


def is_kind_of_object(identifier: str) -> bool:
    """Whether a term can be a record's category rather than one of its materials, techniques and periods."""
    return _term(identifier) is not None and category_tree().facet(identifier) is Facet.OBJECT


@lru_cache(maxsize=4096)  # for an unknown one the tree looks for what may have been meant
def _term(identifier: str) -> Term | None:
    try:
        return category_tree().get(identifier)
    except NotFoundError:  # of a registry with terms of its own
        return None
