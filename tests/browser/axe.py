"""Accessibility faults that axe-core finds in a page."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "out" / "axe" / "axe.min.js"
SERIOUS = {"serious", "critical"}


def serious_faults(page: Page) -> list[str]:
    """One line for each fault; skips the test where axe-core is not there."""
    if not AXE.exists():
        pytest.skip(f"no axe-core at {AXE}; `make browser` fetches it from npm where it can be had")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:120]}"
        for fault in found["violations"]
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]
