"""Advice on drawn objects of each kind that is hard to judge: good ones get none, each way of spoiling them its own."""

import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from heritage.domain.advice import AdviceKind
from heritage.domain.images import Region, Rgb
from heritage.vision.advice import MAX_GLARE, MIN_SHARPNESS, MIN_SIDE, advise, measure
from heritage.vision.regions import propose
from tests.pictures import picture

WIDTH, HEIGHT = 800, 600
MIDDLE = Region(250, 100, 300, 400)


def ground(tone: int) -> Rgb:
    grain = np.random.default_rng(3).normal(tone, 2, (HEIGHT, WIDTH, 1))
    return np.clip(np.repeat(grain, 3, axis=2), 0, 255).astype(np.uint8)


def painting() -> Rgb:
    canvas = ground(170)
    canvas[100:500, 150:650] = cv2.resize(picture(4), (500, 400))
    return canvas


def vase() -> Rgb:
    """Smooth all over: nothing is sharp but its outline."""
    canvas = ground(200)
    across = np.cos(np.linspace(-1.4, 1.4, 300))
    glaze = np.stack([60 + 120 * across, 50 + 90 * across, 40 + 60 * across], axis=-1)
    shape = np.zeros((400, 300, 1), np.float32)
    cv2.ellipse(shape, (150, 230), (140, 165), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    cv2.rectangle(shape, (110, 10), (190, 120), 1.0, -1, cv2.LINE_AA)
    part = MIDDLE.cut(canvas)
    part[:] = (shape * glaze + (1 - shape) * part).astype(np.uint8)
    return canvas


def bronze() -> Rgb:
    """Dark on black, and all the same well lit: its rim shines."""
    canvas = ground(18)
    cv2.ellipse(canvas, (400, 300), (150, 200), 0, 0, 360, (52, 44, 30), -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (400, 300), (142, 192), 0, 120, 260, (190, 160, 110), 14, cv2.LINE_AA)
    return canvas


def coin_on_white() -> Rgb:
    """As dealers show it: the ground is clipped, and so is what is seen through its hole."""
    canvas = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    cv2.circle(canvas, (400, 300), 220, (150, 140, 120), -1, cv2.LINE_AA)
    cv2.circle(canvas, (400, 300), 190, (110, 100, 85), 6, cv2.LINE_AA)
    cv2.circle(canvas, (400, 300), 70, (255, 255, 255), -1, cv2.LINE_AA)
    return canvas


def tablet_with_label() -> Rgb:
    canvas = ground(120)
    cv2.rectangle(canvas, (200, 80), (600, 520), (150, 120, 90), -1)
    rng = np.random.default_rng(8)
    for x, y in rng.integers((220, 100), (580, 500), (400, 2)).tolist():
        cv2.fillPoly(canvas, [np.array([(x, y), (x + 9, y + 3), (x + 1, y + 8)])], (90, 70, 50), cv2.LINE_AA)
    cv2.rectangle(canvas, (240, 120), (400, 240), (255, 255, 255), -1)
    return canvas


def textile() -> Rgb:
    """Stripes in one direction only."""
    canvas = ground(90)
    canvas[60:540, 100:700] = (120, 30, 40)
    for left in range(100, 700, 24):
        canvas[60:540, left : left + 9] = (200, 180, 120)
    return canvas


OBJECTS = [painting, vase, bronze, coin_on_white, tablet_with_label, textile]


def out_of_focus(pixels: Rgb) -> Rgb:
    return cv2.GaussianBlur(pixels, (0, 0), 5).astype(np.uint8)


def shaken(pixels: Rgb) -> Rgb:
    kernel = np.zeros((25, 25), np.float32)
    cv2.line(kernel, (2, 7), (22, 17), 1.0, 1, cv2.LINE_AA)
    return cv2.filter2D(pixels, -1, kernel / kernel.sum()).astype(np.uint8)


def underexposed(pixels: Rgb) -> Rgb:
    noise = np.random.default_rng(1).normal(0, 2, pixels.shape)
    return np.clip(pixels * 0.2 + noise, 0, 255).astype(np.uint8)


def lamp(pixels: Rgb, x: int = 400, y: int = 300, radius: int = 60) -> Rgb:
    """A lamp mirrored there: a clipped spot and its halo."""
    rows, columns = np.indices(pixels.shape[:2], np.float32)
    distance = np.hypot(columns - x, rows - y) / radius
    return np.clip(pixels + (300 * np.exp(-1.2 * np.maximum(distance - 1, 0) ** 2))[..., None], 0, 255).astype(np.uint8)


def kinds(pixels: Rgb) -> set[AdviceKind]:
    return {advice.kind for advice in advise(pixels, propose(pixels))}


@pytest.mark.parametrize("draw", OBJECTS)
def test_a_good_photo_gets_no_advice(draw: Callable[[], Rgb]) -> None:
    assert kinds(draw()) == set()


@pytest.mark.parametrize("spoil", [out_of_focus, shaken])
@pytest.mark.parametrize("draw", OBJECTS)
def test_blur_is_seen_on_every_object(draw: Callable[[], Rgb], spoil: Callable[[Rgb], Rgb]) -> None:
    assert kinds(spoil(draw())) == {AdviceKind.BLURRED}


@pytest.mark.parametrize("draw", OBJECTS)
def test_a_dark_photo_is_told_from_a_dark_object(draw: Callable[[], Rgb]) -> None:
    assert AdviceKind.DARK in kinds(underexposed(draw()))


@pytest.mark.parametrize("draw", [painting, vase, bronze, tablet_with_label, textile])
def test_a_lamp_mirrored_in_the_object_is_glare(draw: Callable[[], Rgb]) -> None:
    assert kinds(lamp(draw())) == {AdviceKind.GLARE}


def test_glare_that_runs_out_of_the_photo_is_glare_still() -> None:
    close = np.ascontiguousarray(painting()[110:490, 160:640])
    [advice] = advise(lamp(close, x=470, y=190), ())
    assert (advice.kind, advice.threshold) == (AdviceKind.GLARE, MAX_GLARE)
    assert np.pi / 2 * 60**2 / (480 * 380) < advice.measure < 0.15


def test_glare_beside_the_object_hides_nothing_of_it() -> None:
    assert advise(lamp(painting(), x=60, y=60, radius=40), (Region(150, 100, 500, 400),)) == ()


def test_the_object_is_judged_not_what_lies_behind_it() -> None:
    pixels = cv2.resize(picture(9), (WIDTH, HEIGHT)).astype(np.uint8)
    MIDDLE.cut(pixels)[:] = out_of_focus(pixels)[100:500, 250:550]
    inner = Region(270, 120, 260, 360)
    assert [advice.kind for advice in advise(pixels, (inner,))] == [AdviceKind.BLURRED]
    assert advise(pixels, ()) == ()


def test_details_of_a_painting_that_fills_the_photo_are_no_objects_far_away() -> None:
    filling = cv2.resize(picture(4), (WIDTH, HEIGHT)).astype(np.uint8)
    detail = Region(300, 200, 120, 90)
    assert advise(filling, (detail,)) == ()
    on_a_wall = ground(150)
    detail.cut(on_a_wall)[:] = detail.cut(filling)
    assert [advice.kind for advice in advise(on_a_wall, (detail,))] == [AdviceKind.FAR_AWAY]


def test_one_good_object_is_enough() -> None:
    pixels = cv2.resize(picture(9), (WIDTH, HEIGHT)).astype(np.uint8)
    left, right = Region(0, 0, 400, HEIGHT), Region(400, 0, 400, HEIGHT)
    left.cut(pixels)[:] = out_of_focus(pixels)[:, :400]
    assert advise(pixels, (left, right)) == ()
    assert measure(pixels, (left,)).sharpness < MIN_SHARPNESS < measure(pixels, (right,)).sharpness


def test_a_small_picture_is_told_from_an_object_far_away() -> None:
    small = cv2.resize(picture(4), (MIN_SIDE - 1, 150)).astype(np.uint8)
    [sent_small] = advise(small, ())
    assert (sent_small.kind, sent_small.measure, sent_small.threshold) == (AdviceKind.TOO_SMALL, MIN_SIDE - 1, MIN_SIDE)
    canvas = ground(120)
    canvas[200:350, 200 : 200 + MIN_SIDE - 1] = small
    [far] = advise(canvas, (Region(200, 200, MIN_SIDE - 1, 150),))
    assert far.kind is AdviceKind.FAR_AWAY
    assert advise(canvas, (Region(200, 200, MIN_SIDE, 151),)) == ()


@pytest.mark.parametrize("shape", [(16, 16, 3), (16, 9000, 3), (3, 1, 3), (1, 1, 3)])
def test_a_picture_that_shows_nothing_is_blurred_and_no_error(shape: tuple[int, int, int]) -> None:
    flat = np.full(shape, 128, np.uint8)
    assert AdviceKind.BLURRED in {advice.kind for advice in advise(flat, ())}


@pytest.mark.parametrize("height", [16, 600])
def test_boxes_drawn_all_over_a_photo_are_judged_like_others(height: int) -> None:
    pixels = cv2.resize(picture(9), (9000, height)).astype(np.uint8)
    strips = tuple(Region(0, height * place // 16, 9000, height // 16) for place in range(16))
    assert AdviceKind.FAR_AWAY not in {advice.kind for advice in advise(pixels, strips)}


def test_a_picture_made_of_specks_keeps_nobody_busy() -> None:
    specks = np.random.default_rng(2).integers(0, 256, (1500, 2000, 3), np.uint8)
    specks[::8, ::8] = specks[1::8, ::8] = 255
    started = time.process_time()
    advise(specks, tuple(Region(20 * place, 20 * place, 40, 40) for place in range(20)))
    assert time.process_time() - started < 1.0
