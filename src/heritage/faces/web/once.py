"""A form that is sent twice, by an impatient finger or by going back, acts once."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from heritage.domain.access import Viewer
from heritage.errors import ConflictError
from heritage.storage.replies import Replies, Reply

PATIENCE_S = 5.0
PAUSE_S = 0.05
DONE = 303


@contextmanager
def once(replies: Replies, viewer: Viewer, token: str, *said: str) -> Iterator[bool]:
    """Whether to act on what ``viewer`` said with the form of that token: not if it was acted on before.

    The token is of one showing of the form, so that the same may be said again later; another thing said with it is
    another thing. A second click arrives while the first is being acted on, and the browser shows only what the second
    is answered: so that waits. Without a token it is always acted on. Raises `ConflictError` when the wait is vain.
    """
    if not token:
        yield True
        return
    caller = f"{viewer.agency}\n{viewer.actor}"
    digest = hashlib.sha256("\0".join((token, *said)).encode()).hexdigest()
    key = f"form {digest}"  # with a blank in it, so that no Idempotency-Key can be the same
    if not _is_first(replies, caller, key, digest):
        yield False
        return
    try:
        yield True
    except BaseException:
        replies.forget(caller, key)
        raise
    replies.keep(caller, key, Reply(digest, DONE))


def _is_first(replies: Replies, caller: str, key: str, digest: str) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while known := replies.claim(caller, key, digest):
        if known.status:
            return False
        if time.monotonic() > deadline:
            raise ConflictError("the same is being put on record; look again in some seconds")
        time.sleep(PAUSE_S)
    return True
