"""The pages in other languages, right to left among them, and what an officer sees set against the record."""

import pytest
from playwright.sync_api import Page, expect

from heritage.faces.languages import LANGUAGES, _, speaking
from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap
from tests.browser.test_journey import Photos, choose, tap


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
