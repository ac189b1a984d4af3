"""Boxes around objects, on pictures drawn so that the boxes are known."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.domain.images import Region, Rgb
from heritage.vision.regions import propose
from tests.boxes import found, overlap
from tests.pictures import picture

Canvas = tuple[Rgb, list[Region]]


def cloth(width: int = 800, height: int = 600, check: int = 40) -> Rgb:
    """A checked cloth, woven, brighter on one side."""
    rows, columns = np.indices((height, width))
    tone = 130 - 25 * (rows // check % 2) - 25 * (columns // check % 2) + 40 * columns / width
    weave = np.random.default_rng(5).normal(0, 5, (height, width))
    return np.clip((tone + weave)[..., None] * (0.8, 0.9, 1.0), 0, 255).astype(np.uint8)


def wall(width: int = 800, height: int = 600) -> Rgb:
    """Whitewash under a lamp."""
    rows, columns = np.indices((height, width))
    far = ((rows / height - 0.1) ** 2 + (columns / width - 0.4) ** 2) ** 0.5
    return ((225 - 90 * far)[..., None] * (1.0, 0.98, 0.92)).astype(np.uint8)


def coins(places: list[tuple[int, int]], radius: int = 52) -> Canvas:
    canvas = cloth()
    rng = np.random.default_rng(1)
    for x, y in places:
        metal = np.array((150, 100, 40)) * rng.uniform(0.5, 1.4)
        cv2.circle(canvas, (x, y), radius, metal.tolist(), -1, cv2.LINE_AA)
        cv2.circle(canvas, (x, y), int(radius * 0.85), (metal * 0.7).tolist(), 3, cv2.LINE_AA)
        cv2.ellipse(canvas, (x, y), (radius // 3, radius // 2), 20, 0, 360, (metal * 1.3).tolist(), -1, cv2.LINE_AA)
    return canvas, [Region(x - radius, y - radius, 2 * radius, 2 * radius) for x, y in places]


def hang(canvas: Rgb, corners: list[tuple[int, int]], seed: int) -> Region:
    """A framed painting between four corners, clockwise from the upper left one."""
    painting = cv2.copyMakeBorder(picture(seed, 240, 180), 16, 16, 16, 16, cv2.BORDER_CONSTANT, value=(70, 45, 20))
    height, width = painting.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    size = (canvas.shape[1], canvas.shape[0])
    cv2.warpPerspective(painting, seen, size, dst=canvas, borderMode=cv2.BORDER_TRANSPARENT)
    return Region(*cv2.boundingRect(np.array(corners, np.int32)))


def two_paintings() -> Canvas:
    canvas = wall()
    first = hang(canvas, [(60, 120), (340, 150), (340, 400), (60, 430)], 1)
    second = hang(canvas, [(480, 160), (740, 130), (745, 380), (485, 400)], 2)
    cv2.rectangle(canvas, (385, 330), (425, 370), (250, 250, 250), -1)  # the label between them
    return canvas, [first, second]


GRID = [(x, y) for y in (110, 300, 490) for x in (100, 300, 500, 700)][:10]


def test_ten_coins_on_a_cloth_are_ten_boxes() -> None:
    canvas, truth = coins(GRID)
    proposed = propose(canvas)
    assert len(proposed) == 10
    assert all(found(truth, proposed, 0.75))


def test_coins_that_touch_are_taken_apart() -> None:
    canvas, truth = coins([(250, 300), (358, 300), (300, 396), (620, 200)], radius=54)
    assert all(found(truth, propose(canvas)))


def test_paintings_on_a_wall_are_found_with_their_frames_and_labels_are_not() -> None:
    canvas, truth = two_paintings()
    proposed = propose(canvas)
    assert len(proposed) == 2
    assert all(found(truth, proposed, 0.75))


def test_an_object_on_a_plain_ground_gets_one_tight_box() -> None:
    canvas = np.full((110, 90, 3), 235, np.uint8)
    cv2.ellipse(canvas, (44, 60), (22, 36), 0, 0, 360, (90, 60, 40), -1)
    [box] = propose(canvas)
    assert overlap(box, Region(22, 24, 45, 73)) > 0.8


def test_an_object_cut_off_by_the_edge_is_found() -> None:
    canvas = cloth()
    truth = hang(canvas, [(-80, 150), (260, 150), (260, 420), (-80, 420)], 3)
    assert found([Region(0, truth.top, 260, truth.height)], propose(canvas)) == [True]


def test_details_of_an_object_are_not_objects() -> None:
    canvas = wall()
    hang(canvas, [(90, 70), (700, 60), (710, 540), (85, 530)], 4)
    assert len(propose(canvas)) == 1


def test_a_photo_filled_by_one_framed_painting_needs_no_boxes_of_details() -> None:
    """The threat: a frame as large as the photo is left out, and then every detail inside it is proposed."""
    canvas = wall()
    hang(canvas, [(14, 12), (788, 10), (790, 588), (12, 590)], 5)
    boxes = propose(canvas)
    assert all(box.width * box.height > 0.7 * 800 * 600 for box in boxes), "at most the painting without its frame"
    assert len(boxes) <= 1


def test_a_photo_inside_one_object_needs_few_boxes() -> None:
    rng = np.random.default_rng(6)
    octaves = [rng.normal(0, 30, (3 * 2**k, 4 * 2**k, 3)).astype(np.float32) for k in range(6)]
    landscape = sum(cv2.resize(octave, (800, 600), interpolation=cv2.INTER_CUBIC) for octave in octaves)
    assert len(propose(np.clip(110 + landscape, 0, 255).astype(np.uint8))) <= 2


@pytest.mark.parametrize("shape", [(600, 800), (110, 90), (1, 1), (16, 16), (31, 500), (40, 9000), (9000, 40), (0, 5)])
def test_nothing_stands_out_of_one_colour(shape: tuple[int, int]) -> None:
    assert propose(np.full((*shape, 3), 128, np.uint8)) == ()


@pytest.mark.parametrize("shape", [(600, 800), (110, 90), (16, 16), (40, 9000)])
def test_nothing_stands_out_of_noise(shape: tuple[int, int]) -> None:
    assert propose(np.random.default_rng(2).integers(0, 256, (*shape, 3)).astype(np.uint8)) == ()


def test_a_larger_photo_of_the_same_gives_the_same_boxes() -> None:
    canvas, truth = two_paintings()
    larger = np.asarray(cv2.resize(canvas, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC), np.uint8)
    scaled = [Region(*(5 * side for side in (box.left, box.top, box.width, box.height))) for box in truth]
    assert all(found(scaled, propose(larger), 0.75))


def test_the_limit_keeps_the_best() -> None:
    canvas, _ = coins(GRID)
    assert propose(canvas, 3) == propose(canvas)[:3]
    assert propose(canvas, 0) == ()


def test_the_photo_may_be_read_only_or_a_view_and_is_not_altered() -> None:
    canvas, truth = two_paintings()
    mirrored = canvas[:, ::-1]
    before = canvas.copy()
    mirrored.flags.writeable = False
    assert len(propose(mirrored)) == len(truth)
    assert np.array_equal(canvas, before)


@st.composite
def any_pictures(draw: st.DrawFn) -> Rgb:
    """Blots on a ground, from a smooth one to pure noise, of any shape."""
    width, height = draw(st.integers(1, 260)), draw(st.integers(1, 260))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    canvas = rng.normal(rng.integers(0, 256, 3), draw(st.sampled_from([0, 3, 80])), (height, width, 3))
    canvas = np.clip(canvas, 0, 255).astype(np.uint8)
    for _ in range(draw(st.integers(0, 8))):
        place, axes = rng.integers(0, (width, height)).tolist(), rng.integers(1, 90, 2).tolist()
        colour = rng.integers(0, 256, 3).tolist()
        cv2.ellipse(canvas, place, axes, float(rng.uniform(0, 180)), 0, 360, colour, draw(st.sampled_from([-1, 4])))
    return canvas


@settings(deadline=None)
@given(any_pictures(), st.integers(0, 15))
def test_boxes_of_any_picture_are_inside_it_smaller_and_always_the_same(pixels: Rgb, limit: int) -> None:
    boxes = propose(pixels, limit)
    height, width = pixels.shape[:2]
    assert len(boxes) <= limit
    assert len(set(boxes)) == len(boxes)
    for box in boxes:
        assert 0 <= box.left < box.left + box.width <= width
        assert 0 <= box.top < box.top + box.height <= height
        assert 0.01 * width * height < box.width * box.height < 0.9 * width * height
    assert propose(pixels.copy(), limit) == boxes
