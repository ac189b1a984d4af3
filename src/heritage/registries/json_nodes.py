"""Reads JSON documents of somebody else's: an object at a time, with limits, and without trusting any member's type."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from heritage.errors import TableError

MAX_OBJECT_LENGTH = 32_000_000  # characters; a manifest of some thousand canvases
_CHUNK = 1_000_000  # characters
_SPACE = " \t\r\n"
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON object. A member that is missing, or of another type than is asked for, is as if it were empty."""

    members: Mapping[str, object] = field(default_factory=dict)

    def text(self, key: str) -> str:
        return text_of(self.members.get(key))

    def texts(self, key: str) -> list[str]:
        value = self.members.get(key)
        return [text_of(one) for one in value] if isinstance(value, list) else []

    def number(self, key: str) -> float | None:
        value = self.members.get(key)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        try:
            return float(value)
        except OverflowError:
            return None

    def node(self, key: str) -> "Node":
        """The object, or the first of an array."""
        return next(iter(self.nodes(key)), Node())

    def nodes(self, *keys: str) -> list["Node"]:
        """Objects, alone or in an array; a string, with which JSON-LD refers to an object, is one with that ``id``."""
        found = []
        for key in keys:
            value = self.members.get(key)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    found.append(Node(one))
                elif isinstance(one, str):
                    found.append(Node({"id": one}))
        return found

    @property
    def id(self) -> str:
        return self.text("id") or self.text("@id")

    @property
    def type(self) -> str:
        return self.text("type") or self.text("@type")


def text_of(value: object) -> str:
    """A string as any file or database can hold it: JSON can have half a character in it, which they cannot."""
    return _HALF_CHARACTER.sub("\ufffd", value) if isinstance(value, str) else ""


def parse_object(text: str) -> Node:
    """The one object that ``text`` is. Raises `TableError`."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise TableError("it is nested too deep") from None
    except ValueError as error:
        raise TableError(f"it is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise TableError("it is not a JSON object")
    return Node(value)


def read_objects(path: Path) -> Iterator[Node]:
    """The objects of an array, one after another, or the one that the file is; of a ``@graph``, the objects in it.

    Raises `TableError`.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            for node in _Objects(file):
                yield from node.nodes("@graph") or [node]
    except UnicodeDecodeError:
        raise TableError(f"{path.name} is not UTF-8") from None
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error
    except RecursionError:
        raise TableError(f"{path.name} is nested too deep") from None
    except ValueError as error:
        raise TableError(f"{path.name} is not JSON: {error}") from None


class _Objects:
    """Walks through a text of any length, holding about one object of it. Raises `ValueError`."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._place = 0
        self._decoder = json.JSONDecoder()

    def __iter__(self) -> Iterator[Node]:
        if self._next_sign() != "[":
            yield self._object()
        else:
            self._place += 1
            yield from self._items()
        if self._next_sign():
            raise ValueError("something follows after its end")

    def _items(self) -> Iterator[Node]:
        if self._next_sign() != "]":
            yield self._object()
        while self._next_sign() == ",":
            self._place += 1
            yield self._object()
        if self._next_sign() != "]":
            raise ValueError("an array does not end with ]")
        self._place += 1

    def _next_sign(self) -> str:
        """The next character that is no space, which stays; empty at the end."""
        while True:
            while self._place < len(self._text):
                if self._text[self._place] not in _SPACE:
                    return self._text[self._place]
                self._place += 1
            if not self._read_on():
                return ""

    def _object(self) -> Node:
        if self._next_sign() != "{":
            raise ValueError("an object does not begin with {")
        while True:
            try:
                value, self._place = self._decoder.raw_decode(self._text, self._place)
                return Node(value)
            except json.JSONDecodeError:  # the end of the object may not have been read yet
                if len(self._text) - self._place > MAX_OBJECT_LENGTH or not self._read_on():
                    raise

    def _read_on(self) -> bool:
        more = self._file.read(_CHUNK)
        self._text = self._text[self._place :] + more
        self._place = 0
        return bool(more)
