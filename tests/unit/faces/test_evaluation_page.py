"""An evaluation in Markdown: tables that add up, and nothing of somebody else's file names comes through."""

from heritage.domain.evaluation import EvaluationReport, Measurement
from heritage.domain.hits import Verdict, Versions
from heritage.domain.metrics import RankedAnswer, RankedHit, StageLatency, figures_of
from heritage.domain.records import RecordId
from heritage.faces.evaluation_page import figures_part, latency_table, methods_table, plain, table

VASE = RecordId("gallery", "vase")
ANSWERS = [RankedAnswer(frozenset({VASE}), (RankedHit(VASE, 20.0, Verdict.STRONG),)), RankedAnswer(frozenset(), ())]
LATENCY = (StageLatency("decode", 1.0, 2.5), StageLatency("verify", 2.0, 3.0), StageLatency("total", 4.0, 5.0))
HERITAGE = Measurement("heritage", figures_of(ANSWERS), LATENCY)
HASH = Measurement("colour_histogram", figures_of(ANSWERS[:1], with_verdicts=False), ())


def report(*warnings: str) -> EvaluationReport:
    return EvaluationReport("a|set", HERITAGE, (HASH,), Versions("0.1.0", "d", "k", "i", "r"), warnings)


def rows(markdown: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines()]


def test_a_row_for_each_method() -> None:
    header, _, own, other = rows(methods_table((HERITAGE, HASH)))
    assert len(header) == len(own) == len(other)
    by_column = dict(zip(header, own, strict=True))
    assert by_column["recall at 1"] == by_column["GAP-"] == by_column["strong"] == "1.000"
    assert by_column["false alarms on unknown (95 %)"] == "0 of 1 (0.000–0.793)"
    assert by_column["ms a photo"] == "4"
    by_column = dict(zip(header, other, strict=True))
    assert by_column["method"] == "colour histogram"
    assert by_column["strong"] == by_column["false alarms on unknown (95 %)"] == by_column["ms a photo"] == "–"


def test_shares_are_of_the_median_total() -> None:
    assert [row[3] for row in rows(latency_table(HERITAGE))[2:]] == ["25 %", "50 %", "100 %"]
    assert len(latency_table(HASH).splitlines()) == 2


def test_a_whole_part() -> None:
    part = figures_part(report("a *bad* row", "another"), 1234)
    assert part.startswith(
        "## a\\|set\n\n2 photos asked about, showing 1 registered objects; 1 of the photos show none."
    )
    assert "1,234 photographs searched" in part
    assert "Warnings: 2, the first: a \\*bad\\* row." in part
    assert "Warnings" not in figures_part(report(), 5)


def test_a_table_is_aligned() -> None:
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |"


def test_text_of_others_is_escaped() -> None:
    assert plain("<b>[x](y)\x1b|\n") == "\\<b\\>\\[x\\](y)�\\|�"
