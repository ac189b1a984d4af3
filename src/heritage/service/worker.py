"""A thread that works in rounds, for as long as a block runs."""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

PAUSE_S = 30.0  # after a round that failed
STOP_PATIENCE_S = 20.0


class Worker(ABC):
    """Works in rounds while `running`. A round that fails is logged, and another one begun later.

    ``name``: of the thread. ``trouble``: what the log says of a round that failed. Safe to share between threads.
    """

    def __init__(self, name: str, log: logging.Logger, trouble: str) -> None:
        self._name = name
        self._log = log
        self._trouble = trouble
        self._stopping = threading.Event()
        self._awake = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Works until the end of the block; what is unfinished then waits for the next start, or for another server."""
        thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._awake.set()
            thread.join(STOP_PATIENCE_S)

    def wake(self) -> None:
        """There is something to do."""
        self._awake.set()

    @abstractmethod
    def _round(self) -> float:
        """Do what is due, unless ``_stopping``; in how many seconds the next round begins if nobody wakes it."""

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                pause_s = self._round()
            except Exception:  # a full disk, a locked database: a later round may find it mended
                self._log.exception(self._trouble)
                self._stopping.wait(PAUSE_S)  # whoever wakes it does not mend it
                pause_s = 0.0
            self._awake.wait(pause_s)
            self._awake.clear()
