"""A long-lived process follows the home's choice of model: it changes over by itself, between two searches."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import numpy as np

from heritage.domain.ports import Embedder
from heritage.errors import HeritageError
from heritage.service.indexing import Gallery
from heritage.storage.choice import ModelChoice

log = logging.getLogger(__name__)

RETRY_S = 60.0


class Followed(Protocol):
    """What changes with the model; a context has the rest too."""

    @property
    def embedder(self) -> Embedder: ...
    @property
    def gallery(self) -> Gallery: ...


T = TypeVar("T", bound=Followed)


class Following(Generic[T]):
    """Holds the context of the model in use. ``change_over`` makes, from any context, that of a model by its name.

    A search keeps the context it began with, so that no answer mixes two models. Whoever first sees that the home has
    chosen another model opens it, with its index; until it is ready the others go on with the one before.
    """

    def __init__(self, choice: ModelChoice, name: str, change_over: Callable[[T, str], T]) -> None:
        self._choice = choice
        self._change_over = change_over
        self._lock = threading.Lock()
        self._first_name = self._name = name
        self._first: T | None = None
        self._now: T | None = None
        self._failed = ("", 0.0)  # the model that could not be opened, and when to try again

    def current(self, context: T) -> T:
        """The context of the model in use; the first ``context`` ever given is that of the model at the start."""
        now = self._now
        if now is None:
            self._first = self._now = now = context
        chosen = self._choice.name()
        if chosen in ("", self._name) or not self._lock.acquire(blocking=False):
            return now
        try:
            return self._follow(now, chosen)
        finally:
            self._lock.release()

    def keep(self) -> None:
        """Make the model at the start the home's choice, if it has none."""
        self._choice.keep(self._first_name)

    def _follow(self, now: T, chosen: str) -> T:
        if self._failed[0] == chosen and time.monotonic() < self._failed[1]:
            return now
        try:
            first = self._first if chosen == self._first_name else None
            ready = first or warmed(self._change_over(now, chosen))
        except HeritageError as error:
            self._failed = (chosen, time.monotonic() + RETRY_S)
            log.error("model %s was chosen but cannot be used, %s goes on answering: %s", chosen, self._name, error)
            return now
        self._now, self._name = ready, chosen
        log.warning("%s answers from now on", chosen)
        return ready


def warmed(context: T) -> T:
    """``context`` with its model and index loaded, so that the next photo is answered as fast as any."""
    context.embedder.embed([np.zeros((64, 64, 3), np.uint8)])
    context.gallery.snapshot()
    return context
