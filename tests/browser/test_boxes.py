"""Boxes around objects: by keyboard, mouse and touch, as they reach the server."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import CDPSession, Locator, Page, Route, expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap
from tests.browser.test_journey import choose

STEP = 6  # px: a hundredth of the photo's 640


@pytest.fixture
def opened(visit: Visit, device: str, photos: dict[str, Path]) -> Page:
    """With one photo of 640 x 520 px, open to be drawn on; no box is proposed."""
    page = visit(device, service_workers="block")  # Playwright does not see through one
    proposing(page)
    choose(page, photos["seized"])
    page.get_by_role("button", name="Mark the object").click()
    return page


def sent_boxes(page: Page, searched: list[bytes]) -> list[str]:
    page.locator("[type=submit]").click()
    expect(page.locator(".answer")).to_be_visible()
    return re.findall(r'name="box"\r\n\r\n([^\r]*)', searched[-1].decode("latin-1"))


def test_a_box_made_by_keyboard_reaches_the_server(opened: Page, searched: list[bytes]) -> None:
    opened.get_by_role("button", name="Add a box").focus()
    opened.keyboard.press("Enter")
    box = opened.get_by_role("group", name=re.compile("Box 1"))
    expect(box).to_be_focused()
    expect(box).to_have_accessible_name("Box 1: 320 by 260 at 160, 130")
    opened.keyboard.press("ArrowLeft")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Shift+ArrowRight")
    opened.keyboard.press("Shift+ArrowUp")
    assert sent_boxes(opened, searched) == [f"0:{160 - STEP},{130 + STEP},{320 + STEP},{260 - STEP}"]
    expect(opened.locator(".searched-photos rect:not(.under)")).to_have_attribute("width", str(320 + STEP))


def test_a_box_stays_inside_the_photo_and_is_never_nothing(opened: Page, searched: list[bytes]) -> None:
    opened.get_by_role("button", name="Add a box").click()
    for _ in range(40):
        opened.keyboard.press("ArrowLeft")
        opened.keyboard.press("ArrowUp")
    for _ in range(80):
        opened.keyboard.press("Shift+ArrowLeft")
        opened.keyboard.press("Shift+ArrowDown")
    assert sent_boxes(opened, searched) == ["0:0,0,16,520"]


def test_boxes_are_removed_by_keyboard_and_by_hand(opened: Page, searched: list[bytes]) -> None:
    for _ in range(3):
        opened.get_by_role("button", name="Add a box").click()
    opened.keyboard.press("Delete")
    expect(opened.locator(".box")).to_have_count(2)
    expect(opened.locator(".box").last).to_be_focused()
    opened.get_by_role("button", name="Remove the box").click()
    opened.get_by_role("button", name="Remove the box").click()
    expect(opened.locator(".box")).to_have_count(0)
    expect(opened.get_by_role("button", name="Add a box")).to_be_focused()
    assert sent_boxes(opened, searched) == []


def test_at_most_so_many_boxes_as_the_server_takes(opened: Page) -> None:
    for _ in range(21):
        opened.get_by_role("button", name="Add a box").click()
    expect(opened.locator(".box")).to_have_count(20)
    expect(opened.locator(".error")).to_contain_text("At most 20 boxes")


def test_a_box_is_drawn_moved_and_resized_by_hand(opened: Page, searched: list[bytes], device: str) -> None:
    layer = opened.locator(".drawing")
    drag = Drag(opened, layer, is_touch=device == "phone")
    drag((64, 52), (320, 260))
    expect(opened.locator(".box")).to_have_count(1)
    assert near(box_of(opened), (64, 52, 256, 208))
    drag((192, 156), (224, 208))
    assert near(box_of(opened), (96, 104, 256, 208))
    drag((352, 312), (448, 416))
    assert near(box_of(opened), (96, 104, 352, 312))
    drag((96, 104), (-50, 60))
    assert near(box_of(opened), (0, 60, 448, 356))
    snap(opened, f"{device}-boxes")
    assert serious_faults(opened) == []
    assert len(sent_boxes(opened, searched)) == 1


def test_a_closed_photo_is_not_drawn_on(opened: Page, device: str) -> None:
    opened.get_by_role("button", name="Done").click()
    Drag(opened, opened.locator(".drawing"), is_touch=device == "phone")((64, 52), (320, 260))
    expect(opened.locator(".box")).to_have_count(0)


def box_of(page: Page) -> list[int]:
    name = page.locator(".box").get_attribute("aria-label") or ""
    width, height, left, top = map(int, re.findall(r"\d+", name)[1:])
    return [left, top, width, height]


def near(found: list[int], wanted: tuple[int, ...], tolerance: int = 8) -> bool:
    return all(abs(one - other) <= tolerance for one, other in zip(found, wanted, strict=True))


class Drag:
    """Drags from one place to another, both in px of a photo 640 px wide."""

    def __init__(self, page: Page, layer: Locator, is_touch: bool) -> None:
        self._page, self._layer, self._is_touch = page, layer, is_touch

    def __call__(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        self._layer.scroll_into_view_if_needed()
        edge = self._layer.bounding_box()
        assert edge
        scale = edge["width"] / 640
        places = np.linspace(start, end, 9) * scale + (edge["x"], edge["y"])
        points = [(float(x), float(y)) for x, y in places]
        if self._is_touch:
            touch(self._page.context.new_cdp_session(self._page), points)
            return
        self._page.mouse.move(*points[0])
        self._page.mouse.down()
        for point in points[1:]:
            self._page.mouse.move(*point)
        self._page.mouse.up()


def touch(session: CDPSession, points: list[tuple[float, float]]) -> None:
    """One finger along ``points``, px of the window."""
    for place, (x, y) in enumerate(points):
        kind = "touchMove" if place else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def proposing(page: Page, *regions: dict[str, int], advice: tuple[str, ...] = ()) -> None:
    """Answer for a server that was asked about a photo half as large as the one that will be sent."""
    said = {"width": 320, "height": 260, "regions": regions, "advice": [{"kind": kind} for kind in advice]}
    page.route("/v1/inspect", lambda route: route.fulfill(json=said))


def test_proposed_boxes_are_shown_and_sent_once_somebody_changed_them(
    visit: Visit, device: str, photos: dict[str, Path], searched: list[bytes]
) -> None:
    page = visit(device, service_workers="block")
    proposing(page, {"left": 20, "top": 30, "width": 100, "height": 80}, advice=("blurred",))
    choose(page, photos["seized"])
    expect(page.locator(".box")).to_have_attribute("aria-label", "Box 1: 200 by 160 at 40, 60")
    expect(page.locator(".advice")).to_contain_text("The photo is blurred. Hold the camera still")
    snap(page, f"{device}-advice")
    assert serious_faults(page) == []
    assert sent_boxes(page, searched) == []
    page.go_back()
    page.get_by_role("button", name="Mark the object").click()
    page.locator(".box").focus()
    page.keyboard.press("ArrowRight")
    assert sent_boxes(page, searched) == [f"0:{40 + STEP},60,200,160"]


def test_a_poor_photo_gets_advice_and_is_searched_all_the_same(
    visit: Visit, device: str, photos: dict[str, Path]
) -> None:
    page = visit(device)
    choose(page, photos["blurred"])
    expect(page.locator(".photo .advice li")).to_contain_text("The photo is blurred. Hold the camera still")
    page.locator("[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing found")
    expect(page.locator(".answer .advice li")).to_contain_text("The photo is blurred. Hold the camera still")
    snap(page, f"{device}-nothing-found-blurred")
    assert serious_faults(page) == []


def test_a_proposal_that_comes_late_changes_nothing(
    visit: Visit, photos: dict[str, Path], searched: list[bytes]
) -> None:
    page = visit(service_workers="block")
    asked: list[Route] = []
    page.route("/v1/inspect", lambda route: asked.append(route))
    choose(page, photos["seized"])
    page.get_by_role("button", name="Mark the object").click()
    page.get_by_role("button", name="Add a box").click()
    region = {"left": 0, "top": 0, "width": 90, "height": 90}
    asked[0].fulfill(json={"width": 640, "height": 520, "regions": [region], "advice": []})
    page.wait_for_timeout(300)
    assert sent_boxes(page, searched) == ["0:160,130,320,260"]
