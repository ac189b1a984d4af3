"""Every operation of the API that an investigator's program needs, as a method."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, Self, Unpack
from urllib.parse import quote, urlencode

import httpx2

from heritage.client.calling import Caller
from heritage.client.criteria import CriteriaAsked, SeenAsked
from heritage.client.reading import Photo, named, polls, read
from heritage.client.scanning import Scanning
from heritage.errors import HeritageError, InputError
from heritage.faces.schemas.alerts import AlertModel, AlertPage
from heritage.faces.schemas.answers import MatchResponse
from heritage.faces.schemas.cases import CaseDraft, CaseModel, CasePage, CaseSummaryModel
from heritage.faces.schemas.drafts import RecordDraft
from heritage.faces.schemas.hits import HitPage, KeptHitModel, SearchModel
from heritage.faces.schemas.inspecting import InspectionModel
from heritage.faces.schemas.operations import OperationList, OperationModel
from heritage.faces.schemas.records import AddedImageModel, RecordModel, RecordPage
from heritage.faces.schemas.searches import KeptSearchModel, SearchPage


class OperationFailedError(HeritageError):
    """An import or export failed or was cancelled; ``operation`` has the reason."""

    def __init__(self, operation: OperationModel) -> None:
        super().__init__(f"{operation.kind} {operation.state}: {operation.message}")
        self.operation = operation


class Client(Scanning):
    """A heritage at ``address``, asked with an API key, ``hk_...``; without one only where a heritage has no accounts.

    Every method raises `ProblemError` for what the server refuses, and `UnreachableError` when it does not answer; both
    only after what is worth trying again has been tried again. Answers may have more members than a client knows.
    """

    def __init__(self, address: str, key: str = "", *, transport: httpx2.BaseTransport | None = None) -> None:
        """``transport`` takes the place of the network. Raises `InputError` for an address that cannot be used."""
        self._caller = Caller(address, key, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._caller.close()

    def match(
        self,
        *photos: Photo,
        addresses: Sequence[str] = (),
        boxes: Sequence[str] = (),
        limit: int = 10,
        seen: SeenAsked | None = None,
        **criteria: Unpack[CriteriaAsked],
    ) -> MatchResponse:
        """Search for the one object that ``photos`` show, among the records that meet the criteria.

        The server fetches photos from ``addresses`` on the public internet. ``boxes``: ``left,top,width,height`` in px
        around it, with several photos ``0:left,...`` for the first. ``seen`` is set against the
        record of each hit, and narrows nothing.
        """
        fields = {**criteria, **(seen or {}), "address": list(addresses), "box": list(boxes), "limit": str(limit)}
        files = [("image", named(photo)) for photo in photos]
        return read(MatchResponse, self._caller.call("POST", "/v1/match", {"data": fields, "files": files}))

    def inspect(self, photo: Photo) -> InspectionModel:
        """Where objects are in a photo, and how a better one would be taken; asks no registry."""
        files = {"image": named(photo)}
        return read(InspectionModel, self._caller.call("POST", "/v1/inspect", {"files": files}))

    def records(self, **criteria: Unpack[CriteriaAsked]) -> Iterator[RecordModel]:
        """All records that meet the criteria, in order of registry and number; they are fetched page by page."""
        for page in self._pages(RecordPage, "/v1/records", criteria):
            yield from page.records

    def record(self, record_id: str) -> RecordModel:
        """``record_id`` is ``registry/number``."""
        return read(RecordModel, self._caller.call("GET", _record_path(record_id)))

    def create(self, record_id: str, **details: Any) -> RecordModel:
        """Register an object. ``details`` are members of `RecordDraft`, such as ``status``, ``theft_date``, ``card``.

        Raises `pydantic.ValidationError` before anything is sent.
        """
        registry, number = _parts(record_id)
        draft = RecordDraft(registry=registry, number=number, **details)
        body = draft.model_dump(mode="json", exclude_unset=True)
        return read(RecordModel, self._caller.call("POST", "/v1/records", {"json": body}))

    def change(self, record: RecordModel, **fields: Any) -> RecordModel:
        """Change what ``fields`` name, unless somebody changed the record since it was read (then a problem, 412).

        None empties a field; ``card={"title": ...}`` changes one member of the card.
        """
        headers = {"If-Match": f'"{record.version}"', "Content-Type": "application/merge-patch+json"}
        answer = self._caller.call("PATCH", _record_path(record.record_id), {"json": fields}, headers)
        return read(RecordModel, answer)

    def withdraw(self, record: RecordModel, reason: str) -> RecordModel:
        """Take the record out of every search, unless somebody changed it since it was read; ``reason`` is kept."""
        headers = {"If-Match": f'"{record.version}"'}
        path = f"{_record_path(record.record_id)}?{urlencode({'reason': reason})}"
        return read(RecordModel, self._caller.call("DELETE", path, headers=headers))

    def add_photograph(self, record_id: str, photo: Photo, view: str = "") -> AddedImageModel:
        """Add a photograph to a record; ``view``: front, back, side, top, base, detail or mark."""
        fields, files = {"record_id": record_id, "view": view}, [("image", named(photo))]
        return read(AddedImageModel, self._caller.call("POST", "/v1/images", {"data": fields, "files": files}))

    def hits(
        self, *, state: str = "", origin: str = "", record: str = "", since: date | None = None
    ) -> Iterator[KeptHitModel]:
        """Hits of your agency's searches and hits on its records, the newest first; see ``GET /v1/hits``."""
        asked = {"state": state, "origin": origin, "record": record, "since": since.isoformat() if since else ""}
        for page in self._pages(HitPage, "/v1/hits", {name: value for name, value in asked.items() if value}):
            yield from page.hits

    def decide(self, hit_id: str, decision: str, note: str = "") -> KeptHitModel:
        """Put on record what a person says to a hit: confirmed, rejected, ask_owner or ask_expert."""
        body = {"decision": decision, "note": note}
        path = f"/v1/hits/{quote(hit_id, safe='')}/decisions"
        return read(KeptHitModel, self._caller.call("POST", path, {"json": body}))

    def searches(self, *, origin: str = "") -> Iterator[SearchModel]:
        """What your agency searched, the newest first, also where nothing was found; of scans only if asked for."""
        for page in self._pages(SearchPage, "/v1/searches", {"origin": origin} if origin else {}):
            yield from page.searches

    def search(self, search_id: str) -> KeptSearchModel:
        """One search with its hits; ``photo_urls`` are for `save_photo`."""
        return read(KeptSearchModel, self._caller.call("GET", f"/v1/searches/{quote(search_id, safe='')}"))

    def save_photo(self, digest: str, path: str | Path) -> Path:
        """Save a photo that your agency searched with, as it was sent, as long as it is kept; ``path`` once more."""
        return self._saved(f"/v1/photos/{quote(digest, safe=':')}/original", path)

    def alerts(self) -> Iterator[AlertModel]:
        """New hits that your agency was told of, the newest first."""
        for page in self._pages(AlertPage, "/v1/alerts", {}):
            yield from page.alerts

    def cases(self, listed: str = "open", text: str = "") -> Iterator[CaseSummaryModel]:
        """Your agency's cases, the newest first: open, closed, offered to it, or former, handed over by it."""
        for page in self._pages(CasePage, "/v1/cases", {"listed": listed, "text": text}):
            yield from page.cases

    def case(self, reference: str) -> CaseModel:
        """``reference`` is our own, ``H-2026-7K3M9``. Reading a case leaves a trace."""
        return read(CaseModel, self._caller.call("GET", _case_path(reference)))

    def open_case(self, title: str, **details: Any) -> CaseModel:
        """``details`` are members of `CaseDraft`: ``date``, ``place``, ``references``, ``note``, ``hit``.

        Raises `pydantic.ValidationError` before anything is sent.
        """
        body = CaseDraft(title=title, **details).model_dump(mode="json", exclude_unset=True)
        return read(CaseModel, self._caller.call("POST", "/v1/cases", {"json": body}))

    def add_to_case(self, reference: str, *, note: str = "", hit: str = "", photos: Sequence[Photo] = ()) -> CaseModel:
        """The case with what was given: a note, a hit by its id, photos, which are kept as they are."""
        path = _case_path(reference)
        if note:
            self._caller.call("POST", f"{path}/notes", {"json": {"note": note}})
        if hit:
            self._caller.call("POST", f"{path}/hits", {"json": {"hit": hit}})
        if photos:
            self._caller.call("POST", f"{path}/photos", {"files": [("image", named(photo)) for photo in photos]})
        return self.case(reference)

    def search_case_photo(self, reference: str, digest: str) -> CaseModel:
        """Search the registries with a photo of the case; what is found is filed in it."""
        path = f"{_case_path(reference)}/photos/{quote(digest, safe=':')}/search"
        return read(CaseModel, self._caller.call("POST", path))

    def import_file(self, path: str | Path, *, registry: str = "", mapping: str | Path | None = None) -> OperationModel:
        """Have a table imported, or a ZIP file with one and its photographs; `wait` for it."""
        with ExitStack() as opened:
            files = [("file", opened.enter_context(Path(path).open("rb")))]
            if mapping:
                files.append(("mapping", opened.enter_context(Path(mapping).open("rb"))))
            content = {"data": {"registry": registry}, "files": files}
            return read(OperationModel, self._caller.call("POST", "/v1/imports", content))

    def export(self, export_format: str = "csv", **criteria: Unpack[CriteriaAsked]) -> OperationModel:
        """Have the records that meet the criteria exported: csv, xlsx, lido or linked-art; `wait` for it, `save` it."""
        named = {"statuses" if name == "status" else name: value for name, value in criteria.items()}
        body = {"format": export_format, "criteria": named}
        return read(OperationModel, self._caller.call("POST", "/v1/exports", {"json": body}))

    def operations(self) -> list[OperationModel]:
        """Your agency's imports and exports, the newest first."""
        return read(OperationList, self._caller.call("GET", "/v1/operations")).operations

    def cancel(self, operation: OperationModel) -> OperationModel:
        return read(OperationModel, self._caller.call("DELETE", operation.links.self))

    def wait(
        self, operation: OperationModel, progress: Callable[[int, int], object] | None = None, timeout_s: float = 86_400
    ) -> OperationModel:
        """Wait until it is done; ``progress`` is told records done and records in all, now and then.

        Raises `OperationFailedError`, and `TimeoutError` after ``timeout_s`` seconds: it goes on all the same.
        """
        asking = polls(f"{operation.kind} {operation.id}", timeout_s)
        while not operation.state.is_final:
            next(asking)
            operation = read(OperationModel, self._caller.call("GET", operation.links.self))
            if progress:
                progress(operation.done, operation.total)
        if operation.links.result is None:
            raise OperationFailedError(operation)
        return operation

    def save(self, operation: OperationModel, path: str | Path) -> Path:
        """Save the exported file, or the report of an import; ``path`` once more. `InputError` while there is none."""
        if operation.links.result is None:
            raise InputError(f"{operation.kind} {operation.id} has no result; it is {operation.state}: wait for it")
        return self._saved(operation.links.result, path)


def _parts(record_id: str) -> tuple[str, str]:
    registry, slash, number = record_id.partition("/")
    if not slash:
        raise InputError(f"not a record id: {record_id[:80]!r} (expected registry/number)")
    return registry, number


def _case_path(reference: str) -> str:
    return f"/v1/cases/{quote(reference, safe='')}"


def _record_path(record_id: str) -> str:
    registry, number = _parts(record_id)
    return f"/v1/records/{quote(registry, safe='')}/{quote(number)}"
