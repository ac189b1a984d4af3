"""The hits of a scan reviewed in a real browser: by single keys, and without script; sellers; on phone and desktop."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap
from tests.browser.test_languages import overflow
from tests.dealers import dealers_zip


def scanned(page: Page, folder: Path) -> str:
    """Send the dealers' listings, and wait; the address of the scan."""
    sent = folder / "dealers.zip"
    sent.write_bytes(dealers_zip())
    page.goto("/scans/new")
    page.set_input_files("[name=file]", sent)
    page.locator("main [type=submit]").click()
    expect(page.locator("h1")).to_have_text("dealers.zip")
    expect(page.locator("button[name=to]")).to_have_count(0, timeout=60_000)  # it has finished
    return page.url


def looks_right(page: Page, name: str) -> None:
    snap(page, name)
    assert overflow(page) == 0
    assert serious_faults(page) == []


def test_hits_are_reviewed_with_single_keys(visit: Visit, device: str, language: str, tmp_path: Path) -> None:
    page = visit(device, "/scans", language=language)
    scan = scanned(page, tmp_path)
    looks_right(page, f"{device}-scan-done-{language}")
    for path, name in (("hits", "scan-hits"), ("hits?by=seller", "scan-hits-by-seller")):
        page.goto(f"{scan}/{path}")
        looks_right(page, f"{device}-{name}-{language}")
    page.goto(f"{scan}/review")
    expect(page.locator(".keys-choice")).to_be_visible()
    for picture in page.locator(".pair img").all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
    looks_right(page, f"{device}-scan-review-{language}")
    first = page.locator("#what").text_content()
    page.keyboard.press("n")
    expect(page.locator("#what")).not_to_have_text(first or "")
    page.keyboard.press("p")
    expect(page.locator("#what")).to_have_text(first or "")
    page.locator(".keys-choice input").uncheck()
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    expect(page.locator("#what")).to_have_text(first or "")
    page.locator(".keys-choice input").check()
    page.locator("#review-note").press_sequentially("rcn")  # typed, not decided
    expect(page.locator("#review-note")).to_have_value("rcn")
    page.locator("h1").click()
    for left in (1, 0):
        together = page.locator("[name=together]")
        if together.count():
            together.check()
        page.keyboard.press("3" if left else "c")  # for the third reason, or confirmed
        expect(page.locator("[role=status]")).to_be_visible()
        expect(page.locator(f"progress[value='{2 - left}']")).to_have_count(1)
    looks_right(page, f"{device}-scan-reviewed-{language}")
    page.goto("/sellers")
    looks_right(page, f"{device}-sellers-{language}")
    page.locator(".rows h2 a").first.click()
    expect(page.locator("h1 bdi")).to_be_visible()
    looks_right(page, f"{device}-seller-{language}")


def test_hits_are_reviewed_without_script(visit: Visit, tmp_path: Path) -> None:
    page = visit("desktop", "/scans", java_script_enabled=False)
    scan = scanned(page, tmp_path)
    page.goto(f"{scan}/review")
    expect(page.locator(".keys-choice")).to_be_hidden()
    for left in (1, 0):
        page.locator("button[name=decision][value=confirmed]").click()
        while page.locator(f"progress[value='{2 - left}']").count() == 0:  # one listing of the picture after the other
            page.locator("button[name=decision][value=confirmed]").click()
    expect(page.locator("article.review")).to_have_count(0)
    page.goto(f"{scan}/hits")
    page.locator(".rows a").first.click()
    expect(page.locator("article.review")).to_have_count(1)
