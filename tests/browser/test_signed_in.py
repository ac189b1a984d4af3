"""Several agencies at one heritage: signing in and out, and what a shared device shows to the next person."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import NOBODY, Visit, snap
from tests.browser.serving import ADMIN, INVESTIGATOR, OFFICER, OPERATOR, PASSWORD, REGISTRAR, Served
from tests.browser.test_journey import Photos, choose


@pytest.mark.parametrize("login", [OPERATOR, ADMIN, REGISTRAR, INVESTIGATOR, OFFICER])
def test_each_of_them_is_known(visit: Visit, login: str) -> None:
    expect(visit(login=login).locator(".account")).to_contain_text(login)


def sign_in(page: Page, login: str) -> None:
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    expect(page.locator(".photo-form.scripted")).to_be_visible()
    expect(page.locator(".account")).to_contain_text(login)


def sign_out(page: Page) -> None:
    page.goto("/account")
    page.click("form[action='/logout'] [type=submit]")
    page.wait_for_selector("form[action='/login']")


def test_after_signing_out_no_answer_is_found_by_going_back(visit: Visit, device: str, photos: Photos) -> None:
    page = visit(device, "/login", login=NOBODY)
    snap(page, f"{device}-login")
    assert serious_faults(page) == []
    sign_in(page, OFFICER)
    choose(page, photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.locator(".answer")).to_be_visible()
    sign_out(page)
    for _ in range(2):
        page.go_back()
        expect(page.locator(".answer, .photo-form, .account")).to_have_count(0)


def test_photos_that_wait_are_kept_for_who_took_them(visit: Visit, device: str, photos: Photos, shared: Served) -> None:
    page = visit(device, login=OFFICER, service_workers="block")  # Playwright does not see through one
    shared.searches.clear()
    page.route("/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    choose(page, photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.locator(".waiting li")).to_have_count(1)
    page.goto("/account")
    expect(page.locator(".waiting")).to_contain_text("When you sign out they stay on it, hidden from others")
    snap(page, f"{device}-account-waiting")
    assert serious_faults(page) == []
    sign_out(page)
    sign_in(page, INVESTIGATOR)
    page.unroute("/")
    page.goto("/account")
    page.wait_for_timeout(500)
    expect(page.locator(".waiting")).to_be_hidden()
    expect(page.locator(".waiting li")).to_have_count(0)
    sign_out(page)
    assert shared.searches == []
    sign_in(page, OFFICER)
    expect(page.get_by_role("heading", level=1)).to_have_text("Strong match")
    assert len(shared.searches) == 1
    expect(page.locator(".waiting")).to_be_hidden()


def test_a_tab_that_stayed_open_sends_nothing_for_who_signed_in_since(
    visit: Visit, photos: Photos, shared: Served
) -> None:
    page = visit(login=OFFICER, service_workers="block")
    shared.searches.clear()
    page.route("/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    choose(page, photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.locator(".waiting li")).to_have_count(1)
    page.unroute("/")
    other = page.context.new_page()
    sign_out(other)
    sign_in(other, INVESTIGATOR)
    expect(page.locator(".waiting li")).to_have_count(0)
    page.evaluate("window.told = 0; addEventListener('storage', () => (told += 1))")
    for one in (page, other):
        one.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    assert shared.searches == []
    assert page.evaluate("told") == 0  # two tabs do not contradict each other for ever
    sign_out(other)
    sign_in(other, OFFICER)
    expect(other.get_by_role("heading", level=1)).to_have_text("Strong match")
    assert len(shared.searches) == 1


def test_photos_taken_at_a_tab_that_stayed_open_are_those_of_whose_page_it_is(visit: Visit, photos: Photos) -> None:
    page = visit(login=OFFICER, service_workers="block")
    other = page.context.new_page()
    sign_out(other)
    page.route("/", lambda route: route.abort())
    choose(page, photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.locator(".photo")).to_have_count(0)
    sign_in(other, INVESTIGATOR)
    other.wait_for_timeout(500)
    expect(other.locator(".waiting")).to_be_hidden()
    sign_out(other)
    sign_in(other, OFFICER)
    expect(other.get_by_role("heading", level=1)).to_have_text("Strong match")


def test_who_types_is_not_signed_out_meanwhile(visit: Visit) -> None:
    page = visit(path="/cases/new", login=OFFICER)
    page.evaluate("const now = Date.now; Date.now = () => now() + 6 * 60_000")
    with page.expect_request("**/v1/me"):
        page.fill("[name=note]", "a long note")
