"""Index versions on disk: built beside, published by one rename, verified before use, set aside when damaged.

A version's folder is named ``<last serial>-<specs digest>``; under any other name it is not a version.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from heritage.errors import DamagedIndexError

FORMAT = 2
MANIFEST = "manifest.json"
KEPT_VERSIONS = 2  # the newest, and the one that another process may be reading at this moment
_BUILDING = ".building-"
_DAMAGED = ".damaged-"


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file of a version, with the SHA-256 (hex) and size that prove it whole."""

    name: str
    sha256: str
    byte_count: int

    @classmethod
    def of(cls, path: Path) -> Self:
        with path.open("rb") as file:
            return cls(path.name, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index version covers: images up to ``last_serial``, whose digest was ``last_image``."""

    format: int
    last_serial: int
    last_image: str
    image_count: int
    files: tuple[IndexFile, ...]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Raises `DamagedIndexError` when the manifest is not there, torn, or of another format."""
        try:
            parts = json.loads((folder / MANIFEST).read_bytes())
            files = tuple(IndexFile(**file) for file in parts.pop("files"))
            manifest = cls(**parts, files=files)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise DamagedIndexError("its manifest cannot be read") from error
        if manifest.format != FORMAT:
            raise DamagedIndexError(f"its format is {manifest.format}, not {FORMAT}")
        return manifest

    def write(self, folder: Path) -> None:
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=2) + "\n")


class VersionFolder:
    """The versions of one gallery under one pair of specs; the folder may hold those of other specs beside them."""

    def __init__(self, root: Path, specs_digest: str) -> None:
        self._root = root
        self._specs_digest = specs_digest

    def newest_first(self) -> list[str]:
        """Names of the complete versions."""
        if not self._root.is_dir():
            return []
        names = (entry.name for entry in os.scandir(self._root) if entry.is_dir())
        return sorted((name for name in names if self._is_version(name)), reverse=True)

    def verified(self, version: str) -> tuple[Path, Manifest]:
        """The folder and manifest of a version whose every file has the digest it was written with."""
        folder = self._root / version
        manifest = Manifest.read(folder)
        for expected in manifest.files:
            try:
                found = IndexFile.of(folder / Path(expected.name).name)
            except OSError as error:
                raise DamagedIndexError(f"{expected.name} cannot be read") from error
            if found != expected:
                raise DamagedIndexError(f"{expected.name} is not the file that was written")
        return folder, manifest

    def quarantine(self, version: str) -> None:
        """Set a damaged version aside, for whoever wants to know why; the next build removes it."""
        target = self._root / f"{_DAMAGED}{version}"
        shutil.rmtree(target, ignore_errors=True)
        try:
            (self._root / version).rename(target)
        except FileNotFoundError:
            return  # another process was faster

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A new empty folder to build in, removed afterwards unless it was published."""
        self._root.mkdir(parents=True, exist_ok=True)
        self._remove_leftovers()
        folder = self._root / f"{_BUILDING}{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, folder: Path, last_serial: int, last_image: str, image_count: int) -> None:
        """Make the files in ``folder`` the version up to ``last_serial``: all of it becomes visible, or nothing."""
        files = tuple(IndexFile.of(path) for path in sorted(folder.iterdir()))
        Manifest(FORMAT, last_serial, last_image, image_count, files).write(folder)
        for path in (*folder.iterdir(), folder):
            _sync(path)
        version = f"{last_serial:012d}-{self._specs_digest}"
        self.quarantine(version)  # rebuilt at the same serial: rename does not replace a folder that has files
        folder.rename(self._root / version)
        _sync(self._root)
        for old in self.newest_first()[KEPT_VERSIONS:]:
            shutil.rmtree(self._root / old, ignore_errors=True)

    def _is_version(self, name: str) -> bool:
        serial, _, specs_digest = name.partition("-")
        return serial.isdecimal() and specs_digest == self._specs_digest

    def _remove_leftovers(self) -> None:
        for entry in list(self._root.iterdir()):
            abandoned = entry.name.startswith(_BUILDING) and not _is_running(entry.name.removeprefix(_BUILDING))
            if abandoned or entry.name.startswith(_DAMAGED):
                shutil.rmtree(entry, ignore_errors=True)


def _is_running(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _sync(path: Path) -> None:
    """Force a file's or folder's content to disk: after the rename a power cut must not leave an empty file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
