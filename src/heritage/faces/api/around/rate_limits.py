"""How many requests one caller may make: token buckets, announced as draft-ietf-httpapi-ratelimit-headers-10 has it.

A caller is whoever holds a key or a session, and separately every network address, with ten times as much: an
address may be a whole agency's, but nobody gets around a limit by making up keys. The buckets are this process's own:
several processes on one database allow so many requests each (docs/adr/0023-limits.md).
"""

import hashlib
import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heritage.faces.api.answering import respond
from heritage.faces.problems import TYPE_PREFIX, Problem

WINDOW_S = 60.0
ADDRESS_FACTOR = 10
PICTURE_FACTOR = 20  # a page of the registry has 200 pictures, which cost little, and nothing once a browser has them
CALLERS_KEPT = 20_000  # an attacker's made-up callers push out the longest silent, whose buckets are full again
COSTLY = (
    ("POST", "/"),
    ("POST", "/v1/match"),
    ("POST", "/v1/inspect"),
    ("POST", "/v1/images"),
    ("POST", "/v1/imports"),
    ("POST", "/v1/exports"),
    ("POST", "/v1/scans"),
    ("POST", "/scans/new"),
)
_CASE_SEARCH = re.compile(r"(/v1)?/cases/[^/]+/photos/[^/]+/search")
_PICTURE = re.compile(r"/v1/images/[^/]+")
UNLIMITED = frozenset({"/livez", "/readyz", "/metrics"})


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left: whole requests, and seconds until there is one more."""

    policy: str
    quota: int
    left: int
    wait_s: float
    is_granted: bool

    @property
    def headers(self) -> dict[str, str]:
        policy = f'"{self.policy}";q={self.quota};w={WINDOW_S:.0f}'
        return {"RateLimit-Policy": policy, "RateLimit": f'"{self.policy}";r={self.left};t={math.ceil(self.wait_s)}'}


class Buckets:
    """``quota`` requests a minute for each caller; as many at once after a minute of silence."""

    def __init__(self, policy: str, quota: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._quota = quota
        self._clock = clock
        self._bucket_by_caller: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str, factor: int = 1) -> Allowance:
        """One request of the caller's, who has ``factor`` times the quota."""
        quota = self._quota * factor
        rate, now = quota / WINDOW_S, self._clock()
        with self._lock:
            bucket = self._bucket_by_caller.pop(caller, None) or _Bucket(quota, now)
            bucket.tokens = min(quota, bucket.tokens + (now - bucket.at) * rate)
            bucket.at = now
            is_granted = bucket.tokens >= 1
            bucket.tokens -= is_granted
            self._bucket_by_caller[caller] = bucket
            if len(self._bucket_by_caller) > CALLERS_KEPT:
                self._bucket_by_caller.popitem(last=False)
        wait_s = max(0.0, (1 - bucket.tokens) / rate)
        return Allowance(self._policy, quota, int(bucket.tokens), wait_s, is_granted)


class RateLimits:
    """Answers 429 to a caller that asks too often; searches, which cost most, have a quota of their own.

    So have pictures of records, of which one page shows hundreds: they may be asked for more often, but not without
    end, and leave the other requests alone. A ``quota`` (requests a minute) of 0 is no limit.
    """

    def __init__(self, app: ASGIApp, quota: int, search_quota: int) -> None:
        self._app = app
        self._common = Buckets("requests", quota) if quota else None
        self._costly = Buckets("searches", search_quota) if search_quota else None
        self._pictures = Buckets("pictures", quota * PICTURE_FACTOR) if quota else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_limited = scope["type"] == "http" and scope["path"] not in UNLIMITED
        buckets = self._buckets(scope["method"], scope["path"]) if is_limited else None
        if buckets is None:
            await self._app(scope, receive, send)
            return
        allowance = _allowance(buckets, scope)

        async def send_announced(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(allowance.headers)
            await send(message)

        if allowance.is_granted:
            await self._app(scope, receive, send_announced)
        else:
            await _refusal(Request(scope), allowance)(scope, receive, send_announced)

    def _buckets(self, method: str, path: str) -> Buckets | None:
        if (method, path) in COSTLY or (method == "POST" and _CASE_SEARCH.fullmatch(path)):
            return self._costly
        is_picture = method in ("GET", "HEAD") and _PICTURE.fullmatch(path)
        return self._pictures if is_picture else self._common


def _allowance(buckets: Buckets, scope: Scope) -> Allowance:
    """Of the caller's key or session, unless the network address has no more."""
    address = (scope.get("client") or ("",))[0]
    of_address = buckets.take(f"address {address}", ADDRESS_FACTOR)
    headers = Headers(scope=scope)
    credential = headers.get("authorization") or headers.get("cookie")
    if not of_address.is_granted or not credential:
        return of_address
    return buckets.take(hashlib.sha256(credential.encode()).hexdigest())


def _refusal(request: Request, allowance: Allowance) -> ASGIApp:
    wait = math.ceil(allowance.wait_s)
    detail = f"more than {allowance.quota} {allowance.policy} a minute; try again in {wait} s"
    problem = Problem(type=TYPE_PREFIX + "rate-limit", title="Too many requests", status=429, detail=detail)
    return respond(request, problem, {"Retry-After": str(wait)})
