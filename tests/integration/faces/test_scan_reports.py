"""Reports on scans: one HTML file that needs no other, and a PDF, in the language of whoever asks."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from lxml import html

from heritage.domain.access import ANYBODY
from heritage.domain.reports import Report, ReportEntry, ReportSection
from heritage.errors import ForbiddenError, NotFoundError
from heritage.faces.languages import speaking
from heritage.faces.scan_reports import scan_report
from heritage.service.context import Context, html_of, report_pdf_of
from heritage.service.scan_reporting import scan_findings
from tests.dealers import dealers_zip
from tests.integration.faces.scanned import ANNA, ended, open_client, open_north, started
from tests.kept import viewer as viewer_at

NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with open_north(tmp_path_factory.mktemp("home")) as context:
        yield context


@pytest.fixture(scope="module")
def client(context: Context) -> Iterator[TestClient]:
    with open_client(context) as client:
        yield client


@pytest.fixture(scope="module")
def scan_id(client: TestClient) -> str:
    return str(ended(client, started(client, files={"file": ("dealers.zip", dealers_zip())}))["id"])


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [str(page.get_textpage().get_text_range()) for page in document]
    document.close()
    return re.sub(r"\s+", " ", " ".join(pages))


def test_the_html_report_needs_no_other_file_and_shows_both_photographs(client: TestClient, scan_id: str) -> None:
    answer = client.get(f"/v1/scans/{scan_id}/report")
    assert answer.headers["content-disposition"] == f'attachment; filename="{scan_id}.html"'
    page = html.document_fromstring(answer.content)
    sources = page.xpath("//@src")
    assert len(sources) == 4  # two folds, each with the listing's photo and the registered one
    assert all(source.startswith("data:image/jpeg;base64,") for source in sources)
    assert page.xpath("//script | //link | //iframe | //form") == []
    text = re.sub(r"\s+", " ", page.text_content())
    assert "Nothing found is not a clearance" in text
    assert "strong match4" in text
    assert "unreadable1" in text
    assert "Searched 12 registered objects" in text
    assert "heritage " in text
    assert "Antiques & Co <Ghent>" in text
    assert "Broken" in text  # and why it was not searched
    assert "f.png: " in text
    assert {one.text for one in page.xpath("//a[@href]")} >= {"https://one.example/1", "https://two.example/2"}
    assert "3 listings with this picture. Of different sellers." in text


def test_the_pdf_says_the_same(client: TestClient, scan_id: str) -> None:
    answer = client.get(f"/v1/scans/{scan_id}/report", params={"format": "pdf"})
    assert answer.headers["content-type"] == "application/pdf"
    text = text_of(answer.content)
    for said in (
        "Report on the scan of dealers.zip",
        "Nothing found is not a clearance",
        "north/1",
        "Antiques & Co <Ghent>",
        "=Gallery",
        "f.png: ",
        "Searched 12 registered objects",
    ):
        assert said in text, said
    images = [one for page in pypdfium2.PdfDocument(answer.content) for one in page.get_objects() if one.type == 3]
    assert len(images) == 4


def test_a_report_speaks_the_language_of_its_reader(context: Context, scan_id: str) -> None:
    with speaking("ar"):
        report = scan_report(scan_findings(context, scan_id, ANNA))
    assert (report.language, report.direction) == ("ar", "rtl")
    page = html.document_fromstring(html_of(report))
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert report_pdf_of(report, NOW).startswith(b"%PDF")


def test_a_report_is_had_in_a_language_that_is_named(client: TestClient, scan_id: str) -> None:
    asked = {"format": "html", "language": "ar"}
    page = html.document_fromstring(client.get(f"/v1/scans/{scan_id}/report", params=asked).content)
    assert page.get("dir") == "rtl"
    assert client.get(f"/v1/scans/{scan_id}/report", params={"language": "xx"}).status_code == 422


def test_who_may_not_export_or_see_it_gets_no_report(context: Context, scan_id: str) -> None:
    with pytest.raises(NotFoundError):
        scan_findings(context, scan_id, viewer_at("south"))
    with pytest.raises(ForbiddenError):
        scan_findings(context, scan_id, ANYBODY)


def test_a_table_tells_what_was_decided(client: TestClient, scan_id: str) -> None:
    lines = client.get(f"/v1/scans/{scan_id}/export").text.splitlines()
    header, first = lines[0].split(","), lines[1].split(",")
    assert first[header.index("heritage_decision")] == "open"
    assert first[header.index("Price")] == "'=12"


def test_text_that_no_html_or_font_has_is_replaced() -> None:
    entry = ReportEntry("<b>\x00\ud800 name", "strong", "strong", (("a", "javascript:1"), ("b", "https://x.example/")))
    report = Report("en", "ltr", "T \x01", "notice", (ReportSection("s", ("p",), entries=(entry,)),), "footer")
    page = html.document_fromstring(html_of(report))
    assert page.xpath("//h3/bdi")[0].text == "<b>\ufffd\ufffd name"
    assert page.xpath("//a/@href") == ["https://x.example/"]
    text = text_of(report_pdf_of(report, NOW))
    assert "javascript:1" in text
