"""The curriculum: what is trained when, as a function of how much of the budget is used."""

import math
import time
from dataclasses import dataclass

from training.batches import Moment

WARM_UP_STEPS = 80


@dataclass(frozen=True)
class Plan:
    """Budget and course. ``minutes`` counts wall time over all resumed runs; without it ``images`` is the budget."""

    images: int = 500_000
    minutes: float | None = None
    pair_count: int = 128
    first_size: int = 64  # input in pixels for the first part: four times the steps
    last_size: int = 96  # the exported model may ask for more: larger inputs help even untrained
    enlarge_at: float = 0.6
    peak_rate: float = 1e-3
    queue_from: float = 0.7  # earlier, the network escapes queued descriptors by drifting, and all huddle together
    queue_length: int = 0  # pairs to remember as negatives; 1,024 showed no gain over none
    koleo_weight: float = 0.1
    colour_weight: float = 2.0
    seed: int = 0


def moment(plan: Plan, progress: float, step: int) -> Moment:
    """The curriculum at ``progress`` (0..1): mild changes first, severe ones at the end."""
    rate = plan.peak_rate * min(1.0, (step + 1) / WARM_UP_STEPS) * (0.5 * (1 + math.cos(math.pi * progress)) + 0.003)
    return Moment(
        progress=progress,
        image_size=plan.first_size if progress < plan.enlarge_at else plan.last_size,
        strength=0.1 + 0.7 * progress,
        temperature=0.12 - 0.06 * progress,
        learning_rate=rate,
    )


class Clock:
    """How much of the budget is used, over all runs."""

    def __init__(self, plan: Plan, spent_seconds: float) -> None:
        self._plan = plan
        self._started = time.monotonic() - spent_seconds

    @property
    def seconds(self) -> float:
        """Training time so far, that of earlier runs included."""
        return time.monotonic() - self._started

    def progress(self, images_seen: int) -> float:
        """0 at the start, 1 when the budget is used."""
        if self._plan.minutes is not None:
            return min(1.0, self.seconds / (60 * self._plan.minutes))
        return min(1.0, images_seen / self._plan.images)

    def minutes_left(self, images_seen: int) -> float:
        """Until the budget is used, at the pace so far."""
        progress = self.progress(images_seen)
        return (1 - progress) / progress * self.seconds / 60 if progress > 0 else math.inf
