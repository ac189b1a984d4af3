"""``checkpoints.txt``: every checkpoint once more, outside the database, which somebody may rewrite."""

import os
from collections.abc import Iterable
from pathlib import Path

from heritage.domain.audit import Checkpoint
from heritage.errors import InputError, StorageError
from heritage.storage.images import sync_folder

CHECKPOINTS_NAME = "checkpoints.txt"


def kept_checkpoints(path: Path) -> tuple[Checkpoint, ...]:
    """What `append_checkpoint` wrote; none without a file. Raises `InputError`, naming the line, and `StorageError`."""
    if not path.exists():
        return ()
    # What follows the last line end is a line that a power cut tore: the checkpoint was never made.
    return _parse(path, _text(path).split("\n")[:-1])


def given_checkpoints(path: Path) -> tuple[Checkpoint, ...]:
    """What a person kept elsewhere, one a line, at least one. Raises `InputError`, `StorageError`."""
    lines = [line.strip() for line in _text(path).lstrip("\ufeff").splitlines()]
    if not any(lines):
        raise InputError(f"{path} is empty (expected a line that begins with heritage-audit-1)")
    return _parse(path, filter(None, lines))


def append_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Add a line; on return it survives a power cut. Whoever calls holds the database's write lock. `StorageError`."""
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as file:
            file.seek(file.read().rfind(b"\n") + 1)
            file.truncate()
            file.write(f"{checkpoint}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}; no checkpoint was made") from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error


def _parse(path: Path, lines: Iterable[str]) -> tuple[Checkpoint, ...]:
    checkpoints = []
    for number, line in enumerate(lines, 1):
        try:
            checkpoints.append(Checkpoint.parse(line))
        except InputError as error:
            raise InputError(f"line {number} of {path}: {error}") from error
    return tuple(checkpoints)
