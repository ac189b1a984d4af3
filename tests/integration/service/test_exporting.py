"""Export in pages, for somebody; originals by their digest, for somebody."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Handling, Role, Viewer
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord
from heritage.errors import NotFoundError
from heritage.service.context import open_source, write_records
from heritage.service.exporting import PAGE_SIZE, found_records, image_copier, original_finder
from heritage.service.ingest import ingest
from tests.toys import ToyContext, describe, png

WEST = Viewer("o@west", "west", Role.OFFICER, SCOPES_BY_ROLE[Role.OFFICER])


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ToyContext]:
    context = ToyContext.open(tmp_path / "home")
    one, two = describe(png(1)), describe(png(2))
    shown = RegistryRecord(
        RecordId("r", "shown"),
        card=ObjectIdCard(title="=Madonna", description="line one\nline two"),
        photographs=(Photograph(one.digest), Photograph(two.digest, PhotoView.BACK)),
    )
    secret = RegistryRecord(
        RecordId("r", "secret"), handling=Handling.RED, owner_agency="north", photographs=(Photograph(two.digest),)
    )
    context.records.save_all([(shown, [one, two]), (replace(secret, photographs=()), [])], context.specs)
    for seed in (1, 2):
        context.images.put(png(seed))
    yield context
    context.database.close()


def test_every_record_comes_once_whatever_the_pages(context: ToyContext) -> None:
    more = [(RegistryRecord(RecordId("many", str(number))), []) for number in range(2 * PAGE_SIZE)]
    context.records.save_all(more, context.specs)
    found = [one.record_id for one in found_records(context.records, ANYTHING, AT_THE_MACHINE)]
    assert found == sorted(found)
    assert len(set(found)) == len(found) == 2 * PAGE_SIZE + 2
    assert len(list(found_records(context.records, Criteria(registry="r"), AT_THE_MACHINE))) == 2
    assert [one.record_id.number for one in found_records(context.records, Criteria(registry="r"), WEST)] == ["shown"]
    assert list(found_records(context.records, Criteria(text="nothing"), AT_THE_MACHINE)) == []


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_an_export_with_images_is_imported_elsewhere_equal(context: ToyContext, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    records = list(found_records(context.records, ANYTHING, AT_THE_MACHINE))
    assert write_records(records, path, image_copier(context.images, path)) == 2
    elsewhere = ToyContext.open(tmp_path / "elsewhere")
    assert ingest(elsewhere, open_source(path)).added == 2
    assert list(found_records(elsewhere.records, ANYTHING, AT_THE_MACHINE)) == records
    assert {one.name for one in (tmp_path / "out_images").iterdir()} == {
        f"{ImageDigest.of(png(seed)).hex}.png" for seed in (1, 2)
    }
    elsewhere.database.close()


def test_an_export_without_images_is_imported_where_they_are(context: ToyContext, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_records(found_records(context.records, ANYTHING, AT_THE_MACHINE), path, str)
    source = open_source(path, find_original=original_finder(context, AT_THE_MACHINE))
    assert ingest(context, source).unchanged == 2
    assert ingest(context, open_source(path)).rejected == 1
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["title"] for row in csv.DictReader(file)] == ["", "'=Madonna"]


def test_a_digest_gets_nobody_at_a_photograph_they_may_not_see(context: ToyContext) -> None:
    hidden = describe(png(3))
    secret = context.records.get(RecordId("r", "secret"), AT_THE_MACHINE)
    photographs = (Photograph(hidden.digest),)
    context.records.save(replace(secret, photographs=photographs), [hidden], context.specs)
    context.images.put(png(3))
    shown = ImageDigest.of(png(1))
    assert original_finder(context, WEST)(shown) == context.images.path(shown)
    assert original_finder(context, WEST)(hidden.digest) is None
    assert original_finder(context, AT_THE_MACHINE)(hidden.digest) == context.images.path(hidden.digest)
    assert original_finder(context, AT_THE_MACHINE)(ImageDigest.of(b"unknown")) is None


def test_a_lost_original_ends_the_export(context: ToyContext, tmp_path: Path) -> None:
    context.images.path(ImageDigest.of(png(1))).unlink()
    path = tmp_path / "out.csv"
    with pytest.raises(NotFoundError, match="there is no image"):
        write_records(
            found_records(context.records, ANYTHING, AT_THE_MACHINE), path, image_copier(context.images, path)
        )
    assert not path.exists()
