"""The calibration that belongs to a descriptor: a file beside the model, with the cohort that it was fitted with.

A model of the user's own has none until `scripts/fit_calibration.py` was run for it. Until then verdicts rest on
keypoints alone, by the calibration that comes with the program: that one does not depend on the model.
"""

from pathlib import Path

import numpy as np

from heritage.domain.calibration import Calibration
from heritage.domain.cohort import Cohort
from heritage.domain.descriptors import DescriptorSpec
from heritage.errors import ModelError

CALIBRATION = "calibration.json"
COHORT = "cohort.npy"
KEYPOINTS_ONLY = Path(__file__).with_name("keypoints_only.json")


def find_calibration(folder: Path, spec: DescriptorSpec) -> tuple[Calibration, Cohort]:
    """What was fitted for ``spec`` and kept in its model folder, else what rests on keypoints alone.

    Raises `ModelError` when a file is there that cannot be read: a verdict must not change without a word.
    """
    if not (folder / CALIBRATION).is_file():
        return read_calibration(KEYPOINTS_ONLY), Cohort.none()
    calibration = read_calibration(folder / CALIBRATION)
    if calibration.model != spec.digest:
        return calibration.without_similarity(), Cohort.none()
    try:
        cohort = np.load(folder / COHORT, allow_pickle=False).astype(np.float32)
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / COHORT} cannot be read: {error}; fit the calibration again") from error
    if cohort.ndim != 2 or cohort.shape[1] != spec.dimension:
        raise ModelError(f"{folder / COHORT} is of another model; fit the calibration again")
    return calibration, Cohort(cohort)


def read_calibration(path: Path) -> Calibration:
    """Raises `ModelError`."""
    try:
        return Calibration.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} is no calibration that this version reads: {error}; fit it again") from error


def write_calibration(folder: Path, calibration: Calibration, cohort: Cohort) -> None:
    """Keep both beside the model; half precision is plenty for a mean."""
    np.save(folder / COHORT, cohort.vectors.astype(np.float16), allow_pickle=False)
    (folder / CALIBRATION).write_text(calibration.to_json(), encoding="utf-8")
