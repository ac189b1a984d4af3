"""Which addresses belong to the public internet: not to this machine, its network, or a way round to them."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[IpAddress]]
"""Every address of a host for a port. Raises `OSError`."""

# What is in no list here is public. IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast.
_NOT_PUBLIC_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
            *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        ),
    )
)
# IPv6: the only block that is public, less what in it stands for something else: protocol assignments and Teredo,
# documentation, 6to4. IPv4-mapped, NAT64 (64:ff9b::), unique-local, link-local and multicast lie outside it.
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def is_public(address: IpAddress) -> bool:
    """Whether an address belongs to the public internet: not this machine, its network, or a way round to them."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def resolve(host: str, port: int) -> list[IpAddress]:
    """What the system knows ``host`` by. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
