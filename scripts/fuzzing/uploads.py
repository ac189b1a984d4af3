"""Damaged pictures against ``POST /v1/match``: every answer is a good one, the server lives, its memory stays flat."""

import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

import httpx2
from pydantic import ValidationError

from fuzzing.pictures import PictureFile, mutated, picture_files
from fuzzing.server import Server
from heritage.faces.problems import Problem
from heritage.faces.schemas.answers import MatchResponse

AT_ONCE = 2
EXPECTED = (200, 413, 415, 422)
MAX_GROWTH = 50_000_000  # bytes, from a tenth of the way to the end
SAMPLE_EVERY = 20  # uploads


@dataclass(slots=True)
class UploadsReport:
    count_by_status: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)  # bytes, at even distances

    @property
    def growth(self) -> int:
        """Bytes between the medians of the second and the last tenth of the samples: the first one warms up."""
        tenth = max(1, len(self.memory) // 10)
        return int(statistics.median(self.memory[-tenth:]) - statistics.median(self.memory[tenth : 2 * tenth]))


def fuzz_uploads(
    server: Server, count: int, seed: int, kept: Path, tell: Callable[[int, int, int], object]
) -> UploadsReport:
    """Send ``count`` files made from ``seed``; what fails is kept in the folder ``kept``, under its number.

    ``tell`` hears uploads done, uploads in all, and bytes of memory.
    """
    report = UploadsReport()
    files = picture_files()
    headers = {"Authorization": f"Bearer {server.key}"}
    with (
        httpx2.Client(base_url=server.address, headers=headers, timeout=120) as http,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        for start in range(0, count, SAMPLE_EVERY):
            numbers = range(start, min(count, start + SAMPLE_EVERY))
            sent = [mutated(files, random.Random(f"{seed}-{number}")) for number in numbers]
            answers = pool.map(_send, repeat(http), sent)
            for number, file, (status, fault) in zip(numbers, sent, answers, strict=True):
                report.count_by_status[status] += 1
                if fault:
                    kept.mkdir(parents=True, exist_ok=True)
                    (kept / f"{number}-{file.name}").write_bytes(file.data)
                    report.failures.append(f"upload {number} ({file.name}): {fault}")
            if server.has_ended:
                report.failures.append(f"the server ended with {server.process.returncode}")
                return report
            report.memory.append(server.memory())
            tell(numbers[-1] + 1, count, report.memory[-1])
    if report.growth > MAX_GROWTH:
        report.failures.append(f"memory grew by {report.growth / 1e6:.0f} MB; allowed are {MAX_GROWTH / 1e6:.0f}")
    return report


def _send(http: httpx2.Client, file: PictureFile) -> tuple[int, str]:
    """The status, and what is wrong with the answer."""
    started = time.monotonic()
    try:
        answer = http.post("/v1/match", files={"image": (file.name, file.data)})
    except httpx2.TransportError as error:
        return 0, f"no answer after {time.monotonic() - started:.0f} s: {error!r}"
    if answer.status_code not in EXPECTED:
        return answer.status_code, f"{answer.status_code} {answer.text[:200]}"
    try:
        (MatchResponse if answer.status_code == 200 else Problem).model_validate_json(answer.content)
    except ValidationError as error:
        return answer.status_code, f"not in the schema: {error}"
    return answer.status_code, ""
