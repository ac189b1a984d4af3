"""A real browser, on a phone and a desktop, in two languages, before the servers of `serving`."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, expect, sync_playwright

from tests.browser.serving import Served, served, served_with_accounts
from tests.pictures import encoded, homography, photograph, picture

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",  # tests run as root in containers; only our own pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=800)
OUT = Path(__file__).parents[2] / "out" / "browser"
QUARTER_TURN = np.array([[0.0, -1, 500], [1, 0, 20], [0, 0, 1]])
MIRRORED = np.array([[-1.0, 0, 560], [0, 1, 80], [0, 0, 1]])

NOBODY = "?"
_keeps_pictures = False
Visit = Callable[..., Page]
expect.set_options(timeout=30_000)  # ms: searches on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not CHROMIUM.exists():
        mark = pytest.mark.skip(reason=f"no browser at {CHROMIUM}; `make browser` installs Debian's where it may")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(mark)


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A heritage without accounts."""
    with served(tmp_path_factory.mktemp("alone")) as running:
        yield running


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A heritage of several agencies: see `served_with_accounts`. A worker's tests share it, so what they add stays."""
    with served_with_accounts(tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture
def searched(alone: Served) -> list[bytes]:
    """The searches that arrive while the test runs, where there are no accounts."""
    alone.searches.clear()
    return alone.searches


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(params=["phone", "desktop"])
def device(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["en", "ar"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """``visit(device, path, language, login)`` opens a page in a new browser, whose console must stay silent.

    With a ``login`` at the heritage of several agencies, where that person is signed in (`NOBODY`: nobody), else at
    the one without accounts. What else is given goes to Playwright's `new_context`.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit(
        device: str = "desktop", path: str = "/", language: str = "en", login: str = "", **options: object
    ) -> Page:
        running: Served = request.getfixturevalue("shared" if login else "alone")
        is_phone = device == "phone"
        context = browser.new_context(
            base_url=running.address,
            viewport=PHONE if is_phone else DESKTOP,
            has_touch=is_phone,
            is_mobile=is_phone,
            device_scale_factor=2 if is_phone else 1,
            locale={"en": "en-GB"}.get(language, language),
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        if login not in ("", NOBODY):
            token = {"name": "heritage_session", "value": running.token(login), "url": running.address}
            context.add_cookies([{**token, "httpOnly": True, "sameSite": "Strict"}])  # type: ignore[typeddict-item]
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        if path == "/" and login != NOBODY and options.get("java_script_enabled", True):
            page.wait_for_selector(".photo-form.scripted")
        return page

    yield visit
    for context in contexts:
        context.close()
    # A browser writes failed loads into the console too; those that a test makes happen are no fault of the page.
    assert [
        said
        for said in complaints
        if not re.search(r"net::ERR_|status of 4\d\d|status of 503|Service Worker registration blocked", said)
    ] == []


def wait_until(page: Page, expression: str) -> None:
    """Until the script ``expression`` holds. Playwright's own waiting needs `eval`, which our pages forbid."""
    deadline = time.monotonic() + 30
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def pytest_configure(config: pytest.Config) -> None:
    global _keeps_pictures
    _keeps_pictures = config.getoption("--pictures")


def snap(page: Page, name: str) -> None:
    """Where ``--pictures`` are asked for, one of the whole page, light and dark, in ``out/browser`` to be looked at."""
    if not _keeps_pictures:
        return
    OUT.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size
    assert size
    # Not `full_page`: it takes the touch screen away while it looks.
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size(ViewportSize(width=size["width"], height=max(height, size["height"])))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(100)
        page.screenshot(path=OUT / f"{name}-{scheme}.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Photographs by name: of the object north/3 as it lies, turned, mirrored; of no registered one, also blurred."""
    folder = tmp_path_factory.mktemp("photos")
    pixels = {
        "seized": photograph(picture(3), homography(20, 0.9, 0.0002)),
        "turned": photograph(picture(3), QUARTER_TURN),
        "mirrored": photograph(picture(3), MIRRORED),
        "unknown": picture(500, 200, 150),
        "blurred": cv2.GaussianBlur(photograph(picture(500), MIRRORED), (0, 0), 5).astype(np.uint8),
        "large": np.kron(photograph(picture(3), homography(20, 0.9, 0.0002)), np.ones((5, 5, 1), np.uint8)),
    }
    path_by_name = {name: folder / f"{name}.jpg" for name in pixels}
    for name, path in path_by_name.items():
        path.write_bytes(encoded(pixels[name], "JPEG"))
    return path_by_name
