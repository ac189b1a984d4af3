"""The child process in which `heritage.vision.decode_pool` decodes: one image after another, under limits.

What the limits contain: memory that a picture claims, processor time that it takes, a codec that crashes or hangs,
files that a codec's bug would open or write. They are no sandbox against whoever already runs code of his own in here.
"""

import os
import resource
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module

from PIL import AvifImagePlugin, Image

from heritage.domain.images import Photo
from heritage.errors import ImageError
from heritage.vision.decode import DecodeLimits, decode
from heritage.vision.decode_messages import LENGTH, READY, pack_error, pack_photo, receive
from heritage.vision.signatures import HEIC, recognise

NOBODY = 65534
ORPHAN_GRACE_S = 2  # the parent counts the time; this is for a child whose parent was killed
STANDARD_STREAMS = 3
_PLUGINS = ("Mpo", "Tiff", "WebP")  # of the accepted formats, those that Pillow imports when the first one comes


@dataclass(frozen=True, slots=True)
class ChildBounds:
    """What one child may use: ``seconds`` for an image, ``memory_bytes`` of address space, ``image_count`` in all."""

    seconds: int
    memory_bytes: int
    image_count: int = 100  # then it is replaced, so that what a codec leaks cannot add up


def main() -> None:
    """Answer requests on the socket that is standard input, until it closes; limits and bounds come as arguments."""
    numbers = [int(number) for number in sys.argv[1:]]
    limits, bounds = DecodeLimits(*numbers[:3]), ChildBounds(*numbers[3:])
    channel = socket.socket(fileno=sys.stdin.fileno())
    preload()
    confine(bounds)
    with suppress(ConnectionError, EOFError):  # the parent has ended
        channel.sendall(READY)
        os.dup2(sys.stdout.fileno(), sys.stderr.fileno())  # codecs grumble; what was said before is about starting
        while True:
            _serve(channel, limits, bounds)


def preload() -> None:
    """Import what Pillow would import with the first picture: afterwards no file can be opened."""
    Image.preinit()
    for name in _PLUGINS:
        import_module(f"PIL.{name}ImagePlugin")
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def confine(bounds: ChildBounds) -> None:
    """Give up, for good, all that decoding does not need."""
    if os.geteuid() == 0:
        # Root's processes are not counted, and root may read and end anything.
        with suppress(OSError):  # a container may have no other user
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
    _lower(resource.RLIMIT_AS, bounds.memory_bytes)
    _lower(resource.RLIMIT_CPU, bounds.seconds * bounds.image_count)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)  # a dump would hold somebody's photograph
    _lower(resource.RLIMIT_NOFILE, STANDARD_STREAMS)
    _allow_threads(False)


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _allow_threads(allowed: bool) -> None:
    """No other process, and no thread either, which the system counts alike; only HEIC's decoder cannot do without."""
    hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    resource.setrlimit(resource.RLIMIT_NPROC, (hard if allowed else 0, hard))


def _serve(channel: socket.socket, limits: DecodeLimits, bounds: ChildBounds) -> None:
    data = receive(channel, LENGTH.unpack(receive(channel, LENGTH.size))[0])
    signal.setitimer(signal.ITIMER_REAL, bounds.seconds + ORPHAN_GRACE_S)  # its signal ends the process
    answer = _decoded(bytes(data), limits)
    if isinstance(answer, Photo):
        channel.sendall(pack_photo(answer))
        channel.sendall(answer.pixels.data.cast("B"))
    else:
        channel.sendall(pack_error(answer))
    signal.setitimer(signal.ITIMER_REAL, 0)


def _decoded(data: bytes, limits: DecodeLimits) -> Photo | ImageError:
    try:
        _allow_threads(recognise(data) is HEIC)
        return decode(data, limits)
    except ImageError as error:
        return error
