"""Schemathesis over the whole OpenAPI document: for every caller, what is valid and what is not."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx2

from fuzzing.server import Server

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@dataclass(frozen=True, slots=True)
class ApiCaller:
    """Somebody who sends requests, with their ``Authorization``, if they send one."""

    name: str
    authorization: str = ""
    filters: tuple[str, ...] = ()  # of Schemathesis: which operations


QUICK_EXAMPLES = 1
QUICK_PHASES = "examples,fuzzing"
PHASES = "examples,coverage,fuzzing"  # coverage: every boundary of every schema, some sixty requests for an operation


def fuzz_contract(server: Server, caller: ApiCaller, seed: int, examples: int, folder: Path) -> str:
    """Run it, with so many ``examples`` for each operation; what it found, empty if nothing. Works in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    document = httpx2.get(
        f"{server.address}/openapi.json", headers={"Authorization": f"Bearer {server.key}"}, timeout=60
    )
    (folder / "openapi.json").write_bytes(document.raise_for_status().content)  # which only some may read
    command = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", "--url", server.address]
    command += [
        "--checks",
        ",".join(CHECKS),
        "--phases",
        QUICK_PHASES if examples <= QUICK_EXAMPLES else PHASES,
        "--seed",
        str(seed),
    ]
    command += ["--max-examples", str(examples), "--workers", "1", "--no-color", "--continue-on-failure"]
    command += ["--request-timeout", "60", "--suppress-health-check", "all", "--warnings", "off"]
    command += caller.filters
    if caller.authorization:
        command += ["--header", f"Authorization:{caller.authorization}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    (folder / "report.txt").write_text(done.stdout + done.stderr)
    return "" if done.returncode == 0 else done.stdout[-12_000:] + done.stderr[-2_000:]
