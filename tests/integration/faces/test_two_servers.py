"""Two server processes on one PostgreSQL database and one home, a third on another home that shares the images."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from heritage.faces.api.app import create_app
from heritage.faces.cli import main
from heritage.faces.schemas.answers import MatchResponse
from heritage.settings import Settings
from heritage.vision.weights import enter_model
from tests.clients import AT_THIS_MACHINE
from tests.databases import PostgresServer
from tests.pictures import encoded, homography, photograph, picture
from tests.towers import write_tower

SOURCE = Path(__file__).parents[3] / "src"


@pytest.fixture
def settings(tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Also those of every process started from here, with a small model."""
    write_tower(tmp_path / "models" / "small")
    enter_model(tmp_path / "models", "small")
    with postgres.empty() as address:
        settings = Settings(home=tmp_path / "home", models=tmp_path / "models", database_url=address)
        monkeypatch.setenv("HERITAGE_HOME", str(settings.home))
        monkeypatch.setenv("HERITAGE_MODELS", str(settings.models))
        monkeypatch.setenv("HERITAGE_DATABASE_URL", address)
        yield settings


@contextmanager
def serving() -> Iterator[httpx2.Client]:
    """A process of ``heritage serve``, asked once it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "heritage", "serve", "--port", str(port)]
    with (
        subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(SOURCE)}) as server,
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
    ):
        try:
            deadline = time.monotonic() + 120
            while not _listens(port):
                assert server.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
            yield client
        finally:
            server.terminate()


def test_each_sees_at_once_what_any_process_changes(settings: Settings, tmp_path: Path) -> None:
    """The first answer after the change has it; two seconds would be allowed."""
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / "photo.png").write_bytes(encoded(picture(seed)))
    assert main(["ingest", str(tmp_path / "1"), "--registry", "first"]) == 0
    other_home = tmp_path / "other"
    other_home.mkdir()
    (other_home / "images").symlink_to(settings.home / "images")
    other = Settings(home=other_home, models=settings.models, database_url=settings.database_url)
    seized = encoded(photograph(picture(2), homography(20, 0.9, 0.0002)), "JPEG")
    with ExitStack() as stack:
        clients = [stack.enter_context(serving()), stack.enter_context(serving())]
        clients.append(stack.enter_context(TestClient(create_app(other), **AT_THIS_MACHINE)))
        for client in clients:
            assert found(client, seized) == (set(), 1)
        assert main(["ingest", str(tmp_path / "2"), "--registry", "second"]) == 0
        for client in clients:
            assert found(client, seized) == ({"second/photo"}, 2)
            assert client.get(f"/v1/images/{digest_of(client)}").status_code == 200
        assert main(["withdraw", "second/photo"]) == 0
        for client in clients:
            assert found(client, seized) == (set(), 1)
            assert client.get("/v1/records/second/photo").json()["status"] == "withdrawn"
    assert not list(settings.home.glob("*.db"))


def found(client: httpx2.Client | TestClient, photo: bytes) -> tuple[set[str], int]:
    """Records of the second registry that a search finds, and how many objects it says to have searched."""
    answer = client.post("/v1/match", files={"image": ("photo.jpg", photo)})
    response = MatchResponse.model_validate_json(answer.content)
    ids = {hit.record.record_id for hit in response.hits}
    return {one for one in ids if one.startswith("second/")}, response.coverage.object_count


def digest_of(client: httpx2.Client | TestClient) -> str:
    return str(client.get("/v1/records/second/photo").json()["photographs"][0]["digest"])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
