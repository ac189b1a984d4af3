"""An officer's day on a phone, all typed wrongly: each form says at its field what to mend, and loses nothing."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import NOBODY, Visit, snap
from tests.browser.serving import ADMIN, INVESTIGATOR, OFFICER, PASSWORD, REGISTRAR
from tests.browser.test_journey import Photos, choose, tap

LONG = "long," * 2500
Typed = dict[str, str]


def looked_at(page: Page, name: str) -> None:
    snap(page, f"phone-{name}")
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def refused(page: Page, form: str, typed: Typed, wrong: str) -> None:
    """Send ``typed`` with the form that goes to ``form``: what is wrong stands at the field ``wrong``, all is kept."""
    sender = page.locator(f"form[action$='{form}']")
    for name, text in typed.items():
        sender.locator(f"[name={name}]").fill(text)
    # As a browser without these checks of its own would: what the server says must do.
    sender.evaluate("form => (form.noValidate = true)")
    sender.locator("[type=submit]").click()
    field = page.locator(f"form[action$='{form}'] [name={wrong}]")
    expect(field).to_have_attribute("aria-invalid", "true")
    problem = page.locator(f"#problem-{wrong}, #problem-{'reference' if wrong == 'reference_text' else wrong}").first
    expect(problem).to_be_visible()
    assert problem.evaluate("one => one.closest('.field') !== null")
    for name, text in typed.items():
        value = page.locator(f"form[action$='{form}'] [name={name}]").input_value()
        assert value.strip() == text.strip(), name


def opened_case(page: Page, title: str) -> str:
    page.goto("/cases/new")
    page.fill("[name=title]", title)
    page.locator("form[action='/cases'] [type=submit]").click()
    page.wait_for_url(re.compile(r"/cases/H-"))
    return re.sub(r".*(/cases/H-\d{4}-\w{5}).*", r"\1", page.url)


def test_nothing_wrong_that_an_officer_types_into_a_case_is_lost(visit: Visit, language: str, photos: Photos) -> None:
    page = visit("phone", "/cases/new", language, OFFICER)
    whole = {"title": "Cup & <b>", "date": "in May", "place": "quay 7", "reference": "7/26", "note": LONG, "hit": "12"}
    refused(page, "/cases", whole, "date")
    expect(page.locator("#problem-note")).to_be_visible()
    looked_at(page, f"{language}-wrong-case")
    refused(page, "/cases", {**whole, "date": "", "note": "mail a@b.example"}, "note")
    refused(page, "/cases", {**whole, "date": "2026-05", "note": "x"}, "hit")
    refused(page, "/cases", {**whole, "title": " ", "date": "", "note": "", "hit": ""}, "title")
    case = opened_case(page, "Cup")
    refused(page, f"{case}/notes", {"note": "   "}, "note")
    refused(page, f"{case}/notes", {"note": LONG}, "note")
    page.click("#form-reference summary")
    refused(page, f"{case}/references", {"reference_text": "x" * 201}, "reference_text")
    page.click("#form-hit summary")
    refused(page, f"{case}/hits", {"hit": "no such"}, "hit")
    page.click("#form-facts summary")
    refused(page, f"{case}/facts", {"title": "New", "date": "1.5.2026", "place": "here"}, "date")
    looked_at(page, f"{language}-wrong-facts")


def test_files_of_the_wrong_kind_are_told_where_they_are_chosen(
    visit: Visit, language: str, photos: Photos, tmp_path: Path
) -> None:
    text = tmp_path / "list.txt"
    text.write_text("no picture")
    fake = tmp_path / "fake.jpg"
    fake.write_bytes(b"%PDF-1.7 no picture either")
    page = visit("phone", "/", language, OFFICER)
    page.click(".seen summary")
    page.fill("[name=materials]", "bronze")
    for wrong in (text, fake):
        page.set_input_files("[name=image]", wrong)
        if wrong is fake:
            expect(page.locator(".photo")).to_have_count(1)
            tap(page, ".photo-form [type=submit]")
        expect(page.locator("#photo-problem")).not_to_be_empty()
        expect(page.locator("[name=image]")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("[name=materials]")).to_have_value("bronze")
    looked_at(page, f"{language}-wrong-photo")
    opened_case(page, "Photos")
    page.set_input_files("[name=photos]", fake)
    page.locator("form[action$='/photos'] [type=submit]").click()
    expect(page.locator("#problem-photos")).to_be_visible()
    looked_at(page, f"{language}-wrong-case-photo")
    page.goto("/scans/new")
    for wrong in (text, fake):
        page.set_input_files("[name=file]", wrong)
        page.locator("main [type=submit]").click()
        if wrong is fake:
            break  # it is no table; what else it is, is found out when it is read
        expect(page.locator("#problem-file")).to_be_visible()
        looked_at(page, f"{language}-wrong-scan")


def test_a_decision_without_its_reason_is_told_at_the_note(visit: Visit, language: str, photos: Photos) -> None:
    page = visit("phone", "/", language, OFFICER)
    choose(page, photos["seized"])
    tap(page, ".photo-form [type=submit]")
    form = page.locator(".decision").first
    form.locator("[value=rejected]").click()
    page.wait_for_url(re.compile("/hits/"))
    expect(page.locator("#decide-note")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#decide-problem")).to_be_visible()
    looked_at(page, f"{language}-wrong-decision")
    page.fill("#decide-note", LONG)
    page.select_option("#decide-reason", "2")
    page.locator("[value=rejected]").click()
    expect(page.locator("#decide-problem")).to_be_visible()
    expect(page.locator("#decide-note")).to_have_value(LONG)
    expect(page.locator("#decide-reason")).to_have_value("2")
    page.fill("#decide-note", "")
    page.locator("[value=rejected]").click()
    expect(page.locator("[role=status]")).to_be_visible()
    looked_at(page, f"{language}-decided")


def test_admins_and_registrars_are_told_at_the_field_too(visit: Visit, language: str) -> None:
    page = visit("phone", "/people", language, ADMIN)
    refused(page, "/people", {"login": "two words"}, "login")
    refused(page, "/people", {"login": "x" * 400}, "login")
    page.goto("/keys")
    refused(page, "/keys", {"label": "y" * 400, "days": "0"}, "days")
    page.goto("/agency")
    refused(page, "/agency/photos", {"days": "a week"}, "days")
    refused(page, "/agency/channels", {"address": "no mailbox"}, "address")
    looked_at(page, f"{language}-wrong-channel")
    page.goto("/account")
    fields = {"password": PASSWORD, "new": "eight dark harbours", "again": "nine dark harbours"}
    for name, text in fields.items():
        page.fill(f"[name={name}]", text)
    page.locator("form[action='/account/password'] [type=submit]").click()
    expect(page.locator("#problem-again")).to_be_visible()
    page = visit("phone", "/edit/north/5", language, REGISTRAR)
    page.fill("[name=title]", "z" * 10_001)
    page.fill("[name=theft_date]", "long ago")
    page.locator(".complete button").click()
    expect(page.locator("#problem-title, #problem-theft_date")).to_have_count(2)
    assert len(page.input_value("[name=title]")) == 10_001
    page.fill("[name=reason]", "r" * 1_001)
    page.locator(".withdrawing button").click()
    expect(page.locator("#problem-reason")).to_be_visible()
    assert len(page.input_value("[name=reason]")) == 1_001


@pytest.mark.parametrize("scripts", [True, False])
def test_a_session_that_ends_while_somebody_types_loses_nothing(visit: Visit, language: str, scripts: bool) -> None:
    page = visit("phone", "/cases", language, OFFICER, java_script_enabled=scripts)
    case = opened_case(page, f"Ended {scripts}")
    note = f"typed for long\nكأس {scripts}"
    page.fill("[name=note]", note)
    page.context.clear_cookies(name="heritage_session")
    page.locator("form[action$='/notes'] [type=submit]").click()
    expect(page.locator("input[name=password]")).to_be_visible()
    looked_at(page, f"{language}-signed-out") if scripts else None
    page.fill("[name=login]", OFFICER)
    page.fill("[name=password]", "not this")
    page.locator("form[action='/login'] [type=submit]").click()
    expect(page.locator(".problem")).to_be_visible()
    page.fill("[name=password]", PASSWORD)
    page.locator("form[action='/login'] [type=submit]").click()
    expect(page.locator("main")).to_contain_text("typed for long")
    looked_at(page, f"{language}-send-it-now") if scripts else None
    page.locator(f"form[action='{case}/notes'] [type=submit]").click()
    page.wait_for_url(re.compile(f"{case}$"))
    expect(page.locator(".timeline")).to_contain_text("typed for long")
    page.context.clear_cookies(name="heritage_session")
    page.goto(f"{case}/print")
    page.fill("[name=login]", OFFICER)
    page.fill("[name=password]", PASSWORD)
    page.locator("form[action='/login'] [type=submit]").click()
    page.wait_for_url(re.compile(f"{case}/print$"))


def test_a_form_with_photographs_is_typed_once_though_the_session_ends(visit: Visit, photos: Photos) -> None:
    page = visit("phone", "/records/new", "en", REGISTRAR)
    page.fill("[name=registry]", "north")
    page.fill("[name=title]", "Lion of basalt")
    page.fill("[name=terms] >> nth=1", "bronze")
    page.set_input_files("[name=image]", photos["large"])
    page.context.clear_cookies(name="heritage_session")
    page.locator(".complete button").click()
    page.wait_for_url(re.compile("/login"))
    page.fill("[name=login]", REGISTRAR)
    page.fill("[name=password]", PASSWORD)
    page.locator("form[action='/login'] [type=submit]").click()
    page.wait_for_url(re.compile("/records/new$"))
    expect(page.locator("[name=title]")).to_have_value("Lion of basalt")
    expect(page.locator("[name=terms]").nth(1)).to_have_value("bronze")
    expect(page.locator(".restored")).to_be_visible()
    looked_at(page, "en-typed-before")
    page.goto("/registry")
    page.goto("/records/new")
    expect(page.locator("[name=title]")).to_have_value("")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_tap_acts_once_and_going_back_begins_anew(visit: Visit, tmp_path: Path, scripts: bool) -> None:
    page = visit("phone", "/cases", "en", INVESTIGATOR, java_script_enabled=scripts)
    opened_case(page, f"Twice {scripts}")
    for note in ("first", "second"):
        page.fill("[name=note]", note)
        page.locator("form[action$='/notes'] [type=submit]").dblclick(no_wait_after=True)
        expect(page.locator(".timeline .words", has_text=note)).to_have_count(1)
        page.go_back()
        expect(page.locator("[name=note]")).to_be_visible()
    page.reload()
    expect(page.locator(".timeline .words")).to_have_count(2)
    table = tmp_path / f"list-{scripts}.csv"
    table.write_text("key,image\n1,https://dealer.example/1.jpg\n")
    page.goto("/scans/new")
    page.set_input_files("[name=file]", table)
    page.locator("main [type=submit]").dblclick(no_wait_after=True)
    page.wait_for_url(re.compile("/scans(/[0-9a-f]+)?$"))
    page.goto("/scans")
    expect(page.get_by_text(table.name)).to_have_count(1)


def test_nobody_is_kept_out_by_a_wrong_login(visit: Visit, language: str) -> None:
    page = visit("phone", "/login", language, NOBODY)
    for login, password in (("x" * 500, "y" * 500), ("nobody here", "?")):
        page.fill("[name=login]", login)
        page.fill("[name=password]", password)
        page.locator("form[action='/login'] [type=submit]").click()
        expect(page.locator(".problem")).to_be_visible()
        expect(page.locator("[name=login]")).to_have_value(login)
    looked_at(page, f"{language}-wrong-login")
