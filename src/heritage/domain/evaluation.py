"""An evaluation: labelled photographs, and what each method made of them."""

from dataclasses import dataclass
from pathlib import Path

from heritage.domain.hits import Versions
from heritage.domain.metrics import Figures, StageLatency
from heritage.domain.ports import Source
from heritage.domain.records import RecordId


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A photograph and the records it shows; none when its objects are in no registry."""

    name: str
    picture: Path
    right: frozenset[RecordId]


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """A registry to load, more objects to hide it among, and photographs to ask about."""

    name: str
    gallery: Source
    distractors: Source | None
    photos: tuple[LabelledPhoto, ...]
    warnings: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        return (self.gallery, self.distractors) if self.distractors else (self.gallery,)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One method over all photographs; ``latency`` holds its stages in order, then ``total``."""

    name: str
    figures: Figures
    latency: tuple[StageLatency, ...]


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """heritage as it is, and what it is compared with, on the same photographs in the same run.

    ``models`` holds the names of other models, and heritage's figures with each of them.
    """

    set_name: str
    heritage: Measurement
    baselines: tuple[Measurement, ...]
    versions: Versions
    warnings: tuple[str, ...] = ()
    models: tuple[tuple[str, "EvaluationReport"], ...] = ()
