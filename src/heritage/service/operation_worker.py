"""One thread in each server that carries out what waits, one operation after another."""

import logging
import secrets
import threading
from datetime import UTC, datetime, timedelta

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.operations import Operation, OperationState
from heritage.errors import HeritageError
from heritage.service.context import Context
from heritage.service.operations import carry_out
from heritage.service.photos import sweep_photos
from heritage.service.worker import Worker
from heritage.storage.operations import LEASE

POLL_S = 2.0  # another server may have been asked
BEAT_S = LEASE.total_seconds() / 10
TIDY_S = 600.0
SWEEP_S = 3600.0

log = logging.getLogger("heritage.operations")


class _Ended(Exception):  # noqa: N818 (no error: the work is to end)
    """It is cancelled, another server's by now, or this one stops."""


class OperationWorker(Worker):
    """Carries out operations while it runs. Safe to share between threads."""

    def __init__(self, context: Context) -> None:
        super().__init__("heritage-operations", log, "operations cannot be carried out at present")
        self._context = context
        self._claimant = secrets.token_hex(16)
        self._tidied = self._swept = datetime.min.replace(tzinfo=UTC)

    def finish(self) -> None:
        """Carry out what waits, in this thread, until nothing is left."""
        while asked := self._context.operations.claim(self._claimant):
            self._carry_out(asked)

    def _round(self) -> float:
        self._tidy()
        self._sweep()
        while not self._stopping.is_set() and (asked := self._context.operations.claim(self._claimant)):
            self._carry_out(asked)
        return POLL_S

    def _carry_out(self, asked: Operation) -> None:
        operations, files = self._context.operations, self._context.operation_files
        with _Pulse(self._context, asked, self._claimant, self._stopping) as pulse:
            try:
                message, state = carry_out(self._context, asked, self._claimant, pulse.advance), OperationState.DONE
            except _Ended:
                operations.release(asked.operation_id, self._claimant)  # if it is this one that stops
                if operations.get(asked.operation_id, AT_THE_MACHINE).state.is_final:
                    files.remove(asked.operation_id)
                return
            except HeritageError as error:
                message, state = str(error), OperationState.FAILED
            except Exception:  # its text may name files: it is for the server's log
                log.exception("operation %s failed", asked.operation_id)
                message, state = "an unexpected error; the server's log says more", OperationState.FAILED
        # When the pulse has ended: a late beat would put the counts back.
        pulse.tell()
        if operations.finish(asked.operation_id, self._claimant, state, message):
            files.keep_result(asked.operation_id)

    def _tidy(self) -> None:
        """Remove what ended long ago, and files that belong to no operation."""
        now = datetime.now(UTC)
        if (now - self._tidied).total_seconds() < TIDY_S:
            return
        before = now - timedelta(hours=max(1, self._context.settings.operation_hours))  # an upload takes less than that
        self._context.operation_files.remove_others(self._context.operations.forget(before), before)
        self._tidied = now

    def _sweep(self) -> None:
        """Remove photos whose time is over; at the start, then once an hour."""
        now = datetime.now(UTC)
        if (now - self._swept).total_seconds() >= SWEEP_S:
            sweep_photos(self._context.photos)
            self._swept = now


class _Pulse:
    """Tells the database, from a thread of its own, that the worker lives and how far it is."""

    def __init__(self, context: Context, asked: Operation, worker: str, stopping: threading.Event) -> None:
        self._operations = context.operations
        self._asked = asked
        self._worker = worker
        self._stopping = stopping
        self._counts = (0, asked.total)
        self._ended = threading.Event()
        self._lost = False
        self._thread = threading.Thread(target=self._run, name="heritage-pulse", daemon=True)

    def __enter__(self) -> "_Pulse":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def advance(self, done: int, total: int) -> None:
        """Raises `_Ended` when the work is to end."""
        self._counts = (done, total)
        if self._lost or self._stopping.is_set():
            raise _Ended

    def tell(self) -> None:
        if not self._operations.beat(self._asked.operation_id, self._worker, *self._counts):
            self._lost = True

    def _run(self) -> None:
        while not self._ended.wait(BEAT_S):
            try:
                self.tell()
            except HeritageError:
                log.exception("operation %s cannot be told of at present", self._asked.operation_id)
