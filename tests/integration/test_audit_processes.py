"""Several processes write one audit log; it has one order, and is whole."""

import subprocess
import sys
from pathlib import Path

from tests.integration.storage.auditing import opened, sign, verified

COUNT = 60
PROGRAM = """
import sys
from pathlib import Path
from tests.integration.storage.auditing import event, opened, sign

with opened(Path(sys.argv[1])) as audit:
    for step in range(int(sys.argv[3])):
        audit.record(event(int(sys.argv[2]) + step))
        if step % 10 == 9:
            sign(audit)
"""


def test_two_processes_keep_one_order(tmp_path: Path) -> None:
    starts = (0, 1_000)
    commands = [[sys.executable, "-c", PROGRAM, str(tmp_path), str(start), str(COUNT)] for start in starts]
    root = Path(__file__).parents[2]
    for process in [subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE) for command in commands]:
        _, complaints = process.communicate(timeout=60)
        assert process.returncode == 0, complaints.decode()
    with opened(tmp_path) as audit:
        sign(audit)
        report = verified(audit)
        assert (report.problems, report.event_count, report.signed_count) == ((), 2 * COUNT, 2 * COUNT)
        subjects = [logged.event.subject for logged in audit.page(limit=2 * COUNT)]
    for start in starts:
        own = [subject for subject in subjects if (int(subject.split("/")[1]) >= 1_000) == (start == 1_000)]
        assert own == [f"north/{start + step}" for step in range(COUNT)]
