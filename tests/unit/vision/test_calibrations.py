"""Calibration files beside a model, and what is used without one."""

from pathlib import Path

import numpy as np
import pytest

from heritage.domain.calibration import MEASUREMENTS, Calibration, Tail
from heritage.domain.cohort import Cohort
from heritage.domain.descriptors import DescriptorSpec
from heritage.errors import ModelError
from heritage.vision.calibrations import CALIBRATION, COHORT, find_calibration, write_calibration

SPEC = DescriptorSpec("some", "sha256:0", "none", 8)
FITTED = Calibration("some/1", SPEC.digest, -2.0, tuple(0.5 for _ in MEASUREMENTS), Tail(1.5, 500, 10**6))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_calibration(tmp_path, FITTED, Cohort(np.eye(8, dtype=np.float32).repeat(20, axis=0)))
    return tmp_path


def test_what_was_written_is_found(folder: Path) -> None:
    calibration, cohort = find_calibration(folder, SPEC)
    assert calibration == FITTED
    assert cohort.vectors.shape == (160, 8) and cohort.is_known


def test_similarities_of_other_weights_count_for_nothing(folder: Path) -> None:
    """The threat: a model is exchanged, its similarities mean something else, and verdicts go on as before."""
    calibration, cohort = find_calibration(folder, DescriptorSpec("some", "sha256:1", "none", 8))
    assert calibration == FITTED.without_similarity()
    assert not cohort.is_known


def test_a_model_without_one_has_verdicts_by_keypoints(tmp_path: Path) -> None:
    calibration, cohort = find_calibration(tmp_path, SPEC)
    weights = dict(zip(MEASUREMENTS, calibration.weights, strict=True))
    assert weights["lift"] == weights["high_lift"] == 0 < max(weights.values())
    assert calibration.tail.search_count > 500
    assert not cohort.is_known


@pytest.mark.parametrize(("name", "content"), [(CALIBRATION, b"{}"), (CALIBRATION, b"\xff"), (COHORT, b"no array")])
def test_a_damaged_file_is_an_error_and_not_another_verdict(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match="fit"):
        find_calibration(folder, SPEC)
