"""What a process and the child that decodes for it say to each other, over one stream socket.

To the child: the length of a file, and its bytes. Back: the length of a head, the head as JSON, and the pixels if there
are any. The parent believes nothing of it: a codec's bug may have handed the child over to whoever made the file.
"""

import json
import socket
import struct
from dataclasses import asdict, dataclass
from typing import Any

from heritage.domain.images import Capture, Photo
from heritage.errors import ImageError
from heritage.vision.decode import DecodeLimits

LENGTH = struct.Struct("<Q")
READY = b"\x01"
MAX_HEAD = 4096  # bytes
MAX_WORDS = 200  # characters


def receive(channel: socket.socket, size: int) -> bytearray:
    """Exactly ``size`` bytes. Raises EOFError when the other side closes before."""
    buffer = bytearray(size)
    receive_into(channel, memoryview(buffer))
    return buffer


def receive_into(channel: socket.socket, view: memoryview) -> None:
    """Fill ``view``; raises as `receive` does."""
    while len(view):
        count = channel.recv_into(view, len(view), socket.MSG_WAITALL)
        if not count:
            raise EOFError
        view = view[count:]


@dataclass(frozen=True, slots=True)
class PhotoHead:
    """What a child says of a photo before its pixels."""

    width: int
    height: int
    capture: Capture


def pack_photo(photo: Photo) -> bytes:
    """The head of a photo, its length before it; the pixels follow by themselves."""
    return _packed(asdict(PhotoHead(photo.width, photo.height, photo.capture)))


def pack_error(error: ImageError) -> bytes:
    """What is wrong with the image, in place of a photo's head."""
    return _packed({"cause": error.cause, "detail": error.detail})


def receive_head(channel: socket.socket, limits: DecodeLimits) -> PhotoHead | ImageError:
    """What the child answers. Raises ValueError when that is nonsense, and as `receive` does."""
    size = LENGTH.unpack(receive(channel, LENGTH.size))[0]
    if size > MAX_HEAD:
        raise ValueError("too long a head")
    try:
        return _head(json.loads(receive(channel, size)), limits)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError) as error:
        raise ValueError("not a head") from error


def _packed(message: dict[str, Any]) -> bytes:
    head = json.dumps(message).encode()
    return LENGTH.pack(len(head)) + head


def _head(message: dict[str, Any], limits: DecodeLimits) -> PhotoHead | ImageError:
    if "cause" in message:
        return ImageError(_words(message["cause"]), _words(message["detail"]))
    width, height = int(message["width"]), int(message["height"])
    if not (0 < width <= limits.max_side and 0 < height <= limits.max_side and width * height <= limits.max_pixels):
        raise ValueError("no such size was allowed")
    return PhotoHead(width, height, Capture(**message["capture"]))


def _words(text: str) -> str:
    if len(text) > MAX_WORDS or not text.isprintable():
        raise ValueError("not words")
    return text
