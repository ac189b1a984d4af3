"""From the first event of the audit log to the last: what they hash to, beside the tree and the signed checkpoints."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from heritage.domain.audit import Checkpoint, canonical, written_time
from heritage.domain.merkle import Frontier, Node, TreeHead, leaf_hash, leaves_of
from heritage.domain.ports import Progress
from heritage.errors import StorageError
from heritage.storage.audit import logged
from heritage.storage.database import Database
from heritage.storage.schema import audit_event, audit_node

_CHUNK = 4_096  # events read and compared at a time


class WrongEventError(Exception):
    """``sequence`` is the first event that is, or may be, not as it was recorded; ``str()`` says why."""

    def __init__(self, sequence: int, words: str) -> None:
        super().__init__(words)
        self.sequence = sequence


class Walk:
    """Over ``total`` events; ``compared_count`` checkpoints agree so far, the newest with ``signed_count`` events."""

    def __init__(self, database: Database, total: int, checkpoints: Sequence[Checkpoint]) -> None:
        self._database = database
        self._total = total
        self._checkpoints = checkpoints
        self._sizes = {checkpoint.size for checkpoint in checkpoints}
        self.frontier = Frontier()
        self.signed_count = 0
        self.compared_count = 0

    def run(self, progress: Progress | None) -> None:
        """Raises `WrongEventError` at the first event that is wrong."""
        self._compare_head(self.frontier.head)
        while self.frontier.size < self._total:
            self._chunk()
            if progress:
                progress("verifying", self.frontier.size, self._total)

    def _chunk(self) -> None:
        nodes: list[Node] = []
        heads: list[TreeHead] = []
        wrong: WrongEventError | None = None
        try:
            for row in self._rows(_CHUNK):
                nodes += self._take(row)
                if self.frontier.size in self._sizes:
                    heads.append(self.frontier.head)
        except WrongEventError as error:
            wrong = error
        self._compare_nodes(nodes)  # these first: an event before the wrong one may be wrong too
        for head in heads:
            self._compare_head(head)
        if wrong:
            raise wrong

    def _rows(self, limit: int) -> Sequence[Row[Any]]:
        """The next events, as many as can be read at once."""
        after = self.frontier.size
        following = select(audit_event).where(audit_event.c.sequence > after, audit_event.c.sequence <= self._total)
        try:
            with self._database.read() as connection:
                rows = connection.execute(following.order_by(audit_event.c.sequence).limit(limit)).all()
        except StorageError as error:
            if limit == 1:
                raise WrongEventError(after + 1, f"event {after + 1:,} cannot be read: {error}") from error
            return self._rows(limit // 2)
        if not rows:
            raise WrongEventError(after + 1, f"event {after + 1:,} was removed at this moment")
        return rows

    def _take(self, row: Row[Any]) -> tuple[Node, ...]:
        """Hash one more event; the nodes it completes."""
        expected = self.frontier.size + 1
        if row.sequence != expected:
            raise WrongEventError(
                expected, f"event {expected:,} is missing: event {row.sequence:,} follows the one before"
            )
        try:
            event = logged(row).event
        except StorageError as error:
            raise WrongEventError(expected, str(error)) from error
        self.frontier, nodes = self.frontier.append(leaf_hash(canonical(event)))
        return nodes

    def _compare_nodes(self, nodes: Sequence[Node]) -> None:
        stored = self._stored_hashes([node.number for node in nodes])
        for node, hash_found in zip(nodes, stored, strict=True):
            if hash_found == node.hash:
                continue
            first, last = (leaf + 1 for leaf in leaves_of(node.number))
            whose = f"event {first:,}" if first == last else f"events {first:,} to {last:,}"
            what = "lacks the hash" if hash_found is None else "has another hash"
            raise WrongEventError(first, f"{whose} or the tree was altered: the tree {what} of {whose}")

    def _stored_hashes(self, numbers: Sequence[int]) -> list[bytes | None]:
        """In two parts: a run that belongs to these events, and the few subtrees that began long before."""
        if not numbers:
            return []
        start, end = numbers[0], max(numbers)
        wanted = select(audit_node.c.number, audit_node.c.hash)
        far = [number for number in numbers if number < start]
        with self._database.read() as connection:
            rows = [
                *connection.execute(wanted.where(audit_node.c.number.between(start, end))),
                *connection.execute(wanted.where(audit_node.c.number.in_(far))),
            ]
        hash_by_number = {row.number: row.hash for row in rows}
        return [hash_by_number.get(number) for number in numbers]

    def _compare_head(self, head: TreeHead) -> None:
        """With every checkpoint of this size."""
        for checkpoint in self._checkpoints[self.compared_count :]:
            if checkpoint.size != head.size:
                return
            if checkpoint.root != head.root:
                first = self.signed_count + 1
                raise WrongEventError(
                    first,
                    f"events {first:,} to {head.size:,} are not those that were signed on "
                    f"{written_time(checkpoint.signed_at)}: at least one was altered, and the tree after it",
                )
            self.compared_count += 1
            self.signed_count = head.size
