"""Merkle trees as RFC 6962 builds them: many digests under one, and the proof that a given one is among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

LEAF, NODE = b"\x00", b"\x01"
"""What tells the hash of a leaf from that of two nodes."""


def leaf_hash(position: int, digest: str) -> bytes:
    """One event: its position in the log and its digest, each on a line."""
    return sha256(LEAF + f"{position}\n{digest}".encode()).digest()


def _joined(left: bytes, right: bytes) -> bytes:
    return sha256(NODE + left + right).digest()


class GrowingTree:
    """A tree to which leaves are added one by one; it keeps no more than one hash a level."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []
        self.size = 0

    def add(self, leaf: bytes) -> None:
        height, peak = 0, leaf
        while self._peaks and self._peaks[-1][0] == height:
            peak = _joined(self._peaks.pop()[1], peak)
            height += 1
        self._peaks.append((height, peak))
        self.size += 1

    def root(self) -> str:
        """The hash over all leaves, hexadecimal."""
        if not self._peaks:
            return sha256().hexdigest()
        *others, (_, right) = self._peaks
        for _, left in reversed(others):
            right = _joined(left, right)
        return right.hex()


class Tree:
    """A tree that is complete, with all its levels, for proofs."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            self._levels.append(_level_above(self._levels[-1]))

    def path(self, index: int) -> list[str]:
        """The hashes beside the way from this leaf to the root, from below, hexadecimal."""
        siblings = []
        for level in self._levels:
            if index ^ 1 < len(level):
                siblings.append(level[index ^ 1].hex())
            index //= 2
        return siblings


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    """Each two joined; one without a neighbour rises as it is."""
    pairs = [_joined(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return pairs + list(level[len(pairs) * 2 :])


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[str]) -> str | None:
    """The root to which this path leads from the leaf in a tree of ``size`` leaves; None where it leads nowhere."""
    siblings, width, reached = iter(path), size, leaf
    if not 0 <= index < size:
        return None
    while width > 1:
        if index ^ 1 < width:
            sibling = next(siblings, None)
            if sibling is None:
                return None
            other = bytes.fromhex(sibling)
            reached = _joined(other, reached) if index % 2 else _joined(reached, other)
        index, width = index // 2, (width + 1) // 2
    return reached.hex() if next(siblings, None) is None else None
