"""The JSON of an evaluation: exactly the keys agreed, and values that any JSON reader takes."""

import json

from heritage.domain.evaluation import EvaluationReport, Measurement
from heritage.domain.hits import Verdict, Versions
from heritage.domain.metrics import RankedAnswer, RankedHit, StageLatency, figures_of
from heritage.domain.records import RecordId
from heritage.service.evaluation_json import as_json

FIGURES = {
    "recall_at_1",
    "recall_at_5",
    "recall_at_10",
    "map",
    "gap",
    "gap_known",
    "false_alarm_rate",
    "strong_rate",
    "possible_rate",
    "query_count",
    "object_count",
    "unknown_count",
    "latency_ms",
}
VASE = RecordId("gallery", "vase")
ANSWERS = [RankedAnswer(frozenset({VASE}), (RankedHit(VASE, 20.0, Verdict.STRONG),)), RankedAnswer(frozenset(), ())]
LATENCY = (StageLatency("decode", 1.5, 2.5), StageLatency("total", 3.0, 4.0))


def report() -> EvaluationReport:
    return EvaluationReport(
        set_name="small",
        heritage=Measurement("heritage", figures_of(ANSWERS), LATENCY),
        baselines=(Measurement("phash", figures_of(ANSWERS, with_verdicts=False), LATENCY),),
        versions=Versions("0.1.0", "d", "k", "i", "r"),
    )


def test_the_keys() -> None:
    whole = json.loads(as_json(report()))
    assert set(whole) == {*FIGURES, "baselines", "versions"}
    assert set(whole["baselines"]["phash"]) == FIGURES
    assert whole["versions"] == {
        "heritage": "0.1.0",
        "descriptor_spec": "d",
        "keypoint_spec": "k",
        "index": "i",
        "rules": "r",
    }


def test_the_values() -> None:
    whole = json.loads(as_json(report()))
    assert (whole["recall_at_1"], whole["strong_rate"], whole["false_alarm_rate"]) == (1.0, 1.0, 0.0)
    assert (whole["query_count"], whole["object_count"], whole["unknown_count"]) == (2, 1, 1)
    assert whole["latency_ms"] == {"decode": {"p50": 1.5, "p95": 2.5}, "total": {"p50": 3.0, "p95": 4.0}}
    assert whole["baselines"]["phash"]["recall_at_1"] == 1.0


def test_what_a_method_does_not_say_is_null() -> None:
    whole = json.loads(as_json(report()))
    for key in ("false_alarm_rate", "strong_rate", "possible_rate"):
        assert whole["baselines"]["phash"][key] is None
    nothing = Measurement("heritage", figures_of([]), ())
    empty = json.loads(as_json(EvaluationReport("empty", nothing, (), report().versions)))
    assert empty["recall_at_1"] is empty["gap"] is empty["false_alarm_rate"] is None
