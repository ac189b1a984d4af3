"""A second model beside the first: filled, killed, resumed, switched in under a running server, and switched back."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from heritage.domain.hits import Query
from heritage.domain.images import ImageDigest
from heritage.domain.records import RecordId, SourceRow
from heritage.errors import InputError, NotFoundError
from heritage.faces.api.app import create_app
from heritage.faces.cli import main
from heritage.faces.schemas.answers import MatchResponse
from heritage.service.context import open_context, open_embedder, open_source
from heritage.service.filling import fill
from heritage.service.ingest import ingest
from heritage.service.models import fill_model, model_in_use, model_states, use_model
from heritage.service.search import search
from heritage.settings import Settings
from heritage.storage.images import Images
from heritage.vision.weights import WEIGHTS, enter_model
from tests.clients import AT_THIS_MACHINE
from tests.pictures import encoded, homography, photograph, picture
from tests.towers import write_tower

COUNT = 60


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    for seed in range(COUNT):
        (folder / f"{seed}.png").write_bytes(encoded(picture(seed)))
    lines = ["registry,number,images", *(f"north,{seed},{seed}.png" for seed in range(COUNT))]
    (folder / "registry.csv").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def made(registry: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models ``first`` (the default) and ``second``, and a home that the first has described."""
    root = tmp_path_factory.mktemp("made")
    for seed, name in enumerate(("first", "second")):
        write_tower(root / "models" / name, seed)
        enter_model(root / "models", name)
    with open_context(Settings(home=root / "home", models=root / "models", threads=1)) as context:
        context.keep_model()
        ingest(context, open_source(registry))
        context.gallery.build()
    return root


@pytest.fixture
def settings(made: Path, tmp_path: Path) -> Settings:
    root = Path(shutil.copytree(made, tmp_path / "root"))
    return Settings(home=root / "home", models=root / "models", threads=1)


@pytest.fixture
def photo() -> bytes:
    return encoded(photograph(picture(3), homography(20, 0.9, 0.0002)), "JPEG")


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), **AT_THIS_MACHINE) as client:
        yield client


def ask(client: TestClient, photo: bytes) -> MatchResponse:
    answer = client.post("/v1/match", files={"image": ("photo.jpg", photo)})
    assert answer.status_code == 200, answer.text
    return MatchResponse.model_validate(answer.json())


def spec_of(settings: Settings, name: str) -> str:
    return open_embedder(settings, name).spec.digest


def described(settings: Settings) -> dict[str, int]:
    return {state.name: state.described_count for state in model_states(settings)}


def test_the_list_tells_how_far_each_has_come_and_which_is_in_use(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HERITAGE_HOME", str(settings.home))
    monkeypatch.setenv("HERITAGE_MODELS", str(settings.models))
    assert main(["models", "list"]) == 0
    first, second = capsys.readouterr().out.splitlines()[1:]
    assert first.split()[:4] == ["first", "in", "use", "32"]
    assert "60 of 60 (100 %)" in first
    assert "0 of 60 (0 %)" in second
    assert main(["models", "fill", "second"]) == 0
    assert main(["models", "use", "second"]) == 0
    assert "second is in use" in capsys.readouterr().out
    (settings.models / "first" / WEIGHTS[0]).write_bytes(b"torn")
    assert main(["models", "list"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[2].split()[:3] == ["second", "in", "use"]
    assert "first cannot be used" in printed.err


def test_a_fill_that_is_killed_goes_on_where_it_stopped(settings: Settings) -> None:
    source = str(Path(__file__).parents[2] / "src")
    environment = os.environ | {
        "HERITAGE_HOME": str(settings.home),
        "HERITAGE_MODELS": str(settings.models),
        "PYTHONPATH": source,
    }
    command = [sys.executable, "-m", "heritage", "models", "fill", "second"]
    with subprocess.Popen(command, env=environment) as child, open_context(settings) as context:
        other = replace(context, embedder=open_embedder(settings, "second"))
        deadline = time.monotonic() + 120
        while other.backlog.count(other.specs) == COUNT and time.monotonic() < deadline:
            time.sleep(0.002)
        child.send_signal(signal.SIGKILL)
    done = described(settings)["second"]
    assert 0 < done <= COUNT
    assert fill_model(settings, "second").described_count == COUNT - done
    assert described(settings) == {"first": COUNT, "second": COUNT}


@dataclass
class Asking:
    """Searches again and again in a thread of its own, as officers would."""

    client: TestClient
    photo: bytes
    answers: list[MatchResponse] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Asking":
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()

    def wait_for(self, spec: str) -> None:
        """Until an answer names ``spec``, for two minutes at most: the machine may be busy."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and not any(one.versions.descriptor_spec == spec for one in self.answers):
            time.sleep(0.01)

    def _ask(self) -> None:
        while not self.ended.is_set():
            try:
                self.answers.append(ask(self.client, self.photo))
            except Exception as error:
                self.errors.append(error)


def test_a_running_server_changes_over_without_a_pause_and_back(
    settings: Settings, client: TestClient, photo: bytes
) -> None:
    first, second = spec_of(settings, "first"), spec_of(settings, "second")
    before = ask(client, photo)
    index = client.get("/readyz").json()["index"]
    with Asking(client, photo) as asking:
        asking.wait_for(first)
        fill_model(settings, "second")
        assert client.get("/readyz").json()["index"] == index, "the first model's index is not stale"
        use_model(settings, "second")
        asking.wait_for(second)
    after = ask(client, photo)
    assert asking.errors == []
    specs = [answer.versions.descriptor_spec for answer in asking.answers]
    change = specs.index(second)
    assert specs == [first] * change + [second] * (len(specs) - change)
    for answer in (before, *asking.answers, after):
        assert answer.hits[0].record.number == "3"
        assert answer.coverage.image_count == COUNT
        assert answer.coverage.unsearched_count == 0
        is_second = answer.versions.descriptor_spec == second
        assert ("+" in answer.versions.index) and not answer.versions.index.startswith("unbuilt")
        assert answer.hits[0].similarity == pytest.approx((after if is_second else before).hits[0].similarity)
    use_model(settings, "first")
    assert ask(client, photo).versions == before.versions


def test_the_search_after_the_change_names_the_new_model(settings: Settings, client: TestClient, photo: bytes) -> None:
    assert ask(client, photo).versions.descriptor_spec == spec_of(settings, "first")
    use_model(settings, "second")
    answer = ask(client, photo)
    assert answer.versions.descriptor_spec == spec_of(settings, "second")
    assert answer.versions.index == client.get("/readyz").json()["index"]


def test_a_damaged_model_is_not_used_and_the_server_keeps_the_one_before(
    settings: Settings, client: TestClient, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_model(settings, "second")
    weights = settings.models / "second" / WEIGHTS[0]
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1])
    assert ask(client, photo).versions.descriptor_spec == spec_of(settings, "first")
    monkeypatch.setenv("HERITAGE_MODELS", str(settings.models))
    assert main(["--home", str(settings.home), "models", "use", "second"]) == 4
    weights.write_bytes(whole)
    assert model_in_use(settings) == "second"


def test_the_setting_wins_for_its_own_process(settings: Settings, photo: bytes) -> None:
    use_model(settings, "second")
    own = replace(settings, model="first")
    assert (model_in_use(own), model_in_use(settings)) == ("first", "second")
    with open_context(own) as context:
        result = search(context, Query.of(context.decode(photo)))
    assert result.versions.descriptor_spec == spec_of(settings, "first")


def test_a_new_default_leaves_a_home_as_it_is(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first ingest keeps the default of its day."""
    monkeypatch.setenv("HERITAGE_MODELS", str(settings.models))
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "1.png").write_bytes(encoded(picture(1)))
    settings = replace(settings, home=tmp_path / "ingested")
    assert main(["--home", str(settings.home), "ingest", str(tmp_path / "registry")]) == 0
    manifest = settings.models / "manifest.toml"
    manifest.write_text(manifest.read_text().replace('default = "first"', 'default = "second"'))
    assert model_in_use(settings) == "first"
    assert model_in_use(replace(settings, home=settings.home / "new")) == "second"


def test_images_that_cannot_be_described_hold_the_change_back(settings: Settings) -> None:
    digest = ImageDigest.of(encoded(picture(3)))
    path = Images(settings.home).path(digest)
    whole = path.read_bytes()
    path.unlink()
    with pytest.raises(InputError, match=r"cannot describe 1 images.*--incomplete"):
        use_model(settings, "second")
    assert model_in_use(settings) == "first"
    use_model(settings, "second", incomplete=True)
    with open_context(settings) as context:
        coverage = context.coverage()
        assert (coverage.image_count, coverage.unsearched_count) == (COUNT - 1, 1)
        path.write_bytes(whole)
        assert fill(context).described_count == 1
        assert context.coverage().unsearched_count == 0


def test_a_model_that_is_not_entered_cannot_be_used(settings: Settings) -> None:
    with pytest.raises(NotFoundError, match="there are: first, second"):
        use_model(settings, "third")
    with pytest.raises(NotFoundError, match="models add"):
        fill_model(settings, str(settings.models / "second"))


@dataclass(frozen=True)
class Interrupting:
    """A source during whose reading somebody changes over to another model."""

    settings: Settings
    folder: Path
    warnings: tuple[str, ...] = ()
    row_count: int = 48

    def rows(self) -> Iterator[SourceRow]:
        source = open_source(self.folder)
        for place, row in enumerate(source.rows()):
            if place == 20:
                use_model(self.settings, "second")
            assert row.record is not None
            yield replace(row, record=replace(row.record, record_id=RecordId("south", str(place))))


def test_an_ingest_follows_and_what_came_in_at_the_change_is_described(
    settings: Settings, tmp_path: Path, photo: bytes
) -> None:
    for seed in range(100, 148):
        (tmp_path / f"{seed}.png").write_bytes(encoded(picture(seed)))
    with open_context(settings) as context:
        report = ingest(context, Interrupting(settings, tmp_path))
        assert report.added == 48
        now = context.current()
        assert now.specs.descriptor.digest == spec_of(settings, "second")
        described_at_the_end = fill(now).described_count
        assert described_at_the_end <= 16, "at most the batch that was on its way"
        assert now.backlog.count(now.specs) == 0
        assert now.coverage().unsearched_count == 0


def test_changing_back_describes_what_came_in_since(settings: Settings, tmp_path: Path) -> None:
    use_model(settings, "second")
    (tmp_path / "100.png").write_bytes(encoded(picture(100)))
    with open_context(settings) as context:
        ingest(context, open_source(tmp_path, "late"))
    assert use_model(settings, "first").described_count == 1
    assert described(settings) == {"first": COUNT + 1, "second": COUNT + 1}
