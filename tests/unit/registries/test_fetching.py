"""Which addresses are never asked. What answers of servers do is in tests/integration/registries."""

import ast
import ipaddress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from heritage.errors import FetchError
from heritage.registries.fetching import PICTURE_TYPES, Fetcher
from heritage.registries.politeness import Politeness
from heritage.registries.public_addresses import is_public

SOURCE = Path(__file__).parents[3] / "src" / "heritage"


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "151.101.1.69", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001:80b::200e"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.0.0.1"),
        *("192.0.2.1", "192.88.99.1", "192.168.1.1", "198.19.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
        *("239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1"),
        *(
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
        ),
        *("fec0::1", "ff02::1", "5f00::1"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1/a.jpg", "http://localhost/", "http://0/", "http://127.1/", "http://2130706433/"),
        *("http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://[::1]/", "http://[::ffff:169.254.169.254]/"),
        *("http://[fe80::1%25lo]/", "http://[64:ff9b::7f00:1]/", "https://10.0.0.1/"),
    ],
)
def test_no_way_of_writing_it_leads_home(address: str) -> None:
    with pytest.raises(FetchError, match=r"public internet|does not answer"):
        Fetcher().fetch(address, PICTURE_TYPES)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("file:///etc/passwd", "starts with https"),
        ("ftp://example.org/", "starts with https"),
        ("//example.org/", "starts with https"),
        ("https:///x", "starts with https"),
        ("https://user:secret@example.org/", "user name"),
        ("https://@example.org/", "user name"),
        ("https://example.org:22/", "only the ports"),
        ("https://example.org:99999/", "not an address"),
        ("https://[::1/", "not an address"),
        ("https://example.org/a b", "percent-encoded"),
        ("https://example.org/\r\nX-Forged: 1", "percent-encoded"),
        ("https://bücher.example/", "percent-encoded"),
    ],
)
def test_addresses_that_are_none(address: str, told: str) -> None:
    with pytest.raises(FetchError, match=told):
        Fetcher().fetch(address, PICTURE_TYPES)


def test_one_private_address_among_public_ones_is_enough() -> None:
    both = [ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address("10.0.0.1")]
    for found in (both, both[::-1], []):
        with pytest.raises(FetchError, match="public internet"):
            Fetcher(resolve=lambda host, port, found=found: found).fetch("https://example.org/", PICTURE_TYPES)


def test_no_other_code_lets_private_addresses_in() -> None:
    seams = {"is_allowed", "resolve", "ports"}
    for path in SOURCE.rglob("*.py"):
        text = path.read_text()
        if path.name == "fetching.py" or not any(word in text for word in {"Fetcher", *seams}):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                named = {keyword.arg for keyword in node.keywords}
                called = getattr(node.func, "id", "")
                assert not ((called in ("Fetcher", "replace")) and named & seams), path
                assert called != "Fetcher" or not node.args, f"{path}: name Fetcher's arguments"


def test_a_rest_that_is_asked_for_by_a_date() -> None:
    waits: list[float] = []
    time = [0.0]

    def wait(seconds: float) -> None:
        waits.append(seconds)
        time[0] += seconds

    politeness = Politeness(clock=lambda: time[0], wait=wait)
    for date in (
        format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True),
        "not a date",
        "Sat, 28 Nov 2026 10:00:00 +99999999999",
    ):
        with politeness.turn("a.example"):
            politeness.rest("a.example", date, 0)
        with politeness.turn("A.example"):
            pass
        time[0] += 10
    assert 28 < waits[0] <= 30
    assert waits[1:] == [2, 2]


def test_hosts_do_not_wait_for_each_other() -> None:
    politeness = Politeness(wait=lambda seconds: pytest.fail("waited"))
    for host in ("a.example", "b.example", "c.example"):
        with politeness.turn(host):
            pass
