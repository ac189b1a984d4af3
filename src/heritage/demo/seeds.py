"""Where every random draw comes from: one root seed, then kind, workshop, pair and member.

Members of one workshop share style, members 2k and 2k+1 (a *pair*) also share their subject: they are near-twins.
"""

import zlib
from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Seeds:
    """The identity of one procedural object: same seeds, same object, on every machine."""

    root: int
    kind: str
    workshop: int
    member: int

    def workshop_rng(self) -> Rng:
        """Draws shared by all members of the workshop."""
        return self._rng("workshop", self.workshop)

    def pair_rng(self) -> Rng:
        """Draws shared by two near-twins."""
        return self._rng("pair", self.workshop, self.member // 2)

    def own_rng(self, purpose: str = "design") -> Rng:
        """Draws of this object alone; `purpose` keeps independent streams apart."""
        return self._rng(purpose, self.workshop, self.member)

    def _rng(self, purpose: str, *path: int) -> Rng:
        words = (zlib.crc32(self.kind.encode()), zlib.crc32(purpose.encode()))
        return np.random.default_rng([self.root, *words, *path])
