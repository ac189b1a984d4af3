"""The pages in other languages, right to left among them, and what an officer sees set against the record."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from heritage.faces.languages import LANGUAGES, _, speaking
from heritage.faces.saying import said
from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap
from tests.browser.test_journey import Photos, choose, tap
from tests.browser.test_offline import ready


def overflow(page: Page) -> int:
    """By how many px the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("code", ["fr", "es", "ar"])
def test_a_photo_is_answered_in_the_readers_language(visit: Visit, device: str, photos: Photos, code: str) -> None:
    page = visit(device, language=code)
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        code,
        LANGUAGES[code].direction,
    ]
    snap(page, f"{device}-start-{code}")
    assert (serious_faults(page), overflow(page)) == ([], 0)
    choose(page, photos["seized"])
    page.locator(".seen summary").click()
    page.fill("[name=materials]", "white marble")
    tap(page, ".photo-form [type=submit]")
    with speaking(code):
        expect(page.get_by_role("heading", level=1)).to_have_text(_("strong match").capitalize())
        expect(page.locator(".differs")).to_contain_text(
            _("%(field)s: differs") % {"field": _("Materials and techniques")}
        )
    snap(page, f"{device}-answer-{code}")
    assert (serious_faults(page), overflow(page)) == ([], 0)


def test_the_language_is_chosen_at_the_foot_of_the_page(visit: Visit, device: str) -> None:
    page = visit(device)
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_nothing_found_in_arabic(visit: Visit, device: str, photos: Photos) -> None:
    page = visit(device, language="ar")
    choose(page, photos["unknown"])
    tap(page, ".photo-form [type=submit]")
    expect(page.locator(".answer")).to_be_visible()
    snap(page, f"{device}-nothing-ar")
    assert (serious_faults(page), overflow(page)) == ([], 0)


def test_what_cannot_be_used_is_told_in_arabic(visit: Visit, device: str, photos: Photos, tmp_path: Path) -> None:
    page = visit(device, language="ar")
    tap(page, ".photo-form [type=submit]")
    with speaking("ar"):
        expect(page.locator(".error")).to_have_text(_("Take or choose a photo first."))
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture at all")
    choose(page, photos["seized"], broken)
    tap(page, ".photo-form [type=submit]")
    with speaking("ar"):
        told = said("photo 2 of 2")
    expect(page.locator(".error")).to_contain_text(told)
    expect(page.locator(".error")).not_to_contain_text(re.compile("not an image|photo 2"))
    expect(page.locator(".photo")).to_have_count(2)
    snap(page, f"{device}-problem-ar")
    assert (serious_faults(page), overflow(page)) == ([], 0)


def test_photos_wait_and_are_sent_in_arabic(visit: Visit, device: str, photos: Photos) -> None:
    page = visit(device, language="ar")
    ready(page)
    page.context.set_offline(True)
    choose(page, photos["seized"])
    tap(page, ".photo-form [type=submit]")
    expect(page.locator(".waiting li")).to_have_count(1)
    with speaking("ar"):
        expect(page.locator(".waiting")).to_contain_text(_("Waiting for the network"))
    snap(page, f"{device}-waiting-ar")
    assert (serious_faults(page), overflow(page)) == ([], 0)
    page.context.set_offline(False)
    with speaking("ar"):
        expect(page.get_by_role("heading", level=1)).to_have_text(_("strong match").capitalize())
    expect(page.locator(".waiting")).to_be_hidden()
