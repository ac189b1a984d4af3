"""Without a network: the page opens, photos wait visibly, are sent when it is back, and no answer is ever kept."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from heritage.faces.web.assets import STATIC
from tests.browser.axe import serious_faults
from tests.browser.conftest import Visit, snap, wait_until
from tests.browser.test_journey import choose


def ready(page: Page) -> None:
    """Wait until the worker looks after the page."""
    wait_until(page, "navigator.serviceWorker.controller !== null")
    wait_until(page, "caches.keys().then((names) => names.length === 1)")


def test_photos_wait_and_are_sent_when_the_network_is_back(
    visit: Visit, device: str, photos: dict[str, Path], searched: list[bytes]
) -> None:
    page = visit(device)
    ready(page)
    page.context.set_offline(True)
    choose(page, photos["seized"], photos["unknown"])
    page.locator("[type=submit]").click()
    expect(page.locator(".waiting li")).to_have_count(1)
    expect(page.locator(".waiting")).to_contain_text("Photos: 2")
    expect(page.locator(".photo")).to_have_count(0)
    expect(page.locator(".error")).to_contain_text("wait on this device")
    snap(page, f"{device}-waiting")
    assert serious_faults(page) == []
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
    expect(page.locator(".waiting li")).to_have_count(1)
    snap(page, f"{device}-offline")
    assert serious_faults(page) == []
    assert searched == []
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Strong match")
    assert len(searched) == 1
    expect(page.locator(".waiting li")).to_have_count(0)
    expect(page.locator(".waiting")).to_be_hidden()
    page.goto("/")
    expect(page.locator(".photo-form.scripted")).to_be_visible()
    expect(page.locator(".waiting")).to_be_hidden()


def test_what_waits_can_be_removed(visit: Visit, photos: dict[str, Path], searched: list[bytes]) -> None:
    page = visit()
    page.context.set_offline(True)
    for name in ("seized", "unknown"):
        choose(page, photos[name])
        page.locator("[type=submit]").click()
        expect(page.locator(".photo")).to_have_count(0)
    expect(page.locator(".waiting li")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Remove, ")).first.click()
    expect(page.locator(".waiting li")).to_have_count(1)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing found")
    assert len(searched) == 1


def test_no_answer_takes_the_page_from_somebody_at_work(visit: Visit, photos: dict[str, Path]) -> None:
    page = visit()
    page.context.set_offline(True)
    choose(page, photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.locator(".waiting li")).to_have_count(1)
    choose(page, photos["unknown"])
    page.context.set_offline(False)
    page.wait_for_timeout(500)
    expect(page.locator(".photo")).to_have_count(1)
    page.get_by_role("button", name=re.compile("^Send now, ")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Strong match")
    page.go_back()
    expect(page.locator(".photo")).to_have_count(1)


def test_the_worker_keeps_the_shell_and_nothing_else(visit: Visit, photos: dict[str, Path]) -> None:
    page = visit()
    ready(page)
    choose(page, photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.locator(".compare")).to_be_visible()
    kept = page.evaluate("""async () => {
      const cache = await caches.open((await caches.keys())[0]);
      return (await cache.keys()).map((request) => new URL(request.url).pathname);
    }""")
    assert {Path(name).name for name in kept} == {path.name for path in STATIC.iterdir()} - {"worker.js"} | {"offline"}
    assert all(name == "/offline" or re.fullmatch(r"/static/[0-9a-f]{12}/[\w.-]+", name) for name in kept)


def test_it_can_be_installed(visit: Visit) -> None:
    page = visit()
    ready(page)
    session = page.context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.webmanifest")
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {error["errorId"] for error in errors} <= {"in-incognito"}  # as every page of a test is


def test_another_tab_sends_what_was_kept_after_it_was_opened(visit: Visit, photos: dict[str, Path]) -> None:
    page = visit(service_workers="block")
    other = page.context.new_page()
    faults: list[str] = []
    other.on("pageerror", lambda error: faults.append(str(error)))
    other.goto("/")
    other.wait_for_selector(".photo-form.scripted")
    page.route("/", lambda route: route.abort())
    choose(page, photos["seized"])
    page.locator("[type=submit]").click()
    expect(page.locator(".waiting li")).to_have_count(1)
    other.evaluate("dispatchEvent(new Event('online'))")
    expect(other.get_by_role("heading", level=1)).to_have_text("Strong match")
    assert faults == []
    page.unroute("/")
    page.get_by_role("button", name=re.compile("^Send now, ")).click()  # it is gone, and nothing is sent again
    expect(page.locator(".waiting")).to_be_hidden()
    expect(page.locator(".answer")).to_have_count(0)
