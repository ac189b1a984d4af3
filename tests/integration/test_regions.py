"""Boxes around objects in the demo's photographs, whose true places are known, and in visitors' photos of paintings."""

import csv
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from heritage.demo import scenes
from heritage.demo.artefacts import KINDS, Artefact, make_artefact, render
from heritage.demo.backgrounds import BACKGROUNDS
from heritage.demo.camera import Shot, View
from heritage.demo.seeds import Rng, Seeds
from heritage.demo.shading import Field, Light
from heritage.domain.images import Region, Rgb
from heritage.vision.geometry import HomographyVerifier
from heritage.vision.keypoints import RootSift
from heritage.vision.regions import propose
from tests.boxes import found

PAINTINGS = Path(__file__).parents[3] / "shared" / "data" / "museum-paintings"
SEED = 71


def artefacts(kinds: list[str], rng: Rng) -> list[Artefact]:
    return [make_artefact(Seeds(SEED, kind, int(rng.integers(9)), int(rng.integers(4)))) for kind in kinds]


def place_of(shot: Shot, corner: tuple[int, int], canvas: npt.NDArray[np.generic]) -> Region:
    """Where an object put down at ``corner`` is seen; what hangs over the edge is cut off."""
    x, y, width, height = cv2.boundingRect((shot.alpha > 100).astype(np.uint8))
    left, top = max(0, x + corner[0]), max(0, y + corner[1])
    right, bottom = min(canvas.shape[1], x + width + corner[0]), min(canvas.shape[0], y + height + corner[1])
    return Region(left, top, right - left, bottom - top)


def laid_out(background: str, kinds: list[str], columns: int, rng: Rng) -> tuple[Rgb, list[Region]]:
    """Objects in rows on a background, without shadows: a photo (600, 800, 3) and their true boxes."""
    canvas, light = BACKGROUNDS[background]((600, 800), rng), Light()
    wide, tall = 800 / columns, 600 / -(-len(kinds) // columns)
    boxes = []
    for index, artefact in enumerate(artefacts(kinds, rng)):
        x, y = (index % columns + 0.5) * wide, (index // columns + 0.5) * tall
        yaw, pitch, roll = (float(turn) for turn in rng.uniform(-16, 16, 3))
        shot = render(artefact, View(yaw, pitch, roll, size=int(0.75 * min(wide, tall)), framed=True), light)
        height, width = shot.alpha.shape
        left, top = int(x - width / 2), int(y - height / 2)
        area, alpha = canvas[top : top + height, left : left + width], shot.alpha[..., None] / np.float32(255)
        area += (shot.rgb / np.float32(255) - area) * alpha
        boxes.append(place_of(shot, (left, top), canvas))
    noisy = 0.8 * canvas + rng.normal(0, 0.02, canvas.shape)
    return (np.clip(noisy, 0, 1) * 255).astype(np.uint8), boxes


@pytest.mark.parametrize(("kind", "count", "columns"), [("coin", 10, 4), ("panel", 3, 3), ("panel", 2, 2)])
def test_objects_laid_out_on_every_ground_are_found(kind: str, count: int, columns: int) -> None:
    rng = np.random.default_rng([SEED, count])
    hits, proposed_count = [], 0
    for background in BACKGROUNDS:
        photo, truth = laid_out(background, [kind] * count, columns, rng)
        proposed = propose(photo)
        hits += found(truth, proposed)
        proposed_count += len(proposed)
    assert np.mean(hits) >= 0.95
    assert proposed_count <= 1.15 * len(hits)


def test_several_objects_in_an_officers_photo_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    truth: list[Region] = []
    lay = scenes._lay

    def lay_and_note(canvas: Field, shot: Shot, corner: tuple[int, int], light: Light) -> None:
        lay(canvas, shot, corner, light)
        truth.append(place_of(shot, corner, canvas))

    monkeypatch.setattr(scenes, "_lay", lay_and_note)
    hits, proposed_count, photo_count = [], 0, 10
    for index in range(photo_count):
        rng = np.random.default_rng([SEED, index])
        shown = artefacts(list(rng.choice(KINDS, 2 + index % 3)), rng)
        conditions = scenes.draw_conditions(rng, shown, ["front"] * len(shown))
        truth.clear()
        proposed = propose(scenes.officer_photo(shown, conditions, rng))
        hits += found(truth, proposed)
        proposed_count += len(proposed)
    assert np.mean(hits) >= 0.9
    assert proposed_count <= 5 * photo_count


def test_two_paintings_in_a_visitors_photo_are_found() -> None:
    if not PAINTINGS.is_dir():
        pytest.skip(f"the museum's photographs are not beside the project ({PAINTINGS.name}); they may not be shipped")
    image_by_id = {row["record_id"]: row["image"] for row in _rows("gallery.csv")}
    hits, proposed_count = [], 0
    for row in _rows("queries.csv"):
        shown = [image_by_id[name] for name in row["record_ids"].split(";") if name in image_by_id]
        if len(shown) < 2:
            continue
        photo = _read(row["image"])
        proposed = propose(photo)
        proposed_count += len(proposed)
        hits += found(_seen_places(photo, shown), proposed)
    assert len(hits) >= 16, "the homographies that tell the true boxes"
    assert np.mean(hits) >= 0.9
    assert proposed_count <= 1.5 * len(hits)


def _rows(name: str) -> list[dict[str, str]]:
    with (PAINTINGS / name).open(newline="") as file:
        return list(csv.DictReader(file))


def _read(name: str) -> Rgb:
    return np.asarray(cv2.imread(str(PAINTINGS / name), cv2.IMREAD_COLOR_RGB), np.uint8)


def _seen_places(photo: Rgb, shown: list[str]) -> list[Region]:
    """The outlines of the museum's own photos, as the homography to each of them maps them into the visitor's."""
    sift = RootSift()
    query, gallery = sift.extract_query(photo), [sift.extract(_read(name)) for name in shown]
    boxes = []
    for keypoints, result in zip(gallery, HomographyVerifier().verify(query, gallery), strict=True):
        if result.homography is None or result.cell_count < 12:
            continue
        width, height = keypoints.width, keypoints.height
        corners = np.float64([[[0, 0]], [[width, 0]], [[width, height]], [[0, height]]])
        outline = cv2.perspectiveTransform(corners, np.linalg.inv(np.array(result.homography)))
        scale = photo.shape[1] / query.width
        boxes.append(Region(*cv2.boundingRect((outline * scale).astype(np.float32))))
    return boxes
