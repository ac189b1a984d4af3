"""From an answer that found nothing to a watched photo, and to the end of the watch."""

from playwright.sync_api import expect

from heritage.faces.languages import _, speaking
from tests.browser.conftest import Visit
from tests.browser.serving import OFFICER
from tests.browser.test_inbox import looked_at
from tests.browser.test_journey import Photos, choose, tap


def test_a_photo_is_watched_and_the_watch_is_ended(visit: Visit, device: str, language: str, photos: Photos) -> None:
    page = visit(device, login=OFFICER, language=language)
    choose(page, photos["seized"])
    tap(page, ".photo-form [type=submit]")
    expect(page.locator(".answer")).to_be_visible()
    button = page.locator("form[action='/watches'] button")
    button.scroll_into_view_if_needed()
    looked_at(page, f"{device}-answer-watch-{language}")
    button.click()
    page.wait_for_url("**/watches?said=watched")
    with speaking(language):
        expect(page.get_by_role("status")).to_have_text(_("Your agency is told if it is registered."))
    expect(page.locator(".rows > li")).to_have_count(1)
    looked_at(page, f"{device}-watches-{language}")
    page.locator(".rows form button").click()
    page.wait_for_url("**/watches?said=ended")
    expect(page.locator(".rows")).to_have_count(0)
