"""Catalogues as PDF: their pictures come out as they are in it, and nothing that a PDF does reaches us."""

import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import fpdf
import numpy as np
import pytest
from PIL import Image

from heritage.domain.listings import Listing, ListingPhoto, Skipped, SkippedKind
from heritage.errors import ImageError, TableError
from heritage.registries.listing_pdf import PdfListings, PdfReading, open_pdf
from heritage.registries.pdf_messages import PdfBounds
from tests.pictures import picture


def encoded(seed: int, suffix: str, width: int = 120, height: int = 90) -> bytes:
    return cv2.imencode(suffix, picture(seed, width, height)[:, :, ::-1])[1].tobytes()


def printed(path: Path, *pages: list[bytes], password: str = "") -> Path:
    document = fpdf.FPDF()
    document.set_image_filter("FlateDecode")
    for pictures in pages:
        document.add_page()
        document.set_font("Helvetica", size=12)
        document.cell(text="Lot 1")
        for place, data in enumerate(pictures):
            document.image(io.BytesIO(data), x=10, y=20 + place % 10 * 20, h=18)
    if password:
        document.set_encryption(owner_password=password, user_password=password)
    path.write_bytes(bytes(document.output()))
    return path


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[PdfListings]:
    # The JPEG goes in as it is, which fpdf2 does for one that needs no other colours.
    document = fpdf.FPDF()
    for data in (encoded(1, ".jpg"), None, encoded(2, ".png")):
        document.add_page()
        if data:
            document.image(io.BytesIO(data), x=10, y=20, h=18)
            document.image(io.BytesIO(encoded(3, ".png", 20, 20)), x=90, y=20, h=18)
            document.image(io.BytesIO(encoded(4, ".png")), x=10, y=90, h=18)
    (tmp_path / "sale.pdf").write_bytes(bytes(document.output()))
    source = open_pdf(tmp_path / "sale.pdf", PdfReading())
    yield source
    source.close()


def test_every_picture_is_a_listing_called_by_its_page(opened: PdfListings) -> None:
    names = ["page 1, picture 1", "page 1, picture 3", "page 3, picture 1"]
    assert [one.key for one in opened.listings()] == names
    assert list(opened.listings(2)) == [Listing(2, names[2], (ListingPhoto(names[2]),), columns=(("page", "3"),))]
    assert opened.skipped == (
        Skipped(SkippedKind.REPEATED, 1),
        Skipped(SkippedKind.SMALL, 2),
    )
    assert opened.warnings == ()


def test_a_jpeg_comes_out_as_the_bytes_that_went_in_and_all_else_as_its_pixels(opened: PdfListings) -> None:
    first, _, third = opened.listings()
    assert opened.read(first.photos[0]).data == encoded(1, ".jpg")
    with Image.open(io.BytesIO(opened.read(third.photos[0]).data)) as image:
        assert image.format == "PNG"
        assert np.array_equal(np.array(image), picture(2, 120, 90))
    with pytest.raises(ImageError, match="not found"):
        opened.read(ListingPhoto("../../etc/passwd"))


def test_a_page_of_strips_is_one_picture(tmp_path: Path) -> None:
    strips = [encoded(seed, ".png", 200, 70) for seed in range(51)]
    source = open_pdf(printed(tmp_path / "a.pdf", strips), PdfReading())
    (only,) = source.listings()
    with Image.open(io.BytesIO(source.read(only.photos[0]).data)) as image:
        assert max(image.size) in (2999, 3000, 3001)
    source.close()


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))


def with_pictures(*pictures: tuple[int, bytes]) -> bytes:
    """A page for each square picture: its side in px, and its pixels, packed."""
    kids = b" ".join(b"%d 0 R" % (3 + 3 * place) for place in range(len(pictures)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pictures))]
    for side, packed in pictures:
        number = len(objects) + 1
        used = b"/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>" % (number + 1, number + 2)
        facts = b"/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8" % (side, side)
        packing = b"/Filter/FlateDecode/Length %d" % len(packed)
        objects += (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]%s>>" % used,
            b"<</Length 26>>stream\n99 0 0 99 0 0 cm /I Do    \nendstream",
            b"<</Type/XObject/Subtype/Image%s%s>>stream\n%s\nendstream" % (facts, packing, packed),
        )
    return raw_pdf(*objects)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"%PDF-1.7\nnothing", "cannot be read as a PDF"),
        (with_pictures((90_000, b"x")), "picture 1: a picture of 90000 x 90000 pixels is too large"),
        (raw_pdf(b"<</Type/Catalog/Pages 1 0 R>>"), "cannot be read as a PDF|has no pictures"),
    ],
    ids=["torn", "huge", "loop"],
)
def test_bad_documents_are_told(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "a.pdf").write_bytes(data)
    with pytest.raises(TableError, match=told):
        open_pdf(tmp_path / "a.pdf", PdfReading())


def test_a_password_is_asked_to_be_taken_off(tmp_path: Path) -> None:
    path = printed(tmp_path / "a.pdf", [encoded(1, ".png")], password="secret")
    with pytest.raises(TableError, match="save it without its password"):
        open_pdf(path, PdfReading())


def test_too_many_pages_or_bytes_are_refused(tmp_path: Path) -> None:
    path = printed(tmp_path / "a.pdf", [encoded(1, ".png")], [encoded(2, ".png")])
    with pytest.raises(TableError, match="has 2 pages, limit 1; split it"):
        open_pdf(path, PdfReading(bounds=PdfBounds(max_pages=1)))
    with pytest.raises(TableError, match="over 0 MB of them; split it"):
        open_pdf(path, PdfReading(max_total_bytes=1_000))


def test_a_bomb_ends_at_the_childs_limits_and_the_next_page_is_read(tmp_path: Path) -> None:
    bomb, good = zlib.compress(bytes(8_000 * 8_000 * 3), 9), zlib.compress(picture(1, 100, 100).tobytes())
    (tmp_path / "bomb.pdf").write_bytes(with_pictures((8_000, bomb), (100, good)))
    source = open_pdf(tmp_path / "bomb.pdf", PdfReading(bounds=PdfBounds(memory_bytes=500_000_000)))
    (only,) = source.listings()
    assert only.key == "page 2, picture 1"
    assert [warning[:6] for warning in source.warnings] == ["page 1"]
    with Image.open(io.BytesIO(source.read(only.photos[0]).data)) as image:
        assert np.array_equal(np.array(image), picture(1, 100, 100))
    source.close()


def test_too_slow_a_document_is_given_up(tmp_path: Path) -> None:
    path = printed(tmp_path / "a.pdf", *([encoded(seed, ".png", 900, 900)] for seed in range(12)))
    with pytest.raises(TableError, match=r"cannot be read as a PDF|has no pictures"):
        open_pdf(path, PdfReading(bounds=PdfBounds(seconds=0)))


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    source = open_pdf(printed(tmp_path / "a.pdf", [encoded(1, ".png")]), PdfReading())
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    source.close()
    with pytest.raises(TableError):
        open_pdf(printed(tmp_path / "b.pdf", []), PdfReading())
    assert not list((tmp_path / "temporary").iterdir())
