"""The registry in a real browser: browsing, one record, registering, changing, two people at one record."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap, wait_until
from tests.browser.serving import ADMIN, OFFICER, REGISTRAR

Photos = dict[str, Path]


def is_not_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_records_are_browsed_narrowed_down_and_opened(visit: Visit, device: str, language: str) -> None:
    page = visit(device, "/registry", language, OFFICER)
    expect(page.locator(".grid li").first).to_be_visible()
    wait_until(page, "document.querySelector('.grid img').naturalWidth > 0")
    assert is_not_wider_than_the_screen(page)
    snap(page, f"{device}-{language}-registry")
    assert serious_faults(page) == []
    if device == "phone":
        page.locator(".narrow > label").click()
        snap(page, f"{device}-{language}-registry-narrowing")
        assert serious_faults(page) == []
    page.locator(".facets a[href*='material=wood']").click()
    expect(page.locator(".facets .path")).to_have_count(1)
    page.fill("[name=text]", "Panel 3")
    page.locator(".criteria [type=submit]").click()
    expect(page.locator(".grid li")).to_have_count(1)
    page.locator(".grid a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Panel 3")
    wait_until(page, "document.querySelector('.views img').naturalWidth > 0")
    assert is_not_wider_than_the_screen(page)
    snap(page, f"{device}-{language}-record")
    assert serious_faults(page) == []


def test_a_date_that_is_none_is_said_at_the_field(visit: Visit) -> None:
    page = visit("desktop", "/registry?since=May", login=OFFICER)
    expect(page.locator("[name=since]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#problem-since")).to_contain_text("Write a date like 1998")
    assert page.input_value("[name=since]") == "May"


def test_an_object_is_registered_and_changed(
    visit: Visit, device: str, language: str, photos: Photos, request: pytest.FixtureRequest
) -> None:
    page = visit(device, "/registry", language, REGISTRAR)
    page.locator("a[href='/records/new']").click()
    expect(page.locator(".complete meter")).to_be_visible()
    assert is_not_wider_than_the_screen(page)
    snap(page, f"{device}-{language}-form")
    assert serious_faults(page) == []
    number = f"made-{device}-{language}-{id(request)}"
    page.fill("[name=registry]", "north")
    page.fill("[name=theft_date]", "last May")
    page.fill("[name=measurements]", "32 × 20 cm")
    page.set_input_files("[name=image]", photos["unknown"])
    wait_until(page, "document.querySelector('.complete meter').value > 0.31")
    page.locator(".complete button").click()
    expect(page.locator("#problem-number")).to_be_visible()
    expect(page.locator("#problem-theft_date")).to_be_visible()
    assert page.input_value("[name=measurements]") == "32 × 20 cm"
    snap(page, f"{device}-{language}-form-wrong")
    assert serious_faults(page) == []
    page.fill("[name=number]", number)
    page.fill("[name=theft_date]", "2026-05")
    page.fill("[name=title]", "Lion of basalt")
    page.set_input_files("[name=image]", photos["unknown"])
    page.locator(".complete button").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lion of basalt")
    page.locator(f"a[href='/edit/north/{number}']").click()
    page.select_option(".photo-rows select", "front")
    page.fill("[name=materials]", "basalt")
    snap(page, f"{device}-{language}-form-known")
    assert serious_faults(page) == []
    page.locator(".complete button").click()
    expect(page.locator(".views li")).to_have_count(1)
    page.locator("summary").click()
    expect(page.locator(".changes").first).to_contain_text("basalt")
    snap(page, f"{device}-{language}-record-changed")
    assert serious_faults(page) == []


def test_two_people_change_one_record_and_nothing_is_lost(visit: Visit, request: pytest.FixtureRequest) -> None:
    mine = visit("desktop", "/records/new", login=REGISTRAR)
    number = f"both-{id(request)}"
    for name, text in {"registry": "north", "number": number, "title": "Head"}.items():
        mine.fill(f"[name={name}]", text)
    mine.locator(".complete button").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("Head")
    path = f"/edit/north/{number}"
    theirs = visit("desktop", path, login=ADMIN)
    mine.goto(path)
    theirs.fill("[name=title]", "Head of a king")
    theirs.locator(".complete button").click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Head of a king")
    mine.fill("[name=title]", "Head of a queen")
    mine.fill("[name=maker]", "unknown workshop")
    mine.locator(".complete button").click()
    expect(mine.locator("#other-title")).to_contain_text("Head of a king")
    assert mine.input_value("[name=title]") == "Head of a queen"
    assert mine.input_value("[name=maker]") == "unknown workshop"
    snap(mine, "desktop-en-form-conflict")
    assert serious_faults(mine) == []
    mine.locator(".complete button").click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("Head of a queen")


def test_an_object_is_registered_without_scripts(visit: Visit, request: pytest.FixtureRequest) -> None:
    page = visit("phone", "/records/new", login=REGISTRAR, java_script_enabled=False)
    for name, text in {"registry": "north", "number": f"plain-{id(request)}", "category": "painting › icon"}.items():
        page.fill(f"[name={name}]", text)
    page.locator(".complete button").click()
    expect(page.locator("strong", has_text="icon")).to_be_visible()
    page.locator("a.button").click()
    page.fill("[name=reason]", "registered twice")
    page.locator(".withdrawing button").click()
    expect(page.locator(".tags")).to_contain_text("Withdrawn by its registry")


def test_a_record_is_fit_for_print(visit: Visit) -> None:
    page = visit("desktop", "/records/north/3", login=OFFICER)
    page.emulate_media(media="print")
    expect(page.locator(".one-record h1")).to_be_visible()
    for hidden in (".downloads >> nth=0", "footer", ".places"):
        expect(page.locator(hidden)).to_be_hidden()
    snap(page, "print-record")
