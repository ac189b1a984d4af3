"""The terms that a record is found by: those it gives, and those its card names in words."""

from heritage.domain.records import RegistryRecord
from heritage.domain.terms import Facet, category_tree
from heritage.errors import InputError, NotFoundError, RecordError


def terms_of(record: RegistryRecord) -> frozenset[str]:
    """Ids of `heritage.domain.terms` that hold for the record, without what lies above them in the tree.

    What a facet is given explicitly is not read off the card as well: the registrar knows better than a list of words.
    """
    tree, card = category_tree(), record.card
    given = frozenset({record.category, *record.terms} - {""})
    given_facets = {tree.facet(term) for term in given}
    texts = {
        Facet.OBJECT: card.object_type,
        Facet.MATERIAL: card.materials,
        Facet.TECHNIQUE: card.materials,
        Facet.PERIOD: card.period,
    }
    named = [tree.recognise(text, facet) for facet, text in texts.items() if text and facet not in given_facets]
    return given.union(*named)


def check_terms(record: RegistryRecord) -> None:
    """Raises `RecordError` for a term that there is not, or one in the wrong place."""
    for term in filter(None, (record.category, *record.terms)):
        try:
            facet = category_tree().facet(term)
        except NotFoundError as error:
            raise RecordError(str(error)) from error
        is_category = term == record.category
        if is_category != (facet is Facet.OBJECT):
            wanted = "the category must be a kind of object" if is_category else "a kind of object goes in category"
            raise RecordError(f"{term!r} is of the facet {facet.value}; {wanted}")


def subtree(term: str) -> frozenset[str]:
    """The term and all below it. Raises `InputError` for one that there is not."""
    try:
        return category_tree().subtree(term)
    except NotFoundError as error:
        raise InputError(str(error)) from error
