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
