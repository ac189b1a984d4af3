"""How well boxes fit: for tests of what proposes them."""

from collections.abc import Iterable

from heritage.domain.images import Region


def overlap(first: Region, second: Region) -> float:
    """Intersection over union, 0..1."""
    width = min(first.left + first.width, second.left + second.width) - max(first.left, second.left)
    height = min(first.top + first.height, second.top + second.height) - max(first.top, second.top)
    shared = max(width, 0) * max(height, 0)
    return shared / (first.width * first.height + second.width * second.height - shared)


def found(truth: Iterable[Region], proposed: Iterable[Region], min_overlap: float = 0.5) -> list[bool]:
    """For each true box, whether a proposed one fits it."""
    boxes = list(proposed)
    return [any(overlap(box, true) >= min_overlap for box in boxes) for true in truth]
