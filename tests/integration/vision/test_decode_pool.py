"""Decoding in children: the same answers as without, and whatever happens to a child, the parent goes on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

import heritage
from heritage.domain.images import Photo
from heritage.errors import HeritageError, ImageError
from heritage.vision import decode_pool
from heritage.vision.decode import DecodeLimits, decode
from heritage.vision.decode_child import ChildBounds
from heritage.vision.decode_pool import DecodePool
from tests.bad_files import bad_files
from tests.cameras import photograph
from tests.file_surgery import base_picture, saved
from tests.odd_files import odd_files
from tests.processes import children, running

LIMITS = DecodeLimits(max_bytes=50_000_000, max_pixels=80_000_000, max_side=25_000)
BOUNDS = ChildBounds(seconds=20, memory_bytes=2_500_000_000)
SMALL = saved(base_picture(), "PNG")
SOURCE = Path(heritage.__file__).parents[1]


@pytest.fixture(scope="module")
def pool() -> Iterator[DecodePool]:
    with closing(DecodePool(LIMITS, BOUNDS, 2)) as opened:
        yield opened


def only_child(pool: DecodePool, before: list[int]) -> int:
    """The process id of a pool of one, which has decoded something: it has started."""
    pool.decode(SMALL)
    (child,) = set(children(os.getpid())) - set(before)
    return child


def outcome(call: object, data: bytes) -> object:
    """What is comparable of a photo, or of an error."""
    try:
        photo = call(data)  # type: ignore[operator]
    except ImageError as error:
        return error.cause, error.detail
    assert isinstance(photo, Photo)
    return photo.digest, photo.media_type, photo.capture, photo.pixels.shape, photo.pixels.tobytes()


def test_every_file_comes_out_as_it_does_without_children(pool: DecodePool) -> None:
    for file in (*bad_files(), *odd_files()):
        expected = outcome(lambda data: decode(data, LIMITS), file.data)
        assert outcome(pool.decode, file.data) == expected, file.name


def test_pixels_are_as_good_as_any(pool: DecodePool) -> None:
    photo = pool.decode(photograph())
    assert photo.pixels.flags.writeable
    assert photo.pixels.flags.c_contiguous
    assert photo.capture.latitude == pytest.approx(41.89)


def test_many_threads_share_few_children(pool: DecodePool) -> None:
    files = [saved(base_picture(40 + number, 40), "PNG") for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        photos = list(threads.map(pool.decode, files))
    assert [photo.width for photo in photos] == [40 + number for number in range(40)]


@pytest.mark.parametrize("end", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_codec_that_crashes_costs_its_picture_only(end: signal.Signals) -> None:
    before = children(os.getpid())
    with closing(DecodePool(LIMITS, BOUNDS, 1)) as pool:
        child = only_child(pool, before)
        os.kill(child, signal.SIGSTOP)  # so that it is at work when it is hit
        threading.Timer(0.1, lambda: (os.kill(child, end), os.kill(child, signal.SIGCONT))).start()
        with pytest.raises(ImageError, match="damaged: the decoder crashed on it"):
            pool.decode(SMALL)
        assert pool.decode(SMALL).width == 96, "another child took its place"
    assert children(os.getpid()) == before


def test_a_child_that_died_idle_is_replaced_unnoticed() -> None:
    before = children(os.getpid())
    with closing(DecodePool(LIMITS, BOUNDS, 1)) as pool:
        child = only_child(pool, before)
        os.kill(child, signal.SIGKILL)
        while running(child):
            time.sleep(0.01)
        assert pool.decode(SMALL).width == 96


def test_a_codec_that_hangs_is_stopped() -> None:
    before = children(os.getpid())
    with closing(DecodePool(LIMITS, ChildBounds(1, BOUNDS.memory_bytes), 1)) as pool:
        os.kill(only_child(pool, before), signal.SIGSTOP)
        with pytest.raises(ImageError, match="took too long: over 1 s to decode"):
            pool.decode(SMALL)
        assert pool.decode(SMALL).width == 96
    assert children(os.getpid()) == before


def test_a_picture_that_needs_more_memory_than_there_is() -> None:
    bomb = saved(Image.new("RGB", (8000, 8000)), "PNG", compress_level=1)
    with closing(DecodePool(LIMITS, ChildBounds(20, 400_000_000), 1)) as pool:
        with pytest.raises(ImageError, match="too large: not enough memory to decode it"):
            pool.decode(bomb)
        assert pool.decode(SMALL).width == 96


def test_memory_stays_flat_and_children_are_replaced() -> None:
    before = children(os.getpid())
    data = saved(base_picture(600, 400), "JPEG", quality=95)
    resident: dict[int, list[int]] = {}
    with closing(DecodePool(LIMITS, ChildBounds(20, BOUNDS.memory_bytes, image_count=101), 1)) as pool:
        for _ in range(202):
            pool.decode(data)
            for child in set(children(os.getpid())) - set(before):
                resident.setdefault(child, []).append(_resident_bytes(child))
    assert [len(sizes) for sizes in resident.values()] == [100, 100]
    decoded_bytes = 600 * 400 * 3  # of which 80 would stay, were each kept
    for sizes in resident.values():  # an allocator keeps and gives back a few buffers as it likes
        assert min(sizes[-20:]) - min(sizes[:20]) < 8 * decoded_bytes


def test_a_child_may_open_and_start_nothing(tmp_path: Path) -> None:
    """Each thing that a codec under somebody else's control might try first."""
    tried = """
import os, resource, socket
from heritage.vision.decode_child import ChildBounds, confine, preload
preload()
kept = os.open(os.environ["KEPT"], os.O_WRONLY)
confine(ChildBounds(5, 2_000_000_000))
attempts = {
    "fork": os.fork,
    "read": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "connect": lambda: socket.socket(),
    "write": lambda: os.write(kept, b"x"),
    "memory": lambda: bytearray(3_000_000_000),
    "loosen": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)),
}
for name, attempt in attempts.items():
    try:
        attempt()
    except (OSError, MemoryError, ValueError):
        print(name, end=" ")
"""
    kept = tmp_path / "kept"
    kept.touch()
    environment = {"PYTHONPATH": str(SOURCE), "KEPT": str(kept), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", tried], env=environment, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("fork read connect write memory loosen ", "")
    assert kept.read_bytes() == b""


def test_a_child_has_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERITAGE_SECRET", "hk_secret")
    before = children(os.getpid())
    with closing(DecodePool(LIMITS, BOUNDS, 1)) as pool:
        environment = Path(f"/proc/{only_child(pool, before)}/environ").read_bytes()
    assert environment == b"OPENBLAS_NUM_THREADS=1\0"


@pytest.mark.parametrize("busy", [False, True])
def test_a_parent_that_is_killed_leaves_nothing_behind(busy: bool) -> None:
    program = """
import sys, threading
from tests.integration.vision.test_decode_pool import *
pool = DecodePool(LIMITS, ChildBounds(1, BOUNDS.memory_bytes), 2)
with ThreadPoolExecutor(2) as threads:
    list(threads.map(pool.decode, [SMALL] * 2))
    assert running(os.getpid())
    print(*children(os.getpid()), flush=True)
    sys.stdin.readline()
    large = saved(Image.effect_noise((4000, 4000), 90), "PNG", compress_level=1)
    threads.submit(pool.decode, large)
    print("busy", flush=True)
    sys.stdin.readline()
"""
    environment = {**os.environ, "PYTHONPATH": f"{SOURCE}:{SOURCE.parent}"}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdin
        assert parent.stdout
        processes = [int(word) for word in parent.stdout.readline().split()]
        assert processes
        if busy:
            parent.stdin.write("\n")
            parent.stdin.flush()
            assert parent.stdout.readline() == "busy\n"
        parent.kill()
    deadline = time.monotonic() + 10
    while any(running(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [process for process in processes if running(process)]


def test_ctrl_c_ends_a_program_at_once() -> None:
    program = """
from tests.integration.vision.test_decode_pool import *
with closing(DecodePool(LIMITS, BOUNDS, 2)) as pool:
    pool.decode(SMALL)
    print("ready", flush=True)
    while True:
        pool.decode(SMALL)
"""
    environment = {**os.environ, "PYTHONPATH": f"{SOURCE}:{SOURCE.parent}"}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        process_group=0,
    ) as parent:
        assert parent.stdout
        assert parent.stderr
        assert parent.stdout.readline() == "ready\n"
        os.killpg(parent.pid, signal.SIGINT)  # as a terminal does: to everything in the foreground
        assert parent.wait(10) != 0
        said = parent.stderr.read()
    assert said.count("Traceback") == 1, said
    assert said.endswith("KeyboardInterrupt\n")


def test_a_pool_that_nobody_closed_does_not_hold_up_the_end() -> None:
    program = """
from tests.integration.vision.test_decode_pool import *
pool = DecodePool(LIMITS, BOUNDS, 2)
print(pool.decode(SMALL).width)
"""
    environment = {**os.environ, "PYTHONPATH": f"{SOURCE}:{SOURCE.parent}"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, timeout=20)
    assert (done.stdout, done.returncode) == ("96\n", 0)


def test_a_child_that_cannot_start_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_pool.sys, "executable", "/bin/false")
    with closing(DecodePool(LIMITS, BOUNDS, 1)) as pool, pytest.raises(HeritageError, match="DECODE_PROCESSES=0"):
        pool.decode(SMALL)
    monkeypatch.setattr(decode_pool.sys, "executable", "/nowhere")
    with pytest.raises(HeritageError, match="DECODE_PROCESSES=0"):
        DecodePool(LIMITS, BOUNDS, 1)


def _resident_bytes(process: int) -> int:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
