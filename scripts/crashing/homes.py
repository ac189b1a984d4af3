"""Two homes compared, one disturbed and one not; and an embedder that is ready in a second."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from sqlalchemy import select

from heritage.domain.descriptors import DescriptorSpec, Vectors
from heritage.domain.hits import Turn
from heritage.domain.images import Rgb
from heritage.service.context import Context
from heritage.storage.schema import metadata

HASHES_OF_TIMES = {"audit_node", "audit_checkpoint"}
VARYING = {"created_at", "updated_at", "stored_at", "at", "identity"}


@dataclass(frozen=True)
class ColourEmbedder:
    """Describes an image by its colours in a grid: enough to tell generated pictures apart."""

    side: int = 8

    @property
    def spec(self) -> DescriptorSpec:
        return DescriptorSpec("colour-grid", "sha256:none", f"{self.side}x{self.side}", self.side**2 * 3)

    def embed(self, images: Sequence[Rgb]) -> Vectors:
        grids = [cv2.resize(pixels, (self.side, self.side), interpolation=cv2.INTER_AREA) for pixels in images]
        vectors = np.stack([grid.astype(np.float32).reshape(-1) - 127.5 for grid in grids])
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def embed_turned(self, images: Sequence[Rgb], turns: Sequence[Turn]) -> Vectors:
        return np.repeat(self.embed(images)[:, None], len(turns), axis=1)  # turned, it has the same colours


@dataclass(frozen=True)
class State:
    """All that matters in a home, one line for each row, each original, and each image the index finds."""

    lines: frozenset[str]

    def differences(self, other: "State") -> list[str]:
        lost = [f"lost    {line}" for line in sorted(self.lines - other.lines)]
        return lost + [f"too much {line}" for line in sorted(other.lines - self.lines)]


def rows_of(context: Context) -> Iterator[str]:
    """Each row of each table, less what differs between any two runs; blobs by their digest."""
    with context.database.read() as connection:
        for table in metadata.sorted_tables:
            if table.name in HASHES_OF_TIMES:
                continue
            for row in connection.execute(select(table)).mappings():
                if row.get("key") not in VARYING:
                    cells = (f"{name}={_shown(value)}" for name, value in row.items() if name not in VARYING)
                    yield f"{table.name}: {', '.join(cells)}"


def _shown(value: object) -> str:
    return hashlib.sha256(value).hexdigest()[:16] if isinstance(value, bytes) else str(value)
