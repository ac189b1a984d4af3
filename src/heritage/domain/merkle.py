"""Merkle trees as RFC 6962 hashes them: roots, proofs and their verification, in O(log n) nodes each.

A complete subtree has a *node number*, its place in an in-order walk (as RFC 9420, appendix C, numbers them): leaf i is
2i, and a node never changes or moves while the tree grows. A tree of n leaves has 2n - popcount(n) of them.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Hashes = tuple[bytes, ...]
"""SHA-256 hashes, 32 bytes each."""

ReadNodes = Callable[[Sequence[int]], Sequence[bytes]]
"""The hashes of complete subtrees, by their node numbers, in the order asked."""

EMPTY_ROOT = hashlib.sha256(b"").digest()

_Span = tuple[int, int]  # leaves from the first up to, not including, the second


def leaf_hash(data: bytes) -> bytes:
    """Leaves and nodes are hashed apart, so that no node can be passed off as a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def node_number(level: int, position: int) -> int:
    """Of the complete subtree over the 2^level leaves from leaf position * 2^level on."""
    return (position << (level + 1)) + (1 << level) - 1


def leaves_of(number: int) -> tuple[int, int]:
    """The first and the last leaf of the complete subtree with this node number."""
    level = (number ^ (number + 1)).bit_length() - 1
    first = number >> (level + 1) << level
    return first, first + (1 << level) - 1


@dataclass(frozen=True, slots=True)
class Node:
    """The root of a complete subtree."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How many leaves a tree has, and its root."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """What a tree of ``size`` leaves must remember to grow: the roots of its complete subtrees, the largest first."""

    size: int = 0
    peaks: Hashes = ()

    @classmethod
    def read(cls, read: ReadNodes, size: int) -> "Frontier":
        """Of a tree whose nodes were kept."""
        return cls(size, tuple(read(_complete_subtrees(0, size))))

    def append(self, leaf: bytes) -> tuple["Frontier", tuple[Node, ...]]:
        """The tree with one more leaf hash, and the nodes it completes: the leaf itself and whatever ends with it."""
        peaks, level, position, current = list(self.peaks), 0, self.size, leaf
        made = [Node(node_number(0, position), leaf)]
        while position & 1:
            level, position = level + 1, position >> 1
            current = node_hash(peaks.pop(), current)
            made.append(Node(node_number(level, position), current))
        return Frontier(self.size + 1, (*peaks, current)), tuple(made)

    @property
    def head(self) -> TreeHead:
        return TreeHead(self.size, _fold(self.peaks))


def node_count(size: int) -> int:
    """How many complete subtrees, single leaves among them, a tree of ``size`` leaves has."""
    return 2 * size - size.bit_count()


def prove_inclusion(read: ReadNodes, index: int, size: int) -> Hashes:
    """The audit path of leaf ``index`` (0 is the first) in the tree of the first ``size`` leaves: RFC 9162, 2.1.3.1."""
    spans: list[_Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return _roots(read, spans[::-1])


def prove_consistency(read: ReadNodes, old: int, new: int) -> Hashes:
    """That the tree of ``new`` leaves begins with that of ``old`` leaves, 0 < old <= new: RFC 9162, 2.1.4.1."""
    spans: list[_Span] = []
    start, end = 0, new
    while old < end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start > 0:  # otherwise it is the old root, which the verifier has
        spans.append((start, end))
    return _roots(read, spans[::-1])


def verify_inclusion(leaf: bytes, index: int, tree: TreeHead, path: Hashes) -> bool:
    """Whether ``path`` shows that the leaf hash is that of leaf ``index`` of the tree: RFC 9162, 2.1.3.2."""
    if not 0 <= index < tree.size:
        return False
    node, last, root = index, tree.size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            root = node_hash(other, root)
            node, last = _skip_lone(node, last)
        else:
            root = node_hash(root, other)
        node, last = node >> 1, last >> 1
    return last == 0 and root == tree.root


def verify_consistency(old: TreeHead, new: TreeHead, proof: Hashes) -> bool:
    """Whether ``proof`` shows that the new tree begins with all of the old one: RFC 9162, 2.1.4.2."""
    if old.size in (0, new.size):
        return not proof and old.root == (new.root if old.size else EMPTY_ROOT)
    if not 0 < old.size < new.size or not proof:
        return False
    path = (old.root, *proof) if old.size.bit_count() == 1 else proof
    node, last = old.size - 1, new.size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old_root = new_root = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old_root, new_root = node_hash(other, old_root), node_hash(other, new_root)
            node, last = _skip_lone(node, last)
        else:
            new_root = node_hash(new_root, other)
        node, last = node >> 1, last >> 1
    return last == 0 and old_root == old.root and new_root == new.root


def _skip_lone(node: int, last: int) -> tuple[int, int]:
    """Past the levels on which the last node has no sibling, and is therefore its own parent."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _split(count: int) -> int:
    """The largest power of two below ``count``, which is 2 or more."""
    return 1 << ((count - 1).bit_length() - 1)


def _complete_subtrees(start: int, end: int) -> list[int]:
    """The complete subtrees that leaves ``start`` to ``end`` consist of, for spans that `_split` makes."""
    numbers = []
    while start < end:
        level = (end - start).bit_length() - 1
        numbers.append(node_number(level, start >> level))
        start += 1 << level
    return numbers


def _roots(read: ReadNodes, spans: Sequence[_Span]) -> Hashes:
    """The root of each span of leaves; all nodes are read at once."""
    groups = [_complete_subtrees(start, end) for start, end in spans]
    hashes = iter(read([number for group in groups for number in group]))
    return tuple(_fold([next(hashes) for _ in group]) for group in groups)


def _fold(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root
