"""Scripts and templates agree, and scripts say nothing by themselves."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from heritage.domain.hits import Verdict
from heritage.faces.web.assets import STATIC, TEMPLATES
from tests.answers import hit, mirrored
from tests.unit.faces.test_rendering import rendered


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_scripts_hold_nothing_to_translate(path: Path) -> None:
    """What people read comes from the page, where it is translated."""
    shown = re.findall(
        r"(?:textContent|title|alt|placeholder|aria-label)\"?\s*[=,]\s*([\"'`][^\"'`]*)", path.read_text()
    )
    assert [text for text in shown if text.strip("\"'` ")] == []


def test_every_attribute_that_a_script_reads_is_in_the_templates() -> None:
    templates = "".join(path.read_text() for path in TEMPLATES.iterdir())
    written = {name.lower() for name in re.findall(r"data-([a-z-]+)=", templates)}
    scripts = "".join(path.read_text() for path in STATIC.glob("*.js"))
    read = {re.sub(r"([A-Z])", r"-\1", name).lower() for name in re.findall(r"dataset\.(\w+)", scripts)}
    assert read <= written | {"key"}  # which a script wrote itself


def test_the_photo_can_be_laid_over_where_a_homography_is_believed() -> None:
    shown = hit(Verdict.STRONG)
    assert 'data-homography="0.5,0.0,-50.0,0.0,0.5,-20.0,0.0,0.0,1.0"' in rendered(shown)
    assert 'value="over"' in rendered(mirrored(shown))
    rough = replace(shown, verification=replace(shown.verification, homographies=()))
    assert 'data-homography=""' in rendered(rough)
    assert 'value="over"' not in rendered(rough)
