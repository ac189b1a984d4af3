"""/v1/documents: one record as a document, to hand on or to show elsewhere."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response

from heritage.domain.access import Scope, Viewer
from heritage.domain.records import RecordId, RegistryRecord
from heritage.faces import examples
from heritage.faces.api.openapi import GUARDED, files
from heritage.faces.api.record_ids import RecordIdAsked
from heritage.faces.api.running import Running, RunningNow
from heritage.faces.api.viewing import ViewerNow
from heritage.faces.forms import object_id_form
from heritage.service.context import lido_of, linked_art_of, manifest_of, pdf_of
from heritage.service.printing import LONG_SIDE
from heritage.service.reading import read_record

router = APIRouter(tags=["records"])


class DocumentForm(StrEnum):
    """What a record can be had as."""

    LIDO = "lido"
    LINKED_ART = "linked-art"
    IIIF = "iiif"
    PDF = "pdf"


_MEDIA_TYPES = {
    DocumentForm.LIDO: "application/xml",
    DocumentForm.LINKED_ART: "application/ld+json",
    DocumentForm.IIIF: 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"',
    DocumentForm.PDF: "application/pdf",
}
_SUFFIXES = dict.fromkeys(DocumentForm, ".json") | {DocumentForm.LIDO: ".xml", DocumentForm.PDF: ".pdf"}


@router.get(
    "/v1/documents/{form}/{registry}/{number:path}",
    operation_id="documents.get",
    summary="One record as LIDO, Linked Art, a IIIF manifest, or a form to print",
    response_class=Response,
    responses=files(
        "The file",
        {media_type: examples.DOCUMENT_BY_FORM[form] for form, media_type in _MEDIA_TYPES.items()},
        *(*GUARDED, 404, 422, 503),
    ),
)
def document(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    form: Annotated[DocumentForm, Path(examples=["lido"], description="`pdf` is the printable Object ID form")],
    record_id: RecordIdAsked,
) -> Response:
    """LIDO and Linked Art name photographs by their digests; the manifest has their addresses, the PDF shows them."""
    viewer.require(Scope.READ)
    found = read_record(running.context, record_id, viewer)
    match form:
        case DocumentForm.LIDO:
            content = lido_of(found)
        case DocumentForm.LINKED_ART:
            content = linked_art_of(found)
        case DocumentForm.IIIF:
            content = manifest_of(running.context, _as_shown(running, found, viewer), str(request.base_url))
        case DocumentForm.PDF:
            content = _printed(running, _as_shown(running, found, viewer), viewer)
    # Never shown in place: what a registry wrote into its records would be XML or JSON of this very origin.
    headers = {"Content-Disposition": f'attachment; filename="{_file_name(record_id)}{_SUFFIXES[form]}"'}
    return Response(content, media_type=_MEDIA_TYPES[form], headers=headers)


def alternates(record_id: RecordId) -> str:
    """The ``Link`` header that names a record's documents (RFC 8288, whose ``type`` has no parameters)."""
    return ", ".join(
        f'<{quote(f"/v1/documents/{form}/{record_id}")}>; rel="alternate"; type="{media_type.partition(";")[0]}"; '
        f'title="{form}"'
        for form, media_type in _MEDIA_TYPES.items()
    )


def _as_shown(running: Running, found: RegistryRecord, viewer: Viewer) -> RegistryRecord:
    """With the photographs alone that are served: those of a withdrawn record are not."""
    shows = running.context.records.shows
    return replace(found, photographs=tuple(one for one in found.photographs if shows(one.digest, viewer)))


def _printed(running: Running, found: RegistryRecord, viewer: Viewer) -> bytes:
    now = datetime.now(UTC)
    jpegs = [running.derivative(digest, LONG_SIDE, viewer) for digest in found.images]  # each takes a turn of its own
    with running.turns.take():
        return pdf_of(object_id_form(found, jpegs, now.date()), now)


def _file_name(record_id: RecordId) -> str:
    """Letters, digits and signs that no file system and no header takes for anything else."""
    return re.sub("[^A-Za-z0-9_-]+", "-", str(record_id)).strip("-")[:80] or "record"
