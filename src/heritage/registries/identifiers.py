"""URIs of heritage's own words, written into LIDO and Linked Art where those standards have no word of their own.

``urn:heritage:<kind>:<name>``, the name percent-encoded: a vocabulary term, a field of the record, a status, a
handling label, the view of a photograph. Whoever does not know them reads the label beside them.
"""

from urllib.parse import quote, unquote

_PREFIX = "urn:heritage:"
PROFILE = f"{_PREFIX}object-id:1"
"""The application profile that documents written by heritage name: their texts are to be taken to the letter."""


def own_uri(kind: str, name: str) -> str:
    return f"{_PREFIX}{kind}:{quote(name, safe='')}"


def own_name(kind: str, uri: str) -> str:
    """The name in a URI that `own_uri` made for ``kind``; empty for any other URI."""
    prefix = f"{_PREFIX}{kind}:"
    return unquote(uri[len(prefix) :]) if uri.startswith(prefix) else ""


def term_uri(identifier: str) -> str:
    """The URI of a vocabulary term, of those that `RegistryRecord.category` and ``terms`` hold."""
    return own_uri("term", identifier)


def term_of_uri(uri: str) -> str:
    """The identifier of the vocabulary term with this URI; empty when it is none of ours."""
    return own_name("term", uri)
