"""Stages of a long job that overlap: each works ahead of the next by so much and no more, so that memory stays flat."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


class Room:
    """How much is held at once, by key, against a limit. Nobody waits for room: who may do without more, takes no more.

    Safe to share between threads.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weight_by_key: dict[int, int] = {}
        self._total = 0
        self._lock = threading.Lock()

    def hold(self, key: int, weight: int) -> None:
        """So much is held under ``key`` now, whatever was held before."""
        with self._lock:
            self._total += weight - self._weight_by_key.get(key, 0)
            self._weight_by_key[key] = weight

    def release(self, key: int) -> None:
        with self._lock:
            self._total -= self._weight_by_key.pop(key, 0)

    def is_full(self) -> bool:
        return self._total >= self._limit


def _never() -> bool:
    return False


def ahead(
    pool: Executor, work: Callable[[A], B], items: Iterable[A], count: int, is_full: Callable[[], bool] = _never
) -> Iterator[B]:
    """``work`` of each item, in order, up to ``count`` of them begun in ``pool`` before they are asked for.

    No more than one is begun while ``is_full``.
    """
    begun: deque[Future[B]] = deque()
    try:
        for item in items:
            begun.append(pool.submit(work, item))
            while len(begun) >= count or (begun and is_full()):
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        for future in begun:
            future.cancel()


def runs(items: Iterable[A], count: int, seconds: float, is_full: Callable[[], bool] = _never) -> Iterator[list[A]]:
    """``count`` items at a time, or fewer when those took longer than ``seconds``, or when there ``is_full``.

    When the items end by an error or by Ctrl-C, those that came before are given all the same, and then it is raised.
    """
    run: list[A] = []
    began = time.monotonic()
    remaining = iter(items)
    while True:
        try:
            item = next(remaining)
        except StopIteration:
            break
        except BaseException:
            if run:
                yield run
            raise
        run.append(item)
        if len(run) >= count or time.monotonic() - began >= seconds or is_full():
            yield run
            run, began = [], time.monotonic()
    if run:
        yield run


def weighed_runs(items: Iterable[A], weight: Callable[[A], int], limit: int) -> Iterator[list[A]]:
    """Runs of items that weigh ``limit`` together, or a little more: never fewer than one."""
    run: list[A] = []
    total = 0
    for item in items:
        run.append(item)
        total += weight(item)
        if total >= limit:
            yield run
            run, total = [], 0
    if run:
        yield run
