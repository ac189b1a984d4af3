"""An evaluation as JSON, under keys that do not change: figures are compared from release to release."""

import json
from dataclasses import asdict, fields

from heritage.domain.evaluation import EvaluationReport, Measurement
from heritage.domain.metrics import Rate


def as_json(report: EvaluationReport) -> str:
    """One object: heritage's own figures, then ``baselines`` by name with the same keys, then ``versions``.

    Where other models were measured beside it, ``models`` has such an object for each, by name.

    A rate is a share between 0 and 1, or null where there was nothing to count or the method gives no verdicts.
    """
    return json.dumps(_whole(report), indent=2, allow_nan=False) + "\n"


def _whole(report: EvaluationReport) -> dict[str, object]:
    whole = _figures(report.heritage)
    whole["baselines"] = {baseline.name: _figures(baseline) for baseline in report.baselines}
    whole["versions"] = asdict(report.versions)
    if report.models:
        whole["models"] = {name: _whole(other) for name, other in report.models}
    return whole


def _figures(measurement: Measurement) -> dict[str, object]:
    figures: dict[str, object] = {}
    for figure in fields(measurement.figures):
        value = getattr(measurement.figures, figure.name)
        figures[figure.name] = value.value if isinstance(value, Rate) else value
    figures["latency_ms"] = {stage.stage: {"p50": stage.p50, "p95": stage.p95} for stage in measurement.latency}
    return figures
