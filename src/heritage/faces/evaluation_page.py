"""An evaluation in Markdown, for docs/evaluation.md."""

from collections.abc import Iterable, Sequence

from heritage.domain.evaluation import EvaluationReport, Measurement
from heritage.domain.metrics import Rate

NOTHING = "–"
_COLUMNS = {
    "recall_at_1": "recall at 1",
    "recall_at_5": "at 5",
    "recall_at_10": "at 10",
    "map": "mAP",
    "gap": "GAP",
    "gap_known": "GAP-",
    "strong_rate": "strong",
    "possible_rate": "strong or possible",
}


def figures_part(report: EvaluationReport, image_count: int) -> str:
    """Everything measured on one set, under its name; ``image_count`` photographs were searched."""
    figures, versions = report.heritage.figures, report.versions
    parts = [
        f"## {plain(report.set_name)}",
        f"{figures.query_count:,} photos asked about, showing {figures.object_count:,} registered objects; "
        f"{figures.unknown_count:,} of the photos show none. {image_count:,} photographs searched.",
        methods_table((report.heritage, *report.baselines)),
        latency_table(report.heritage),
        f"Versions: heritage {versions.heritage}, rules `{versions.rules}`, descriptors `{versions.descriptor_spec}`, "
        f"keypoints `{versions.keypoint_spec}`, index `{versions.index}`.",
    ]
    if report.warnings:
        parts.append(f"Warnings: {len(report.warnings)}, the first: {plain(report.warnings[0])}.")
    return "\n\n".join(parts)


def methods_table(methods: Sequence[Measurement]) -> str:
    """A row for each method; false alarms as a count with its 95 % interval."""
    header = ("method", *_COLUMNS.values(), "false alarms on unknown (95 %)", "ms a photo")
    rows = (
        (
            method.name.replace("_", " "),
            *(_figure(getattr(method.figures, name)) for name in _COLUMNS),
            _count(method.figures.false_alarm_rate),
            _milliseconds(method),
        )
        for method in methods
    )
    return table(header, rows)


def latency_table(method: Measurement) -> str:
    """Milliseconds per stage; each stage's share is its median of the median total."""
    total = next((stage.p50 for stage in method.latency if stage.stage == "total"), 0.0)
    rows = (
        (stage.stage, f"{stage.p50:.1f}", f"{stage.p95:.1f}", f"{100 * stage.p50 / total:.0f} %" if total else NOTHING)
        for stage in method.latency
    )
    return table(("stage", "median ms", "95 % ms", "share of the total"), rows)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first column to the left, all others, which hold figures, to the right."""
    lines = [header, ("---", *("---:" for _ in header[1:])), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def plain(text: str) -> str:
    """``text``, from a file name perhaps, so that Markdown makes nothing of it."""
    visible = "".join(character if character.isprintable() else "�" for character in text)
    return "".join(f"\\{character}" if character in "\\`*_[]<>#|" else character for character in visible)


def _figure(value: float | Rate | None) -> str:
    if isinstance(value, Rate):
        value = value.value
    return NOTHING if value is None else f"{value:.3f}"


def _count(rate: Rate | None) -> str:
    if rate is None or not rate.total:
        return NOTHING
    low, high = rate.interval
    return f"{rate.count} of {rate.total} ({low:.3f}–{high:.3f})"


def _milliseconds(method: Measurement) -> str:
    return next((f"{stage.p50:,.0f}" for stage in method.latency if stage.stage == "total"), NOTHING)
