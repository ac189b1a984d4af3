"""Reads the ILIAS benchmark, as its authors publish it.

Kordopatis-Zilos, Stojnić, Manko, Šuma, Ypsilantis, Efthymiadis, Laskar, Matas, Chum, Tolias, "ILIAS: Instance-Level
Image retrieval At Scale", CVPR 2025; https://vrg.fel.cvut.cz/ilias/, code in github.com/ilias-vrg/ilias. The layout
read is what its ``download/download_ilias.sh`` leaves and ``download/README.md`` describes::

    ilias_core/<name>_<xxx>/query/Q<xxx>_<yy>.jpg     photographs to ask about; texts and boxes beside them are not read
    ilias_core/<name>_<xxx>/pos/P<xxx>_<zz>.jpg       the same object elsewhere: the gallery, one record an object
    image_ids/image_query_ids.txt, positive_ids.txt   optional; what they list (first column) must be there
    yfcc100m/                                         distractors, when the tar shards in it are unpacked

The copy on Hugging Face (``vrg-prague/ilias``) is tar files whose keys are ``<name>_<xxx>/query/Q...`` and
``<name>_<xxx>/pos/P...``, as other readers of it show: unpacked into ``ilias_core`` they are this layout.

Every query shows an object of the gallery: ILIAS by itself says nothing about false alarms.
"""

from collections.abc import Sequence
from pathlib import Path

from heritage.domain.evaluation import EvaluationSet
from heritage.domain.ports import Source
from heritage.errors import InputError, TableError
from heritage.registries.folder import open_source
from heritage.registries.listed import ListedRecords, label_photos

REGISTRY = "ilias"
CORE = "ilias_core"
DISTRACTORS = "yfcc100m"
LISTS = {"query": Path("image_ids", "image_query_ids.txt"), "pos": Path("image_ids", "positive_ids.txt")}
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})  # the published code reads these


def is_ilias(folder: Path) -> bool:
    """Whether the folder looks like ILIAS, complete or not."""
    return (folder / CORE).is_dir()


def open_ilias(folder: Path, distractors: Source | None = None, parts: Sequence[str] = ()) -> EvaluationSet:
    """All image queries against all positives; ``distractors`` take the place of ``yfcc100m``.

    Raises `TableError` when photographs are missing.
    """
    if parts:
        raise InputError(f"ILIAS has no parts, so none is called {parts[0]!r}")
    core = (folder / CORE).resolve()
    positives, queries = _photographs(folder, core, "pos"), _photographs(folder, core, "query")
    gallery = ListedRecords(REGISTRY, core, {name: paths for name, paths in positives.items() if paths})
    photos, warnings = label_photos(gallery, core, ((path, name) for name, paths in queries.items() for path in paths))
    if not photos:
        raise TableError(f"{folder / CORE} has no objects with a folder 'query' and a folder 'pos' of photographs")
    if distractors is None:
        distractors, problem = _open_distractors(folder / DISTRACTORS)
        warnings = (*warnings, *problem)
    return EvaluationSet(folder.resolve().name, gallery, distractors, photos, warnings)


def _photographs(folder: Path, core: Path, kind: str) -> dict[str, tuple[str, ...]]:
    """Paths of the photographs of one kind under ``core``, by the object's name."""
    paths_by_name = {
        thing.name: tuple(
            f"{thing.name}/{kind}/{path.name}"
            for path in sorted((thing / kind).glob("*"))
            if path.suffix.lower() in _SUFFIXES
        )
        for thing in sorted(core.iterdir())
        if thing.is_dir()
    }
    there = {path for paths in paths_by_name.values() for path in paths}
    missing = sorted(_listed(folder / LISTS[kind]) - there)
    if missing:
        raise TableError(f"{len(missing)} photographs in {LISTS[kind]} are not in {CORE}, such as {missing[0]}")
    return paths_by_name


def _listed(path: Path) -> set[str]:
    """The first column of a list of images; nothing when there is no such file."""
    if not path.is_file():
        return set()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path.name} cannot be read as text in UTF-8: {error}") from error
    return {line.split(",")[0].strip() for line in lines if line.strip()}


def _open_distractors(folder: Path) -> tuple[Source | None, tuple[str, ...]]:
    if not folder.is_dir():
        return None, ()
    try:
        return open_source(folder, DISTRACTORS), ()
    except TableError:
        return None, (f"{DISTRACTORS} holds no pictures and is left out; unpack its tar files to search among them",)
