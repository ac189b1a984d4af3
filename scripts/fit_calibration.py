"""Fit the calibration of a model's scores to labelled photographs, judge it by cross-validation, keep it there.

    python scripts/make_calibration_sets.py --shards DIR --pictures DIR ... --out out/calibration
    python scripts/fit_calibration.py out/calibration/views --recurring out/calibration/photographed \\
        --twins out/calibration/twins --cohort out/calibration/cohort --model heritage-2

Sets are folders as `heritage evaluate` reads them; ``--twins`` are sets full of near-twins: they teach the weights, but
say nothing of how often random objects are mistaken for each other. In ``--recurring`` sets one work stands under
several names: a stranger that matches in many places, pixels and all, is left out there. What was measured on a set is
kept in ``--state``, so an interrupted run goes on with the next set.

``--decisions HOME`` learns from that home's confirmed and rejected hits too (with ``HERITAGE_DATABASE_URL``, from those
in that database), which it only reads. They teach the weights only: nothing but what was shown gets decided.
"""

import argparse
import hashlib
import math
import sys
import tempfile
from contextlib import closing
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from heritage.domain.calibration import MEASUREMENTS, STRONG_RATE, UNFITTED, Calibration
from heritage.domain.cohort import Cohort
from heritage.domain.decided import NOTHING_DECIDED, Decided
from heritage.domain.descriptors import Specs
from heritage.domain.fitting import (
    Trials,
    fit,
    fit_tail,
    folds_of,
    judge,
    pav_scores,
    reliability,
    scores_of,
    without_recurring,
)
from heritage.domain.ports import Progress
from heritage.errors import HeritageError
from heritage.faces.cli.output import progress_bar
from heritage.service.calibrating import check_enough, collect, collect_decided, describe_cohort, joined
from heritage.service.context import Context, open_context, open_evaluation_set
from heritage.settings import Settings
from heritage.storage.database import Database
from heritage.vision.calibrations import write_calibration
from heritage.vision.weights import enter_model

FOLDS = 5
PLOT_SIDE, PLOT_EDGE = 320, 40
Pairs = TypeVar("Pairs", Trials, Decided)


def main() -> int:
    """Fit and write; 0."""
    options = _parser().parse_args()
    sets = [(path, False) for path in (*options.sets, *options.recurring)] + [(path, True) for path in options.twins]
    settings = replace(Settings.from_environment(models=options.models), model=options.model)
    specs = _specs(settings)
    decided = _decided(replace(settings, home=options.decisions), specs) if options.decisions else NOTHING_DECIDED
    with progress_bar() as progress:
        cohort, parts = _collect_all(settings, sets, options, progress)
    trials = joined(parts, [are_twins for _, are_twins in sets])
    print(f"{len(trials.search)} candidates of {trials.search_count} searches of random objects")
    _cross_validate(trials, decided, options.plot)
    fitted_on = f"{date.today():%Y-%m-%d}"
    if options.decisions:
        fitted_on += ", with decisions"  # not how many: every answer says this, to anybody
    calibration = fit(trials, f"{options.model}/{fitted_on}", specs.descriptor.digest, decided)
    _describe(calibration, trials)
    write_calibration(options.models / options.model, calibration, cohort)
    enter_model(options.models, options.model)
    if options.keypoints_only:
        trials, decided = _without_similarity(trials), _without_similarity(decided)
        alone = fit(trials, f"keypoints/{fitted_on}", "", decided)
        _describe(alone, trials)
        options.keypoints_only.write_text(alone.to_json(), encoding="utf-8")
    return 0


def _specs(settings: Settings) -> Specs:
    with (
        tempfile.TemporaryDirectory() as home,
        open_context(settings.apart(Path(home)), calibration=UNFITTED) as context,
    ):
        return context.specs


def _decided(settings: Settings, specs: Specs) -> Decided:
    """What was decided in that home, after telling what of it is used. Raises `InputError` for too little."""
    with closing(Database.open_to_read(settings.home, settings.database_url)) as database:
        print(f"decisions in {database.place}")
        decided = collect_decided(database, specs)
    print(f"  used: {decided.confirmed_count} confirmed and {decided.rejected_count} rejected hits")
    for why, count in decided.left_out:
        print(f"  left out: {count}, {why}")
    check_enough(decided)
    return decided


def _collect_all(
    settings: Settings, sets: list[tuple[Path, bool]], options: argparse.Namespace, progress: Progress | None
) -> tuple[Cohort, list[Trials]]:
    parts: list[Trials] = []
    cohort: Cohort | None = None
    for path, _ in sets:
        with (
            tempfile.TemporaryDirectory() as home,
            open_context(settings.apart(Path(home)), calibration=UNFITTED) as context,
        ):
            cohort = cohort or describe_cohort(context, options.cohort, progress)
            kept = options.state / f"trials-{_digest(context, cohort, path)}.npz"
            if not kept.is_file():
                trials = collect(replace(context, cohort=cohort), open_evaluation_set(path), progress)
                _keep(kept, trials)
            parts.append(without_recurring(_read(kept)) if path in options.recurring else _read(kept))
    if cohort is None:
        raise SystemExit("name at least one set")
    return cohort, parts


def _digest(context: Context, cohort: Cohort, path: Path) -> str:
    tables = sorted(path.glob("*.csv"))
    parts = (
        context.specs.digest.encode(),
        cohort.vectors.tobytes(),
        str(path.resolve()).encode(),
        str(MEASUREMENTS).encode(),
        *(table.read_bytes() for table in tables),
    )
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def _keep(path: Path, trials: Trials) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part.npz")
    np.savez_compressed(unfinished, **{field.name: getattr(trials, field.name) for field in fields(trials)})
    unfinished.replace(path)


def _read(path: Path) -> Trials:
    with np.load(path, allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    parts: dict[str, Any] = {name: int(value) if value.ndim == 0 else value for name, value in arrays.items()}
    return Trials(**parts)


def _cross_validate(trials: Trials, decided: Decided, plot: Path | None) -> None:
    """Scores of every trial by a calibration that never saw its object."""
    folds = folds_of(trials.group, FOLDS)
    scores = np.empty(len(folds))
    for fold in range(FOLDS):
        fitted = fit(trials.where(folds != fold, 1 - 1 / FOLDS), "", "", decided)
        scores[folds == fold] = scores_of(fitted, trials)[folds == fold]
    retrieved = math.log(trials.is_genuine.sum() / trials.genuine_count) - math.log(
        (~trials.is_genuine).sum() / trials.impostor_count
    )
    odds = scores - retrieved  # over the retrieved pairs: the others were never scored
    for name, values in (("as fitted", odds), ("after PAV", pav_scores(odds, trials.is_genuine))):
        found = judge(values, trials.is_genuine)
        figures = f"Cllr {found.cllr:.3f} bits, at best {found.cllr_min:.3f}; ECE {found.ece:.4f}"
        print(f"cross-validated by object, {name}: {figures}")
    if plot:
        plot.parent.mkdir(parents=True, exist_ok=True)
        plot.write_text(_plot(reliability(odds, trials.is_genuine)), encoding="utf-8")
    tail = fit_tail(scores, trials)
    strangers = ~trials.is_genuine & ~trials.is_twin
    per_search = trials.impostor_count // max(1, trials.search_count)
    fitted = replace(fit(trials, "", "", decided), tail=tail)
    alarms = {
        int(search)
        for search, score in zip(trials.search[strangers], scores[strangers], strict=True)
        if fitted.false_alarm_rate(score, per_search) < STRONG_RATE
    }
    print(f"searches with a strong verdict on a wrong object: {len(alarms)} of {trials.search_count} (cross-validated)")
    if not alarms:
        proved = trials.search_count // 3
        print(f"which proves only fewer than 1 in {proved} at 95 % confidence; the rest is calculated")


def _describe(calibration: Calibration, trials: Trials) -> None:
    print(f"{calibration.version}: bias {calibration.bias:.2f}")
    for name, weight in zip(MEASUREMENTS, calibration.weights, strict=True):
        print(f"  {name}: {weight:.3f}")
    print(f"  {calibration.tail}")
    scores, per_search = scores_of(calibration, trials), trials.impostor_count // max(1, trials.search_count)
    genuine = scores[trials.is_genuine & ~trials.is_twin]
    for verdict in ("strong", "possible"):
        count = sum(calibration.verdict(score, per_search).value in ("strong", verdict) for score in genuine)
        print(f"  {verdict}: {count} of {len(genuine)} retrieved pairs of one object")


def _without_similarity(pairs: Pairs) -> Pairs:
    measured = pairs.measured.copy()
    measured[:, [MEASUREMENTS.index(name) for name in ("lift", "high_lift")]] = 0
    return replace(pairs, measured=measured)


def _plot(points: list[tuple[float, float, int]]) -> str:
    """A reliability diagram as SVG: stated against observed, one dot a bin, larger where there is more."""
    side, edge = PLOT_SIDE, PLOT_EDGE
    middle, end = edge + side / 2, edge + side
    dots = "".join(
        f'<circle cx="{edge + stated * side:.1f}" cy="{edge + (1 - seen) * side:.1f}" r="{2 + math.log10(count):.1f}"/>'
        for stated, seen, count in points
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side + 2 * edge}" height="{side + 2 * edge}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f'<rect x="{edge}" y="{edge}" width="{side}" height="{side}" fill="none" stroke="#999"/>'
        f'<line x1="{edge}" y1="{end}" x2="{end}" y2="{edge}" stroke="#999" stroke-dasharray="4"/>'
        f'<g fill="#1b5e8c">{dots}</g>'
        f'<text x="{middle}" y="{end + edge - 12}" text-anchor="middle">stated probability, even odds</text>'
        f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">observed share</text></svg>\n'
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="+", metavar="SET")
    parser.add_argument(
        "--recurring", type=Path, nargs="*", default=[], metavar="SET", help="sets in which works recur unlabelled"
    )
    parser.add_argument("--twins", type=Path, nargs="*", default=[], metavar="SET")
    parser.add_argument("--decisions", type=Path, metavar="HOME", help="learn from what was decided there on hits too")
    parser.add_argument(
        "--cohort", type=Path, required=True, help="a folder of pictures of objects in none of the sets"
    )
    parser.add_argument("--model", required=True, metavar="NAME")
    parser.add_argument("--models", type=Path, default=Settings().models)
    parser.add_argument("--state", type=Path, default=Path("out/calibration/trials"))
    parser.add_argument("--plot", type=Path, help="write a reliability diagram (SVG) here")
    parser.add_argument(
        "--keypoints-only", type=Path, help="write what rests on keypoints alone here, for other models"
    )
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HeritageError as error:
        sys.exit(f"fit_calibration: {error}")
