"""Where a request comes from: this site, this machine, or somewhere else. Judged by what no page can forge."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def is_own(request: Request) -> bool:
    """Whether a page of this site, or the person themselves, made a browser send this.

    ``Sec-Fetch-Site`` says so outright, but over plain http only to the machine itself; ``Origin`` names the page.
    The scheme is not compared: behind a proxy that ends TLS we may not know ours.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None:
        return False
    return site in (None, "same-origin", "none") and origin in (None, *_origins(request))


def is_foreign(request: Request) -> bool:
    """Whether a browser says that another site's page made it send this. Following a link to here is not that."""
    site, origin = request.headers.get("sec-fetch-site", "none"), request.headers.get("origin")
    is_sent = request.method not in SAFE_METHODS and site not in ("same-origin", "none")
    return is_sent or origin not in (None, *_origins(request))


def is_local(request: Request) -> bool:
    """Whether it was sent on this machine, to this machine, and straight.

    The name it was sent to counts too: a page of somebody else's may have its own name point to 127.0.0.1 (DNS
    rebinding). A proxy on this machine would pass strangers off as local.
    """
    client = request.client.host if request.client else ""
    is_straight = not any(name in request.headers for name in _FORWARDED)
    return is_straight and is_loopback(client) and is_loopback(_host_name(request))


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _origins(request: Request) -> tuple[str, str]:
    host = request.headers.get("host", "")
    return f"http://{host}", f"https://{host}"


def _host_name(request: Request) -> str:
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""
