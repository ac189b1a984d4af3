import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Role, Viewer
from heritage.domain.descriptors import Vectors
from heritage.domain.images import ImageDigest, Photo, Rgb
from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord, SourceRow
from heritage.service.ingest import BATCH_SIZE, NO_PHOTOGRAPH, ingest
from heritage.service.ingest_report import FAILURES_KEPT, IngestReport, Outcome, RowOutcome
from heritage.storage.schema import descriptor, image, keypoint_set, record, record_image
from tests.pictures import encoded, picture
from tests.toys import ToyContext, ToyEmbedder, describe, pixels, png, toy_decode


@dataclass(frozen=True)
class Rows:
    """A source over rows at hand."""

    given: tuple[SourceRow, ...]
    warnings: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        return len(self.given)

    def rows(self) -> Iterator[SourceRow]:
        return iter(self.given)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ToyContext]:
    context = ToyContext.open(tmp_path / "home")
    yield context
    context.database.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with good pictures 0.png to 39.png, and files that are none."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in range(40):
        (folder / f"{seed}.png").write_bytes(png(seed))
    (folder / "text.png").write_bytes(b"not a picture")
    (folder / "huge.png").write_bytes(b"x" * 200_000)
    return folder


def row(folder: Path, number: int, *names: str, registry: str = "r") -> SourceRow:
    record_id = RecordId(registry, str(number))
    return SourceRow(number, RegistryRecord(record_id), tuple(folder / name for name in names), label=str(record_id))


def good_rows(folder: Path, count: int = 40) -> Rows:
    return Rows(tuple(row(folder, seed, f"{seed}.png") for seed in range(count)))


def counts(context: ToyContext) -> tuple[int, ...]:
    with context.database.read() as connection:
        tables = (record, image, record_image, descriptor, keypoint_set)
        return tuple(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def originals(context: ToyContext) -> set[str]:
    return {name for _, _, names in os.walk(context.settings.home / "images") for name in names}


def test_records_images_and_descriptions_are_all_there(context: ToyContext, pictures: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    report = ingest(context, good_rows(pictures), progress=lambda *step: seen.append(step))
    assert report == IngestReport(added=40)
    assert seen == [("ingest", done, 40) for done in range(1, 41)]
    assert counts(context) == (40, 40, 40, 40, 40)
    assert context.records.get(RecordId("r", "7"), AT_THE_MACHINE).images == (ImageDigest.of(png(7)),)
    assert context.images.read(ImageDigest.of(png(7))) == png(7)
    sequences, vectors = context.descriptors.vectors(range(99), context.specs)
    assert sequences.tolist() == list(range(1, 41)), "sequences follow the order of the rows"
    assert np.array_equal(vectors, ToyEmbedder().embed([pixels(seed) for seed in range(40)]))


def test_a_second_run_describes_nothing_and_changes_nothing(context: ToyContext, pictures: Path) -> None:
    ingest(context, good_rows(pictures))
    before = counts(context), originals(context)
    embedder = ToyEmbedder()
    again = replace(context, embedder=embedder, decode=_must_not_decode)
    assert ingest(again, good_rows(pictures)) == IngestReport(unchanged=40)
    assert (counts(context), originals(context)) == before
    assert embedder.described_count == 0


def test_a_run_after_an_interruption_does_the_rest(context: ToyContext, pictures: Path) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(context, good_rows(pictures), progress=stop)
    assert counts(context)[0] == 2 * BATCH_SIZE
    assert ingest(context, good_rows(pictures)) == IngestReport(added=8, unchanged=32)
    assert counts(context) == (40, 40, 40, 40, 40)
    assert originals(context) == {ImageDigest.of(png(seed)).hex for seed in range(40)}


def test_a_bad_image_rejects_its_whole_row(context: ToyContext, pictures: Path) -> None:
    small = replace(context, settings=replace(context.settings, max_image_bytes=100_000))
    rows = (
        row(pictures, 1, "1.png", "text.png"),
        row(pictures, 2, "2.png", "missing.png"),
        row(pictures, 3, "huge.png"),
        row(pictures, 4, "4.png"),
        SourceRow(5, None, error="number is empty", label="r/"),
    )
    report = ingest(small, Rows(rows))
    assert (report.added, report.rejected) == (1, 4)
    assert [(one.row, one.label, one.detail) for one in report.failures] == [
        (1, "r/1", "image 'text.png': not an image"),
        (2, "r/2", "image 'missing.png': cannot be read: No such file or directory"),
        (3, "r/3", "image 'huge.png': too large: more than 0 MB"),
        (5, "r/", "number is empty"),
    ]
    assert counts(context) == (1, 1, 1, 1, 1)
    assert originals(context) == {ImageDigest.of(png(4)).hex}


def test_a_mended_row_is_taken_by_the_next_run(context: ToyContext, pictures: Path) -> None:
    rows = Rows((row(pictures, 1, "1.png", "text.png"), row(pictures, 2, "2.png")))
    ingest(context, rows)
    (pictures / "text.png").write_bytes(png(77))
    assert ingest(context, rows) == IngestReport(added=1, unchanged=1)


def test_one_picture_in_two_rows_is_described_once(context: ToyContext, pictures: Path) -> None:
    rows = Rows(
        (row(pictures, 1, "1.png"), row(pictures, 1, "1.png", registry="other"), row(pictures, 2, "1.png", "1.png"))
    )
    embedder = ToyEmbedder()
    assert ingest(replace(context, embedder=embedder), rows).added == 3
    assert embedder.described_count == 1
    assert counts(context) == (3, 1, 3, 1, 1)


def test_a_record_with_more_pictures_than_a_batch(context: ToyContext, pictures: Path) -> None:
    names = [f"{seed}.png" for seed in range(2 * BATCH_SIZE + 3)]
    assert ingest(context, Rows((row(pictures, 1, *names), row(pictures, 2, "0.png")))).added == 2
    assert len(context.records.get(RecordId("r", "1"), AT_THE_MACHINE).images) == len(names)


def test_changed_facts_update_without_describing(context: ToyContext, pictures: Path) -> None:
    ingest(context, good_rows(pictures, 3))
    changed = row(pictures, 1, "1.png")
    assert changed.record is not None
    changed = replace(changed, record=replace(changed.record, theft_place="Napoli"))
    report = ingest(replace(context, decode=_must_not_decode), Rows((changed,)))
    assert report == IngestReport(updated=1)
    assert context.records.get(RecordId("r", "1"), AT_THE_MACHINE).theft_place == "Napoli"


def test_another_model_describes_again(context: ToyContext, pictures: Path) -> None:
    ingest(context, good_rows(pictures, 3))
    second = replace(context, embedder=ToyEmbedder(version="2"))
    assert ingest(second, good_rows(pictures, 3)) == IngestReport(unchanged=3)
    assert context.descriptors.count(0, 99, second.specs) == 3
    assert context.descriptors.count(0, 99, context.specs) == 3


def test_a_lost_original_is_stored_again(context: ToyContext, pictures: Path) -> None:
    ingest(context, good_rows(pictures, 3))
    digest = ImageDigest.of(png(1))
    context.images.path(digest).unlink()
    ingest(context, good_rows(pictures, 3))
    assert context.images.read(digest) == png(1)


def test_a_file_changed_meanwhile_is_not_taken(context: ToyContext, pictures: Path) -> None:
    """What is stored under a digest must be what was described under it."""

    def decode(data: bytes) -> Photo:
        (pictures / "1.png").write_bytes(png(99))
        return toy_decode(data)

    report = ingest(replace(context, decode=decode), Rows((row(pictures, 1, "1.png"),)))
    assert "was changed while it was being ingested" in report.failures[0].detail
    assert originals(context) == set()
    assert counts(context)[0] == 0


@dataclass
class Noted:
    """A report in memory."""

    lines: list[tuple[int, Outcome, str]] = field(default_factory=list)

    def write(self, row: SourceRow, outcome: Outcome, remark: str) -> None:
        self.lines.append((row.number, outcome, remark))


def test_the_report_is_told_of_every_row(context: ToyContext, pictures: Path) -> None:
    bare = SourceRow(3, RegistryRecord(RecordId("r", "3")), label="r/3")
    rows = (*good_rows(pictures, 2).given, bare, SourceRow(4, None, error="number is empty", label="r/"))
    report = Noted()
    ingest(context, Rows(rows), report=report)
    assert report.lines == [
        (0, Outcome.ADDED, ""),
        (1, Outcome.ADDED, ""),
        (3, Outcome.ADDED, NO_PHOTOGRAPH),
        (4, Outcome.REJECTED, "number is empty"),
    ]


def test_records_without_photographs_go_in_by_the_hundred(context: ToyContext) -> None:
    """One transaction takes many; one that is refused is the outcome of its own row."""
    records = [RegistryRecord(RecordId("r", str(number))) for number in range(1_200)]
    records[700] = replace(records[700], card=ObjectIdCard(description="ask a@b.example"))
    rows = Rows(tuple(SourceRow(place, one, label=str(one.record_id)) for place, one in enumerate(records)))
    seen: list[int] = []

    def watch(stage: str, done: int, total: int) -> None:
        seen.append(counts(context)[0] if done in (1, 501, 1_200) else -1)

    done = ingest(context, rows, progress=watch)
    assert (done.added, done.rejected) == (1_199, 1)
    assert [(one.row, "e-mail" in one.detail) for one in done.failures] == [(700, True)]
    assert [one for one in seen if one >= 0] == [500, 999, 1_199]
    assert ingest(context, rows).unchanged == 1_199


def test_records_are_saved_on_behalf_of_the_one_who_asks(context: ToyContext) -> None:
    by = Viewer("reg@north", "north", Role.REGISTRAR, SCOPES_BY_ROLE[Role.REGISTRAR])
    owners = ("north", "south")
    rows = tuple(
        SourceRow(place, RegistryRecord(RecordId("r", owner), owner_agency=owner)) for place, owner in enumerate(owners)
    )
    done = ingest(context, Rows(rows), by=by)
    assert (done.added, done.rejected) == (1, 1)
    assert "is south's to change" in done.failures[0].detail


def test_the_report_tells_how_complete_the_records_are(context: ToyContext, pictures: Path) -> None:
    full = ObjectIdCard(**dict.fromkeys(ObjectIdCard.__dataclass_fields__, "known"))
    rows = (
        SourceRow(1, RegistryRecord(RecordId("r", "1"), card=full), (pictures / "1.png", pictures / "2.png")),
        SourceRow(2, RegistryRecord(RecordId("r", "2"))),
        SourceRow(3, None, error="no"),
    )
    assert ingest(context, Rows(rows)).completeness == pytest.approx(0.5)
    assert ingest(context, Rows(rows[2:])).completeness is None


def test_photographs_that_are_registered_already_are_remarked_on(context: ToyContext, pictures: Path) -> None:
    """Two records all the same: one photograph in two registries is two records."""
    (pictures / "vase.png").write_bytes(encoded(picture(1)))
    (pictures / "vase.jpg").write_bytes(encoded(picture(1), "JPEG"))
    rows = (
        row(pictures, 1, "vase.png", "2.png"),
        row(pictures, 2, "2.png", "vase.jpg", registry="s"),
        row(pictures, 3, "vase.jpg", registry="t"),
        row(pictures, 4, "vase.jpg", "vase.jpg", "vase.png"),
        row(pictures, 5, "text.png", "vase.png"),
    )
    report = ingest(context, Rows(rows))
    assert (report.added, report.rejected, report.remarked) == (4, 1, 4)
    assert [(one.label, one.detail) for one in report.remarks] == [
        ("r/1", "same photograph as r/4, s/2; nearly the same photograph as t/3"),
        ("s/2", "same photograph as r/1, t/3, r/4"),
        ("t/3", "same photograph as s/2, r/4; nearly the same photograph as r/1"),
        ("r/4", "same photograph as s/2, t/3, r/1"),
    ]
    assert ingest(context, Rows(rows)).remarked == 0, "nothing is new the second time"


def test_the_report_in_memory_stays_small() -> None:
    report = IngestReport()
    for number in range(FAILURES_KEPT + 5):
        report = report.with_row(RowOutcome(number, "x", Outcome.REJECTED, "bad"))
        report = report.with_row(RowOutcome(number, "x", Outcome.ADDED, "same photograph as r/1"))
    assert (report.rejected, len(report.failures)) == (FAILURES_KEPT + 5, FAILURES_KEPT)
    assert (report.remarked, len(report.remarks)) == (FAILURES_KEPT + 5, FAILURES_KEPT)


def test_memory_is_bounded_by_pixels_too(context: ToyContext, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large pictures are described a few at a time, however many a row has."""
    waiting: list[int] = []

    class Watching(ToyEmbedder):
        def embed(self, images: Sequence[Rgb]) -> Vectors:
            waiting.append(len(images))
            return super().embed(images)

    monkeypatch.setattr("heritage.service.ingest.BATCH_PIXELS", 6 * 48 * 32)
    rows = Rows((row(pictures, 1, *(f"{seed}.png" for seed in range(14))),))
    assert ingest(replace(context, embedder=Watching()), rows).added == 1
    assert waiting == [8, 6]


def test_toy_descriptions_are_what_ingest_stores(context: ToyContext, pictures: Path) -> None:
    ingest(context, good_rows(pictures, 1))
    ((_, found),) = context.descriptors.keypoints([1], context.extractor.spec)
    expected = describe(png(0)).description.keypoints
    assert np.array_equal(found.local_descriptors, expected.local_descriptors)


def _must_not_decode(data: bytes) -> Photo:
    raise AssertionError("decoded what was described already")
