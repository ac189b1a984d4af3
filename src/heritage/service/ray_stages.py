"""The stages of a scan on a Ray cluster: on each node one actor, which holds the model, does what this machine would.

An actor decodes, describes and searches whole batches of listings with `on_this_machine`, over the shared database.
Claiming, reading and keeping stay with the process that asked. A node has the home, the database and the models that
its own environment names; one that has another database, model or heritage is left out, and the log says why.
"""

import logging
import socket
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import ray
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

import heritage
from heritage.domain.photos import KeptPhoto
from heritage.domain.scans import ListingState, Scan, ScannedListing
from heritage.errors import HeritageError, InputError, NotFoundError, StorageError
from heritage.service.context import Context, open_context
from heritage.service.overlapping import weighed_runs
from heritage.service.scan_stages import (
    UNFORESEEN,
    Hands,
    Pace,
    ReadListing,
    Searched,
    on_this_machine,
)
from heritage.settings import Settings

BATCH_BYTES = 8_000_000  # of photos, as files
MAX_BATCH = 8  # listings
AHEAD = 2  # batches at a node: it decodes one while it searches with another
MAX_ATTEMPTS = 3  # after which a listing passes for what ends the processes that work on it
RECRUIT_S = 5.0  # between two looks at which nodes there are
POLL_S = 1.0
CONNECT_S = 5.0
AUTO = "auto"
SQLITE_FILE = "heritage.db"
WHERE = "start Ray there with HERITAGE_HOME and HERITAGE_DATABASE_URL set"

log = logging.getLogger("heritage.scanning")


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What every node must agree on, or it would answer otherwise than this machine."""

    scan: Scan
    heritage: str
    specs: str
    rules: str

    @classmethod
    def of(cls, context: Context, scan: Scan) -> "_Agreed":
        now = context.current()
        return cls(scan, heritage.__version__, now.specs.digest, now.calibration.version)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of a batch; the bytes of photos are not sent back. ``error`` is what would end the work here too."""

    scanned: tuple[ScannedListing, ...] = ()
    photos: tuple[tuple[KeptPhoto, ...], ...] = ()
    error: str = ""


class NodeWork:
    """The actor: one open context, its model loaded once, for as long as the scan takes."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._searched: Searched | None = None

    def join(self, agreed: _Agreed) -> str:
        """Open everything; why this node cannot take part, or nothing."""
        if agreed.heritage != heritage.__version__:  # before a newer one brings the database up to date
            return f"it has heritage {heritage.__version__}, not {agreed.heritage}"
        try:
            settings = Settings.from_environment()
            if not (settings.database_url or (settings.home / SQLITE_FILE).exists()):
                return f"it has no database: {WHERE}"
            context = self._open.enter_context(open_context(settings)).current()
            context.scans.get(agreed.scan.scan_id, agreed.scan.viewer)
            if _Agreed.of(context, agreed.scan) != agreed:
                return "its model is another one; see HERITAGE_MODELS and HERITAGE_MODEL there"
            context.gallery.update(settings.tail_limit)
            self._searched = self._open.enter_context(on_this_machine(context, agreed.scan, Pace()))
        except NotFoundError:
            return f"its database is another one: {WHERE}"
        except HeritageError as error:
            return str(error)
        return ""

    def search(self, batch: Sequence[ReadListing]) -> _Answer:
        """What became of each listing."""
        assert self._searched is not None
        try:
            scanned = tuple(self._searched(batch))
        except HeritageError as error:
            return _Answer(error=str(error))
        photos = tuple(tuple(kept for kept, _ in one.files) for one in scanned)
        return _Answer(tuple(replace(one, files=()) for one in scanned), photos)


@dataclass(frozen=True, slots=True)
class _Batch:
    read: tuple[ReadListing, ...]
    attempt_count: int = 0

    def again(self) -> "list[_Batch]":
        """After the process that had it died: one by one, so that a listing that ends processes is found out."""
        return [_Batch((one,), self.attempt_count + 1) for one in self.read]


@dataclass(slots=True, eq=False)
class _Node:
    node_id: str
    name: str
    actor: Any
    has_joined: bool = False
    in_flight: int = 0


class _Crew:
    """An actor on each node, and which batch each is at. For one thread."""

    def __init__(self, address: str, agreed: _Agreed) -> None:
        self._address = address
        self._agreed = agreed
        self._node_by_id: dict[str, _Node] = {}
        self._refused: dict[str, str] = {}  # node id: why
        self._ended_joining: Counter[str] = Counter()
        self._work_by_ref: dict[Any, tuple[_Node, _Batch | None]] = {}  # None: it is joining
        self._again: deque[_Batch] = deque()
        self._looked_at = 0.0

    def searched(self, read: Iterable[ReadListing]) -> Iterator[ScannedListing]:
        """As `heritage.service.scan_stages.Searched`; batches in whatever order they are done."""
        batches = map(_Batch, map(tuple, weighed_runs(read, _weight, BATCH_BYTES)))
        first = next(batches, None)
        if first is None:
            return  # nobody need load a model for that
        with _connected(self._address):
            try:
                yield from self._search(chain([first], batches))
            finally:
                self._dismiss()

    def _search(self, batches: Iterator[_Batch]) -> Iterator[ScannedListing]:
        is_empty = False
        while not (is_empty and not self._again and not self._is_at_work):
            self._recruit()
            while (node := self._free_node()) and not (is_empty and not self._again):
                batch = self._again.popleft() if self._again else next(batches, None)
                if batch is None:
                    is_empty = True
                elif batch.attempt_count >= MAX_ATTEMPTS:
                    yield from map(_given_up, batch.read)
                else:
                    self._send(node, batch)
            yield from self._done()

    def _dismiss(self) -> None:
        """End all actors, whatever they are at."""
        for node in self._node_by_id.values():
            ray.kill(node.actor)

    @property
    def _is_at_work(self) -> bool:
        return any(batch for _, batch in self._work_by_ref.values())

    def _recruit(self) -> None:
        """Give nodes that came an actor, and those whose actor died another. Raises `StorageError`: none can work."""
        now = time.monotonic()
        if now - self._looked_at < RECRUIT_S:
            return
        self._looked_at = now
        nodes: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
        alive = {one["NodeID"]: one for one in nodes if one["Alive"] and one["Resources"].get("CPU")}
        for node_id in alive.keys() - self._node_by_id.keys() - self._refused.keys():
            self._invite(node_id, alive[node_id])
        if not self._node_by_id and alive.keys() <= self._refused.keys():
            reasons = "; ".join(sorted(set(self._refused.values()))) or "it has none with a processor"
            raise StorageError(f"no node of the Ray cluster can take part: {reasons}")

    def _invite(self, node_id: str, told: dict[str, Any]) -> None:
        name = str(told["NodeManagerHostname"])
        place = NodeAffinitySchedulingStrategy(node_id, soft=False)
        kind = ray.remote(NodeWork).options(num_cpus=1, max_concurrency=AHEAD, scheduling_strategy=place)
        node = self._node_by_id[node_id] = _Node(node_id, name, kind.remote())
        self._work_by_ref[node.actor.join.remote(self._agreed)] = node, None

    def _free_node(self) -> _Node | None:
        free = [one for one in self._node_by_id.values() if one.has_joined and one.in_flight < AHEAD]
        return min(free, key=lambda one: one.in_flight, default=None)

    def _send(self, node: _Node, batch: _Batch) -> None:
        node.in_flight += 1
        self._work_by_ref[node.actor.search.remote(batch.read)] = node, batch

    def _done(self) -> Iterator[ScannedListing]:
        """What came back meanwhile."""
        if not self._work_by_ref:
            time.sleep(POLL_S)
            return
        for ref in ray.wait(list(self._work_by_ref), timeout=POLL_S)[0]:
            node, batch = self._work_by_ref.pop(ref)
            node.in_flight -= batch is not None
            try:
                answer = ray.get(ref)
            except RayError as error:  # its process, or its machine, is gone
                log.warning("work on Ray node %s ended: %s", node.name, error)
                self._lose(node, batch)
                continue
            if batch:
                yield from _with_files(batch, answer)
            else:
                self._welcome(node, answer)

    def _lose(self, node: _Node, batch: _Batch | None) -> None:
        """What it had is done again. It is invited again if it is there, but not when it never gets so far."""
        if self._node_by_id.get(node.node_id) is node:
            ray.kill(node.actor)
            del self._node_by_id[node.node_id]
        if batch:
            self._again.extend(batch.again())
            return
        self._ended_joining[node.node_id] += 1
        if self._ended_joining[node.node_id] >= MAX_ATTEMPTS:
            self._refused[node.node_id] = f"{node.name}: its process ends before it has loaded all"

    def _welcome(self, node: _Node, why_not: str) -> None:
        node.has_joined = not why_not
        if node.has_joined:
            log.info("Ray node %s takes part", node.name)
        if why_not:
            log.warning("Ray node %s cannot take part: %s", node.name, why_not)
            self._refused[node.node_id] = f"{node.name}: {why_not}"
            ray.kill(self._node_by_id.pop(node.node_id).actor)


def _weight(read: ReadListing) -> int:
    return sum(len(data) for data in read.files if data) + BATCH_BYTES // MAX_BATCH


def _with_files(batch: _Batch, answer: _Answer) -> Iterator[ScannedListing]:
    """The listings, with the bytes of their photos as they were read here. Raises `StorageError`."""
    if answer.error:
        raise StorageError(answer.error)
    data_by_digest = {
        told.digest: data for one in batch.read for told, data in zip(one.told, one.files, strict=True) if data
    }
    for scanned, photos in zip(answer.scanned, answer.photos, strict=True):
        yield replace(scanned, files=tuple((one, data_by_digest[one.digest]) for one in photos))


def _given_up(read: ReadListing) -> ScannedListing:
    log.error("listing %s ended %s processes; it is left out", read.listing.place, MAX_ATTEMPTS)
    return ScannedListing(read.listing, ListingState.UNREADABLE, UNFORESEEN, read.told)


def on_ray(address: str) -> Hands:
    """The nodes of the Ray cluster whose head is at ``address``, ``HOST:PORT``, or of this machine's, ``auto``.

    Raises `InputError` when none answers there, at once or when the work begins.
    """
    _check_answers(address)

    @contextmanager
    def hands(context: Context, scan: Scan, pace: Pace) -> Iterator[Searched]:
        crew = _Crew(address, _Agreed.of(context, scan))
        yield crew.searched

    return hands


def _check_answers(address: str) -> None:
    if address == AUTO:
        return
    host, _, port = address.rpartition(":")
    if not (host and port.isdecimal()):
        raise InputError(f"the address of a Ray cluster is such as 10.0.0.5:6379, not {address[:80]!r}")
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
    except (OSError, OverflowError) as error:
        raise InputError(f"no Ray cluster answers at {address[:80]}: {error}") from error


@contextmanager
def _connected(address: str) -> Iterator[None]:
    """Never starts a cluster: one of its own would be this machine alone, and tell its makers that it is used."""
    _check_answers(address)  # Ray itself would wait for minutes, and end the process
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False)
    except (ConnectionError, RuntimeError, ValueError, RayError) as error:
        raise InputError(f"no Ray cluster answers at {address}: {error}") from error
    try:
        yield
    finally:
        ray.shutdown()
