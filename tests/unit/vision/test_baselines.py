"""The baselines: what they are blind to, what they are not, and a slow check of the bits."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from heritage.domain.images import Rgb
from heritage.domain.ports import Baseline
from heritage.vision.baselines import BASELINES, ColourHistogram, Pdq, PHash
from tests.pictures import picture

GALLERY = [picture(seed) for seed in range(12)]


def ranked(baseline: Baseline, query: Rgb, gallery: list[Rgb]) -> list[int]:
    described = np.stack([baseline.describe(image) for image in gallery])
    similarities = baseline.similarities(baseline.describe(query), described)
    assert similarities.shape == (len(gallery),)
    assert similarities.dtype == np.float32
    return [int(place) for place in np.argsort(-similarities, kind="stable")]


def by_name(baseline: Baseline) -> str:
    return baseline.name


@pytest.mark.parametrize("baseline", BASELINES, ids=by_name)
def test_a_picture_resembles_itself_most_and_fully(baseline: Baseline) -> None:
    described = np.stack([baseline.describe(image) for image in GALLERY])
    for place, image in enumerate(GALLERY):
        similarities = baseline.similarities(baseline.describe(image), described)
        assert similarities[place] == pytest.approx(1, abs=1e-5)
        assert int(similarities.argmax()) == place


@pytest.mark.parametrize("baseline", BASELINES, ids=by_name)
def test_a_smaller_and_recompressed_copy_is_first(baseline: Baseline) -> None:
    small = cv2.resize(GALLERY[5], (240, 180), interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 60])
    copy = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    assert ranked(baseline, copy, GALLERY)[0] == 5


def test_a_histogram_survives_turning_and_the_hashes_do_not() -> None:
    turned = np.rot90(GALLERY[3]).copy()
    assert ranked(ColourHistogram(), turned, GALLERY)[0] == 3
    for baseline in (PHash(), Pdq()):
        similarity = baseline.similarities(baseline.describe(turned), baseline.describe(GALLERY[3])[None])[0]
        assert similarity < 0.75


def test_the_hashes_survive_a_change_of_colour_and_the_histogram_does_not() -> None:
    swapped = GALLERY[3][:, :, ::-1].copy()
    assert ranked(Pdq(), swapped, GALLERY)[0] == 3
    histogram = ColourHistogram()
    assert histogram.similarities(histogram.describe(swapped), histogram.describe(GALLERY[3])[None])[0] < 0.9


def test_phash_is_the_cosine_transform_written_out() -> None:
    small = np.random.default_rng(1).integers(0, 256, (32, 32), dtype=np.uint8)
    grey = np.repeat(small[:, :, None], 3, axis=2)
    place, frequency = np.arange(32)[None, :], np.arange(32)[:, None]
    basis: npt.NDArray[np.float64] = np.cos(np.pi * (2 * place + 1) * frequency / 64)
    frequencies = (basis @ small.astype(np.float64) @ basis.T)[1:9, 1:9].ravel()
    assert np.unpackbits(PHash().describe(grey)).tolist() == (frequencies > np.median(frequencies)).astype(int).tolist()


def test_sizes_and_balance_of_the_hashes() -> None:
    assert PHash().describe(GALLERY[0]).shape == (8,)
    assert np.unpackbits(PHash().describe(GALLERY[0])).sum() == 32  # half of them above the median
    assert Pdq().describe(GALLERY[0]).shape == (32,)
    assert abs(int(np.unpackbits(Pdq().describe(GALLERY[0])).sum()) - 128) <= 1


def test_similarity_of_bits_is_the_share_that_is_equal() -> None:
    query = np.array([0b1111_0000] + [0] * 7, np.uint8)
    gallery = np.array([[0b1111_0000] + [0] * 7, [0b0000_1111] + [0] * 7, [0b1111_0001] + [255] * 7], np.uint8)
    assert PHash().similarities(query, gallery).tolist() == pytest.approx([1, 1 - 8 / 64, 1 - 57 / 64])


def test_similarity_of_histograms_by_hand() -> None:
    black, white = np.zeros((20, 20, 3), np.uint8), np.full((20, 20, 3), 255, np.uint8)
    half = np.concatenate([black, white])
    histogram = ColourHistogram()
    gallery = np.stack([histogram.describe(image) for image in (black, white, half)])
    assert histogram.similarities(histogram.describe(black), gallery).tolist() == pytest.approx([1, 0, 0.5**0.5])


def test_odd_shapes() -> None:
    for baseline in BASELINES:
        for shape in ((16, 900, 3), (900, 16, 3), (16, 16, 3)):
            assert np.isfinite(baseline.describe(np.zeros(shape, np.uint8))).all()
