"""A real server in a process of its own, over a small registry; only its embedder is a small one."""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import httpx2
import uvicorn

from crashing.homes import ColourEmbedder
from fuzzing.pictures import picture_files
from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.faces import examples
from heritage.faces.api.app import create_app
from heritage.service.accounts import found
from heritage.service.context import Context, open_context, open_source
from heritage.service.ingest import ingest
from heritage.service.keys import KeyWish, create_key
from heritage.settings import Settings
from heritage.storage.accounts import Accounts

SCRIPT = Path(__file__).parents[1] / "fuzz.py"
AGENCY = examples.RECORD["owner_agency"]
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and the key of an admin there."""

    process: subprocess.Popen[str]
    address: str
    key: str

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def memory(self) -> int:
        """Bytes resident in the server and the processes it started."""
        return sum(map(_resident, _family(self.process.pid)))


@contextmanager
def running_server(home: Path) -> Iterator[Server]:
    """A server over ``home``, from when it answers. Its log is ``home/log.txt``."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "log.txt").open("w") as log:
        command = [sys.executable, str(SCRIPT), "--serve", str(home)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
            try:
                yield _answering(process, home)
            finally:
                process.terminate()


def _answering(process: subprocess.Popen[str], home: Path) -> Server:
    assert process.stdout
    port, _, key = process.stdout.readline().strip().partition(" ")
    if not port:
        raise SystemExit(f"the server did not start: {(home / 'log.txt').read_text()[-2000:]}")
    server = Server(process, f"http://127.0.0.1:{port}", key)
    httpx2.get(f"{server.address}/readyz", timeout=60).raise_for_status()
    return server


def serve(home: Path) -> None:
    """Serve until terminated; port and key are printed first. Nothing is limited but the size of what is sent."""
    settings = Settings(home=home, threads=2, request_limit=0, search_limit=0, max_upload_bytes=5_000_000)
    with socket.socket() as bound, open_context(settings, ColourEmbedder()) as context:
        bound.bind(("127.0.0.1", 0))
        bound.listen()  # whoever reads the port may come before the server is up, and waits
        _register(context, home / "registry")
        if not Accounts(context.database).exist():
            found(context.database, AGENCY, "fuzz", secrets.token_urlsafe(16))
        key = create_key(context.database, AT_THE_MACHINE, KeyWish(Role.ADMIN, agency=AGENCY)).text
        app = create_app(settings, lambda _: nullcontext(context))
        print(bound.getsockname()[1], key, flush=True)
        uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning")).run(sockets=[bound])


def _register(context: Context, folder: Path) -> None:
    """A record for each kind of file; the first is the one that the documentation's examples name."""
    folder.mkdir(exist_ok=True)
    lines = ["registry,number,owner_agency,title,images"]
    numbers = [examples.RECORD["number"], *(f"2020-{place:04}" for place in range(1, 100))]
    for number, file in zip(numbers, picture_files(), strict=False):
        (folder / file.name).write_bytes(file.data)
        lines.append(f"{examples.RECORD['registry']},{number},{AGENCY},Panel {number},{file.name}")
    (folder / "registry.csv").write_text("\n".join(lines))
    ingest(context, open_source(folder))


def _family(process: int) -> list[int]:
    """The process and all that descend from it."""
    children_by_parent: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it ended meanwhile
            continue
        children_by_parent.setdefault(parent, []).append(int(path.parent.name))
    family = [process]
    for one in family:
        family += children_by_parent.get(one, [])
    return family


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE_BYTES
    except (OSError, IndexError):
        return 0
