"""/v1/documents: one record as LIDO, Linked Art, a IIIF manifest and a form to print."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from fastapi.testclient import TestClient

from heritage.domain.access import AT_THE_MACHINE, Handling, Role
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.images import ImageDigest
from heritage.domain.records import RecordId
from heritage.service.context import Context, open_source
from tests.integration.faces.accounts import NORTH, Agencies
from tests.integration.faces.conftest import SEED_BY_HANDLING, UNLISTED_SEED
from tests.integration.faces.test_api import problem_of
from tests.pictures import encoded, picture

MEDIA_TYPES = {
    "lido": "application/xml",
    "linked-art": "application/ld+json",
    "iiif": 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"',
    "pdf": "application/pdf",
}
BASE = "http://127.0.0.1:8000"


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def image_ids(manifest: dict[str, Any]) -> list[str]:
    return [canvas["items"][0]["items"][0]["body"]["id"] for canvas in manifest["items"]]


@pytest.mark.parametrize(("form", "suffix"), [("lido", ".xml"), ("linked-art", ".json")])
def test_what_goes_out_reads_back_equal(
    client: TestClient, context: Context, tmp_path: Path, form: str, suffix: str
) -> None:
    answer = client.get(f"/v1/documents/{form}/north/3")
    path = tmp_path / f"sent{suffix}"
    path.write_bytes(answer.content)
    [row] = open_source(path).rows()
    kept = context.records.get(RecordId("north", "3"), AT_THE_MACHINE)
    assert row.record is not None
    assert row.record == replace(kept, photographs=(), version=row.record.version, updated_at=row.record.updated_at)
    assert str(kept.images[0]) in answer.text


def test_the_manifest_names_addresses_that_answer(client: TestClient) -> None:
    manifest = client.get("/v1/documents/iiif/north/3").json()
    assert manifest["@context"] == "http://iiif.io/api/presentation/3/context.json"
    assert (manifest["type"], manifest["label"]) == ("Manifest", {"none": ["Panel 3"]})
    assert manifest["id"] == f"{BASE}/v1/documents/iiif/north/3"
    assert client.get(manifest["id"]).json() == manifest
    [canvas] = manifest["items"]
    assert (canvas["type"], canvas["width"], canvas["height"]) == ("Canvas", 480, 360)
    [page] = canvas["items"]
    [painting] = page["items"]
    assert (page["type"], painting["motivation"], painting["target"]) == ("AnnotationPage", "painting", canvas["id"])
    [address] = image_ids(manifest)
    image = client.get(address)
    assert (image.status_code, image.headers["content-type"]) == (200, painting["body"]["format"])


def test_the_form_shows_the_title_and_never_the_original(client: TestClient) -> None:
    pdf = client.get("/v1/documents/pdf/north/3").content
    assert pdf.startswith(b"%PDF")
    assert "Panel 3" in text_of(pdf)
    assert encoded(picture(3)) not in pdf


def test_a_withdrawn_record_goes_without_its_photographs_which_are_not_served(client: TestClient) -> None:
    manifest = client.get(f"/v1/documents/iiif/north/{UNLISTED_SEED}").json()
    assert image_ids(manifest) == []
    assert client.get(f"/v1/images/{ImageDigest.of(encoded(picture(UNLISTED_SEED)))}").status_code == 404
    assert "Panel 70" in text_of(client.get(f"/v1/documents/pdf/north/{UNLISTED_SEED}").content)


def test_each_is_a_file_of_its_media_type_that_the_record_names(client: TestClient) -> None:
    link = client.get("/v1/records/north/3").headers["link"]
    found = re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"; title="([^"]*)"', link)
    assert [(form, kind) for _, kind, form in found] == [
        (form, media_type.partition(";")[0]) for form, media_type in MEDIA_TYPES.items()
    ]
    for address, _, form in found:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA_TYPES[form])
        assert re.fullmatch(r'attachment; filename="north-3\.(xml|json|pdf)"', answer.headers["content-disposition"])


def test_a_number_with_anything_in_it_makes_a_harmless_name_and_addresses_that_answer(shared: Any) -> None:
    client, _ = shared
    who = {"x-viewer": f"{Role.REGISTRAR}@north"}
    number = 'é/.."\\;?#% /7'
    made = client.post("/v1/records", json={"registry": "d", "number": number}, headers=who)
    assert made.status_code == 201
    link = client.get(made.headers["location"], headers=who).headers["link"]
    for address in re.findall("<([^>]*)>", link):
        answer = client.get(address, headers=who)
        assert answer.status_code == 200
        assert re.fullmatch(r'attachment; filename="d-7\.[a-z]+"', answer.headers["content-disposition"])
    manifest = client.get(re.findall("<([^>]*iiif[^>]*)>", link)[0], headers=who).json()
    assert client.get(manifest["id"], headers=who).json() == manifest


def test_a_form_that_there_is_not_and_a_record_that_there_is_not(client: TestClient) -> None:
    assert problem_of(client.get("/v1/documents/docx/north/3")).status == 422
    for form in MEDIA_TYPES:
        assert problem_of(client.get(f"/v1/documents/{form}/north/none")).status == 404


def test_reading_a_restricted_record_as_a_document_leaves_a_trace(agencies: Agencies, handled_context: Context) -> None:
    number, headers = SEED_BY_HANDLING[Handling.RED], agencies.headers(NORTH, Role.REGISTRAR)

    def reads() -> int:
        wanted = AuditFilter(action=Action.READ, subject=f"north/{number}")
        return len(handled_context.audit.page(limit=1000, wanted=wanted))

    before = reads()
    for form in MEDIA_TYPES:
        assert agencies.client.get(f"/v1/documents/{form}/north/{number}", headers=headers).status_code == 200
    assert reads() == before + len(MEDIA_TYPES)
