"""The shipped category tree is whole, and free text names its terms, and only those."""

import re
import time
from pathlib import Path

import pytest

from heritage.domain.term_words import tokens
from heritage.domain.terms import Facet, Language, Term, TermTree, category_tree
from heritage.errors import InputError, NotFoundError

TREE = category_tree()
TERMS = [term for facet in Facet for _, term in TREE.walk(facet)]


def term(term_id: str, parent: str = "", aat: str = "", words: tuple[str, ...] = ()) -> Term:
    return Term(term_id, parent, term_id, term_id, term_id, term_id, aat, words)


def test_every_term_hangs_under_one_of_the_four_roots() -> None:
    assert len(TREE) == len(TERMS) >= 150
    assert {entry.id for entry in TERMS if not entry.parent} == set(Facet)


@pytest.mark.parametrize("entry", TERMS, ids=lambda entry: str(entry.id))
def test_a_term_has_a_short_id_and_a_label_in_every_language(entry: Term) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", entry.id)
    assert len(entry.id) <= 24
    assert all(entry.label(language).strip() == entry.label(language) != "" for language in Language)
    assert re.search("[\u0621-\u064a]", entry.label(Language.ARABIC))
    assert re.fullmatch(r"(300\d{6})?", entry.aat)


def test_no_two_terms_are_the_same_aat_concept() -> None:
    numbers = [entry.aat for entry in TERMS if entry.aat]
    assert len(numbers) == len(set(numbers)) > 100


@pytest.mark.parametrize("facet", Facet)
def test_a_phrase_names_one_term_of_a_facet(facet: Facet) -> None:
    id_by_phrase: dict[str, str] = {}
    for _, entry in TREE.walk(facet):
        for phrase, term_id in entry.phrases:
            assert id_by_phrase.setdefault(" ".join(tokens(phrase)), term_id) == term_id, phrase


def test_an_excluded_label_is_a_label() -> None:
    for entry in TERMS:
        labels = {entry.label(language) for language in Language}
        assert {word[1:] for word in entry.words if word.startswith("-")} <= labels


@pytest.mark.parametrize("entry", [entry for entry in TERMS if entry.parent], ids=lambda entry: str(entry.id))
def test_a_label_names_its_term(entry: Term) -> None:
    for language in Language:
        label = entry.label(language)
        if f"-{label}" not in entry.words:
            assert TREE.recognise(label, TREE.facet(entry.id)) == {entry.id}


def test_downwards_and_upwards() -> None:
    assert TREE.subtree("seal") == {"seal", "cylinder-seal"}
    assert {"bronze", "gold"} <= TREE.subtree("metal") <= TREE.subtree("material")
    assert [entry.id for entry in TREE.ancestors("bronze")] == ["copper", "metal", "material"]
    assert TREE.ancestors("material") == ()
    assert TREE.facet("bronze") is Facet.MATERIAL
    assert TREE.facet("period") is Facet.PERIOD
    by_facet = TREE.by_facet(Facet.PERIOD)
    assert {entry.id for entry in by_facet} == TREE.subtree("period") - {"period"}
    places = {entry.id: place for place, entry in enumerate(by_facet)}
    assert all(entry.parent == "period" or places[entry.parent] < places[entry.id] for entry in by_facet)


def test_labels_and_identifiers_elsewhere() -> None:
    assert TREE.label("cylinder-seal", Language.FRENCH) == "sceau-cylindre"
    painting = TREE.get("painting")
    assert painting.aat_uri == "http://vocab.getty.edu/aat/300033618"
    for uri in (
        "http://vocab.getty.edu/aat/300033618",
        "https://vocab.getty.edu/page/aat/300033618/",
        "aat:300033618",
    ):
        assert TREE.by_aat(uri) is painting
    for uri in ("", "300033618", "http://vocab.getty.edu/aat/1", "http://vocab.getty.edu/ulan/300033618"):
        assert TREE.by_aat(uri) is None
    assert TREE.get("silk").aat_uri == ""


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("figurin", "figurine"), ("Bronze", "bronze"), ("cuadros", "painting"), ("zzzzzz", "see: heritage terms")],
)
def test_an_unknown_id_names_what_may_have_been_meant(asked: str, meant: str) -> None:
    for ask in (TREE.get, TREE.subtree, TREE.ancestors, TREE.facet, lambda name: TREE.label(name, Language.ARABIC)):
        with pytest.raises(NotFoundError, match=f"there is no term '{asked}'.*{meant}"):
            ask(asked)


def test_an_endless_id_is_refused_at_once() -> None:
    began = time.perf_counter()
    with pytest.raises(NotFoundError) as refused:
        TREE.get("figurine" * 100_000)
    assert time.perf_counter() - began < 1
    assert len(str(refused.value)) < 200


def test_a_broken_tree_is_refused() -> None:
    with pytest.raises(InputError, match="two terms have the id 'object'"):
        TermTree([term("object"), term("object")])
    with pytest.raises(InputError, match="the parent of the term 'vase' must come before it, but is 'vessel'"):
        TermTree([term("object"), term("vase", "vessel"), term("vessel", "object")])
    with pytest.raises(InputError, match="the parent of the term 'vase'"):
        TermTree([term("object"), term("vase")])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Oil painting on panel", {"painting"}),
        ("Statuettes and cylinder seals", {"figurine", "cylinder-seal"}),
        ("Stamp seal", {"seal"}),
        ("Two postage stamps", {"stamp"}),
        ("Gold signet ring; pair of earrings", {"ring", "jewellery"}),
        ("Seal, ring", {"seal", "ring"}),
        ("Sceaux-cylindres", {"cylinder-seal"}),
        ("ICÔNE représentant saint Nicolas", {"icon"}),
        ("tableaux et vitraux", {"painting", "stained-glass"}),
        ("Pièces de monnaie", {"coin"}),
        ("Jarrones y ánforas", {"vase", "amphora"}),
        ("cálices de plata", {"chalice"}),
        ("instrumentos musicales", {"musical-instrument"}),
        ("الأختام الأسطوانية", {"cylinder-seal"}),
        ("تماثيل صغيرة وأختام", {"figurine", "seal"}),
        ("مُخطوطة", {"manuscript"}),
        ("Bust-length portrait", set()),
        ("Postcard with a playing card", set()),
        ("statuesque, ringed, printed", set()),
        ("", set()),
    ],
)
def test_kinds_of_object_in_four_languages(text: str, named: set[str]) -> None:
    assert TREE.recognise(text, Facet.OBJECT) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Oil on canvas", {"canvas"}),
        ("bronze or silver", {"bronze", "silver"}),
        ("silver-gilt, enamel", {"silver"}),
        ("stone ware", {"stoneware"}),
        ("bone china", {"porcelain"}),
        ("Terre cuite, os", {"terracotta", "bone"}),
        ("fonte à la cire perdue", set()),
        ("grès", set()),  # stoneware or sandstone
        ("oro y piedras preciosas", {"gold", "gemstone"}),
        ("خشب وعاج", {"wood", "ivory"}),
        ("حجر جيري", {"limestone"}),
        ("gelatin silver print", set()),
        ("Bronze Age", set()),
        ("imitation ivory, silver-plated", set()),
        ("golden, woodland, glassy", set()),
    ],
)
def test_materials(text: str, named: set[str]) -> None:
    assert TREE.recognise(text, Facet.MATERIAL) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Oil on canvas", {"oil-painting"}),
        ("carved and gilded wood", {"carving", "gilding"}),
        ("fonte à la cire perdue", {"lost-wax-casting"}),
        ("Gravure sur bois", {"woodcut"}),
        ("talla policromada", {"carving"}),
        ("زيت على قماش", {"oil-painting"}),
        ("Lampe à huile", set()),
        ("bronze", set()),
    ],
)
def test_techniques(text: str, named: set[str]) -> None:
    assert TREE.recognise(text, Facet.TECHNIQUE) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Roman, 2nd century AD", {"roman"}),
        ("art roman, XIIe siècle", {"romanesque"}),
        ("Hellenistic, 3rd century B.C.", {"hellenistic"}),
        ("Pre-Columbian (Moche)", {"pre-columbian", "moche"}),
        ("dinastía Ming", {"ming"}),
        ("العصر الروماني", {"roman"}),
        ("Neo-Gothic", {"nineteenth-century"}),
        ("early 19th century", {"nineteenth-century"}),
        ("s. XIX", {"nineteenth-century"}),
        ("القرن التاسع عشر", {"nineteenth-century"}),
        ("19th century B.C.", set()),
        ("XIXe siècle av. J.-C.", set()),
        ("XIXe dynastie", set()),
        ("القرن التاسع عشر قبل الميلاد", set()),
        ("2nd century BC", set()),
        ("ca. 1650", set()),
        ("époque moderne", set()),
        ("Roman Catholic, Greek Orthodox", set()),
        ("Post-Byzantine", set()),
        ("Song of Songs", set()),
    ],
)
def test_periods(text: str, named: set[str]) -> None:
    assert TREE.recognise(text, Facet.PERIOD) == named


def test_a_given_word_counts_before_a_plural_formed_of_another() -> None:
    tree = TermTree([term("object"), term("good", "object"), term("wares", "object", words=("goods",))])
    assert tree.recognise("goods", Facet.OBJECT) == {"wares"}


@pytest.mark.parametrize("text", ["gravure sur " * 20_000, "\ufdfa" * 10_000, "ring" * 50_000, "\u0301" * 200_000])
def test_the_time_grows_with_the_length_of_the_text_alone(text: str) -> None:
    began = time.perf_counter()
    assert TREE.recognise(text, Facet.TECHNIQUE) == set()
    assert time.perf_counter() - began < 2


def test_the_table_is_written_as_the_program_reads_it() -> None:
    table = (Path(__file__).parents[3] / "src/heritage/domain/terms.csv").read_text(encoding="utf-8")
    assert not re.search(r"[ ;],|, |;;|,;|; | ;", table)
