"""The printed form, read back from the PDF."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from heritage.domain.access import Handling
from heritage.domain.forms import FormPicture, ObjectIdForm
from heritage.registries.object_id_form import write_form
from tests.unit.registries.fonts import HEBREW, LATIN, make_font

PRINTED = datetime(2026, 11, 25, tzinfo=UTC)
IMAGE = 3  # FPDF_PAGEOBJ_IMAGE


@pytest.fixture(scope="module")
def font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_font(tmp_path_factory.mktemp("fonts") / "latin.ttf", LATIN + HEBREW + "\ufffd")


def jpeg(width: int = 40, height: int = 30) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(stream, "JPEG")
    return stream.getvalue()


def form(text: str = "a vase", picture_count: int = 0, handling: Handling = Handling.AMBER_STRICT) -> ObjectIdForm:
    return ObjectIdForm(
        title="Vase with dragons",
        handling=handling,
        facts=(("Record", "interpol/7"), ("Status", "registered as stolen")),
        card=(("Type of object", text), ("Maker", ""), ("Description", text)),
        pictures=tuple(FormPicture(jpeg(), f"view {number}") for number in range(picture_count)),
        notice="This is not a clearance.",
        footer="interpol/7, printed 2026-11-25",
    )


@contextmanager
def printed(one: ObjectIdForm, *fonts: Path) -> Iterator[pypdfium2.PdfDocument]:
    stream = BytesIO()
    write_form(one, stream, PRINTED, fonts)
    document = pypdfium2.PdfDocument(stream.getvalue())
    try:
        yield document
    finally:
        document.close()


def text_of(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_range()).replace("\r\n", "\n")


def test_one_page_says_it_all(font: Path) -> None:
    with printed(form(picture_count=3), font) as document:
        (page,) = document
        assert page.get_size() == pytest.approx((595.28, 841.89), abs=0.1)
        text = text_of(page)
        assert document.get_metadata_dict()["Title"] == "Vase with dragons"
        assert len([found for found in page.get_objects() if found.type == IMAGE]) == 3
    for said in ("Vase with dragons", "Record", "interpol/7", "a vase", "not recorded", "view 2", "page 1 of 1"):
        assert said in text
    assert text.index("Type of object") < text.index("Maker") < text.index("Description")


def test_long_fields_and_many_photographs(font: Path) -> None:
    words = "word " * 2000
    with printed(form(words, picture_count=10), font) as document:
        assert len(document) > 3
        texts = list(map(text_of, document))
        images = [found for page in document for found in page.get_objects() if found.type == IMAGE]
    assert len(images) == 10
    assert "".join(texts).count("word") == 4000
    for text in texts:
        assert text.count("TLP:AMBER+STRICT") == 2
        assert "This is not a clearance." in text
        assert "interpol/7, printed 2026-11-25" in text
    assert f"page {len(texts)} of {len(texts)}" in texts[-1]


def test_nothing_lies_in_the_margins(font: Path) -> None:
    with printed(form("W" * 500 + " " + HEBREW * 20, picture_count=7), font) as document:
        for page in document:
            width, height = page.get_size()
            for found in page.get_objects():
                left, bottom, right, top = found.get_bounds()
                assert 40 < left < right < width - 40
                assert 20 < bottom < top < height - 20


@pytest.mark.parametrize("handling", Handling)
def test_every_label(font: Path, handling: Handling) -> None:
    with printed(form(handling=handling), font) as document:
        assert text_of(document[0]).count(f"{handling}\n") + text_of(document[0]).endswith(handling) == 2


def test_the_page_count_changes_nothing_else(font: Path) -> None:
    with printed(form("a {nb} {0} {1} jar"), font) as document:
        text = text_of(document[0])
    assert "a {nb} {0} {1} jar" in text
    assert "page 1 of 1" in text


def test_a_long_record_number_leaves_room_for_the_page(font: Path) -> None:
    with printed(replace(form(), footer="7" * 400), font) as document:
        text = text_of(document[0])
    assert "777... · page 1 of 1" in text


def test_two_directions_in_one_line(font: Path) -> None:
    with printed(form("vase אבג 12 דהו end"), font) as document:
        page = document[0].get_textpage()
        text = str(page.get_text_range())
        left_by_sign = {sign: page.get_charbox(text.index(sign))[0] for sign in "אג1דו"}
        ends = page.get_charbox(text.index("vase"))[0], page.get_charbox(text.index("end"))[0]
    order = sorted(left_by_sign, key=lambda sign: left_by_sign[sign])
    assert order == ["ו", "ד", "1", "ג", "א"]
    assert ends[0] < left_by_sign["ו"] < left_by_sign["א"] < ends[1]


def test_what_cannot_be_shown_is_told(font: Path) -> None:
    signs = "".join(chr(code) for code in range(0x10D300, 0x10D314))  # private use: in no font of any machine
    with printed(form(f"jar {signs} end"), font) as document:
        text = text_of(document[0])
    assert "\ufffd" * 20 in text
    assert "stands for characters that no font on this machine can show" in text
    assert "U+10D300" in text
    assert "and 8 more" in text
