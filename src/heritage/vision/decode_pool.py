"""Decoding in child processes: a picture that crashes its codec, hangs it or swells ends a child and nothing else.

Each child is a fresh interpreter that imports only what decoding needs, with no environment and hard limits
(`heritage.vision.decode_child`). It ends with its socket, so none outlives a parent that is killed.
"""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from queue import LifoQueue

import numpy as np

from heritage.domain.images import ImageDigest, Photo
from heritage.errors import HeritageError, ImageError
from heritage.vision.decode import DecodeLimits, admit
from heritage.vision.decode_child import ChildBounds
from heritage.vision.decode_messages import LENGTH, READY, receive, receive_head, receive_into

START_S = 60  # on a machine that is busy with other things
DOES_NOT_START = "the process that decodes pictures does not start; HERITAGE_DECODE_PROCESSES=0 does without it"
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}  # all of it: no key or password of the server's
_CODE = "import sys; sys.path[:] = {!r}; from heritage.vision.decode_child import main; main()"


class DecodePool:
    """Up to ``process_count`` children, each decoding one image at a time. Safe to share between threads.

    The first starts at once, while the caller does something else; the others when they are needed.
    """

    def __init__(self, limits: DecodeLimits, bounds: ChildBounds, process_count: int) -> None:
        self._limits = limits
        self._bounds = bounds
        self._children: set[_Child] = set()
        self._places: LifoQueue[_Child | None] = LifoQueue()
        for _ in range(process_count - 1):
            self._places.put(None)
        self._places.put(self._started())

    def decode(self, data: bytes) -> Photo:
        """As `heritage.vision.decode.decode`, but waits for a child that is free; ``took too long`` is one more cause.

        Raises `HeritageError` when no child can be started.
        """
        picture_format = admit(data, self._limits)  # what is no picture need not wait
        child = self._places.get()
        try:
            child = self._kept(child) or self._started()
            return child.decode(data, picture_format.media_type)
        finally:
            self._places.put(self._kept(child))

    def close(self) -> None:
        """End all children, those too that are decoding."""
        for child in tuple(self._children):  # not the idle ones: Ctrl-C may have come between any two lines above
            self._end(child)

    def _kept(self, child: "_Child | None") -> "_Child | None":
        """The child, unless it cannot take another image."""
        if child is None or child.is_usable():
            return child
        self._end(child)
        return None

    def _started(self) -> "_Child":
        child = _Child(self._limits, self._bounds)
        self._children.add(child)
        return child

    def _end(self, child: "_Child") -> None:
        child.end()
        self._children.discard(child)


class _Child:
    """One child, as its parent sees it. For one thread at a time."""

    def __init__(self, limits: DecodeLimits, bounds: ChildBounds) -> None:
        self._limits = limits
        self._bounds = bounds
        self._uses_left = bounds.image_count
        self._is_ready = False
        self._channel, theirs = socket.socketpair()
        command = [sys.executable, "-I", "-S", "-c", _CODE.format(sys.path)]
        command += [str(number) for number in (*astuple(limits), *astuple(bounds))]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                start_new_session=True,  # Ctrl-C is for the parent
            )
        except OSError as error:
            self._channel.close()
            raise HeritageError(DOES_NOT_START) from error
        finally:
            theirs.close()

    def is_usable(self) -> bool:
        """Whether it can take another image."""
        return self._uses_left > 0 and self._process.poll() is None

    def decode(self, data: bytes, media_type: str) -> Photo:
        """As `DecodePool.decode`."""
        self._await_start()
        uses_left, self._uses_left = self._uses_left - 1, 0  # none, unless it answers
        started = time.monotonic()
        try:
            with self._killed_after(self._bounds.seconds):
                answer = self._ask(data, media_type)
        except (OSError, EOFError, ValueError) as error:
            if time.monotonic() - started >= self._bounds.seconds:
                raise ImageError("took too long", f"over {self._bounds.seconds} s to decode") from error
            raise ImageError("damaged", "the decoder crashed on it") from error
        self._uses_left = uses_left
        if isinstance(answer, ImageError):
            raise answer
        return answer

    def end(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._channel.close()

    def _await_start(self) -> None:
        if self._is_ready:
            return
        try:
            with self._killed_after(START_S):
                self._is_ready = receive(self._channel, len(READY)) == READY
        except (OSError, EOFError) as error:
            self._uses_left = 0
            raise HeritageError(DOES_NOT_START) from error

    def _ask(self, data: bytes, media_type: str) -> Photo | ImageError:
        self._channel.sendall(LENGTH.pack(len(data)))
        self._channel.sendall(data)
        digest = ImageDigest.of(data)  # meanwhile
        head = receive_head(self._channel, self._limits)
        if isinstance(head, ImageError):
            return head
        pixels = np.empty((head.height, head.width, 3), np.uint8)
        receive_into(self._channel, pixels.data.cast("B"))
        return Photo(digest, pixels, media_type, head.capture)

    @contextmanager
    def _killed_after(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self._process.kill)
        timer.daemon = True  # or Ctrl-C while it starts makes the program wait for it
        try:
            timer.start()
            yield
        finally:
            timer.cancel()
