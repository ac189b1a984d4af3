"""The error tree, by cause. It knows nothing of HTTP or exit codes: each face maps it once.

HeritageError
├── InputError            what the caller gave cannot be used; the message says what to do
│   ├── ImageError        the bytes are not a usable picture (``cause`` is the short reason)
│   ├── TableError        a spreadsheet or CSV cannot be read
│   ├── RecordError       a registry record breaks a rule of the record standard
│   ├── FetchError        an address is not one to fetch from, or does not answer as it should
│   └── FieldError        one field of what was sent is missing or cannot be used (``field`` names it)
├── SignInError           nobody is signed in, or the key, password or code is not valid
├── ForbiddenError        the one who asks may not do this
├── TooOftenError         asked again too soon (``retry_after_s`` says when)
├── ConflictError         what is there already does not allow it
│   └── StaleError        it was changed since the caller read it
├── NotFoundError         a record, image, model or gallery that does not exist
├── DeliveryError         an alert cannot be told by a channel now; it is tried again
├── ModelError            a model folder is missing, incomplete or does not match its manifest
├── DamagedIndexError     an index file is torn, stale or foreign; handled inside by a rebuild
└── StorageError          the database or the image store cannot be used as it is
"""

import math


class HeritageError(Exception):
    """Root of every error that heritage raises on purpose; ``str(error)`` is a sentence for a person."""


class InputError(HeritageError):
    """What the caller gave cannot be used."""


class ImageError(InputError):
    """The bytes are not a usable picture.

    ``cause`` is the short, stable reason, such as ``not an image`` or ``too large``; ``detail`` has the figures,
    ``str()`` both.
    """

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail}" if detail else cause)
        self.cause = cause
        self.detail = detail


class TableError(InputError):
    """A table of records cannot be read at all (single bad rows are reported row by row instead)."""


class RecordError(InputError):
    """A record breaks a rule of the record standard."""


class FetchError(InputError):
    """An address is refused, or what it answers is. Never says what lies behind an address that is not public."""


class FieldError(InputError):
    """One field of what was sent is missing or cannot be used; ``field`` is its name."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class SignInError(HeritageError):
    """Nobody is signed in, or the key, password or code is not valid. Never says which of them."""


class ForbiddenError(HeritageError):
    """The one who asks may not do this."""


class TooOftenError(HeritageError):
    """Asked again too soon; ``retry_after_s`` is how many whole seconds to wait."""

    def __init__(self, what: str, retry_after_s: float) -> None:
        self.retry_after_s = max(1, math.ceil(retry_after_s))
        super().__init__(f"{what}; try again in {self.retry_after_s} seconds")


class ConflictError(HeritageError):
    """What is there already does not allow it."""


class StaleError(ConflictError):
    """It was changed since the caller read it."""


class NotFoundError(HeritageError):
    """A record, image, model or gallery that does not exist."""


class DeliveryError(HeritageError):
    """An alert cannot be told by a channel now; it is tried again, and given up in the end."""


class ModelError(HeritageError):
    """A model folder is missing, incomplete, or does not match the digest in its manifest."""


class DamagedIndexError(HeritageError):
    """An index file is torn, stale or foreign. Handled inside: the index is quarantined and rebuilt."""


class StorageError(HeritageError):
    """The database or the image store cannot be used as it is."""
