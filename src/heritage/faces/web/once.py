"""A form that is sent twice, by an impatient finger or by going back, acts once."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from heritage.domain.access import Viewer
from heritage.errors import ConflictError
from heritage.storage.replies import Replies, Reply

PATIENCE_S = 5.0
PAUSE_S = 0.05
DONE = 303


@dataclass(slots=True)
class Way:
    """Where a form leads: set by whoever acts on it for the first time, known to those who come again."""

    is_first: bool
    to: str = ""


@contextmanager
def once(replies: Replies, viewer: Viewer, token: str, *said: str) -> Iterator[bool]:
    """Whether to act on what ``viewer`` said with the form of that token: not if it was acted on before.

    The token is of one showing of the form, so that the same may be said again later; another thing said with it is
    another thing. A second click arrives while the first is being acted on, and the browser shows only what the second
    is answered: so that waits. Without a token it is always acted on. Raises `ConflictError` when the wait is vain.
    """
    with leading_once(replies, viewer, token, *said) as way:
        yield way.is_first


@contextmanager
def leading_once(replies: Replies, viewer: Viewer, token: str, *said: str) -> Iterator[Way]:
    """As `once`, for a form that makes something: who comes again is led to what was made."""
    if not token:
        yield Way(True)
        return
    caller = f"{viewer.agency}\n{viewer.actor}"
    digest = hashlib.sha256("\0".join((token, *said)).encode()).hexdigest()
    key = f"form {digest}"  # with a blank in it, so that no Idempotency-Key can be the same
    known = _acted_on(replies, caller, key, digest)
    if known:
        yield Way(False, (known.headers or {}).get("location", ""))
        return
    way = Way(True)
    try:
        yield way
    except BaseException:
        replies.forget(caller, key)
        raise
    replies.keep(caller, key, Reply(digest, DONE, {"location": way.to}))


def _acted_on(replies: Replies, caller: str, key: str, digest: str) -> Reply | None:
    """What came of it before; None: nobody acted on it yet."""
    deadline = time.monotonic() + PATIENCE_S
    while known := replies.claim(caller, key, digest):
        if known.status:
            return known
        if time.monotonic() > deadline:
            raise ConflictError("the same is being put on record; look again in some seconds")
        time.sleep(PAUSE_S)
    return None
