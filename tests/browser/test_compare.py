"""The photo and the registered photograph: beside each other and laid over each other, moved together."""

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from heritage.domain.images import Rgb
from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap, wait_until
from tests.browser.test_boxes import touch
from tests.browser.test_journey import choose
from tests.pictures import picture

SHOWN = """([selector, x, y]) => {
  const picture = document.querySelector(selector);
  const style = getComputedStyle(picture);
  const at = new DOMPoint(x * parseFloat(style.width), y * parseFloat(style.height));
  const point = at.matrixTransform(new DOMMatrix(style.transform));
  return [point.x / point.w, point.y / point.w];
}"""  # where in its pane a place of a picture is shown, given as shares of its width and height
PHOTO, REGISTERED, LAID_OVER = "[data-side=photo] > img", "[data-side=image] > img", ".wipe img"


def answered(visit: Visit, photos: dict[str, Path], name: str = "seized", device: str = "desktop") -> Page:
    page = visit(device)
    choose(page, photos[name])
    page.locator("[type=submit]").click()
    expect(page.locator(".compare")).to_be_visible()
    wait_until(page, "document.querySelector('[data-side=image] > img').naturalWidth > 0")
    page.locator(".stage").scroll_into_view_if_needed()
    return page


def over(page: Page) -> None:
    page.get_by_label("Overlay").check()
    wait_until(page, "document.querySelector('.wipe img').naturalWidth > 0")


def shown(page: Page, selector: str, x: float, y: float) -> npt.NDArray[np.float64]:
    return np.array(page.evaluate(SHOWN, [selector, x, y]))


def middle_of(stage: Locator) -> tuple[float, float]:
    box = stage.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def seen(stage: Locator) -> Rgb:
    return np.asarray(Image.open(io.BytesIO(stage.screenshot())).convert("RGB"))


@pytest.mark.parametrize("name", ["seized", "turned", "mirrored"])
def test_the_photo_is_laid_over_the_registered_one(visit: Visit, photos: dict[str, Path], name: str) -> None:
    page = answered(visit, photos, name)
    over(page)
    stage, wipe = page.locator(".stage"), page.get_by_role("slider")
    pane = page.locator("[data-side=image]").bounding_box()
    height, width = picture(3).shape[:2]
    assert pane
    size = np.array([width, height]) * min(pane["width"] / width, pane["height"] / height)
    left, top = ((pane["width"], pane["height"]) - size) / 2 + 12  # and away from edges that a photo cuts off
    right, bottom = left + size[0] - 24, top + size[1] - 24
    crop = np.s_[int(top) : int(bottom), int(left) : int(right)]
    wipe.fill("0")
    registered = seen(stage)[crop].astype(float)
    wipe.fill("100")
    laid = seen(stage)[crop].astype(float)
    snap(page, f"desktop-overlay-{name}")
    assert np.corrcoef(registered.ravel(), laid.ravel())[0, 1] > 0.9
    assert np.abs(registered - laid).mean() > 0.5  # it is the other picture


def test_the_slider_moves_the_edge_between_both(visit: Visit, photos: dict[str, Path], device: str) -> None:
    page = answered(visit, photos, device=device)
    over(page)
    wipe, slider = page.locator(".wipe"), page.get_by_role("slider")
    expect(wipe).to_have_css("clip-path", "inset(0px 50% 0px 0px)")
    slider.focus()
    page.keyboard.press("Home")
    expect(wipe).to_have_css("clip-path", "inset(0px 100% 0px 0px)")
    page.keyboard.press("ArrowRight")
    expect(wipe).to_have_css("clip-path", "inset(0px 99% 0px 0px)")
    slider.fill("30")
    box = page.locator(".stage").bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    places = [(box["x"] + box["width"] * share, y) for share in (0.3, 0.4, 0.5, 0.6)]
    if device == "phone":
        touch(page.context.new_cdp_session(page), places)
    else:
        page.mouse.move(*places[0])
        page.mouse.down()
        page.mouse.move(*places[-1])
        page.mouse.up()
    assert abs(float(slider.input_value()) - 60) <= 2
    snap(page, f"{device}-overlay")
    assert serious_faults(page) == []


def test_right_to_left_the_photo_comes_from_the_right(visit: Visit, photos: dict[str, Path]) -> None:
    page = answered(visit, photos)
    page.evaluate("document.documentElement.dir = 'rtl'")
    over(page)
    page.get_by_role("slider").fill("20")
    expect(page.locator(".wipe")).to_have_css("clip-path", "inset(0px 0px 0px 80%)")
    snap(page, "desktop-overlay-right-to-left")


def test_both_pictures_move_together(visit: Visit, photos: dict[str, Path]) -> None:
    page = answered(visit, photos)
    stage = page.locator(".stage")
    corners = [(0.3, 0.3), (0.7, 0.6)]
    before = [shown(page, REGISTERED, *corner) for corner in corners]
    stage.focus()
    for key in ("+", "+", "ArrowRight"):
        page.keyboard.press(key)
    after = [shown(page, REGISTERED, *corner) for corner in corners]
    assert np.allclose(after[1] - after[0], (before[1] - before[0]) * 1.5**2, rtol=0.02)
    assert middle_shows_the_same(page)
    x, y = middle_of(page.locator("[data-side=photo]"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 70, y + 40, steps=4)
    page.mouse.up()
    assert middle_shows_the_same(page)
    assert not np.allclose(shown(page, REGISTERED, 0.3, 0.3), after[0], atol=5)
    page.keyboard.press("0")
    assert np.allclose(shown(page, REGISTERED, 0.3, 0.3), before[0], atol=1)


def middle_shows_the_same(page: Page) -> bool:
    """Whether what is in the middle of one pane is, by the homography of the hit, in the middle of the other."""
    text = page.locator(".compare").get_attribute("data-homography") or ""
    homography = np.array(text.split(","), float).reshape(3, 3)
    sizes = {}
    for side, selector in (("photo", PHOTO), ("image", REGISTERED)):
        pane = page.locator(f"[data-side={side}]").bounding_box()
        size = np.array(page.locator(".compare").get_attribute(f"data-{side}-size").split(","), float)  # type: ignore[union-attr]
        assert pane
        start, across = shown(page, selector, 0, 0), shown(page, selector, 1, 1)
        sizes[side] = (np.array([pane["width"], pane["height"]]) / 2 - start) / (across - start) * size
    x, y, w = homography @ (*sizes["photo"], 1)
    return bool(np.allclose((x / w, y / w), sizes["image"], atol=1))


def test_the_wheel_scrolls_the_page_until_the_stage_is_worked_in(visit: Visit, photos: dict[str, Path]) -> None:
    page = answered(visit, photos)
    before = shown(page, REGISTERED, 1, 1) - shown(page, REGISTERED, 0, 0)
    page.mouse.move(*middle_of(page.locator("[data-side=image]")))
    page.mouse.wheel(0, -100)
    assert np.allclose(shown(page, REGISTERED, 1, 1) - shown(page, REGISTERED, 0, 0), before)
    page.locator(".stage").focus()
    page.mouse.move(*middle_of(page.locator("[data-side=image]")))
    page.mouse.wheel(0, -100)
    wait_until(page, "document.querySelector('.stage').classList.contains('is-zoomed')")


def double_tap_until(page: Page, x: float, y: float, is_zoomed: bool) -> None:
    """A busy machine may take so long between two taps that they are two single ones."""
    for _ in range(5):
        for _ in range(2):
            page.touchscreen.tap(x, y)
        page.wait_for_timeout(500)
        if page.evaluate("document.querySelector('.stage').classList.contains('is-zoomed')") == is_zoomed:
            return
    raise AssertionError("no double tap was taken for one")


def test_a_double_tap_and_a_pinch_enlarge(visit: Visit, photos: dict[str, Path]) -> None:
    page = answered(visit, photos, device="phone")
    x, y = middle_of(page.locator("[data-side=image]"))
    double_tap_until(page, x, y, True)
    double_tap_until(page, x, y, False)
    before = shown(page, REGISTERED, 1, 1) - shown(page, REGISTERED, 0, 0)
    session = page.context.new_cdp_session(page)
    for place, apart in enumerate((30, 40, 60, 90)):
        fingers = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        kind = "touchMove" if place else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    after = shown(page, REGISTERED, 1, 1) - shown(page, REGISTERED, 0, 0)
    assert np.allclose(after / before, 3, rtol=0.1)
    snap(page, "phone-enlarged")


def test_matched_points_are_shown_on_demand(visit: Visit, photos: dict[str, Path], device: str) -> None:
    page = answered(visit, photos, device=device)
    lines = page.locator(".marks .matched")
    expect(lines).to_be_hidden()
    page.get_by_label("Show the matched points").check()
    expect(lines).to_be_visible()
    assert lines.locator("circle").count() > 20
    snap(page, f"{device}-points")


def test_blinking_is_begun_by_hand_and_slower_than_three_flashes_a_second(
    visit: Visit, photos: dict[str, Path]
) -> None:
    page = answered(visit, photos)
    over(page)
    changes = """() => new Promise((resolve) => {
      let count = 0;
      const watch = new MutationObserver(() => { count += 1; });
      watch.observe(document.querySelector(".stage"), {attributes: true, attributeFilter: ["class"]});
      setTimeout(() => resolve(count), 2500);
    })"""
    assert page.evaluate(changes) == 0
    blink = page.get_by_role("button", name="Blink")
    blink.click()
    expect(blink).to_have_attribute("aria-pressed", "true")
    assert 2 <= page.evaluate(changes) <= 5  # two changes are one flash
    blink.click()
    page.emulate_media(reduced_motion="reduce")
    blink.click()
    assert page.evaluate(changes) <= 1
    blink.click()
    assert page.evaluate(changes) == 0


def test_a_larger_picture_is_loaded_only_where_somebody_looks_closely(visit: Visit, photos: dict[str, Path]) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/v1/images/" in request.url else None)
    choose(page, photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.locator(".compare")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked
    assert all(url.endswith("size=800") for url in asked)
    page.locator(".stage").focus()
    with page.expect_request(lambda request: request.url.endswith("size=1600")):
        for _ in range(4):
            page.keyboard.press("+")


def test_what_is_touched_is_large_enough(visit: Visit, photos: dict[str, Path]) -> None:
    page = answered(visit, photos, device="phone")
    over(page)
    targets = page.locator("button, .source, .modes label, [type=range], summary").filter(visible=True)
    boxes = [target.bounding_box() for target in targets.all()]
    assert len(boxes) > 8
    assert all(box and min(box["width"], box["height"]) >= 44 for box in boxes)
