"""Stages that work ahead of each other, by so much and no more."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from heritage.service.overlapping import Room, ahead, runs


@pytest.mark.parametrize(("weight", "most"), [(1, 4), (100, 2)], ids=["light", "heavy"])
def test_no_more_than_one_heavy_item_is_begun_before_another_is_done(weight: int, most: int) -> None:
    room, at_once = Room(100), [0]
    held = set[int]()

    def heavy(items: Iterable[int]) -> Iterator[int]:
        for one in items:
            room.hold(one, weight)
            held.add(one)
            at_once[0] = max(at_once[0], len(held))
            yield one

    done = []
    with ThreadPoolExecutor(4) as pool:
        for one in ahead(pool, lambda item: item, heavy(range(20)), 4, room.is_full):
            room.release(one)
            held.discard(one)
            done.append(one)
    assert done == list(range(20))
    assert at_once[0] <= most


def test_stages_that_share_a_full_room_do_not_wait_for_each_other() -> None:
    room = Room(1)

    def held(one: int) -> int:
        room.hold(one, 10)
        return one

    def released(one: int) -> int:
        room.release(one)
        return one

    with ThreadPoolExecutor(2) as first, ThreadPoolExecutor(2) as second:
        taken = ahead(first, held, range(50), 3, room.is_full)
        assert list(ahead(second, released, taken, 3, room.is_full)) == list(range(50))
    assert not room.is_full()


def test_what_is_held_is_told_anew_and_released_once() -> None:
    room = Room(10)
    room.hold(1, 30)
    assert room.is_full()
    room.hold(1, 4)
    room.hold(2, 5)
    assert not room.is_full()
    room.release(1)
    room.release(1)
    room.hold(3, 4)
    assert not room.is_full()
    room.hold(3, 5)
    assert room.is_full()


def test_a_run_ends_early_when_there_is_no_room() -> None:
    room = Room(2)
    room.hold(0, 1)

    def counted() -> Iterator[int]:
        for one in range(4):
            room.hold(1, one)
            yield one

    assert list(runs(counted(), 100, 1e9, room.is_full)) == [[0, 1], [2], [3]]
