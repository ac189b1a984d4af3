"""``heritage evaluate``: how good matching is on labelled photographs, beside what it is compared with."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heritage.errors import InputError
from heritage.faces.cli.output import clean, complain, console, progress_bar, settings_of, table

if TYPE_CHECKING:
    from rich.table import Table

    from heritage.domain.evaluation import EvaluationReport, EvaluationSet, Measurement
    from heritage.domain.metrics import Rate
    from heritage.domain.ports import Progress
    from heritage.settings import Settings

LISTED_WARNINGS = 20
_FIGURES = {
    "recall_at_1": "recall at 1",
    "recall_at_5": "recall at 5",
    "recall_at_10": "recall at 10",
    "map": "mAP",
    "gap": "GAP, all photos",
    "gap_known": "GAP-, known only",
    "strong_rate": "strong on the right record",
    "possible_rate": "possible or strong on it",
    "false_alarm_rate": "false alarms on unknown",
}


def evaluate(
    context: typer.Context,
    dataset: Annotated[
        Path,
        typer.Argument(
            metavar="DATASET", help="A folder with gallery.csv and queries.csv, or the Met or ILIAS benchmark."
        ),
    ],
    distractors: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Pictures of other objects to hide the gallery among.")
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option(metavar="PART", help="Of the Met: mini (gallery), val (queries). May be repeated."),
    ] = None,
    baseline: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Ask a slow baseline too: exhaustive_rootsift. May be repeated."),
    ] = None,
    json_out: Annotated[Path | None, typer.Option("--json", metavar="OUT", help="Write the figures here too.")] = None,
    models: Annotated[
        list[str] | None, typer.Option("--model", metavar="NAME", help="Another model to measure beside; repeatable.")
    ] = None,
) -> None:
    """Measure matching on labelled photographs. Uses a home of its own, and removes it afterwards."""
    from heritage.service.context import open_evaluation_set
    from heritage.service.evaluation_json import as_json

    settings = settings_of(context)
    if json_out and not json_out.resolve().parent.is_dir():
        raise InputError(f"{json_out} cannot be written: there is no folder {json_out.parent}")
    evaluation_set = open_evaluation_set(dataset, distractors, part or ())
    with _own_home() as home, progress_bar() as progress:
        report = _measured(settings.apart(home), evaluation_set, models or [], baseline or [], progress)
    if json_out:
        json_out.write_text(as_json(report), encoding="utf-8")
    _print(report)


def _print(report: "EvaluationReport") -> None:
    _print_warnings(report.warnings)
    for part in (_summary(report), report_table(report), latency_table(report)):
        console().print(part)


def _measured(
    settings: "Settings",
    evaluation_set: "EvaluationSet",
    others: list[str],
    slow: list[str],
    progress: "Progress | None",
) -> "EvaluationReport":
    """By the model in use, and beside it by each of ``others`` over the same keypoints."""
    from heritage.service.context import open_context
    from heritage.service.evaluation import evaluate as measure
    from heritage.service.filling import fill
    from heritage.service.models import check_models, model_in_use

    check_models(settings, others)
    used = model_in_use(settings)
    with open_context(replace(settings, model=used)) as opened:
        report = measure(opened, evaluation_set, progress, slow)
    for name in dict.fromkeys(name for name in others if name != used):
        with open_context(replace(settings, model=name)) as opened:
            fill(opened, progress)
            other = measure(replace(opened, baselines=()), evaluation_set, progress)
        report = replace(report, models=(*report.models, (name, other)))
    return report


@contextmanager
def _own_home() -> Iterator[Path]:
    """An empty home, removed at the end; a terminated run cleans up as an interrupted one does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="heritage-evaluate-") as home:
            yield Path(home)
    finally:
        signal.signal(signal.SIGTERM, before)


def report_table(report: "EvaluationReport") -> "Table":
    """A row for each figure, a column for each method; heritage's own rates with their 95 % interval."""
    methods = (report.heritage, *report.baselines, *_by_other_models(report))
    made = table("", *(method.name for method in methods), figures=len(methods))
    for name, label in _FIGURES.items():
        made.add_row(label, *(_figure(method, name, method is report.heritage) for method in methods))
    made.add_row("ms a photo, median / 95 %", *(_total_ms(method) for method in methods))
    return made


def _by_other_models(report: "EvaluationReport") -> "Iterator[Measurement]":
    """heritage with each of the other models, and what their descriptors find alone."""
    for name, other in report.models:
        yield replace(other.heritage, name=clean(name))
        for baseline in other.baselines:
            if baseline.name == "global_lane":
                yield replace(baseline, name=f"{clean(name)} {baseline.name}")


def latency_table(report: "EvaluationReport") -> "Table":
    """Milliseconds per stage of heritage's own search."""
    made = table("stage", "median ms", "95 % ms", figures=2)
    for stage in report.heritage.latency:
        made.add_row(stage.stage, f"{stage.p50:.0f}", f"{stage.p95:.0f}")
    return made


def _summary(report: "EvaluationReport") -> str:
    figures = report.heritage.figures
    return (
        f"{clean(report.set_name)}: {figures.query_count:,} photos, showing {figures.object_count:,} registered "
        f"objects; {figures.unknown_count:,} photos show none. Rules {report.versions.rules}."
    )


def _figure(method: "Measurement", name: str, with_interval: bool) -> str:
    value = getattr(method.figures, name)
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    return _rate(value, with_interval)


def _rate(rate: "Rate", with_interval: bool) -> str:
    if rate.value is None:
        return "-"
    low, high = rate.interval
    return f"{rate.value:.3f} ({low:.3f}-{high:.3f})" if with_interval else f"{rate.value:.3f}"


def _total_ms(method: "Measurement") -> str:
    total = next((stage for stage in method.latency if stage.stage == "total"), None)
    return f"{total.p50:.0f} / {total.p95:.0f}" if total else "-"


def _print_warnings(warnings: tuple[str, ...]) -> None:
    for warning in warnings[:LISTED_WARNINGS]:
        complain(warning)
    if len(warnings) > LISTED_WARNINGS:
        complain(f"and {len(warnings) - LISTED_WARNINGS:,} more warnings")
