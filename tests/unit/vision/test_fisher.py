"""The Fisher descriptor, with a small model made up here."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from heritage.domain.descriptors import DescriptorSpec
from heritage.domain.hits import AS_TAKEN, Turn
from heritage.errors import ModelError
from heritage.vision.fisher import FisherModel, Mixture, colour_histograms, gradient_histograms, patches_of, spots_of
from heritage.vision.joined_embedder import FisherPart, JoinedEmbedder
from tests.pictures import picture
from tests.toys import ToyEmbedder


def mixture(rng: np.random.Generator, components: int, dimension: int) -> Mixture:
    shape = (components, dimension)
    means, variances = rng.normal(size=shape), rng.uniform(0.5, 2, shape)
    return Mixture(np.full(components, 1 / components, np.float32), *(a.astype(np.float32) for a in (means, variances)))


@pytest.fixture(scope="module")
def model() -> FisherModel:
    rng = np.random.default_rng(0)
    axes = rng.normal(size=(128, 4)).astype(np.float32)
    ones = (np.zeros(128, np.float32), axes, np.ones(11, np.float32), np.ones(6, np.float32))
    some = FisherModel(
        *ones, mixture(rng, 3, 11), mixture(rng, 2, 6), np.eye(1, dtype=np.float32), np.zeros(1, np.float32)
    )
    raw = len(some.raw(picture(0)))
    weight, bias = rng.normal(size=(16, raw)), 0.01 * rng.normal(size=16)
    return FisherModel(*ones, some.patches, some.spots, weight.astype(np.float32), bias.astype(np.float32))


def test_descriptors_are_unit_and_the_same_every_time(model: FisherModel) -> None:
    found = model.describe([picture(1), picture(2)])
    assert found.shape == (2, 16) and found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert np.array_equal(found, model.describe([picture(1), picture(2)]))


def test_size_and_compression_change_little(model: FisherModel) -> None:
    image = picture(3)
    smaller = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", smaller, [cv2.IMWRITE_JPEG_QUALITY, 60])
    same = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    one, other, stranger = model.describe([image, same, 255 - picture(9)])
    assert one @ other > one @ stranger + 0.1


@pytest.mark.parametrize("shape", [(16, 16), (16, 900), (900, 16), (1, 1), (300, 200)])
def test_any_shape_and_any_plain_colour_can_be_described(model: FisherModel, shape: tuple[int, int]) -> None:
    for value in (0, 128, 255):
        assert np.isfinite(model.describe([np.full((*shape, 3), value, np.uint8)])).all()


def test_parts_have_the_sizes_that_they_say() -> None:
    image = picture(4)
    assert patches_of(image).shape[1] == 135 and spots_of(image).shape[1] == 6
    assert colour_histograms(image).shape == (1024 + 3 * 8 * 14 * 14,)
    assert gradient_histograms(image).shape == (3 * 112 + 3 * 256,)


def test_a_mixture_explains_its_own_samples() -> None:
    rng = np.random.default_rng(1)
    means = np.array([[-3.0, 0], [3, 0]], np.float32)
    made = Mixture(np.array([0.5, 0.5], np.float32), means, np.ones((2, 2), np.float32))
    samples = np.concatenate([means[0] + rng.normal(size=(500, 2)), means[1] + rng.normal(size=(500, 2))]).astype(
        np.float32
    )
    shares = made.posteriors(samples)
    assert (shares[:500, 0] > 0.5).mean() > 0.98 and np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    moved = samples + np.array([1.0, 0], np.float32)
    assert np.abs(made.fisher_vector(moved)).max() > np.abs(made.fisher_vector(samples)).max() * 0.5


def test_joined_cosines_are_the_weighted_mean_of_both(model: FisherModel) -> None:
    tower = ToyEmbedder()
    joined = JoinedEmbedder(tower, FisherPart(model, 0.7), threads=2)
    images = [picture(1), picture(2)]
    found, apart, fisher = joined.embed(images), tower.embed(images), model.describe(images)
    assert joined.spec == DescriptorSpec(
        *(getattr(tower.spec, n) for n in ("model", "weights", "preprocessing")), 48 + 16
    )
    assert found[0] @ found[1] == pytest.approx(0.3 * apart[0] @ apart[1] + 0.7 * fisher[0] @ fisher[1], abs=1e-5)


def test_joined_in_every_turn(model: FisherModel) -> None:
    found = JoinedEmbedder(ToyEmbedder(), FisherPart(model, 0.5), 1).embed_turned([picture(1)], [AS_TAKEN, Turn(1)])
    assert found.shape == (1, 2, 64)
    assert np.allclose(np.linalg.norm(found, axis=2), 1, atol=1e-5)


def test_a_part_survives_its_file_and_another_file_is_refused(model: FisherModel, tmp_path: Path) -> None:
    FisherPart(model, 0.6).write(tmp_path / "fisher.safetensors")
    again = FisherPart.read(tmp_path / "fisher.safetensors")
    assert again.share == pytest.approx(0.6)
    assert (again.model.describe([picture(5)]) @ model.describe([picture(5)]).T) > 0.999
    (tmp_path / "other.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="no Fisher model"):
        FisherPart.read(tmp_path / "other.safetensors")
