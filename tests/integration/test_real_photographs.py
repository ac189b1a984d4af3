"""Visitors' phone photographs of paintings against a museum's catalogue: photographs that nobody rendered."""

import csv
import shutil
from pathlib import Path

import pytest

from heritage.service.context import open_context, open_evaluation_set
from heritage.service.evaluation import evaluate
from heritage.settings import Settings

PAINTINGS = Path(__file__).parents[3] / "shared" / "data" / "museum-paintings"
GALLERY_COUNT, DISTRACTOR_COUNT = 70, 60


@pytest.fixture
def part(tmp_path: Path) -> Path:
    """The first paintings, the photos that show no others, and some distractors, copied."""
    if not PAINTINGS.is_dir():
        pytest.skip(f"the museum's photographs are not beside the project ({PAINTINGS.name}); they may not be shipped")
    folder = tmp_path / "part"
    gallery = _rows("gallery.csv")[:GALLERY_COUNT]
    known = {row["record_id"] for row in gallery}
    photos = [row for row in _rows("queries.csv") if set(filter(None, row["record_ids"].split(";"))) <= known]
    distractors = sorted((PAINTINGS / "distractors").iterdir())[:DISTRACTOR_COUNT]
    for name in [*(row["image"] for row in (*gallery, *photos)), *(f"distractors/{path.name}" for path in distractors)]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PAINTINGS / name, folder / name)
    for name, rows in (("gallery.csv", gallery), ("queries.csv", photos)):
        with (folder / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _rows(name: str) -> list[dict[str, str]]:
    with (PAINTINGS / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_paintings_are_found_on_phone_photographs(part: Path, tmp_path: Path) -> None:
    with open_context(Settings(home=tmp_path / "home", threads=2)) as context:
        report = evaluate(context, open_evaluation_set(part))
    figures = report.heritage.figures
    assert figures.object_count >= 15
    assert figures.unknown_count >= 5
    assert figures.recall_at_1.value is not None
    assert figures.recall_at_1.value >= 0.9
    assert figures.false_alarm_rate is not None
    assert figures.false_alarm_rate.count == 0
    assert all(figures.recall_at_1.value > (other.figures.recall_at_1.value or 0) for other in report.baselines[2:])
