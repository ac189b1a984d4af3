"""The training loop: steps, progress lines, checkpoints that survive a kill, a clean stop on Ctrl-C."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional

from training.batches import Batch, BatchSource, Moment
from training.colour_teacher import DIMENSION, colour_targets
from training.losses import NegativeQueue, Pairs, info_nce, koleo
from training.photographs import Split
from training.schedule import Clock, Plan, moment
from training.tower import TowerShape, build_tower, half_precision, to_input
from training.validation import validate

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class Rhythm:
    """How often something is said or kept: steps between progress lines, seconds between validations/checkpoints."""

    report_steps: int = 20
    validate_seconds: float = 600
    checkpoint_seconds: float = 180


@dataclass
class Course:
    """Where training stands; everything in it goes into the checkpoint."""

    tower: nn.Module
    colour_head: nn.Linear  # predicts colour targets from the trunk's output
    optimiser: torch.optim.Optimizer
    negatives: NegativeQueue
    steps: int = 0
    images_seen: int = 0
    seconds: float = 0.0


@dataclass
class _Since:
    """Times of the last report, validation and checkpoint, in monotonic seconds."""

    report: float = field(default_factory=time.monotonic)
    validation: float = field(default_factory=time.monotonic)
    checkpoint: float = field(default_factory=time.monotonic)
    images: int = 0


class Trainer:
    """Trains a tower of ``shape`` by ``plan``, keeping its checkpoint in ``folder``; resumes when one is there."""

    def __init__(self, shape: TowerShape, plan: Plan, folder: Path, rhythm: Rhythm) -> None:
        self._plan, self._folder, self._rhythm = plan, folder, rhythm
        torch.manual_seed(plan.seed)
        tower = build_tower(shape)
        trunk = tower.trunk
        assert isinstance(trunk, nn.Module)
        colour_head = nn.Linear(int(cast(Any, trunk).num_features), DIMENSION, bias=False)
        parameters = [*tower.parameters(), *colour_head.parameters()]
        optimiser = torch.optim.AdamW(parameters, lr=plan.peak_rate, weight_decay=0.02)
        self._colours = torch.zeros(0, DIMENSION)
        self.course = Course(tower, colour_head, optimiser, NegativeQueue(plan.queue_length, shape.dimension))
        self._stop_asked = False

    def resume(self) -> bool:
        """Take up the checkpoint in the folder; False when there is none."""
        path = self._folder / CHECKPOINT
        if not path.is_file():
            return False
        kept = torch.load(path, weights_only=True)
        course = self.course
        course.tower.load_state_dict(kept["net"])
        course.colour_head.load_state_dict(kept["colour_head"])
        course.optimiser.load_state_dict(kept["optimiser"])
        course.negatives.push(kept["negatives"], kept["negative_objects"])
        course.steps, course.images_seen, course.seconds = kept["steps"], kept["images_seen"], kept["seconds"]
        print(f"resumed at {course.images_seen} images, {course.seconds / 60:.1f} min", flush=True)
        return True

    def train(self, split: Split) -> bool:
        """Until the budget is used (True) or Ctrl-C / SIGTERM asks to stop (False); leaves a checkpoint either way."""
        course = self.course
        self._listen()
        self._colours = colour_targets(split.training.images)
        clock, since = Clock(self._plan, course.seconds), _Since(images=course.images_seen)
        now = moment(self._plan, clock.progress(course.images_seen), course.steps)
        with BatchSource(split.training, self._plan.pair_count, self._plan.seed + course.steps, now) as source:
            while now.progress < 1 and not self._stop_asked:
                losses = self._step(source.next(), now)
                course.seconds = clock.seconds
                now = moment(self._plan, clock.progress(course.images_seen), course.steps)
                source.moment = now
                self._speak(losses, now, clock, since)
                self._keep(split, now, since)
        self.save()
        done = now.progress >= 1
        print(f"{'finished' if done else 'stopped'} at {course.images_seen} images; checkpoint in {self._folder}")
        if done:
            print(validate(course.tower, split.held_out, self._plan.last_size), flush=True)
        return done

    def save(self) -> None:
        """Write the checkpoint beside the old one, then swap: a kill leaves one of the two whole."""
        course, path = self.course, self._folder / CHECKPOINT
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        kept: dict[str, Any] = {
            "net": course.tower.state_dict(),
            "colour_head": course.colour_head.state_dict(),
            "optimiser": course.optimiser.state_dict(),
            "negatives": course.negatives.descriptors,
            "negative_objects": course.negatives.objects,
            "steps": course.steps,
            "images_seen": course.images_seen,
            "seconds": course.seconds,
        }
        with temporary.open("wb") as file:
            torch.save(kept, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def _listen(self) -> None:
        def ask(*_: object) -> None:
            self._stop_asked = True

        with suppress(ValueError):  # not the main thread: whoever runs us there stops us otherwise
            signal.signal(signal.SIGINT, ask)
            signal.signal(signal.SIGTERM, ask)

    def _step(self, batch: Batch, now: Moment) -> tuple[float, float]:
        """One step; the InfoNCE and the colour loss."""
        course = self.course
        for group in course.optimiser.param_groups:
            group["lr"] = now.learning_rate
        with half_precision():
            pooled = cast(Any, course.tower).trunk(to_input(batch.images))
            raw, colours = cast(Any, course.tower).head(pooled), course.colour_head(pooled)
        gallery, query = functional.normalize(raw.float(), dim=1).chunk(2)
        objects = torch.from_numpy(batch.objects)
        contrast = info_nce(Pairs(gallery, query, objects), course.negatives, now.temperature)
        colour = 1 - functional.cosine_similarity(colours.float(), self._colours[batch.photographs]).mean()
        loss = contrast + self._plan.koleo_weight * koleo(gallery) + self._plan.colour_weight * colour
        course.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(course.tower.parameters(), 5.0)
        course.optimiser.step()
        if now.progress > self._plan.queue_from:
            course.negatives.push(query, objects)
        course.steps += 1
        course.images_seen += len(batch.images)
        return float(contrast.detach()), float(colour.detach())

    def _speak(self, losses: tuple[float, float], now: Moment, clock: Clock, since: _Since) -> None:
        course = self.course
        if course.steps % self._rhythm.report_steps:
            return
        pace = (course.images_seen - since.images) / max(1e-9, time.monotonic() - since.report)
        since.report, since.images = time.monotonic(), course.images_seen
        print(
            f"step {course.steps}  {course.images_seen} images  loss {losses[0]:.3f} colour {losses[1]:.3f}  "
            f"{now.image_size} px  strength {now.strength:.2f}  rate {now.learning_rate:.1e}  {pace:.0f} images/s  "
            f"{clock.minutes_left(course.images_seen):.0f} min left",
            flush=True,
        )

    def _keep(self, split: Split, now: Moment, since: _Since) -> None:
        """Checkpoint and validate when it is time."""
        if time.monotonic() - since.checkpoint > self._rhythm.checkpoint_seconds:
            self.save()
            since.checkpoint = time.monotonic()
        if time.monotonic() - since.validation > self._rhythm.validate_seconds:
            print(validate(self.course.tower, split.held_out, now.image_size), flush=True)
            since.validation = since.report = time.monotonic()
            since.images = self.course.images_seen
