"""Opens a folder of labelled photographs, whichever of the layouts it has."""

from collections.abc import Sequence
from pathlib import Path

from heritage.domain.evaluation import EvaluationSet
from heritage.errors import InputError, TableError
from heritage.registries import evaluation_set, ilias, met
from heritage.registries.folder import open_source


def open_labelled(folder: Path, distractors: Path | None = None, parts: Sequence[str] = ()) -> EvaluationSet:
    """The set in ``folder``: our own two tables, the Met benchmark or ILIAS.

    ``distractors``, a folder of pictures, takes the place of those in it; ``parts`` names parts of a benchmark that
    has several. Raises `InputError`, saying what is missing.
    """
    own = [name for name in (evaluation_set.GALLERY, evaluation_set.QUERIES) if (folder / name).is_file()]
    if own:
        if parts:
            raise InputError(f"{folder} has no parts, so none is called {parts[0]!r}")
        return evaluation_set.open_evaluation_set(folder, distractors)
    given = open_source(distractors, evaluation_set.DISTRACTORS) if distractors else None
    if met.is_met(folder):
        return met.open_met(folder, given, parts)
    if ilias.is_ilias(folder):
        return ilias.open_ilias(folder, given, parts)
    raise TableError(
        f"{folder} is no evaluation set: it has no {evaluation_set.GALLERY} and {evaluation_set.QUERIES}, no "
        f"{met.GROUND_TRUTH}/{met.QUERIES['test']} (the Met) and no folder {ilias.CORE} (ILIAS)"
    )
