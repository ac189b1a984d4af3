"""Registry records for round trips: any field, any script, as odd as the record standard lets them be."""

import calendar
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from heritage.domain.access import Handling
from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord, SourceRow, Status
from heritage.domain.terms import Facet, category_tree

SCRIPTS = (
    "Bronze mirror, Ø 21 cm <b>&amp;</b>",
    "مزهرية من النحاس المطعّم بالفضة",
    "青銅鏡\n「長宜子孫」銘",
    "Икона Богоматери — XVII век",
    "שטיח\tעתיק",
    "सिंहासन पर बुद्ध",
    "ภาพวาดสีน้ำมัน",
    "𒀭𒈹 cuneiform 🏺",
    "a\r\nb\n\n c ",
)
# NUL is refused by the record itself, and no half of a surrogate pair is ever stored.
texts = st.sampled_from(SCRIPTS) | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
NOT_XML = [chr(code) for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)]
xml_texts = st.sampled_from(SCRIPTS) | st.text(st.characters(exclude_categories=("Cs",), exclude_characters=NOT_XML))
terms = st.sampled_from([term.id for facet in Facet for term in category_tree().by_facet(facet)])
words = terms | st.text("abcdefghijklmnopqrstuvwxyz-/ %ü:", min_size=1, max_size=12)


@st.composite
def dates(draw: st.DrawFn) -> str:
    year, month = draw(st.integers(0, 9999)), draw(st.integers(1, 12))
    day = draw(st.integers(1, calendar.monthrange(year or 4, month)[1]))
    return f"{year:04}-{month:02}-{day:02}"[: draw(st.sampled_from((0, 4, 7, 10)))]


@st.composite
def photographs(draw: st.DrawFn) -> Photograph:
    digest = ImageDigest(draw(st.text("0123456789abcdef", min_size=64, max_size=64)))
    return Photograph(digest, draw(st.sampled_from(PhotoView)))


@st.composite
def ids(draw: st.DrawFn) -> RecordId:
    letters = st.characters(categories=("L", "N", "P", "S"), exclude_characters="/")
    registry = draw(st.text(letters, min_size=1, max_size=20))
    number = draw(st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=60))
    return RecordId(registry, number)


def records(texts: st.SearchStrategy[str] = texts) -> st.SearchStrategy[RegistryRecord]:
    card = st.builds(ObjectIdCard, *[texts] * len(ObjectIdCard.__dataclass_fields__))
    return st.builds(
        RegistryRecord,
        ids(),
        status=st.sampled_from(Status),
        owner_agency=texts,
        theft_date=dates(),
        theft_place=texts,
        category=st.just("") | words,
        terms=st.lists(words, max_size=4).map(tuple),
        handling=st.sampled_from(Handling),
        shared_with=st.lists(texts, max_size=3).map(tuple),
        icg_reference=texts,
        card=card,
        photographs=st.lists(photographs(), max_size=4, unique_by=lambda one: one.digest).map(tuple),
    )


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For tests of records and files on a machine that is busy with other tests."""


def name_of(digest: ImageDigest) -> str:
    return f"images/{digest.hex}.jpg"


def put_pictures(folder: Path, record: RegistryRecord) -> None:
    (folder / "images").mkdir(exist_ok=True)
    for digest in record.images:
        (folder / name_of(digest)).touch()


def read_back(row: SourceRow) -> RegistryRecord:
    """The record of a row, its photographs as the pictures' names tell."""
    assert row.record is not None, row.error
    digests = [ImageDigest(path.stem) for path in row.pictures]
    return RegistryRecord(
        **{name: getattr(row.record, name) for name in RegistryRecord.__dataclass_fields__}
        | {"photographs": tuple(map(Photograph, digests, row.views))}
    )
