"""A registry to scan listings against, an investigator who asks over HTTP, and what they send and wait for."""

import io
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from heritage.domain.access import SCOPES_BY_ROLE, Role, Viewer
from heritage.domain.records import RecordId
from heritage.faces.api.app import create_app
from heritage.faces.api.viewing import viewer_of
from heritage.service.context import Context, open_context
from heritage.settings import Settings
from tests.clients import AT_THIS_MACHINE
from tests.integration.test_search import register
from tests.pictures import encoded, homography, photograph, picture
from tests.toys import ToyEmbedder

ANNA = Viewer("anna", "north", Role.INVESTIGATOR, SCOPES_BY_ROLE[Role.INVESTIGATOR])


@contextmanager
def open_north(home: Path) -> Iterator[Context]:
    """Twelve objects are registered, north/0 to north/11, each with the picture of its number."""
    with open_context(Settings(home=home, threads=2), ToyEmbedder()) as context:
        for seed in range(12):
            register(context, RecordId("north", str(seed)), picture(seed))
        yield context


@contextmanager
def open_client(context: Context) -> Iterator[TestClient]:
    """Anna's; override `viewer_of` for somebody else's."""
    app = create_app(context.settings, lambda _: nullcontext(context))
    app.dependency_overrides[viewer_of] = lambda: ANNA
    with TestClient(app, raise_server_exceptions=False, **AT_THIS_MACHINE) as client:
        yield client


def photo(seed: int) -> bytes:
    return encoded(photograph(picture(seed), homography(15, 0.9, 0.0001)))


def archive(**files: bytes) -> dict[str, Any]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for name, data in files.items():
            into.writestr(name.replace("_", "."), data)
    return {"file": ("photos.zip", packed.getvalue())}


def started(client: TestClient, **sends: Any) -> str:
    accepted = client.post("/v1/scans", **sends)
    assert accepted.status_code == 202, accepted.text
    assert accepted.json()["state"] == "running"
    return str(accepted.headers["location"])


def ended(client: TestClient, location: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (now := client.get(location).json())["state"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return dict(now)
