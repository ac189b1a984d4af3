"""Several agencies at one heritage: signing in and out at the page, and who is who there."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import NOBODY, Visit, snap
from tests.browser.serving import ADMIN, INVESTIGATOR, OFFICER, OPERATOR, PASSWORD, REGISTRAR


@pytest.mark.parametrize("login", [OPERATOR, ADMIN, REGISTRAR, INVESTIGATOR, OFFICER])
def test_each_of_them_is_known(visit: Visit, login: str) -> None:
    expect(visit(login=login).locator(".account")).to_contain_text(login)


def test_signing_in_and_out(visit: Visit, device: str) -> None:
    page = visit(device, login=NOBODY)
    snap(page, f"{device}-login")
    assert serious_faults(page) == []
    page.fill("[name=login]", OFFICER)
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    expect(page.locator(".account")).to_contain_text(OFFICER)
