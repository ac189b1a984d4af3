from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.criteria import ANYTHING
from heritage.domain.records import ObjectIdCard, Photograph, RecordId, RegistryRecord, Status
from heritage.errors import NotFoundError, RecordError, StorageError
from heritage.storage.audit import Audit
from heritage.storage.records import Change
from heritage.storage.schema import descriptor, image, keypoint_set, record, record_image, spec
from tests.toys import ToyContext, ToyEmbedder, describe, png


def a_record(number: str, *seeds: int, registry: str = "carabinieri") -> RegistryRecord:
    return RegistryRecord(
        record_id=RecordId(registry, number),
        owner_agency="TPC",
        theft_date="1998-05",
        theft_place="Torino",
        card=ObjectIdCard(object_type="painting", title="Madonna", maker="unknown; « école »"),
        photographs=tuple(Photograph(describe(png(seed)).digest) for seed in seeds),
    )


def save(context: ToyContext, saved: RegistryRecord, *seeds: int) -> Change:
    return context.records.save(saved, [describe(png(seed)) for seed in seeds], context.specs)


def counts(context: ToyContext) -> dict[str, int]:
    tables = (record, image, record_image, descriptor, keypoint_set, spec)
    with context.database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def test_what_is_saved_comes_back(context: ToyContext) -> None:
    saved = a_record("1", 1, 2)
    before = datetime.now(UTC)
    assert save(context, saved, 1, 2) is Change.ADDED
    found = context.records.get(RecordId("carabinieri", "1"), AT_THE_MACHINE)
    assert found == saved
    assert found.updated_at is not None
    assert before <= found.updated_at <= datetime.now(UTC)


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE record --", "100 %s %(x)s \\n", "\x01\x7f\ufffe\r\n\t", "𓂀 مكتبة e\u0301"]
)
def test_any_text_comes_back_as_it_was(context: ToyContext, text: str) -> None:
    saved = replace(a_record("1"), theft_place=text, card=ObjectIdCard(description=text))
    save(context, saved)
    assert context.records.get(saved.record_id, AT_THE_MACHINE) == saved


@pytest.mark.parametrize("text", ["nul\0", "half \ud800 a character"])
def test_text_that_no_database_keeps_is_refused(text: str) -> None:
    for refused in (lambda: ObjectIdCard(title=text), lambda: replace(a_record("1"), owner_agency=text)):
        with pytest.raises(RecordError, match="save the source as UTF-8"):
            refused()
    with pytest.raises(RecordError):
        RecordId("carabinieri", text)


def test_saving_again_changes_nothing(context: ToyContext) -> None:
    save(context, a_record("1", 1, 2), 1, 2)
    before, stamp = counts(context), context.records.get(RecordId("carabinieri", "1"), AT_THE_MACHINE).updated_at
    assert save(context, a_record("1", 1, 2), 1, 2) is Change.UNCHANGED
    assert save(context, a_record("1", 1, 2)) is Change.UNCHANGED
    assert counts(context) == before
    assert context.records.get(RecordId("carabinieri", "1"), AT_THE_MACHINE).updated_at == stamp


def test_an_update_replaces_text_and_images(context: ToyContext) -> None:
    save(context, a_record("1", 1, 2), 1, 2)
    changed = replace(a_record("1", 3, 1), theft_place="Milano", status=Status.RECOVERED)
    assert save(context, changed, 3) is Change.UPDATED
    assert context.records.get(changed.record_id, AT_THE_MACHINE) == changed
    assert counts(context)["record"] == 1
    assert counts(context)["record_image"] == 2


def test_the_order_of_images_counts(context: ToyContext) -> None:
    save(context, a_record("1", 1, 2), 1, 2)
    assert save(context, a_record("1", 2, 1)) is Change.UPDATED
    assert context.records.get(RecordId("carabinieri", "1"), AT_THE_MACHINE).images == a_record("1", 2, 1).images


def test_a_picture_given_twice_is_shown_once(context: ToyContext) -> None:
    save(context, a_record("1", 1, 1), 1)
    assert context.records.get(RecordId("carabinieri", "1"), AT_THE_MACHINE).images == a_record("1", 1).images
    assert save(context, a_record("1", 1, 1)) is Change.UNCHANGED


def test_an_image_described_nowhere_saves_nothing(context: ToyContext) -> None:
    with pytest.raises(StorageError, match="not described"):
        save(context, a_record("1", 1, 2), 1)
    assert set(counts(context).values()) == {0}


def test_one_photo_in_two_registries_is_one_image_and_two_hits(context: ToyContext) -> None:
    save(context, a_record("1", 7, registry="interpol"), 7)
    save(context, a_record("1", 7, registry="carabinieri"), 7)
    assert counts(context)["image"] == 1
    found = context.records.of_images([1], AT_THE_MACHINE)
    assert [(one.sequence, one.record.record_id.registry) for one in found] == [(1, "carabinieri"), (1, "interpol")]
    assert (found[0].digest, found[0].width, found[0].height) == (describe(png(7)).digest, 48, 32)


def test_images_come_in_the_order_asked_and_unknown_ones_are_left_out(context: ToyContext) -> None:
    for seed in (1, 2, 3):
        save(context, a_record(str(seed), seed), seed)
    found = context.records.of_images([3, 99, 1, 3], AT_THE_MACHINE)
    assert [one.sequence for one in found] == [3, 1]
    assert [one.record for one in found] == [a_record("3", 3), a_record("1", 1)]


def test_thousands_of_sequences_are_answered(context: ToyContext) -> None:
    save(context, a_record("1", 1), 1)
    assert [one.sequence for one in context.records.of_images(range(40_000, 0, -1), AT_THE_MACHINE)] == [1]


def test_withdrawn_records_are_kept_but_not_found(context: ToyContext) -> None:
    save(context, a_record("1", 7, registry="interpol"), 7)
    save(context, a_record("1", 7), 7)
    assert context.records.withdraw(RecordId("interpol", "1")) is Change.UPDATED
    assert context.records.withdraw(RecordId("interpol", "1")) is Change.UNCHANGED
    assert [one.record.record_id.registry for one in context.records.of_images([1], AT_THE_MACHINE)] == ["carabinieri"]
    assert context.records.get(RecordId("interpol", "1"), AT_THE_MACHINE).status is Status.WITHDRAWN
    assert save(context, a_record("1", 7, registry="interpol")) is Change.UPDATED
    assert len(context.records.of_images([1], AT_THE_MACHINE)) == 2


def test_a_record_that_does_not_exist(context: ToyContext) -> None:
    with pytest.raises(NotFoundError, match="no record interpol/5"):
        context.records.get(RecordId("interpol", "5"), AT_THE_MACHINE)
    with pytest.raises(NotFoundError, match="no record interpol/5"):
        context.records.withdraw(RecordId("interpol", "5"))


def test_pages_walk_all_records_in_order(context: ToyContext) -> None:
    keys = [("b", "1"), ("a", "2"), ("a", "10"), ("b", "0"), ("c", "1"), ("B", "é"), ("B", "z"), ("B", "Z")]
    for registry, number in keys:
        save(context, a_record(number, 1, registry=registry), 1)
    walked: list[RecordId] = []
    while page := context.records.find(ANYTHING, AT_THE_MACHINE, walked[-1] if walked else None, limit=2):
        assert len(page) <= 2
        walked += [one.record_id for one in page]
    assert walked == [RecordId(registry, number) for registry, number in sorted(keys)]


def test_coverage_follows_every_change(context: ToyContext) -> None:
    assert context.records.coverage(context.specs, AT_THE_MACHINE).object_count == 0
    save(context, a_record("1", 1, 2), 1, 2)
    save(context, a_record("2", 2), 2)
    save(context, a_record("1", 3, registry="interpol"), 3)
    coverage = context.records.coverage(context.specs, AT_THE_MACHINE)
    assert (coverage.object_count, coverage.image_count) == (3, 3)
    assert coverage.object_count_by_registry == (("carabinieri", 2), ("interpol", 1))
    assert coverage.newest_record == context.records.get(RecordId("interpol", "1"), AT_THE_MACHINE).updated_at

    context.records.withdraw(RecordId("interpol", "1"))
    assert context.records.coverage(context.specs, AT_THE_MACHINE).object_count_by_registry == (("carabinieri", 2),)
    assert context.records.coverage(context.specs, AT_THE_MACHINE).image_count == 2
    save(context, a_record("1", 1))
    assert context.records.coverage(context.specs, AT_THE_MACHINE).image_count == 2
    context.records.withdraw(RecordId("carabinieri", "2"))
    assert (
        context.records.coverage(context.specs, AT_THE_MACHINE).object_count,
        context.records.coverage(context.specs, AT_THE_MACHINE).image_count,
    ) == (1, 1)


def test_coverage_sees_what_another_process_writes(context: ToyContext, tmp_path: Path, address: str) -> None:
    save(context, a_record("1", 1), 1)
    assert context.records.coverage(context.specs, AT_THE_MACHINE).object_count == 1
    other = ToyContext.open(tmp_path, address=address)
    save(other, a_record("2", 2), 2)
    other.database.close()
    assert context.records.coverage(context.specs, AT_THE_MACHINE).object_count == 2


def test_a_record_without_a_photograph_is_not_covered(context: ToyContext) -> None:
    save(context, a_record("1"))
    assert context.records.coverage(context.specs, AT_THE_MACHINE).object_count == 0


def test_a_second_model_stands_beside_the_first(context: ToyContext) -> None:
    save(context, a_record("1", 1), 1)
    second = ToyEmbedder(version="2")
    specs = replace(context.specs, descriptor=second.spec)
    assert context.records.save(a_record("1", 1), [describe(png(1), second)], specs) is Change.UNCHANGED
    assert counts(context) == {
        "record": 1, "image": 1, "record_image": 1, "descriptor": 2, "keypoint_set": 1, "spec": 3,
    }  # fmt: skip


def test_what_the_model_in_use_has_not_described_is_not_said_to_be_searched(context: ToyContext) -> None:
    save(context, a_record("1", 1), 1)
    save(context, a_record("2", 2), 2)
    second = ToyEmbedder(version="2")
    specs = replace(context.specs, descriptor=second.spec)
    before = context.records.coverage(specs, AT_THE_MACHINE)
    assert (before.object_count, before.image_count, before.unsearched_count) == (0, 0, 2)
    assert "no registry is loaded" not in before.statement
    context.records.save(a_record("1", 1), [describe(png(1), second)], specs)
    after = context.records.coverage(specs, AT_THE_MACHINE)
    assert (after.object_count, after.image_count, after.unsearched_count) == (1, 1, 1)
    assert "Not searched: 1 registered object that the model in use has not described" in after.statement
    assert after.statement.endswith("Not found is not a clearance.")


def test_every_change_is_an_event_of_the_audit_log(context: ToyContext, tmp_path: Path) -> None:
    save(context, a_record("1", 1), 1)
    save(context, a_record("1", 1))  # changes nothing
    save(context, replace(a_record("1", 1), theft_place="Napoli"))
    context.records.withdraw(RecordId("carabinieri", "1"))
    logged = Audit(context.database, tmp_path).page()
    assert [(one.event.action.value, one.event.actor, one.event.subject) for one in logged] == [
        (action, "local", "carabinieri/1") for action in ("create", "change", "withdraw")
    ]
