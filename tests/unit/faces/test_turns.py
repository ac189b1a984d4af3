"""A server with two cores stays answerable however many photos arrive at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.exceptions import HTTPException

from heritage.faces.api.running import WAITING_LIMIT, Turns


@contextmanager
def holders(turns: Turns, count: int) -> Iterator[threading.Event]:
    """``count`` threads that take a turn, or wait for one, until the event is set."""
    done = threading.Event()

    def hold() -> None:
        with turns.take():
            done.wait()

    threads = [threading.Thread(target=hold) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        done.set()
        for thread in threads:
            thread.join()


def wait_until_full(turns: Turns) -> None:
    for _ in range(500):
        if turns.waiting_count == WAITING_LIMIT:
            return
        threading.Event().wait(0.01)
    raise AssertionError("the queue never filled")


def test_whoever_comes_when_the_queue_is_full_is_sent_away_at_once() -> None:
    turns = Turns(slots=1)
    with holders(turns, 1 + WAITING_LIMIT):
        wait_until_full(turns)
        with pytest.raises(HTTPException) as refused, turns.take():
            pass
    assert refused.value.status_code == 503
    assert refused.value.headers == {"Retry-After": "5"}


def test_whoever_waits_too_long_is_sent_away() -> None:
    turns = Turns(slots=1, patience_s=0.05)
    with turns.take(), pytest.raises(HTTPException, match="busy"), turns.take():
        pass


def test_turns_are_given_back_even_after_an_error() -> None:
    turns = Turns(slots=1, patience_s=0.05)
    for _ in range(3):
        with pytest.raises(ValueError, match="bad photo"), turns.take():
            raise ValueError("bad photo")
    with turns.take():
        pass


def test_no_more_than_the_slots_compute_at_once() -> None:
    turns = Turns(slots=2)
    running: list[int] = []
    most = [0]
    lock = threading.Lock()
    together = threading.Barrier(2, timeout=30)

    def work() -> None:
        with turns.take():
            with lock:
                running.append(1)
                most[0] = max(most[0], len(running))
            together.wait()
            with lock:
                running.pop()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 2
