"""A case in a browser: from bad input to good, a photo and a note, and into another agency's hands."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap
from tests.browser.serving import INVESTIGATOR, NORTH, REGISTRAR

Photos = dict[str, Path]
TITLE = "Icon in a lorry"


def looked_at(page: Page, name: str) -> None:
    snap(page, name)
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def sent(page: Page, action: str) -> None:
    page.locator(f"form[action$='{action}'] [type=submit]").click()


def test_a_case_goes_from_one_agency_to_another(visit: Visit, device: str, language: str, photos: Photos) -> None:
    page = visit(device, "/cases", language, INVESTIGATOR)
    looked_at(page, f"{device}-{language}-cases")
    page.click("a[href='/cases/new']")
    page.fill("[name=title]", TITLE)
    page.fill("[name=date]", "in May")
    page.fill("[name=note]", "write to a@b.example")
    sent(page, "/cases")
    expect(page.locator("#problem-date, #problem-note")).to_have_count(2)
    expect(page.locator("[name=title]")).to_have_value(TITLE)
    looked_at(page, f"{device}-{language}-case-refused")
    page.fill("[name=date]", "2026-05")
    page.fill("[name=note]", "behind the spare wheel")
    sent(page, "/cases")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    address = re.sub(r".*(/cases/H-\d{4}-\w{5})$", r"\1", page.url)
    page.set_input_files("[name=photos]", photos["seized"])
    sent(page, "/photos")
    expect(page.locator(".timeline .case-photo img")).to_have_count(1)
    page.fill("[name=note]", "weighed: 2 kg")
    sent(page, "/notes")
    expect(page.locator(".timeline")).to_contain_text("weighed: 2 kg")
    sent(page, "/search")
    expect(page.locator(".timeline .filed").first).to_be_visible()
    looked_at(page, f"{device}-{language}-case")
    page.click("#form-offer summary")
    page.select_option("[name=agency]", NORTH)
    page.fill("[name=offer_note]", "it is yours")
    sent(page, "/offer")
    expect(page.locator("#form-withdraw")).to_have_count(1)

    other = visit(device, "/cases?listed=offered", language, REGISTRAR)
    other.click(f"a[href='{address}']")
    expect(other.locator("main")).to_contain_text("it is yours")
    expect(other.locator(".timeline")).to_have_count(0)
    looked_at(other, f"{device}-{language}-case-offered")
    sent(other, "/accept")
    expect(other.locator(".timeline")).to_contain_text("weighed: 2 kg")
    other.goto(f"{address}/print")
    expect(other.locator("nav, form, .masthead")).to_have_count(0)
    looked_at(other, f"{device}-{language}-case-printed")
    page.reload()
    expect(page.locator("main form[method=post]")).to_have_count(0)
    expect(page.locator(".timeline")).to_contain_text("weighed: 2 kg")
    looked_at(page, f"{device}-{language}-case-handed-over")


def test_a_case_needs_no_script(visit: Visit, device: str) -> None:
    page = visit(device, "/cases/new", login=INVESTIGATOR, java_script_enabled=False)
    page.fill("[name=title]", TITLE)
    sent(page, "/cases")
    page.fill("[name=note]", "by hand")
    sent(page, "/notes")
    expect(page.locator(".timeline")).to_contain_text("by hand")
