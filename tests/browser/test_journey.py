"""From a photo to the answer: by hand, by keyboard only, without scripts; and what goes wrong on the way."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap

Photos = dict[str, Path]


def choose(page: Page, *paths: Path) -> None:
    before = page.locator(".photo").count()
    page.set_input_files("[name=image]", paths)
    expect(page.locator(".photo")).to_have_count(before + len(paths))


def tap(page: Page, selector: str) -> None:
    target = page.locator(selector)
    if page.evaluate("matchMedia('(pointer: coarse)').matches"):
        target.tap()
    else:
        target.click()


def test_a_photo_is_answered(visit: Visit, device: str, photos: Photos) -> None:
    page = visit(device)
    snap(page, f"{device}-start")
    assert serious_faults(page) == []
    choose(page, photos["seized"])
    snap(page, f"{device}-chosen")
    assert serious_faults(page) == []
    tap(page, "[type=submit]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Strong match")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator(".compare")).to_be_visible()
    assert page.title() == "Strong match · heritage"
    snap(page, f"{device}-answer")
    assert serious_faults(page) == []


def test_nothing_found_is_answered(visit: Visit, device: str, photos: Photos) -> None:
    page = visit(device)
    choose(page, photos["unknown"], photos["unknown"])
    tap(page, "[type=submit]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing found")
    snap(page, f"{device}-nothing")
    assert serious_faults(page) == []


def test_the_camera_is_offered_where_there_is_a_touch_screen(visit: Visit, photos: Photos) -> None:
    page = visit("phone")
    expect(page.get_by_text("Take a photo", exact=True)).to_be_visible()
    page.set_input_files("[name=camera]", photos["seized"])
    tap(page, "[type=submit]")  # the third tap, after the camera's own
    expect(page.get_by_role("heading", level=1)).to_have_text("Strong match")
    expect(visit("desktop").get_by_text("Take a photo", exact=True)).to_be_hidden()


def test_by_keyboard_alone(visit: Visit, photos: Photos) -> None:
    page = visit()
    page.on("filechooser", lambda chooser: None)  # from now on no window of the system's opens
    tab_to(page, "image", attribute="name")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(photos["seized"])
    expect(page.locator(".photo")).to_have_count(1)
    tab_to(page, "submit", attribute="type")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Strong match")
    tab_to(page, "beside", attribute="value")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".stage")).to_have_class(re.compile("is-over"))
    tab_to(page, "range", attribute="type")
    page.keyboard.press("End")
    expect(page.locator("[type=range]")).to_have_value("100")
    assert page.locator(".stage").evaluate("stage => stage.style.getPropertyValue('--wipe')") == "100%"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def tab_to(page: Page, value: str, attribute: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("name => document.activeElement.getAttribute(name)", attribute) == value:
            return
    raise AssertionError(f"no Tab leads to {attribute}={value}")


def test_going_back_finds_the_photos_as_they_were(visit: Visit, photos: Photos) -> None:
    page = visit()
    choose(page, photos["seized"], photos["unknown"])
    page.locator("[type=submit]").click()
    expect(page.locator(".answer")).to_be_visible()
    page.go_back()
    expect(page.locator(".photo")).to_have_count(2)
    page.locator(".photo .remove").nth(1).click()
    page.locator("[type=submit]").click()
    expect(page.locator(".answer")).to_be_visible()
    page.go_back()
    expect(page.locator(".photo")).to_have_count(1)
    page.go_forward()
    expect(page.locator(".answer")).to_be_visible()


def test_without_scripts_the_form_works(visit: Visit, photos: Photos) -> None:
    page = visit(java_script_enabled=False)
    page.set_input_files("[name=image]", photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Strong match")
    expect(page.locator(".pair.wide")).to_be_visible()
    expect(page.locator(".compare")).to_be_hidden()
    snap(page, "desktop-answer-without-scripts")


def test_a_large_photo_is_made_smaller_and_loses_what_it_tells_of_the_phone(
    visit: Visit, searched: list[bytes], tmp_path: Path
) -> None:
    page = visit()
    turned = Image.new("RGB", (3000, 1000), "grey")
    exif = turned.getexif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "a maker of phones"
    path = tmp_path / "turned.jpg"
    turned.save(path, exif=exif)
    choose(page, path)
    page.locator("[type=submit]").click()
    expect(page.locator(".answer")).to_be_visible()
    body = searched[0]
    image = Image.open(io.BytesIO(body[body.index(b"\xff\xd8") :]))
    assert image.size == (800, 2400)
    assert b"a maker of phones" not in body


def test_a_small_photo_is_sent_byte_for_byte(visit: Visit, searched: list[bytes], photos: Photos) -> None:
    page = visit()
    choose(page, photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.locator(".answer")).to_be_visible()
    assert photos["seized"].read_bytes() in searched[0]


def test_what_the_browser_holds_does_not_come_back(visit: Visit, photos: Photos) -> None:
    page = visit()
    choose(page, photos["seized"])
    with page.expect_response(
        lambda response: response.request.method == "POST" and response.url.endswith("/")
    ) as answered:
        page.locator("[type=submit]").click()
    assert len(answered.value.body()) < 60_000
    expect(page.locator(".answer")).to_be_visible()
    photo = page.locator("image[id$=photo-0]")
    assert (photo.get_attribute("href") or "").startswith("data:image/jpeg")


def test_two_submissions_make_one_search(visit: Visit, searched: list[bytes], photos: Photos) -> None:
    page = visit()
    choose(page, photos["seized"])
    page.evaluate("const form = document.querySelector('form'); form.requestSubmit(); form.requestSubmit()")
    page.locator("[type=submit]").evaluate("button => button.click()")
    expect(page.locator(".answer")).to_be_visible()
    assert len(searched) == 1


def test_the_same_photos_sent_again_are_answered_as_before(visit: Visit, photos: Photos) -> None:
    page = visit()
    choose(page, photos["seized"])
    replayed = []
    for _ in range(2):
        with page.expect_response(
            lambda response: response.request.method == "POST" and response.url.endswith("/")
        ) as answered:
            page.locator("[type=submit]").click()
        replayed.append(answered.value.headers.get("idempotent-replayed"))
        expect(page.locator(".answer")).to_be_visible()
        page.go_back()
        expect(page.locator(".photo")).to_have_count(1)
    assert replayed == [None, "true"]


def test_photos_sent_again_much_later_are_searched_again(visit: Visit, photos: Photos) -> None:
    """More may be registered by then."""
    page = visit()
    choose(page, photos["seized"])
    for _ in range(2):
        with page.expect_response(
            lambda response: response.request.method == "POST" and response.url.endswith("/")
        ) as answered:
            page.locator("[type=submit]").click()
        assert answered.value.headers.get("idempotent-replayed") is None
        expect(page.locator(".answer")).to_be_visible()
        page.go_back()
        expect(page.locator(".photo")).to_have_count(1)
        page.evaluate("const now = Date.now; Date.now = () => now() + 11 * 60_000")


@pytest.mark.parametrize(
    "broken",
    [
        "HTMLCanvasElement.prototype.toBlob = (done) => done(null)",
        "CanvasRenderingContext2D.prototype.drawImage = () => { throw new Error('no memory') }",
    ],
)
def test_a_photo_that_a_phone_has_no_memory_for_is_sent_as_it_is(
    visit: Visit, searched: list[bytes], photos: Photos, broken: str
) -> None:
    page = visit()
    page.evaluate(f"() => {{ {broken} }}")
    choose(page, photos["large"], photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Strong match")
    assert photos["large"].read_bytes() in searched[0]


def test_what_is_no_picture_is_said_at_the_field_and_nothing_is_lost(
    visit: Visit, photos: Photos, tmp_path: Path
) -> None:
    page = visit()
    page.locator("[type=submit]").click()
    expect(page.locator(".error")).to_have_text("Take or choose a photo first.")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture at all")
    choose(page, photos["seized"], broken)
    expect(page.locator(".error")).to_be_empty()
    expect(page.locator(".photo").nth(1)).to_contain_text("broken.jpg cannot be shown")
    page.locator("[type=submit]").click()
    expect(page.locator(".error")).to_contain_text("photo 2 of 2")
    expect(page.locator(".photo")).to_have_count(2)
    assert page.locator("[name=image]").get_attribute("aria-invalid") is not None
    snap(page, "desktop-problem")
    assert serious_faults(page) == []
    page.locator(".photo .remove").nth(1).click()
    page.locator("[type=submit]").click()
    expect(page.locator(".answer")).to_be_visible()


def test_a_text_file_and_too_many_photos_are_left_out(visit: Visit, photos: Photos, tmp_path: Path) -> None:
    page = visit()
    text = tmp_path / "notes.txt"
    text.write_text("not a picture")
    page.set_input_files("[name=image]", text)
    expect(page.locator(".error")).to_have_text("notes.txt is not a picture and was left out.")
    page.set_input_files("[name=image]", [photos["unknown"]] * 11)
    expect(page.locator(".photo")).to_have_count(10)
    expect(page.locator(".error")).to_contain_text("At most 10 photos")


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_photos_may_be_dropped_or_pasted(visit: Visit, photos: Photos, event: str) -> None:
    page = visit()
    send = """([name, bytes]) => {
      const carried = new DataTransfer();
      carried.items.add(new File([new Uint8Array(bytes)], "photo.jpg", {type: "image/jpeg"}));
      const options = {bubbles: true, cancelable: true, dataTransfer: carried, clipboardData: carried};
      const happening = name === "drop" ? new DragEvent(name, options) : new ClipboardEvent(name, options);
      document.querySelector(".photo-form").dispatchEvent(happening);
    }"""
    page.evaluate(send, [event, list(photos["seized"].read_bytes())])
    expect(page.locator(".photo")).to_have_count(1)
    page.locator("[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Strong match")


def test_a_busy_server_loses_no_photo(visit: Visit, photos: Photos) -> None:
    page = visit(service_workers="block")
    choose(page, photos["seized"])
    page.route("/", busy)
    page.locator("[type=submit]").click()
    expect(page.locator(".error")).to_contain_text("The photos are still here")
    page.unroute("/")
    page.locator("[type=submit]").click()
    expect(page.locator(".answer")).to_be_visible()


def busy(route: Route) -> None:
    route.fulfill(status=503, body="busy")
