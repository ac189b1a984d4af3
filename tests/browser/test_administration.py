"""An admin's day: somebody is let in, a key is made and ended, and the log tells all of it."""

from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import NOBODY, Visit, snap
from tests.browser.serving import ADMIN, OPERATOR, Served

NEW = "eight dark harbours"


def look(page: Page, name: str) -> None:
    """A picture of the page, which nobody is kept out of, and which needs no sideways scrolling."""
    snap(page, name)
    assert serious_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def status_of(served: Served, key: str) -> int:
    request = Request(f"{served.address}/v1/me", headers={"Authorization": f"Bearer {key}"})
    try:
        with urlopen(request) as answer:
            return int(answer.status)
    except OSError as error:
        return int(getattr(error, "code", 0))


def submit(page: Page, action: str) -> None:
    page.locator(f"form[action='{action}'] [type=submit]").click()


def test_somebody_is_let_in_works_with_a_key_and_all_of_it_is_logged(
    visit: Visit, shared: Served, device: str, language: str
) -> None:
    name = f"{device}-{language}"
    login = f"gate-{name}"
    admin = visit(device, "/administration", language, ADMIN)
    expect(admin.locator(".sections a")).to_have_count(4)
    admin.fill("[name=login]", "two words")
    submit(admin, "/people")
    expect(admin.locator("[name=login]")).to_have_attribute("aria-invalid", "true")
    expect(admin.locator("[name=login]")).to_have_value("two words")
    look(admin, f"{name}-people")
    admin.fill("[name=login]", login)
    submit(admin, "/people")
    password = admin.locator("#password").inner_text()
    look(admin, f"{name}-invitation")

    person = visit(device, "/login", language, NOBODY)
    person.fill("[name=login]", login)
    person.fill("[name=password]", password)
    submit(person, "/login")
    person.wait_for_url("**/account")
    person.fill("[name=password]", password)
    person.fill("[name=new]", NEW)
    person.fill("[name=again]", NEW)
    submit(person, "/account/password")
    expect(person.locator(".photo-form.scripted")).to_be_visible()
    expect(person.locator(".places a[href='/administration']")).to_have_count(0)

    admin.goto(f"/people/{login}")
    look(admin, f"{name}-person")
    admin.select_option("[name=role]", "admin")
    submit(admin, f"/people/{login}/role")
    look(admin, f"{name}-confirm")
    submit(admin, f"/people/{login}/role")
    admin.wait_for_url(f"**/people/{login}")
    person.reload()
    expect(person.locator(".places a[href='/administration']")).to_have_count(1)

    person.goto("/keys")
    person.fill("[name=label]", name)
    person.check("[name=scopes][value=match]")
    submit(person, "/keys")
    key = person.locator("#key").inner_text()
    look(person, f"{name}-key-made")
    assert status_of(shared, key) == 200
    prefix = key.split("_")[1]
    person.goto("/keys")
    look(person, f"{name}-keys")
    person.click(f"a[href='/keys/{prefix}/revoke']")
    submit(person, f"/keys/{prefix}/revoke")
    person.wait_for_url("**/keys")
    assert status_of(shared, key) == 401

    admin.goto(f"/audit?subject={login}")
    expect(admin.locator(".log > li")).to_have_count(3)  # added, chose a password, another role
    admin.goto(f"/audit?actor={login}")
    expect(admin.locator(".log > li")).to_have_count(5)  # two sign-ins or so, a password, a key made and revoked
    admin.goto("/audit")
    look(admin, f"{name}-audit")
    for secret in (password, key):
        assert secret not in admin.content()


def test_a_second_click_makes_no_second_key(visit: Visit) -> None:
    page = visit(path="/keys", login=OPERATOR)
    page.fill("[name=label]", "clicked twice")
    page.locator("form[action='/keys'] [type=submit]").dblclick()
    expect(page.locator("#key")).to_be_visible()
    page.goto("/keys")
    expect(page.get_by_text("clicked twice")).to_have_count(1)


def test_without_scripts_the_same_is_possible(visit: Visit) -> None:
    page = visit(path="/keys", login=OPERATOR, java_script_enabled=False)
    page.fill("[name=label]", "plain")
    submit(page, "/keys")
    expect(page.locator("#key")).to_be_visible()
    expect(page.locator(".copy")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_operator_sees_the_agencies(visit: Visit, device: str, language: str) -> None:
    page = visit(device, "/agencies", language, OPERATOR)
    expect(page.locator(".sections a")).to_have_count(5)
    expect(page.locator(".rows > li")).to_have_count(3)
    look(page, f"{device}-{language}-agencies")


def test_the_key_is_copied(visit: Visit) -> None:
    page = visit(path="/keys", login=OPERATOR, permissions=["clipboard-read", "clipboard-write"])
    submit(page, "/keys")
    page.click(".copy")
    expect(page.locator(".copy + [role=status]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#key").inner_text()
