"""Which addresses are never asked. What answers of servers do is in tests/integration/registries."""

import ipaddress

import pytest

from heritage.errors import FetchError
from heritage.registries.fetching import PICTURE_TYPES, Fetcher, is_public


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
