"""Train the bundled global descriptor from scratch, export it as an OpenCLIP model folder.

    python scripts/train_embedder.py train   --data DIR --state DIR --minutes 85
    python scripts/train_embedder.py export  --data DIR --state DIR --models models --name heritage-2

``--data`` are folders of tar shards: photographs (layout: ``training/photographs.py``), views by ``render_views.py``.
``train`` continues from the checkpoint in ``--state`` when there is one and stops cleanly on Ctrl-C; ``export`` may run
beside it.
`heritage evaluate` measures what came of it (``global_lane``).
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import torch

from heritage.vision.weights import enter_model
from training.augmentation import squash
from training.export import check_export, export_model, noise_images
from training.photographs import load_photographs, split_by_object
from training.schedule import Plan
from training.tower import TowerShape, build_tower
from training.trainer import CHECKPOINT, Rhythm, Trainer
from training.validation import validate
from training.whitening import Choice, choose_projection, trained_projection

STOPPED = 130  # what a shell reports after Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    status: int = options.run(options)
    return status


def _train(options: argparse.Namespace) -> int:
    plan = Plan(
        images=options.images,
        minutes=options.minutes,
        pair_count=options.pairs,
        first_size=options.first_size,
        last_size=options.last_size,
        enlarge_at=options.enlarge_at,
        peak_rate=options.rate,
        seed=options.seed,
    )
    rhythm = Rhythm(options.report_steps, options.validate_seconds, options.checkpoint_seconds)
    trainer = Trainer(_shape(options), plan, options.state, rhythm)
    if options.resume:
        trainer.resume()
    split = split_by_object(load_photographs(options.data), options.seed)
    print(
        f"{len(split.training.images)} photographs; {len(split.held_out.views_by_object)} objects held out", flush=True
    )
    return 0 if trainer.train(split) else STOPPED


def _export(options: argparse.Namespace) -> int:
    shape = replace(_shape(options), image_size=options.size)
    tower = build_tower(shape)
    kept = torch.load(options.checkpoint or options.state / CHECKPOINT, weights_only=True)
    tower.load_state_dict(kept["net"])
    tower.eval()
    split = split_by_object(load_photographs(options.data), options.seed)
    projection = trained_projection(tower)
    if options.whiten:
        choice = choose_projection(tower, kept["colour_head"]["weight"], split, shape.image_size)
        _print_choice(choice)
        projection = choice.projection
    shape = replace(shape, dimension=len(projection.bias))
    folder: Path = options.models / options.name
    exported = export_model(tower, projection, shape, folder).eval()
    images = [squash(image, shape.image_size) for image in split.held_out.images[:16]]
    least = check_export(folder, exported, images + noise_images(4, shape.image_size))
    enter_model(options.models, options.name)
    recall = validate(exported, split.held_out, shape.image_size)
    print(f"{folder}: cosine to the trained model at least {least:.5f}; {recall}")
    return 0


def _print_choice(choice: Choice) -> None:
    for name, rank in choice.rank_by_name.items():
        print(f"{'->' if name == choice.name else '  '} {name}: mean reciprocal rank {rank:.3f}")


def _shape(options: argparse.Namespace) -> TowerShape:
    return TowerShape(options.trunk, options.dimension)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2, help="processor threads for PyTorch")
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train", help="train, or continue from the checkpoint")
    train.set_defaults(run=_train)
    _add_shared(train)
    _add_training(train)
    export = commands.add_parser("export", help="write the model folder and its manifest entry")
    export.set_defaults(run=_export)
    _add_shared(export)
    export.add_argument(
        "--size", type=int, default=TowerShape().image_size, help="input in pixels of the exported model"
    )
    export.add_argument("--checkpoint", type=Path, help="instead of the one in --state")
    export.add_argument("--whiten", action=argparse.BooleanOptionalAction, default=True, help="try whitenings")
    export.add_argument("--models", type=Path, default=Path("models"))
    export.add_argument("--name", default="heritage-2")
    return parser


def _add_shared(parser: argparse.ArgumentParser) -> None:
    shape, plan = TowerShape(), Plan()
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of tar shards")
    parser.add_argument("--state", type=Path, default=Path("out/training"), help="folder of the checkpoint")
    parser.add_argument("--trunk", default=shape.trunk, help="timm model name")
    parser.add_argument("--dimension", type=int, default=shape.dimension)
    parser.add_argument("--seed", type=int, default=plan.seed, help="also decides which objects are held out")


def _add_training(parser: argparse.ArgumentParser) -> None:
    plan, rhythm = Plan(), Rhythm()
    parser.add_argument("--images", type=int, default=plan.images, help="budget when --minutes is not given")
    parser.add_argument("--minutes", type=float, help="budget in wall time, over all resumed runs")
    parser.add_argument("--pairs", type=int, default=plan.pair_count, help="pairs in a batch")
    parser.add_argument("--first-size", type=int, default=plan.first_size, help="input in pixels for the first part")
    parser.add_argument("--last-size", type=int, default=plan.last_size, help="input in pixels for the rest")
    parser.add_argument("--enlarge-at", type=float, default=plan.enlarge_at, help="where the first part ends, 0..1")
    parser.add_argument("--rate", type=float, default=plan.peak_rate, help="peak learning rate")
    parser.add_argument("--resume", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--report-steps", type=int, default=rhythm.report_steps)
    parser.add_argument("--validate-seconds", type=float, default=rhythm.validate_seconds)
    parser.add_argument("--checkpoint-seconds", type=float, default=rhythm.checkpoint_seconds)


if __name__ == "__main__":
    sys.exit(main())
