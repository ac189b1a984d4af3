"""Sends a server what nobody should send, and looks whether it stays upright.

    python scripts/fuzz.py
    python scripts/fuzz.py --quick

First Schemathesis over the whole OpenAPI document, with a valid key, an invalid one and none: no answer is a 5xx or
outside the document. Then 10,000 damaged pictures of every format to ``POST /v1/match``: no crash, no 5xx, and flat
memory. Each run has another seed, which is printed; ``--seed`` repeats one. Exit code 1 and what was found otherwise;
the files that did it, and the server's log, stay in ``--out``.
"""

import argparse
import random
import shutil
import sys
import time
from pathlib import Path

from fuzzing.contract import QUICK_EXAMPLES, ApiCaller, fuzz_contract
from fuzzing.server import Server, running_server, serve
from fuzzing.uploads import UploadsReport, fuzz_uploads

STRANGERS = (ApiCaller("an invalid key", "Bearer hk_nobody_made_this_one"), ApiCaller("no key"))
REVOKE = "keys.revoke"
TOLD_EVERY_S = 5.0


def main() -> None:
    arguments = _arguments()
    if arguments.serve:
        serve(arguments.serve)
        return
    shutil.rmtree(arguments.out, ignore_errors=True)
    print(f"seed {arguments.seed}", flush=True)
    failures: list[str] = []
    with running_server(arguments.out / "home") as server:
        own = f"Bearer {server.key}"
        for caller in (ApiCaller("a valid key", own, ("--exclude-operation-id", REVOKE)), *STRANGERS):
            failures += _contract(server, caller, arguments)
        failures += _uploads(server, arguments)
        # Last, because it finds its own key among those that were listed, and revokes it.
        failures += _contract(server, ApiCaller("a key to revoke", own, ("--include-operation-id", REVOKE)), arguments)
    for failure in failures:
        print(failure)
    print(f"{len(failures)} failures; repeat with --seed {arguments.seed}" if failures else "nothing found")
    sys.exit(bool(failures))


def _contract(server: Server, caller: ApiCaller, arguments: argparse.Namespace) -> list[str]:
    started = time.monotonic()
    folder = arguments.out / caller.name.replace(" ", "-")
    found = fuzz_contract(server, caller, arguments.seed, arguments.examples, folder)
    told = "failed" if found else "conforms"
    print(f"contract with {caller.name}: {told} ({time.monotonic() - started:.0f} s)", flush=True)
    ended = [f"the server ended with {server.process.returncode}"] if server.has_ended else []
    return [*([f"with {caller.name}:\n{found}"] if found else []), *ended]


def _uploads(server: Server, arguments: argparse.Namespace) -> list[str]:
    last = time.monotonic()

    def tell(done: int, total: int, memory: int) -> None:
        nonlocal last
        if time.monotonic() - last > TOLD_EVERY_S or done == total:
            last = time.monotonic()
            print(f"uploads: {done} of {total}, {memory / 1e6:.0f} MB", flush=True)

    report: UploadsReport = fuzz_uploads(server, arguments.uploads, arguments.seed, arguments.out / "uploads", tell)
    counts = ", ".join(f"{count} x {status}" for status, count in sorted(report.count_by_status.items()))
    print(f"uploads: {counts}; memory grew by {report.growth / 1e6:.1f} MB", flush=True)
    return report.failures


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short form, in half a minute")
    parser.add_argument("--uploads", type=int, metavar="COUNT")
    parser.add_argument("--examples", type=int, metavar="COUNT", help="for each operation and caller")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"))
    parser.add_argument("--serve", type=Path, metavar="HOME", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.uploads = arguments.uploads or (150 if arguments.quick else 10_000)
    arguments.examples = arguments.examples or (QUICK_EXAMPLES if arguments.quick else 100)
    return arguments


if __name__ == "__main__":
    main()
