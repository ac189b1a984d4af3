"""Make the README's pictures of the page again, from the demo's registry and one of its officers' photographs.

    make demo browser && .venv/bin/python scripts/screenshots.py            # docs/images/*.webp
    .venv/bin/python scripts/screenshots.py --look out/look                 # all of them, to look at

The demo's files are copied first: what is searched here is not kept there. Needs Chromium and Playwright, as the
browser tests do.
"""

import argparse
import io
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from heritage.faces.api.app import create_app
from heritage.settings import Settings

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu"]  # only our own pages are opened
PHONE, DESKTOP = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=800)
LANGUAGES = {"en": "en-GB", "fr": "fr", "es": "es", "ar": "ar"}
LONGEST = 1_200  # px of a page: what follows is told in words
LONGEST_LOOKED_AT = 6_000
QUALITY = 80
WAIT_MS = 120_000  # a first search loads the model
SHOWN = (
    ("phone", "en", "light", "answer"),
    ("phone", "ar", "light", "answer"),
    ("desktop", "en", "light", "hit"),
    ("desktop", "en", "light", "registry"),
)
EVERYTHING = {"start", "answer", "hit", "inbox", "registry", "cases", "record"}
LOOKED_AT = [
    (device, code, scheme) for device in ("phone", "desktop") for code in ("en", "ar") for scheme in ("light", "dark")
]
LOOKED_AT += [("phone", "fr", "light"), ("phone", "es", "light")]


@dataclass(frozen=True, slots=True)
class Shooting:
    """A running server, a browser, the photograph that is searched, where pictures go and how long they may be."""

    address: str
    browser: Browser
    photo: Path
    folder: Path
    longest: int

    def shoot(self, device: str, language: str, scheme: str, names: set[str]) -> None:
        """The pages of those names as that device shows them."""
        is_phone = device == "phone"
        context = self.browser.new_context(
            base_url=self.address,
            viewport=PHONE if is_phone else DESKTOP,
            has_touch=is_phone,
            is_mobile=is_phone,
            device_scale_factor=2 if is_phone else 1,
            locale=LANGUAGES[language],
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        for name in _visited(page, self.photo, names):
            self._keep(page, f"{name}-{device}-{language}" + ("-dark" if scheme == "dark" else ""))
        context.close()

    def _keep(self, page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        size = page.viewport_size or DESKTOP
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size(ViewportSize(width=size["width"], height=min(max(height, size["height"]), self.longest)))
        page.wait_for_timeout(500)  # photographs are drawn
        picture = Image.open(io.BytesIO(page.screenshot()))
        picture.save(self.folder / f"{name}.webp", quality=QUALITY)
        page.set_viewport_size(size)
        print(self.folder / f"{name}.webp", flush=True)


def _visited(page: Page, photo: Path, names: set[str]) -> Iterator[str]:
    """The names of the pages, each while it is open."""
    page.goto("/")
    page.wait_for_selector(".photo-form.scripted")
    if "start" in names:
        yield "start"
    page.set_input_files("input[name=image]", photo)
    page.wait_for_selector(".photos .photo")
    page.click(".send button")
    page.wait_for_selector(".answer h1")
    if "answer" in names:
        yield "answer"
    if "hit" in names:
        page.goto(page.get_attribute("a[href^='/hits/']", "href") or "")
        yield "hit"
    for name in ("inbox", "registry", "cases"):
        if name in names:
            page.goto(f"/{name}")
            yield name
    if "record" in names:
        page.goto("/registry")
        page.goto(page.get_attribute("main a[href^='/records/']", "href") or "")
        yield "record"


@contextmanager
def _serving(home: Path) -> Iterator[str]:
    """The address of a server over a copy of ``home``."""
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "home"
        shutil.copytree(home, copied)
        app = create_app(Settings(home=copied, request_limit=0, search_limit=0))
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise SystemExit("the server did not start")
            time.sleep(0.05)
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", type=Path, default=Path("out/demo"), help="the folder that `make demo` wrote")
    parser.add_argument("--photo", default="known-04.jpg", help="one of the demo's photographs")
    parser.add_argument("--look", type=Path, help="every page, device, language and scheme, into this folder")
    options = parser.parse_args()
    photo = options.demo / "set" / "photos" / options.photo
    if not photo.exists() or not (options.demo / "home").exists():
        raise SystemExit(f"there is no demo in {options.demo}: run `make demo` first")
    folder = options.look or Path("docs/images")
    folder.mkdir(parents=True, exist_ok=True)
    with _serving(options.demo / "home") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM if CHROMIUM.exists() else None, args=FLAGS)
        longest = LONGEST_LOOKED_AT if options.look else LONGEST
        shooting = Shooting(address, browser, photo, folder, longest)
        if options.look:
            for device, language, scheme in LOOKED_AT:
                shooting.shoot(device, language, scheme, EVERYTHING)
        else:
            for device, language, scheme, name in SHOWN:
                shooting.shoot(device, language, scheme, {name})
        browser.close()


if __name__ == "__main__":
    main()
