"""The part of the client for scans of listings, their sellers, and photos that are watched."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Unpack
from urllib.parse import quote, urlencode

from heritage.client.criteria import CriteriaAsked
from heritage.client.reading import Asking, polls, read
from heritage.errors import InputError
from heritage.faces.schemas.scans import ListingModel, ListingPage, ScanList, ScanModel
from heritage.faces.schemas.sellers import SellerDetail, SellerList, SellerModel
from heritage.faces.schemas.watches import WatchList, WatchModel

_TABLES = (".csv", ".xlsx", ".jsonl")
_REPORTS = (".html", ".pdf")
_SELLERS = (".csv", ".xlsx", ".graphml")


class Scanning(Asking):
    """Methods of `heritage.client.Client`, which raise what its others do."""

    def begin_scan(
        self,
        path: str | Path = "",
        *,
        addresses: Sequence[str] = (),
        mapping: str | Path | None = None,
        **criteria: Unpack[CriteriaAsked],
    ) -> ScanModel:
        """Have every listing of a table, an archive or a catalogue searched, or the photos at ``addresses``.

        ``mapping`` says which column of a table holds what. `follow` the scan; it goes on without anybody.
        """
        with ExitStack() as opened:
            given = [("file", path), ("mapping", mapping)]
            files = [(name, opened.enter_context(Path(one).open("rb"))) for name, one in given if one]
            content = {"data": {**criteria, "address": list(addresses)}} | ({"files": files} if files else {})
            return read(ScanModel, self._caller.call("POST", "/v1/scans", content))

    def scans(self) -> list[ScanModel]:
        """Your agency's scans, the newest first."""
        return read(ScanList, self._caller.call("GET", "/v1/scans")).scans

    def scan(self, scan_id: str) -> ScanModel:
        """How far a scan is."""
        return read(ScanModel, self._caller.call("GET", f"/v1/scans/{quote(scan_id, safe='')}"))

    def follow(
        self, scan: ScanModel, progress: Callable[[int, int], object] | None = None, timeout_s: float = 86_400
    ) -> ScanModel:
        """Wait until the scan does not run any more; it is finished, or ``message`` says why it waits.

        ``progress`` is told listings done and listings in all, now and then. Raises `TimeoutError` after ``timeout_s``
        seconds: the scan goes on all the same.
        """
        asking = polls(f"scan {scan.id}", timeout_s)
        while scan.state == "running":
            next(asking)
            scan = self.scan(scan.id)
            if progress:
                progress(scan.counts.total - scan.counts.waiting, scan.counts.total)
        return scan

    def pause_scan(self, scan: ScanModel) -> ScanModel:
        return self._turned(scan, "pause")

    def resume_scan(self, scan: ScanModel) -> ScanModel:
        return self._turned(scan, "resume")

    def retry_scan(self, scan: ScanModel, *states: str) -> ScanModel:
        """Have listings of a finished scan tried again: unreachable ones, or those in ``states``; `follow` it."""
        asked = urlencode([("state", one) for one in states])
        return self._turned(scan, f"retry?{asked}" if asked else "retry")

    def cancel_scan(self, scan: ScanModel) -> ScanModel:
        """End it; what it found stays."""
        return read(ScanModel, self._caller.call("DELETE", scan.links.self))

    def delete_scan(self, scan: ScanModel) -> None:
        """Remove a scan that has ended, with its listings and the names of sellers; matches and decisions stay."""
        self._turned(scan, "delete")

    def listings(self, scan: ScanModel, *states: str) -> Iterator[ListingModel]:
        """What became of each listing, or of those in ``states``; they are fetched page by page."""
        for page in self._pages(ListingPage, scan.links.listings, {"state": list(states)}):
            yield from page.listings

    def save_scan(self, scan: ScanModel, path: str | Path, language: str = "en") -> Path:
        """Save all listings as .csv, .xlsx or .jsonl, or a report as .html or .pdf; ``path`` once more."""
        suffix = _known(path, (*_TABLES, *_REPORTS))
        asked = {"format": suffix[1:]} | ({"language": language} if suffix in _REPORTS else {})
        what = "report" if suffix in _REPORTS else "export"
        return self._saved(f"{scan.links.self}/{what}?{urlencode(asked)}", path)

    def sellers(self, text: str = "") -> Iterator[SellerModel]:
        """Sellers in your agency's scans whose names have ``text`` in them, most strong matches first."""
        for page in self._pages(SellerList, "/v1/sellers", {"text": text}):
            yield from page.sellers

    def seller(self, name: str) -> SellerDetail:
        """One seller, with the pictures that stand in several listings."""
        return read(SellerDetail, self._caller.call("GET", f"/v1/sellers/{quote(name)}"))

    def save_sellers(self, path: str | Path) -> Path:
        """Save a table of sellers as .csv or .xlsx, or who offers what as .graphml; ``path`` once more."""
        return self._saved(f"/v1/seller-exports/{_known(path, _SELLERS)[1:]}", path)

    def watch(self, digest: str) -> WatchModel:
        """Have your agency told if what a photo that it searched with shows is registered within a year."""
        return read(WatchModel, self._caller.call("POST", "/v1/watches", {"json": {"digest": digest}}))

    def watches(self) -> list[WatchModel]:
        """What your agency watches, the newest first."""
        return read(WatchList, self._caller.call("GET", "/v1/watches")).watches

    def end_watch(self, watch: WatchModel) -> WatchModel:
        """Watch the photo no longer."""
        return read(WatchModel, self._caller.call("DELETE", f"/v1/watches/{quote(watch.watch_id, safe='')}"))

    def _turned(self, scan: ScanModel, to: str) -> ScanModel:
        return read(ScanModel, self._caller.call("POST", f"{scan.links.self}/{to}"))


def _known(path: str | Path, suffixes: Sequence[str]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in suffixes:
        raise InputError(f"{path} must end in {', '.join(suffixes[:-1])} or {suffixes[-1]}")
    return suffix
