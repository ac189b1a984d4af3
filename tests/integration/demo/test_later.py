"""The end of the demo, on a small one: listings are scanned, and a theft is found that was registered after that."""

from pathlib import Path

from heritage.demo.dataset import write_demo
from heritage.demo.later import scan_and_look_back
from heritage.demo.outcomes import Outcome
from heritage.demo.plan import plan_demo
from heritage.demo.report import write_report
from heritage.domain.hits import Query, Verdict
from heritage.domain.images import ImageDigest
from heritage.domain.review import Origin
from heritage.domain.scans import ListingState
from heritage.service.context import open_context, open_source
from heritage.service.ingest import ingest
from heritage.service.search import search
from heritage.settings import Settings

OBJECT_COUNT = 24


def test_a_theft_that_is_registered_after_the_scan_raises_an_alert(tmp_path: Path) -> None:
    demo, plan = write_demo(tmp_path / "set", object_count=OBJECT_COUNT), plan_demo(object_count=OBJECT_COUNT)
    with open_context(Settings(home=tmp_path / "home", threads=2, decode_processes=0)) as context:
        ingest(context, open_source(demo.registry_csv))
        offered = ImageDigest.of((demo.folder / "photos" / "unknown-01.jpg").read_bytes())
        for _ in range(2):  # the demo may be run again in the same folder
            later = scan_and_look_back(context, demo.folder, plan)
            states = {one.listing.title: one.state for one in later.listings}
            assert states.pop("Picture is missing") is ListingState.UNREADABLE
            assert ListingState.STRONG in states.values()
            assert later.alert is not None
            assert later.hit is not None
            assert (later.alert.verdict is not Verdict.NONE, later.alert.origin) == (True, Origin.WATCH)
            assert later.hit.search.photos[0].digest == offered
        photo = next((demo.folder / "photos").iterdir())
        result = search(context, Query.of(context.decode(photo.read_bytes())))
        write_report(context, [Outcome(photo, "", frozenset(), result, 1.0)], later, tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Registered later: demo-north/N-9001" in html
    assert "as it was registered later" in html
