"""Stages of a long job that overlap: each works ahead of the next by so much and no more, so that memory stays flat."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def ahead(pool: Executor, work: Callable[[A], B], items: Iterable[A], count: int) -> Iterator[B]:
    """``work`` of each item, in order, up to ``count`` of them begun in ``pool`` before they are asked for."""
    begun: deque[Future[B]] = deque()
    try:
        for item in items:
            begun.append(pool.submit(work, item))
            if len(begun) >= count:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        for future in begun:
            future.cancel()


def runs(items: Iterable[A], count: int, seconds: float) -> Iterator[list[A]]:
    """``count`` items at a time, or fewer when those took longer than ``seconds``.

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
        if len(run) >= count or time.monotonic() - began >= seconds:
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
