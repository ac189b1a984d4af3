"""What a child says is input like any other: a codec's bug may speak through it."""

import json
import socket
from typing import Any

import numpy as np
import pytest

from heritage.domain.images import Capture, ImageDigest, Photo
from heritage.errors import ImageError
from heritage.vision.decode import DecodeLimits
from heritage.vision.decode_messages import LENGTH, MAX_HEAD, PhotoHead, pack_error, pack_photo, receive_head

LIMITS = DecodeLimits(max_bytes=1000, max_pixels=5000, max_side=100)
CAPTURE = Capture("2024:05:21 17:03:00", "Fern", "F-3", 41.5, -12.25)


def received(said: bytes) -> PhotoHead | ImageError:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(said)
        theirs.shutdown(socket.SHUT_WR)
        return receive_head(ours, LIMITS)


def head(**changes: Any) -> bytes:
    message = json.dumps({"width": 60, "height": 40, "capture": {}} | changes).encode()
    return LENGTH.pack(len(message)) + message


def test_a_photo_and_an_error_arrive_as_they_were_sent() -> None:
    photo = Photo(ImageDigest.of(b"x"), np.zeros((40, 60, 3), np.uint8), "image/png", CAPTURE)
    assert received(pack_photo(photo)) == PhotoHead(60, 40, CAPTURE)
    error = received(pack_error(ImageError("too small", "9 x 9 pixels")))
    assert isinstance(error, ImageError)
    assert (error.cause, error.detail) == ("too small", "9 x 9 pixels")


@pytest.mark.parametrize(
    "said",
    [
        head(width=0),
        head(width=-60),
        head(width=101),
        head(width=80, height=80),
        head(width="wide"),
        head(width=None),
        head(width=float("nan")),
        head(width=float("inf")),
        head(capture=None),
        head(capture={"latitude": 41.5}),
        head(capture={"latitude": float("nan"), "longitude": 0}),
        head(capture={"latitude": "north", "longitude": "east"}),
        head(capture={"owner": "somebody"}),
        head(capture={"camera_make": "x" * 101}),
        head(capture={"camera_make": ["x"]}),
        head(cause="damaged"),
        head(cause="damaged", detail="x" * 201),
        head(cause="damaged", detail="\x1b[2J"),
        head(cause=["damaged"], detail=""),
        LENGTH.pack(2) + b"[]",
        LENGTH.pack(4) + b"nope",
        LENGTH.pack(2) + b"\xff\xfe",
        LENGTH.pack(4000) + b"[" * 4000,
        LENGTH.pack(MAX_HEAD + 1) + b" " * (MAX_HEAD + 1),
        LENGTH.pack(2**64 - 1),
    ],
)
def test_nonsense_is_one_error(said: bytes) -> None:
    with pytest.raises(ValueError):  # of which JSON's and Unicode's errors are kinds
        received(said)


@pytest.mark.parametrize("said", [b"", b"\x01", LENGTH.pack(10) + b"{}"])
def test_a_child_that_stops_speaking(said: bytes) -> None:
    with pytest.raises(EOFError):
        received(said)
