"""After a hit: the officer asks, the owner's registrar finds the question and answers, the officer reads the answer."""

import re

import pytest
from playwright.sync_api import Page, expect

from heritage.faces.languages import _, speaking
from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap
from tests.browser.serving import OFFICER, REGISTRAR
from tests.browser.test_journey import Photos, choose, tap
from tests.browser.test_languages import overflow


def looked_at(page: Page, name: str) -> None:
    """Keep a picture; no fault that hinders anybody, and nothing wider than the window."""
    snap(page, name)
    assert (serious_faults(page), overflow(page)) == ([], 0)


def asked(visit: Visit, photos: Photos, device: str, language: str, note: str) -> str:
    """The address of a hit on which the officer asked the owner, from the answer to a photo."""
    page = visit(device, login=OFFICER, language=language)
    choose(page, photos["seized"])
    tap(page, ".photo-form [type=submit]")
    expect(page.locator(".answer")).to_be_visible()
    looked_at(page, f"{device}-answer-decide-{language}")
    form = page.locator(".decision").first
    form.locator("textarea").fill(note)
    form.locator("[value=ask_owner]").click()
    page.wait_for_url(re.compile("/hits/"))
    with speaking(language):
        expect(page.get_by_role("status")).to_contain_text(
            _(
                "Put on record: you ask the owner agency. It finds the question in its inbox, if it has one here; "
                "otherwise ask it yourself."
            )
        )
    expect(page.locator(".timeline")).to_contain_text(note)
    looked_at(page, f"{device}-hit-asked-{language}")
    return page.url.partition("?")[0]


def test_the_owner_answers_what_the_officer_asked(visit: Visit, device: str, language: str, photos: Photos) -> None:
    note = f"The rim, {device}, {language}?"
    address = asked(visit, photos, device, language, note)
    page = visit(device, "/inbox", language=language, login=REGISTRAR)
    expect(page.locator(".places [aria-current]")).to_have_text(re.compile(r"\(.+\)"))
    row = page.locator(".rows > li", has_text=note)
    expect(row).to_have_count(1)
    looked_at(page, f"{device}-inbox-{language}")
    row.locator("a").click()
    page.wait_for_url(address)
    expect(page.locator(".timeline")).to_contain_text(note)
    # The officer's photo is there to compare, although another agency sent it.
    expect(page.locator(".compare .pane[data-side=photo] img")).to_have_js_property("complete", True)
    assert page.evaluate("document.querySelector('.pane[data-side=photo] img').naturalWidth") > 0
    looked_at(page, f"{device}-hit-owner-{language}")
    page.locator("[value=confirmed]").click()
    with speaking(language):
        expect(page.get_by_role("heading", level=1)).to_have_text(_("It is the same object"))
        officers = visit(device, address, language=language, login=OFFICER)
        expect(officers.get_by_role("heading", level=1)).to_have_text(_("It is the same object"))
        expect(officers.locator(".lead")).to_contain_text(_("The owner agency says so."))
    looked_at(officers, f"{device}-hit-confirmed-{language}")
    officers.locator("a[href^='/searches/']").click()
    expect(officers.locator(".rows > li").first).to_be_visible()
    looked_at(officers, f"{device}-search-{language}")


def test_a_decline_without_a_reason_is_told_at_the_field(visit: Visit, device: str, photos: Photos) -> None:
    address = asked(visit, photos, device, "en", f"Declined, {device}?")
    page = visit(device, address, login=REGISTRAR)
    page.locator("[value=rejected]").click()
    expect(page.locator(".field-problem")).to_contain_text("Say why it is not the object")
    expect(page.locator("[name=note]")).to_have_attribute("aria-invalid", "true")
    looked_at(page, f"{device}-hit-refused")
    page.fill("[name=note]", "Ours is two centimetres taller.")
    page.locator("[value=rejected]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It is not the same object")
    expect(page.locator(".timeline")).to_contain_text("Ours is two centimetres taller.")


@pytest.mark.parametrize("scripts", [True, False])
def test_two_clicks_make_one_decision(visit: Visit, photos: Photos, scripts: bool) -> None:
    address = asked(visit, photos, "desktop", "en", f"Twice, {scripts}?")
    page = visit("desktop", address, login=OFFICER, java_script_enabled=scripts)
    before = page.locator(".timeline > li").count()
    page.locator("[value=ask_expert]").dblclick(no_wait_after=True)
    expect(page.get_by_role("status")).to_contain_text("an expert should look at it")
    expect(page.locator(".timeline > li")).to_have_count(before + 1)
