"""A running application over a small real registry; only the embedder is a toy."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from heritage.domain.access import SCOPES_BY_ROLE, Handling, Role, Viewer
from heritage.domain.descriptors import DescribedImage, ImageDescription
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import ObjectIdCard, Photograph, RecordId, RegistryRecord, Status
from heritage.faces.api.app import create_app
from heritage.faces.api.viewing import viewer_of
from heritage.service.context import Context, open_context
from heritage.settings import Settings
from tests.clients import AT_THIS_MACHINE
from tests.integration.faces.accounts import Agencies, open_agencies
from tests.pictures import encoded, homography, photograph, picture
from tests.toys import ToyEmbedder

MAX_UPLOAD = 2_000_000
OBJECT_COUNT = 12
LEFT, RIGHT = Region(10, 20, 288, 216), Region(330, 270, 288, 216)
SEED_BY_HANDLING = {handling: seed for seed, handling in enumerate(Handling, start=2)}
UNLISTED_SEED = 70  # its picture is in the store, but its record is withdrawn


@pytest.fixture(scope="session")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, threads=2, max_upload_bytes=MAX_UPLOAD)
    with open_context(settings, ToyEmbedder()) as context:
        for seed in range(OBJECT_COUNT):
            register(context, seed)
        register(context, UNLISTED_SEED)
        context.records.withdraw(RecordId("north", str(UNLISTED_SEED)))
        yield context


@pytest.fixture(scope="session")
def client(context: Context) -> Iterator[TestClient]:
    app = create_app(context.settings, lambda _: nullcontext(context))
    with TestClient(app, raise_server_exceptions=False, **AT_THIS_MACHINE) as client:
        yield client


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Context]]:
    """An empty registry that several agencies share: the headers `by` say on whose behalf a request is made."""
    settings = Settings(home=tmp_path_factory.mktemp("shared"), threads=2, max_upload_bytes=MAX_UPLOAD)
    with open_context(settings, ToyEmbedder()) as context:
        app = create_app(settings, lambda _: nullcontext(context))
        app.dependency_overrides[viewer_of] = _viewer_named
        with TestClient(app, raise_server_exceptions=False, **AT_THIS_MACHINE) as client:
            yield client, context


def by(role: Role, agency: str) -> dict[str, str]:
    return {"x-viewer": f"{role}@{agency}"}


def _viewer_named(request: Request) -> Viewer:
    role, _, agency = request.headers["x-viewer"].partition("@")
    return Viewer(request.headers["x-viewer"], agency, Role(role), SCOPES_BY_ROLE[Role(role)])


@pytest.fixture(scope="session")
def seized_photo() -> bytes:
    """A photograph of the object registered as north/3."""
    return encoded(photograph(picture(3), homography(20, 0.9, 0.0002)), "JPEG")


@pytest.fixture(scope="session")
def two_objects() -> bytes:
    """Beside each other, north/3 at `LEFT` and north/5 at `RIGHT`."""
    left = photograph(picture(3), np.array([[0.6, 0, LEFT.left], [0, 0.6, LEFT.top], [0, 0, 1]]))
    right = np.array([[0.6, 0, RIGHT.left], [0, 0.6, RIGHT.top], [0, 0, 1]])
    return encoded(photograph(picture(5), right, onto=left))


@pytest.fixture(scope="session")
def mirrored_photo() -> bytes:
    """A mirrored photograph of the object registered as north/3."""
    return encoded(np.ascontiguousarray(photograph(picture(3), homography(20, 0.9, 0.0002))[:, ::-1]), "JPEG")


@pytest.fixture(scope="session")
def unknown_photo() -> bytes:
    return encoded(picture(500, 200, 150), "JPEG")


@pytest.fixture(scope="session")
def handled_context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with open_handled(tmp_path_factory.mktemp("handled")) as context:
        yield context


@contextmanager
def open_handled(home: Path) -> Iterator[Context]:
    """Records of the Bureau of the North, one under each label: their numbers are `SEED_BY_HANDLING`."""
    settings = Settings(home=home, threads=2, max_upload_bytes=MAX_UPLOAD)
    with open_context(settings, ToyEmbedder()) as context:
        for handling, seed in SEED_BY_HANDLING.items():
            register(context, seed, handling)
        yield context


@pytest.fixture(scope="module")
def agencies(handled_context: Context, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agencies]:
    with open_agencies(handled_context, tmp_path_factory.mktemp("accounts")) as opened:
        yield opened


@pytest.fixture
def fresh_agencies(handled_context: Context, tmp_path: Path) -> Iterator[Agencies]:
    """For what suspends, revokes or locks."""
    with open_agencies(handled_context, tmp_path) as opened:
        yield opened


def register(context: Context, seed: int, handling: Handling = Handling.GREEN) -> None:
    pixels = picture(seed)
    data = encoded(pixels)
    context.images.put(data)
    description = ImageDescription(context.embedder.embed([pixels])[0], context.extractor.extract(pixels))
    height, width = pixels.shape[:2]
    described = DescribedImage(ImageDigest.of(data), "image/png", len(data), width, height, description)
    record = RegistryRecord(
        RecordId("north", str(seed)),
        Status.STOLEN,
        "Bureau of the North",
        card=ObjectIdCard(title=f"Panel {seed}", materials="paint on wood"),
        photographs=(Photograph(described.digest),),
        handling=handling,
    )
    context.records.save(record, [described], context.specs)
