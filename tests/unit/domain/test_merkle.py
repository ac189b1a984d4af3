"""Against the definition, word for word: RFC 9162, 2.1.1, 2.1.3.1 and 2.1.4.1, recursive and slow."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.domain.merkle import (
    EMPTY_ROOT,
    Frontier,
    TreeHead,
    leaf_hash,
    leaves_of,
    node_count,
    prove_consistency,
    prove_inclusion,
    verify_consistency,
    verify_inclusion,
)

SIZES = st.integers(1, 140)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def naive_root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0])
    k = split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:]))


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(m: int, leaves: Sequence[bytes], is_known: bool = True) -> list[bytes]:
    if m == len(leaves):
        return [] if is_known else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_proof(m, leaves[:k], is_known), naive_root(leaves[k:])]
    return [*naive_proof(m - k, leaves[k:], False), naive_root(leaves[:k])]


class Tree:
    """Grown leaf by leaf, with its nodes kept as a database keeps them."""

    def __init__(self, size: int) -> None:
        self.leaves = [b"leaf %d" % number for number in range(size)]
        self.frontier = Frontier()
        self.hash_by_number: dict[int, bytes] = {}
        for leaf in self.leaves:
            self.frontier, made = self.frontier.append(leaf_hash(leaf))
            for node in made:
                assert node.number not in self.hash_by_number
                self.hash_by_number[node.number] = node.hash

    def read(self, numbers: Sequence[int]) -> list[bytes]:
        return [self.hash_by_number[number] for number in numbers]

    def head(self, size: int) -> TreeHead:
        return TreeHead(size, naive_root(self.leaves[:size]))


@given(SIZES)
def test_growing_leaf_by_leaf_gives_the_root_of_the_definition(size: int) -> None:
    tree = Tree(size)
    assert tree.frontier.head == tree.head(size)
    assert Frontier.read(tree.read, size) == tree.frontier
    assert len(tree.hash_by_number) == node_count(size)
    for number, kept in tree.hash_by_number.items():
        first, last = leaves_of(number)
        assert kept == naive_root(tree.leaves[first : last + 1])


@given(SIZES, st.data())
def test_inclusion_proofs_are_those_of_the_definition_and_hold(size: int, data: st.DataObject) -> None:
    tree = Tree(size)
    part = data.draw(st.integers(1, size))
    index = data.draw(st.integers(0, part - 1))
    path = prove_inclusion(tree.read, index, part)
    assert list(path) == naive_path(index, tree.leaves[:part])
    assert verify_inclusion(leaf_hash(tree.leaves[index]), index, tree.head(part), path)


@given(SIZES, st.data())
def test_consistency_proofs_are_those_of_the_definition_and_hold(size: int, data: st.DataObject) -> None:
    tree = Tree(size)
    old = data.draw(st.integers(1, size))
    proof = prove_consistency(tree.read, old, size)
    assert list(proof) == naive_proof(old, tree.leaves)
    assert verify_consistency(tree.head(old), tree.head(size), proof)


@given(st.integers(2, 70), st.data())
def test_inclusion_is_refused_for_anything_else(size: int, data: st.DataObject) -> None:
    tree = Tree(size)
    index = data.draw(st.integers(0, size - 1))
    leaf, head, path = leaf_hash(tree.leaves[index]), tree.head(size), prove_inclusion(tree.read, index, size)
    place = data.draw(st.integers(0, len(path) - 1))
    altered = (*path[:place], sha256(path[place]), *path[place + 1 :])
    other = data.draw(st.integers(-1, size).filter(lambda number: number != index))
    assert not verify_inclusion(leaf, index, head, altered)
    assert not verify_inclusion(leaf, index, head, path[:-1])
    assert not verify_inclusion(leaf, index, head, (*path, path[0]))
    assert not verify_inclusion(leaf, other, head, path)
    assert not verify_inclusion(sha256(leaf), index, head, path)
    assert not verify_inclusion(leaf, index, TreeHead(size, sha256(head.root)), path)


@given(st.integers(2, 70), st.data())
def test_consistency_is_refused_for_anything_else(size: int, data: st.DataObject) -> None:
    tree = Tree(size)
    old = data.draw(st.integers(1, size - 1))
    before, after, proof = tree.head(old), tree.head(size), prove_consistency(tree.read, old, size)
    place = data.draw(st.integers(0, len(proof) - 1))
    altered = (*proof[:place], sha256(proof[place]), *proof[place + 1 :])
    assert not verify_consistency(before, after, altered)
    assert not verify_consistency(before, after, proof[:-1])
    assert not verify_consistency(before, after, (*proof, proof[0]))
    assert not verify_consistency(before, after, ())
    assert not verify_consistency(TreeHead(old, sha256(before.root)), after, proof)
    assert not verify_consistency(before, TreeHead(size, sha256(after.root)), proof)
    assert not verify_consistency(after, before, proof)


def test_every_log_begins_with_the_empty_one() -> None:
    empty, some = TreeHead(0, EMPTY_ROOT), Tree(5).frontier.head
    assert Frontier().head == empty
    assert verify_consistency(empty, some, ())
    assert verify_consistency(empty, empty, ())
    assert not verify_consistency(TreeHead(0, some.root), some, ())
    assert not verify_consistency(some, TreeHead(5, EMPTY_ROOT), ())


@pytest.mark.parametrize(
    ("size", "root"),
    [
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_roots_that_certificate_transparency_publishes(size: int, root: str) -> None:
    """The test leaves of the reference implementation of RFC 6962."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    frontier = Frontier()
    for leaf in leaves[:size]:
        frontier, _ = frontier.append(leaf_hash(bytes.fromhex(leaf)))
    assert frontier.head.root.hex() == root
