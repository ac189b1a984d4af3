"""A real browser before a real server; the registry is small and its embedder a toy, keypoints and pages are real."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import cv2
import numpy as np
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, expect, sync_playwright
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heritage.faces.api.app import create_app
from heritage.service.context import open_context
from heritage.settings import Settings
from tests.pictures import encoded, homography, photograph, picture
from tests.toys import ToyEmbedder
from tests.unit.faces.conftest import register

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

Visit = Callable[..., Page]
expect.set_options(timeout=30_000)  # ms: searches on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not CHROMIUM.exists():
        mark = pytest.mark.skip(reason=f"no browser at {CHROMIUM}; `make browser` installs Debian's where it may")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(mark)


class Searches:
    """Around the application: the bodies of all searches that arrived in whole, as they were sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""

        async def receive_noted() -> Message:
            nonlocal body
            message = await receive()
            body += message.get("body", b"")
            if (
                scope["type"] == "http"
                and (scope["method"], scope["path"]) == ("POST", "/")
                and not message.get("more_body", True)
            ):
                self.bodies.append(body)
            return message

        await self._app(scope, receive_noted, send)


@contextmanager
def _served(home: Path) -> Iterator[tuple[str, Searches]]:
    settings = Settings(home=home, threads=2)
    with open_context(settings, ToyEmbedder()) as context:
        for seed in range(12):
            register(context, seed)
        searches = Searches(create_app(settings, lambda _: nullcontext(context)))
        config = uvicorn.Config(searches, port=0, log_config=None, timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}", searches
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Searches]]:
    with _served(tmp_path_factory.mktemp("home")) as serving:
        yield serving


@pytest.fixture(scope="session")
def server(serving: tuple[str, Searches]) -> str:
    """The address of a server with a small registry."""
    return serving[0]


@pytest.fixture
def searched(serving: tuple[str, Searches]) -> list[bytes]:
    """The searches that arrive while the test runs."""
    bodies = serving[1].bodies
    bodies.clear()
    return bodies


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


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Visit]:
    """Opens the page at ``/`` as on a device. When the test ends, the console must hold no complaint."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit(device: str = "desktop", path: str = "/", **options: object) -> Page:
        is_phone = device == "phone"
        context = browser.new_context(
            base_url=server,
            viewport=PHONE if is_phone else DESKTOP,
            has_touch=is_phone,
            is_mobile=is_phone,
            device_scale_factor=2 if is_phone else 1,
            locale="en-GB",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        if path == "/" and options.get("java_script_enabled", True):
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


def snap(page: Page, name: str) -> None:
    """Keep a picture of the whole page, light and dark, in ``out/browser`` for somebody to look at."""
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
