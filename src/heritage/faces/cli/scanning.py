"""``heritage scan`` and ``scans``: a batch of listings, searched one after the other."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.errors import InputError
from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of, table
from heritage.faces.cli.registry import SheetOption

if TYPE_CHECKING:
    from heritage.domain.listings import ListingSource
    from heritage.domain.scans import Scan, ScanCounts, ScanSource
    from heritage.service.context import Context
    from heritage.service.scan_results import HitGroup
    from heritage.service.scan_stages import Pace
    from heritage.service.scanning import Kept
    from heritage.storage.listings import Listings
    from heritage.storage.scans import Scans

INTERRUPTED = 130
TOLD_EVERY_S = 30.0  # where nobody watches
WAIT_S = 1.0  # for what other workers are at
SHOWN_GROUPS = 20


class Machines(StrEnum):
    """What works on a scan."""

    HERE = "here"
    RAY = "ray"


class Retried(StrEnum):
    """Listings that may be tried again: none of these was searched."""

    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"


app = typer.Typer(help="Scans that were begun.", no_args_is_help=False)
ScanId = Annotated[str, typer.Argument(metavar="ID")]


def scan(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="A folder or ZIP file of pictures, a table, or a catalogue."),
    ] = "",
    resume: Annotated[str, typer.Option(metavar="ID", help="Go on with a scan that was paused, or killed.")] = "",
    retry: Annotated[
        list[Retried] | None,
        typer.Option(help="With --resume, of a scan that has finished: try those listings again; repeatable."),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="TOML", help="Which column of the table holds images, key, seller, ...")
    ] = None,
    sheet: SheetOption = "",
    on: Annotated[
        Machines, typer.Option(help="Where photos are described and searched: here, or on a running Ray cluster.")
    ] = Machines.HERE,
    ray_address: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Of the cluster's head; auto: this machine's.")
    ] = "auto",
) -> None:
    """Search every listing. Ctrl-C pauses; what is done stays done, and no listing is done twice, even after a kill.

    One that cannot be read or fetched is told of and stops none of the others.
    """
    from heritage.service.context import open_context

    if bool(source) == bool(resume) or (retry and not resume):
        raise InputError("name a SOURCE to scan, or --resume a scan that was begun, if you like with --retry")
    pace = _pace(on, ray_address)
    with open_context(settings_of(context)) as opened:
        place = _place(source, mapping, sheet)
        done = _gone_on(opened, resume, retry or [], pace) if resume else _begun(opened, place, pace)
    _print_summary(context, done)


def _begun(opened: "Context", place: "ScanSource", pace: "Pace") -> "Scan":
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.service.scanning import work_on
    from heritage.service.scans import ScanWish, begin

    with _opened_at(opened, place) as listings:
        asked = begin(opened, AT_THE_MACHINE, ScanWish(place), listings)
        complain(f"scan {asked.scan_id}")
        return _worked_on(opened, asked, partial(work_on, opened, asked, listings, pace))


def _gone_on(opened: "Context", scan_id: str, retried: Sequence[Retried], pace: "Pace") -> "Scan":
    """The source is looked at first: if it is another one by now, nothing is changed."""
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.domain.scans import ListingState
    from heritage.service.context import open_photos_by_address
    from heritage.service.scanning import help_with, work_on
    from heritage.service.scans import check_same

    known = opened.scans.get(scan_id, AT_THE_MACHINE)
    states, has_place = [ListingState(one) for one in retried], bool(known.source.place)
    if not has_place and not states:
        raise InputError("its file was sent to a server, which goes on with it; a heritage worker beside it helps")
    with ExitStack() as stack:
        if has_place:
            listings = stack.enter_context(_opened_at(opened, known.source))
            check_same(known, listings)
        if states:
            opened.scans.retry(scan_id, AT_THE_MACHINE, states, only_addresses=not has_place)
        asked = opened.scans.resume(scan_id, AT_THE_MACHINE)
        if has_place:
            return _worked_on(opened, asked, partial(work_on, opened, asked, listings, pace))
        photos = stack.enter_context(closing(open_photos_by_address(opened.settings)))
        return _worked_on(opened, asked, partial(help_with, opened, asked, photos, pace))


@contextmanager
def _opened_at(opened: "Context", place: "ScanSource") -> "Iterator[ListingSource]":
    """Tells what is in it that is not searched."""
    from heritage.service.context import open_listings

    given = Path(place.mapping) if place.mapping else None
    with closing(open_listings(opened.settings, place.place, given, place.sheet)) as listings:
        for warning in listings.warnings:
            complain(warning)
        for skipped in listings.skipped:
            complain(f"not searched: {skipped.kind}: {skipped.count:,}")
        yield listings


def _place(source: str, mapping: Path | None, sheet: str) -> "ScanSource":
    """What is opened again when the scan goes on, from wherever that is."""
    from heritage.domain.scans import ScanSource

    told = str(mapping.resolve()) if mapping else ""
    if source.lower().startswith(("http://", "https://")):
        return ScanSource(source, source, told, sheet)
    path = Path(source).resolve()
    return ScanSource(path.name, str(path), told, sheet)


def _pace(on: Machines, ray_address: str) -> "Pace":
    from heritage.service.scan_stages import Pace

    if on is Machines.HERE:
        return Pace()
    try:
        from heritage.service.ray_stages import on_ray
    except ImportError as error:
        raise InputError("Ray is not installed here: pip install 'heritage[ray]'") from error
    return Pace(hands=on_ray(ray_address))


def _worked_on(opened: "Context", asked: "Scan", work: "Callable[[Kept], Scan]") -> "Scan":
    """The scan as it is at the end. Ctrl-C pauses it, and ends the command."""
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.domain.scans import ScanState

    opened.gallery.update(opened.settings.tail_limit)
    try:
        with _told(asked.counts) as kept:
            now = work(kept)
            while now.state is ScanState.RUNNING:  # the last ones are another worker's, or were one's that was killed
                time.sleep(WAIT_S)
                now = work(kept)
    except KeyboardInterrupt:
        now = opened.scans.pause(asked.scan_id, AT_THE_MACHINE)
        complain(f"paused at {now.counts.done:,} of {now.counts.listing_count:,}; go on with:")
        complain(f"  heritage scan --resume {now.scan_id}")
        raise typer.Exit(INTERRUPTED) from None
    return now


@contextmanager
def _told(counts: "ScanCounts") -> Iterator[Callable[[int], None]]:
    """Takes how many listings were kept, and shows how far the scan is: a bar, or a line from time to time."""
    done, total, began, told = counts.done, counts.listing_count, time.monotonic(), time.monotonic()
    with progress_bar() as progress:
        if progress:
            progress("scan", done, total)

        def kept(count: int) -> None:
            nonlocal done, told
            done += count
            if progress:
                progress("scan", done, total)
            elif time.monotonic() - told >= TOLD_EVERY_S:
                told = time.monotonic()
                rate = (done - counts.done) / (told - began)
                left = f"{(total - done) / rate / 60:,.0f} min left" if rate else ""
                complain(f"{done:,} of {total:,} listings, {rate:,.1f}/s, {left}")

        yield kept


@app.command("list")
def list_scans(
    context: typer.Context, limit: Annotated[int, typer.Option(min=1, max=1000, help="Scans at most.")] = 50
) -> None:
    """The newest scans first."""
    from heritage.domain.access import AT_THE_MACHINE

    with _open_scans(context) as (scans, _):
        found = scans.newest(AT_THE_MACHINE, limit)
    rows = table("id", "begun", "source", "state", "listings", "done", "strong", "possible", figures=4)
    for one in found:
        counts = one.counts
        figures = (counts.listing_count, counts.done, counts.strong, counts.possible)
        facts = (one.scan_id, f"{one.created_at:%Y-%m-%d %H:%M}", clean(one.source.name), one.state.value)
        rows.add_row(*facts, *(f"{figure:,}" for figure in figures))
    if found:
        console().print(rows)
    else:
        console().print("no scans")


@app.command("show")
def show(context: typer.Context, scan_id: ScanId) -> None:
    """How far a scan is, and its hits by record and by seller, the strongest first."""
    from heritage.domain.access import AT_THE_MACHINE

    with _open_scans(context) as (scans, _):
        found = scans.get(scan_id, AT_THE_MACHINE)
    _print_summary(context, found)


@app.command("pause")
def pause(context: typer.Context, scan_id: ScanId) -> None:
    """Let a running scan stop, wherever it runs; heritage scan --resume goes on with it."""
    from heritage.domain.access import AT_THE_MACHINE

    with _open_scans(context) as (scans, _):
        now = scans.pause(scan_id, AT_THE_MACHINE)
    console().print(f"scan {now.scan_id} is {now.state.value}")


@app.command("cancel")
def cancel(context: typer.Context, scan_id: ScanId) -> None:
    """End a scan for good; what it found stays."""
    from heritage.domain.access import AT_THE_MACHINE

    with _open_scans(context) as (scans, _):
        now = scans.cancel(scan_id, AT_THE_MACHINE)
    console().print(f"scan {now.scan_id} is {now.state.value}")


@app.command("delete")
def delete(
    context: typer.Context,
    scan_id: ScanId,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a scan that has ended, with its listings and the names of sellers; matches and decisions stay."""
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.storage.operation_files import OperationFiles

    with _open_scans(context) as (scans, _):
        found = scans.get(scan_id, AT_THE_MACHINE)
        if not sure:
            typer.confirm(f"Delete the scan of {clean(found.source.name)} for good?", abort=True, err=True)
        scans.delete(scan_id, AT_THE_MACHINE)
    OperationFiles(settings_of(context).home, "scans").remove(scan_id)
    console().print(f"scan {scan_id} is deleted")


@app.command("export")
def export(
    context: typer.Context,
    scan_id: ScanId,
    out: Annotated[Path, typer.Argument(metavar="OUT.csv|.xlsx|.jsonl|.html|.pdf")],
    base: Annotated[str, typer.Option(metavar="URL", help="Of the server that shows the hits.")] = "",
    font: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="For a PDF, a font to try first; repeat it for more.")
    ] = None,
) -> None:
    """Write every listing with what became of it, beside the columns that it came with; or a report on the matches.

    A report is one HTML file that needs no other, or a PDF: matches with both photographs, what was searched, what
    could not be and why.
    """
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.service.context import write_scan
    from heritage.service.scan_results import listings_of

    if out.suffix.lower() in (".html", ".pdf"):
        _write_report(context, scan_id, out, base, font or [])
        return
    with _open_scans(context) as (scans, listings):
        scans.get(scan_id, AT_THE_MACHINE)
        columns = listings.column_names(scan_id, AT_THE_MACHINE)
        count = write_scan(listings_of(listings, scan_id, AT_THE_MACHINE), out, base, columns)
    console().print(f"{count:,} {'listing is' if count == 1 else 'listings are'} in {clean(str(out))}")


def _write_report(context: typer.Context, scan_id: str, out: Path, base: str, fonts: list[Path]) -> None:
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.faces.scan_reports import scan_report
    from heritage.service.context import html_of, open_context, report_pdf_of
    from heritage.service.scan_reporting import scan_findings

    with open_context(settings_of(context)) as opened:
        findings = scan_findings(opened, scan_id, AT_THE_MACHINE)
    report = scan_report(findings, base)
    content = html_of(report) if out.suffix.lower() == ".html" else report_pdf_of(report, findings.at, fonts)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}") from error
    console().print(clean(f"the report is in {out}; nothing found is not a clearance"))


@contextmanager
def _open_scans(context: typer.Context) -> "Iterator[tuple[Scans, Listings]]":
    """No model is needed to look at them."""
    from heritage.storage.database import Database
    from heritage.storage.listings import Listings
    from heritage.storage.scans import Scans

    settings = settings_of(context)
    with closing(Database.open(settings.home, settings.database_url)) as database:
        yield Scans(database), Listings(database)


def _print_summary(context: typer.Context, done: "Scan") -> None:
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.service.scan_results import by_record, by_seller

    with _open_scans(context) as (_, listings):
        found = listings.hits(done.scan_id, AT_THE_MACHINE)
        sellers = by_seller(found)
        _print_groups("record", by_record(found), listings, done.scan_id)
        if any(group.name for group in sellers):
            _print_groups("seller", sellers, listings, done.scan_id)
    screen, counts = console(), done.counts
    noun = "listing" if counts.listing_count == 1 else "listings"
    screen.print(
        f"{counts.listing_count:,} {noun}: {counts.strong:,} strong, {counts.possible:,} possible, "
        f"{counts.nothing:,} nothing found, {counts.unreadable:,} unreadable, {counts.unreachable:,} unreachable"
        + (f", {counts.waiting:,} to do" if counts.waiting else "")
    )
    screen.print(f"scan {done.scan_id} is {done.state.value}{f': {clean(done.message)}' if done.message else ''}")
    if counts.unreadable or counts.unreachable:
        screen.print(f"Why some could not be searched: heritage scans export {done.scan_id} out.csv")
    if counts.unreachable and done.state.is_final:
        screen.print(f"Try again what was unreachable: heritage scan --resume {done.scan_id} --retry unreachable")
    screen.print("Nothing found is not a clearance.")


def _print_groups(what: str, groups: "tuple[HitGroup, ...]", listings: "Listings", scan_id: str) -> None:
    from heritage.domain.access import AT_THE_MACHINE
    from heritage.faces.wording import VERDICT_WORDS

    if not groups:
        return
    shown = groups[:SHOWN_GROUPS]
    kept = listings.at(scan_id, {group.found[0].place for group in shown}, AT_THE_MACHINE)
    hits = {hit.hit_id: (one.listing, hit) for one in kept for hit in one.hits}
    rows = table("verdict", what, "best listing", "listings", figures=1)
    for group in shown:
        listing, hit = hits[group.found[0].hit_id]
        best = " ".join(filter(None, (listing.key, listing.title)))
        rows.add_row(*map(clean, (VERDICT_WORDS[hit.verdict], group.name, best, f"{len(group.found):,}")))
    screen = console()
    screen.print(rows)
    if len(groups) > SHOWN_GROUPS:
        screen.print(f"and {len(groups) - SHOWN_GROUPS:,} more; heritage scans export lists all")
