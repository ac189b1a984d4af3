"""Scans in a real browser: a file is sent and watched, on a phone and a desktop, in two directions of writing."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap
from tests.browser.test_languages import overflow
from tests.integration.faces.scanned import archive
from tests.pictures import encoded, homography, photograph, picture


def test_listings_are_sent_and_watched(visit: Visit, device: str, language: str, tmp_path: Path) -> None:
    shown = encoded(photograph(picture(1), homography(10, 0.9, 0.0001)))
    sent = tmp_path / "dealers.zip"
    sent.write_bytes(archive(a_png=shown, b_png=encoded(picture(200)), c_png=shown[:2000])["file"][1])
    page = visit(device, "/scans", language=language)
    page.locator("a[href='/scans/new']").click()
    snap(page, f"{device}-scan-new-{language}")
    assert overflow(page) == 0
    page.set_input_files("[name=file]", sent)
    page.locator("main [type=submit]").click()
    expect(page.locator("h1")).to_have_text("dealers.zip")
    expect(page.locator("button[name=to]")).to_have_count(0, timeout=60_000)  # it has finished
    snap(page, f"{device}-scan-{language}")
    assert overflow(page) == 0
    done = page.url
    page.goto("/scans")
    snap(page, f"{device}-scans-{language}")
    assert overflow(page) == 0
    for address in ("/scans", "/scans/new", done):
        page.goto(address)
        assert serious_faults(page) == []
