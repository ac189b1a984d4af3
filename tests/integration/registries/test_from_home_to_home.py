"""Records and photographs out of one home and into another, through each format that carries files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from heritage.domain.access import AT_THE_MACHINE, Handling
from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord, Status
from heritage.registries.folder import open_source
from heritage.registries.lido_writer import write_lido
from heritage.registries.linked_art_writer import write_linked_art
from heritage.service.ingest import ingest
from tests.toys import ToyContext, png

RECORDS = [
    RegistryRecord(
        RecordId("north", f"a/{number}"),
        Status.SEIZED if number else Status.LOOTED,
        owner_agency="Bureau",
        theft_date="2003-04",
        category="vase",
        terms=("earthenware",),
        handling=Handling.AMBER,
        shared_with=("Court", "Customs"),
        card=ObjectIdCard(title="مزهرية", description="one\n\n two "),
        photographs=tuple(
            Photograph(ImageDigest.of(png(10 * number + seed)), view)
            for seed, view in enumerate((PhotoView.FRONT, PhotoView.UNSPECIFIED, PhotoView.MARK))
        ),
    )
    for number in range(2)
]


@pytest.mark.parametrize(("name", "write"), [("out.xml", write_lido), ("out.json", write_linked_art)])
def test_it_arrives_as_it_left(tmp_path: Path, name: str, write: Callable[..., None]) -> None:
    for number in range(2):
        for seed in range(3):
            data = png(10 * number + seed)
            (tmp_path / f"{ImageDigest.of(data).hex}.png").write_bytes(data)
    with (tmp_path / name).open("wb") as stream:
        write(RECORDS, stream, lambda digest: f"{digest.hex}.png")
    context = ToyContext.open(tmp_path / "home")
    try:
        report = ingest(context, open_source(tmp_path / name))
        assert (report.added, report.rejected) == (2, 0)
        assert [context.records.get(one.record_id, AT_THE_MACHINE) for one in RECORDS] == RECORDS
        again = ingest(context, open_source(tmp_path / name))
        assert (again.unchanged, again.rejected) == (2, 0)
    finally:
        context.database.close()
