"""The procedural artefacts: the same from the same seed, true other views, and files that fit together."""

import csv
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from heritage.demo import KINDS, Light, Seeds, View, make_artefact, plan_demo, render, write_demo
from heritage.demo.artefacts import TWO_SIDED

_SMALL = View(size=160)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_is_the_same_from_the_same_seeds_and_has_a_mask(kind: str) -> None:
    first = render(make_artefact(Seeds(3, kind, 1, 0)), _SMALL)
    render(make_artefact(Seeds(3, kind, 0, 0)), _SMALL)
    again = render(make_artefact(Seeds(3, kind, 1, 0)), _SMALL)
    assert np.array_equal(first.rgb, again.rgb)
    assert np.array_equal(first.alpha, again.alpha)
    assert first.rgb.dtype == first.alpha.dtype == np.uint8
    assert first.rgb.shape == (*first.alpha.shape, 3)
    assert max(first.alpha.shape) == pytest.approx(160, abs=8)
    assert (first.alpha > 127).mean() > 0.3
    assert first.rgb[first.alpha > 127].std() > 8, "an object without any drawing"


@pytest.mark.parametrize("kind", KINDS)
def test_near_twins_share_workshop_but_are_other_objects(kind: str) -> None:
    twins = [make_artefact(Seeds(3, kind, 2, member)) for member in (0, 1)]
    cards = [twin.card for twin in twins]
    assert cards[0].object_type == cards[1].object_type
    assert cards[0].maker == cards[1].maker
    assert cards[0] != cards[1]
    pictures = [cv2.resize(render(twin, _SMALL).rgb, (96, 96)).astype(float) for twin in twins]
    assert np.abs(pictures[0] - pictures[1]).mean() > 2


def test_the_other_side_of_a_vessel_is_another_picture_and_half_a_turn_shows_it() -> None:
    vessel = make_artefact(Seeds(3, "vessel", 0, 0))
    front, back, turned = (
        cv2.resize(render(vessel, view).rgb, (96, 96)).astype(float)
        for view in (View(size=200), View(size=200, side="back"), View(size=200, yaw=180))
    )
    assert np.abs(back - turned).mean() < 0.5
    assert np.abs(front - back).mean() > 4


def test_light_from_the_other_side_changes_a_relief() -> None:
    relief = make_artefact(Seeds(3, "relief", 0, 0))
    left, right = (render(relief, _SMALL, Light(azimuth, 25)).rgb.astype(float) for azimuth in (-90, 90))
    assert np.abs(left - right).mean() > 8


def test_a_framed_panel_is_larger_than_the_panel() -> None:
    panel = make_artefact(Seeds(3, "panel", 0, 0))
    bare, framed = (render(panel, View(size=160, framed=f)).rgb for f in (False, True))
    assert np.abs(cv2.resize(bare, (64, 64)).astype(float) - cv2.resize(framed, (64, 64))).mean() > 5


@pytest.mark.parametrize("kind", KINDS)
def test_cards_are_filled_in(kind: str) -> None:
    card = make_artefact(Seeds(7, kind, 5, 1)).card
    for name in ("object_type", "materials", "measurements", "title", "subject", "period", "maker", "description"):
        assert getattr(card, name), name
    assert any(character.isdigit() for character in card.measurements)


def test_the_full_plan_has_60_known_3_of_several_and_20_unknown() -> None:
    plan = plan_demo()
    assert len(plan.objects) == 320
    assert all(count >= 50 for count in Counter(o.seeds.kind for o in plan.objects).values())
    known = [p for p in plan.photos if p.record_ids]
    several = [p for p in known if len(p.subjects) > 1]
    unknown = [p for p in plan.photos if not p.record_ids]
    assert (len(known), len(several), len(unknown)) == (60, 3, 20)
    assert {len(p.subjects) for p in several} <= {2, 3}
    assert len({i for p in known for i in p.record_ids}) == 60, "60 different objects"
    registered = {o.seeds: o for o in plan.objects}
    assert not any(s in registered for p in unknown for s in p.subjects)
    twins = [s for p in unknown for s in p.subjects if Seeds(s.root, s.kind, s.workshop, 0) in registered]
    assert len(twins) >= 10, "hard negatives: the near-twin is registered"
    for photo in known:
        for seeds, side, record_id in zip(photo.subjects, photo.sides, photo.record_ids, strict=True):
            assert registered[seeds].record_ids == (record_id,), "no photograph of an object held by both registries"
            assert side in registered[seeds].sides


def test_some_images_belong_to_both_registries_and_some_records_have_two() -> None:
    plan = plan_demo()
    shared = [o for o in plan.objects if len(o.record_ids) == 2]
    assert 3 <= len(shared) <= 20
    assert all({i.split("/")[0] for i in o.record_ids} == {"demo-north", "demo-south"} for o in shared)
    two_sided = [o for o in plan.objects if len(o.sides) == 2]
    assert 40 < len(two_sided) < 120
    assert {o.seeds.kind for o in two_sided} == set(TWO_SIDED)
    ids = [i for o in plan.objects for i in o.record_ids]
    assert len(ids) == len(set(ids))


def test_too_few_objects_are_refused() -> None:
    with pytest.raises(ValueError, match="object_count 3"):
        plan_demo(object_count=3)


def test_write_demo_gives_files_that_fit_together_and_writes_them_once(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    demo = write_demo(tmp_path, seed=5, object_count=12, progress=lambda done, total: seen.append((done, total)))
    records, gallery = _rows(demo.registry_csv), _rows(tmp_path / "gallery.csv")
    queries, photos = _rows(tmp_path / "queries.csv"), _rows(demo.photos_csv)
    assert seen[-1][0] == seen[-1][1] == len(seen)
    assert len(records) == demo.record_count >= 12
    ids = {f"{r['registry']}/{r['number']}" for r in records}
    assert {g["record_id"] for g in gallery} == ids
    listed = {(f"{r['registry']}/{r['number']}", name) for r in records for name in r["images"].split(";")}
    assert listed == {(g["record_id"], g["image"]) for g in gallery}
    assert len({name for _, name in listed}) == demo.image_count
    assert [q["image"] for q in queries] == [p["photo"] for p in photos]
    assert len(queries) == demo.photo_count
    for query in queries:
        assert {i for i in query["record_ids"].split(";") if i} <= ids
    for name in {g["image"] for g in gallery} | {q["image"] for q in queries}:
        picture = cv2.imread(str(tmp_path / name))
        assert picture is not None
        assert picture.std() > 5
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.*")}
    assert write_demo(tmp_path, seed=5, object_count=12) == demo
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.*")} == before
