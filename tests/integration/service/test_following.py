"""A process follows its home to another model, without an answer in between that mixes two."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from heritage.domain.records import Photograph, RecordId, RegistryRecord
from heritage.errors import ModelError
from heritage.service.following import Following
from heritage.service.indexing import Gallery
from heritage.storage.choice import ModelChoice
from heritage.vision.lanes import FaissLanes
from tests.toys import ToyContext, ToyEmbedder, describe, png


@dataclass(frozen=True, eq=False)
class Part:
    """What changes with the model."""

    embedder: ToyEmbedder
    gallery: Gallery


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ToyContext]:
    context = ToyContext.open(tmp_path / "home")
    yield context
    context.database.close()


@pytest.fixture
def choice(context: ToyContext) -> ModelChoice:
    return ModelChoice(context.database)


def part(context: ToyContext, version: str) -> Part:
    gallery = Gallery(context.settings.home / "main", context.descriptors, context.specs, FaissLanes())
    return Part(ToyEmbedder(version), gallery)


def following(context: ToyContext, choice: ModelChoice) -> Following[Part]:
    return Following(choice, "one", lambda _now, name: part(context, name))


def test_nothing_chosen_is_the_model_at_the_start(context: ToyContext, choice: ModelChoice) -> None:
    first = part(context, "one")
    assert following(context, choice).current(first) is first


def test_a_change_is_followed_there_and_back(context: ToyContext, choice: ModelChoice) -> None:
    first, followed = part(context, "one"), following(context, choice)
    assert followed.current(first) is first
    choice.change("two", context.specs)
    second = followed.current(first)
    assert second.embedder.version == "two"
    assert second.embedder.described_count == 1, "it is warm before it answers"
    assert followed.current(first) is followed.current(second) is second
    choice.change("one", context.specs)
    assert followed.current(second) is first


def test_a_model_that_cannot_be_opened_leaves_the_one_before(
    context: ToyContext, choice: ModelChoice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = {"two"}
    tries: list[str] = []

    def open_part(_now: Part, name: str) -> Part:
        tries.append(name)
        if name in broken:
            raise ModelError("torn")
        return part(context, name)

    first, followed = part(context, "one"), Following(choice, "one", open_part)
    assert followed.current(first) is first
    choice.change("two", context.specs)
    assert followed.current(first) is followed.current(first) is first
    assert tries == ["two"], "it is not tried again at every search"
    assert "cannot be used, one goes on answering: torn" in caplog.text
    choice.change("three", context.specs)
    assert followed.current(first).embedder.version == "three"
    broken.clear()
    choice.change("two", context.specs)
    monkeypatch.setattr("heritage.service.following.time.monotonic", lambda: 1e12)
    assert followed.current(first).embedder.version == "two"


def test_others_go_on_while_one_opens_the_new_model(context: ToyContext, choice: ModelChoice) -> None:
    opening, may_end = threading.Event(), threading.Event()

    def open_slowly(_now: Part, name: str) -> Part:
        opening.set()
        assert may_end.wait(10)
        return part(context, name)

    first, followed = part(context, "one"), Following(choice, "one", open_slowly)
    followed.current(first)
    choice.change("two", context.specs)
    noticing = threading.Thread(target=followed.current, args=(first,))
    noticing.start()
    assert opening.wait(10)
    assert followed.current(first) is first
    may_end.set()
    noticing.join()
    assert followed.current(first).embedder.version == "two"


def test_the_model_at_the_start_is_kept_unless_one_was_chosen(context: ToyContext, choice: ModelChoice) -> None:
    assert choice.name() == ""
    following(context, choice).keep()
    assert choice.name() == "one"
    Following(choice, "default of a later release", lambda now, _: now).keep()
    assert choice.name() == "one"


def test_no_change_while_images_are_missing(context: ToyContext, choice: ModelChoice) -> None:
    described = describe(png(1))
    context.records.save(
        RegistryRecord(RecordId("r", "1"), photographs=(Photograph(described.digest),)), [described], context.specs
    )
    other = ToyContext.open(context.settings.home, ToyEmbedder("2"))
    assert not choice.change("two", other.specs)
    assert choice.name() == ""
    assert choice.change("two", other.specs, missing_allowed=1)
    assert choice.change("one", context.specs)
    assert choice.name() == "one"
    other.database.close()
