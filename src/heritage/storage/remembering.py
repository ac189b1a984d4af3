"""What was counted in a database, remembered until something changes there."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

S = TypeVar("S")
V = TypeVar("V")


class Remembered(Generic[S, V]):
    """The newest ``limit`` answers, each with the state of the database that it was given for.

    Safe to share between threads: at worst two of them count the same.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known_by_question: dict[Hashable, tuple[S, V]] = {}

    def answer(self, question: Hashable, state: S, count: Callable[[], V]) -> V:
        """The answer in this state: what is remembered, or what ``count`` gives."""
        known = self._known_by_question.get(question)
        if known is None or known[0] != state:
            known = (state, count())
            self._known_by_question[question] = known
            while len(self._known_by_question) > self._limit:
                self._known_by_question.pop(next(iter(self._known_by_question)), None)
        return known[1]
