"""What operations and scans take in and make, under ``home/operations/<id>/`` and ``home/scans/<id>/``.

The only maker of paths there.
"""

import os
import re
import shutil
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from heritage.errors import NotFoundError, StorageError

_ID = re.compile(r"[0-9a-f]{32}")


class OperationFiles:
    """``upload/<name>`` as it came in, ``mapping``, ``unpacked/``, and ``result.<suffix>`` once it is complete."""

    def __init__(self, home: Path, name: str = "operations") -> None:
        self._root = home / name

    def folder(self, operation_id: str) -> Path:
        """Raises `NotFoundError` for what is no id: paths are made of nothing else."""
        if not _ID.fullmatch(operation_id):
            raise NotFoundError(f"there is no operation {operation_id[:40]!r}")
        return self._root / operation_id

    def take_up(self, operation_id: str) -> None:
        """Make its folder, by which it is known as this server's. Raises `StorageError`."""
        try:
            self.folder(operation_id).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{self.folder(operation_id)} cannot be made: {error.strerror}") from error

    def upload(self, operation_id: str, name: str) -> Path:
        """``name`` comes from outside; `heritage.service.operations` has made it one harmless part of a path."""
        return self.folder(operation_id) / "upload" / name

    def mapping(self, operation_id: str) -> Path:
        return self.folder(operation_id) / "mapping"

    def unpacked(self, operation_id: str) -> Path:
        """An empty folder, whatever an earlier attempt left in it."""
        path = self.folder(operation_id) / "unpacked"
        shutil.rmtree(path, ignore_errors=True)
        return path

    def unfinished(self, operation_id: str, worker: str, suffix: str) -> Path:
        """Where one worker writes a result, in a folder that nobody else writes to."""
        folder = self.folder(operation_id) / f"by-{worker}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"result{suffix}"

    def publish(self, operation_id: str, path: Path) -> None:
        """Make an unfinished result the operation's; it survives a power cut once this returns."""
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(self.folder(operation_id) / path.name)

    def result(self, operation_id: str) -> Path | None:
        return next(iter(self.folder(operation_id).glob("result.*")), None)

    def receive(self, path: Path, content: BinaryIO) -> None:
        """Keep ``content`` at one of the paths above. Raises `StorageError`."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                shutil.copyfileobj(content, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())  # the caller is told that it was accepted
        except OSError as error:
            raise StorageError(f"{path} cannot be written: {error.strerror}") from error

    def keep_result(self, operation_id: str) -> None:
        """Remove all but the result, if there is one."""
        for folder in self.folder(operation_id).glob("*/"):
            shutil.rmtree(folder, ignore_errors=True)
        self.mapping(operation_id).unlink(missing_ok=True)

    def remove(self, operation_id: str) -> None:
        shutil.rmtree(self.folder(operation_id), ignore_errors=True)

    def remove_others(self, kept: Collection[str], before: datetime) -> None:
        """Remove what belongs to none of the operations ``kept``, if it is from ``before`` then.

        Younger ones may be arriving just now.
        """
        for folder in self._root.glob("*"):
            with suppress(OSError):
                if folder.name not in kept and folder.stat().st_mtime < before.timestamp():
                    shutil.rmtree(folder)
