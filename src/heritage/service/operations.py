"""Imports and exports: asked for, looked at, cancelled, and carried out."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from heritage.domain.access import Viewer
from heritage.domain.audit import Action, event
from heritage.domain.criteria import Criteria
from heritage.domain.operations import (
    ExportFormat,
    ExportTask,
    ImportTask,
    Operation,
    OperationKind,
    OperationState,
    Task,
)
from heritage.domain.records import RecordId, RegistryRecord
from heritage.errors import ForbiddenError, NotFoundError, StorageError
from heritage.service import auditing
from heritage.service.context import Context, open_report, open_source, write_records
from heritage.service.exporting import original_finder
from heritage.service.ingest import ingest
from heritage.service.reading import find_records
from heritage.service.signing_in import check_still_allowed
from heritage.service.unpacking import find_table, unpack

TABLE_SUFFIXES = (".csv", ".xlsx", ".xml", ".lido", ".json", ".jsonld")
PAGE_SIZE = 500
CHECKED_EVERY = 500  # records
Begin = Callable[[str], Path]
"""Gives the path of a file to write, with that suffix."""
Advance = Callable[[int, int], None]
"""Told how many of how many records are done; raises what ends the work early."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as a client sent it; its ``name`` may say anything."""

    name: str
    content: BinaryIO


def ask_import(
    context: Context, viewer: Viewer, file: SentFile, mapping: SentFile | None = None, registry: str = ""
) -> Operation:
    """Keep what was sent, to be imported on behalf of ``viewer``.

    ``registry`` is of rows that name none; the file's name without its suffix, if it is empty. Raises `ForbiddenError`,
    `ConflictError` when too many wait already, `RecordError` for a name that no registry can have.
    """
    name = harmless_name(file.name)
    checked = RecordId(registry or PurePosixPath(name).stem, "1")
    asked = _new(viewer, ImportTask(name, checked.registry))
    files = context.operation_files
    try:
        files.receive(files.upload(asked.operation_id, name), file.content)
        if mapping:
            files.receive(files.mapping(asked.operation_id), mapping.content)
        _accept(context, asked, Action.IMPORT, checked.registry)
    except BaseException:
        files.remove(asked.operation_id)
        raise
    return asked


def ask_export(context: Context, viewer: Viewer, export_format: ExportFormat, criteria: Criteria) -> Operation:
    """Let the records that meet ``criteria`` be exported. Raises `ForbiddenError`, `ConflictError`."""
    asked = _new(viewer, ExportTask(export_format, criteria))
    _accept(context, asked, Action.EXPORT, export_format.value)
    return asked


def cancel(context: Context, operation_id: str, viewer: Viewer) -> Operation:
    """Cancel it unless it has ended; records that were imported by then stay.

    Raises `NotFoundError`, `ForbiddenError`.
    """
    known = context.operations.get(operation_id, viewer)
    viewer.require(known.kind.scope)
    cancelled = context.operations.cancel(operation_id, viewer)
    if known.state is OperationState.WAITING:
        context.operation_files.remove(operation_id)  # else whoever runs it does
    return cancelled


def result_of(context: Context, operation_id: str, viewer: Viewer) -> Path:
    """The file that it made. Raises `NotFoundError` while there is none, `ForbiddenError`."""
    found = context.operations.get(operation_id, viewer)
    viewer.require(found.kind.scope)
    if not found.may_be_read_by(viewer):
        raise ForbiddenError("this is for the one who asked for it, and for registrars; ask for one of your own")
    result = context.operation_files.result(operation_id) if found.state is OperationState.DONE else None
    if result is None:
        raise NotFoundError(f"operation {operation_id} has no result: it is {found.state.value}")
    if found.kind is OperationKind.EXPORT:
        auditing.record(context.audit, event(viewer, Action.EXPORT, operation_id, "fetched"))
    return result


def carry_out(context: Context, asked: Operation, worker: str, advance: Advance) -> str:
    """Do what was asked and keep the result; says in a sentence what was done. Raises `HeritageError`."""
    begin = partial(context.operation_files.unfinished, asked.operation_id, worker)
    advance = _watched(context, asked.viewer, advance)
    try:
        if isinstance(asked.task, ImportTask):
            path, message = import_records(context, asked, asked.task, begin, advance)
        else:
            path, message = export_records(context, asked.viewer, asked.task, begin, advance)
        context.operation_files.publish(asked.operation_id, path)
    except OSError as error:
        raise StorageError(f"the operation's files cannot be kept: {error.strerror}") from error
    return message


def import_records(
    context: Context, asked: Operation, task: ImportTask, begin: Begin, advance: Advance
) -> tuple[Path, str]:
    """Ingest the file that was sent; the report of what became of each row, and how many became what."""
    files = context.operation_files
    table = files.upload(asked.operation_id, task.file_name)
    if not table.exists():
        raise StorageError("the file that was sent is not on this server; send it again")
    if table.suffix.lower() == ".zip":
        folder = files.unpacked(asked.operation_id)
        unpack(table, folder, context.settings.max_unpacked_bytes)
        table = find_table(folder, TABLE_SUFFIXES)
    given = files.mapping(asked.operation_id)
    mapping = given if given.exists() else None
    source = open_source(table, task.registry, mapping, find_original=original_finder(context, asked.viewer))
    advance(0, source.row_count)
    report_path = begin(".xlsx" if table.suffix.lower() == ".xlsx" else ".csv")
    with open_report(report_path, source) as lines:
        done = ingest(context, source, progress=lambda _, *counts: advance(*counts), report=lines, by=asked.viewer)
    now = context.current()
    now.gallery.update(now.settings.tail_limit)
    counts = f"{done.added} added, {done.updated} updated, {done.unchanged} unchanged, {done.rejected} rejected"
    return report_path, counts


def export_records(
    context: Context, viewer: Viewer, task: ExportTask, begin: Begin, advance: Advance
) -> tuple[Path, str]:
    """A file of what ``viewer`` may see of the records asked for, and how many they are."""

    def counted() -> Iterator[RegistryRecord]:
        for count, record in enumerate(_found(context, viewer, task.criteria), start=1):
            yield record
            advance(count, count)

    path = begin(task.format.suffix)
    return path, f"{write_records(counted(), path)} records"


def _watched(context: Context, viewer: Viewer, advance: Advance) -> Advance:
    """``advance``, which also ends the work of whoever was suspended meanwhile. Raises `ForbiddenError` at once too."""
    check_still_allowed(context.database, viewer)

    def watched(done: int, total: int) -> None:
        if done % CHECKED_EVERY == 0:
            check_still_allowed(context.database, viewer)
        advance(done, total)

    return watched


def harmless_name(given: str) -> str:
    """One part of a path, whatever a client calls its file; its suffix is kept."""
    name = PurePosixPath(given.replace("\\", "/")).name
    plain = "".join(character if character.isprintable() else "_" for character in name).lstrip(".").strip()
    stem, suffix = plain[:-20], plain[-20:]
    while len(f"{stem}{suffix}".encode(errors="replace")) > 150 and stem:
        stem = stem[:-1]
    return f"{stem}{suffix}" or "upload"


def _new(viewer: Viewer, task: Task) -> Operation:
    now = datetime.now(UTC)
    made = Operation(secrets.token_hex(16), viewer, task, now, now)
    viewer.require(made.kind.scope)
    return made


def _accept(context: Context, asked: Operation, action: Action, detail: str) -> None:
    context.operations.add(asked)
    auditing.record(context.audit, event(asked.viewer, action, asked.operation_id, detail))


def _found(context: Context, viewer: Viewer, criteria: Criteria) -> Iterator[RegistryRecord]:
    """All of them, a page at a time in memory."""
    after: RecordId | None = None
    while page := find_records(context, criteria, viewer, after, PAGE_SIZE):
        yield from page
        after = page[-1].record_id
