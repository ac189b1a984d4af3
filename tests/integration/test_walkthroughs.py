"""The commands of the documents, run as they stand, in their order, by a shell and a Python of their own."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pictures import encoded, homography, photograph, picture

ROOT = Path(__file__).parents[2]
TABLE = """registry,number,status,theft_date,theft_place,object_type,title,materials,measurements,images
national,2024-0117,stolen,2024-03,Lyon,painting,View of a harbour,oil on canvas,62 x 48 cm,photos/0117.png
national,2024-0118,looted,2015,,figurine,Standing figure,bronze,H 11 cm,photos/0118.png;photos/0118-back.png
"""
LISTINGS = """item,seller,title,image,price
L-17,Riverside Arts,Harbour scene,photo.jpg,1200
L-18,Riverside Arts,Bronze figure,https://dealer.invalid/photos/18.jpg,900
"""
WAIT = "for _ in $(seq 600); do curl -sf http://127.0.0.1:{port}/livez >/dev/null && break; sleep 0.1; done"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a reader has: a registry with photographs, and photos to ask about."""
    photos = tmp_path / "registry" / "photos"
    photos.mkdir(parents=True)
    (tmp_path / "registry" / "registry.csv").write_text(TABLE)
    (tmp_path / "dealers.csv").write_text(LISTINGS)
    for name, seed in (("0117", 1), ("0118", 2), ("0118-back", 3)):
        (photos / f"{name}.png").write_bytes(encoded(picture(seed)))
    for name, seed in (("photo", 1), ("front", 2), ("back", 3), ("table", 1)):
        (tmp_path / f"{name}.jpg").write_bytes(encoded(photograph(picture(seed), homography(10, 0.9, 0)), "JPEG"))
    return tmp_path


def walk(text: str, folder: Path) -> str:
    """Run the blocks of ``text`` in ``folder``; what they printed. Fails at the first command that does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lines = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for language, block in re.findall(r"^```(sh|python)\n(.*?)^```", text, re.M | re.S):
        runs = block if language == "sh" else f"python - <<'END_OF_PYTHON'\n{block}END_OF_PYTHON\n"
        runs = runs.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace(". .venv/bin/activate\n", "")
        served = f"heritage serve --port {port} &\n{WAIT.format(port=port)}"
        lines.append(re.sub(r"^heritage serve\b.*$", served, runs, flags=re.M))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HERITAGE_")}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    environment["PYTHONPATH"] = str(ROOT / "src")
    run = subprocess.run(
        ["bash", "-c", "\n".join(lines)], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, f"{run.stdout[-3000:]}\n{run.stderr[-3000:]}"
    return run.stdout


def test_an_investigator_gets_a_first_answer_by_the_guide_alone(folder: Path) -> None:
    printed = walk((ROOT / "docs" / "investigators.md").read_text(), folder)
    assert "strong - Searched" in printed
    assert "strong national/2024-0117 View of a harbour false alarm in" in printed


def test_the_commands_of_the_readme_do_what_it_says(folder: Path) -> None:
    _, _, text = (ROOT / "README.md").read_text().partition("## Search your own registry")
    printed = walk(text, folder)
    assert "2 added, 0 updated, 0 unchanged, 0 rejected" in printed
    assert "national/2024-0117 is withdrawn" in printed
    assert "2 listings: " in printed
    assert "1 unreachable" in printed
    assert "Riverside Arts" in printed


def test_the_commands_of_the_api_page_are_answered(folder: Path) -> None:
    ingest = f"export HERITAGE_HOME={folder}/home\nheritage ingest registry/\nheritage serve &\n"
    printed = walk(f"```sh\n{ingest}```\n" + (ROOT / "docs" / "api.md").read_text(), folder)
    assert '"verdict":"strong"' in printed
