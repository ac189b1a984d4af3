"""The demo on disk: registry.csv with its photographs, officers' photographs, and the evaluation files."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from heritage.demo.artefacts import make_artefact
from heritage.demo.plan import Plan, PlannedObject, PlannedPhoto, plan_demo
from heritage.demo.scenes import draw_conditions, officer_photo, studio
from heritage.demo.shading import Rgb

VERSION = 4
"""Raise it when any picture or card changes: folders written by an older version are then written anew."""
Progress = Callable[[int, int], None]
_HEADER = [
    "registry",
    "number",
    "status",
    "owner_agency",
    "theft_date",
    "theft_place",
    "object_type",
    "materials",
    "measurements",
    "inscriptions",
    "distinguishing_features",
    "title",
    "subject",
    "period",
    "maker",
    "description",
    "inventory_number",
    "related_material",
    "place_of_origin",
    "cross_references",
    "date_documented",
    "images",
]
_SELLERS = ("Galerie Meridian", "antik-online", "Estate sales")
_AGENCIES = {"demo-north": "Northern Heritage Bureau", "demo-south": "Southern Heritage Police"}


@dataclass(frozen=True, slots=True)
class DemoSet:
    """What `write_demo` left in its folder."""

    folder: Path
    record_count: int
    image_count: int
    photo_count: int

    @property
    def registry_csv(self) -> Path:
        """The records of both registries."""
        return self.folder / "registry.csv"

    @property
    def photos_csv(self) -> Path:
        """What was done to each photograph, in words."""
        return self.folder / "photos.csv"


def write_demo(
    folder: Path, *, seed: int = 7, object_count: int = 320, progress: Progress | None = None, workers: int = 1
) -> DemoSet:
    """Write the demo, or nothing where the same demo is already there.

    `progress(done, total)` counts objects and photographs; `workers` > 1 renders in that many processes.
    """
    plan = plan_demo(seed, object_count)
    marker = folder / "demo.json"
    stamp = {"version": VERSION, "seed": seed, "object_count": object_count}
    done = _summary(folder, plan)
    if not _up_to_date(marker, stamp):
        marker.unlink(missing_ok=True)
        for name in ("images", "photos"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        _write_pictures(folder, plan, progress, workers)
        _write_tables(folder, plan)
        marker.write_text(json.dumps(stamp) + "\n", encoding="utf-8")  # last, so that a torn run is seen
    return done


def write_listings(folder: Path, plan: Plan) -> Path:
    """A table of what dealers offer: photographs of registered objects, of others, and of the late theft."""
    late = _photo_of_theft(plan)
    offered = [photo for photo in plan.photos if photo.record_ids][:: len(plan.photos) // 4 or 1][:4]
    offered += [photo for photo in plan.photos if not photo.record_ids and photo is not late][-5:]
    offered.insert(len(offered) // 2, late)
    rows = [
        (
            f"lot {place + 101}",
            f"Old {photo.subjects[0].kind}",
            _SELLERS[place % len(_SELLERS)],
            f"photos/{photo.name}.jpg",
        )
        for place, photo in enumerate(offered)
    ]
    rows.append((f"lot {len(rows) + 101}", "Picture is missing", _SELLERS[0], "photos/missing.jpg"))
    _table(folder / "listings.csv", ("lot", "title", "seller", "image"), rows)
    return folder / "listings.csv"


def write_theft(folder: Path, plan: Plan) -> tuple[Path, str]:
    """A registry with the one object whose theft is reported only after it was offered; and its record's id."""
    theft = PlannedObject(_photo_of_theft(plan).subjects[0], ("demo-north/N-9001",), ("front",))
    _write_studio(folder, theft)
    (record_id,) = theft.record_ids
    _table(folder / "late-theft.csv", _HEADER, [_record(theft, record_id)])
    return folder / "late-theft.csv", record_id


def _photo_of_theft(plan: Plan) -> PlannedPhoto:
    return next(photo for photo in plan.photos if not photo.record_ids)


def _up_to_date(marker: Path, stamp: dict[str, int]) -> bool:
    try:
        return bool(json.loads(marker.read_text(encoding="utf-8")) == stamp)
    except (OSError, ValueError):
        return False


def _summary(folder: Path, plan: Plan) -> DemoSet:
    records = sum(len(o.record_ids) for o in plan.objects)
    return DemoSet(folder, records, sum(len(o.sides) for o in plan.objects), len(plan.photos))


def _write_pictures(folder: Path, plan: Plan, progress: Progress | None, workers: int) -> None:
    tasks: list[PlannedObject | PlannedPhoto] = [*plan.objects, *plan.photos]
    write = partial(_write_picture, folder, plan.seed)
    with _mapper(workers) as mapped:
        for done, _ in enumerate(mapped(write, tasks), 1):
            if progress:
                progress(done, len(tasks))


@contextmanager
def _mapper(workers: int) -> Iterator[Callable[..., Iterator[None]]]:
    """`map`, here or in several fresh processes; the pictures are the same either way."""
    if workers <= 1:
        yield map
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield partial(pool.map, chunksize=4)


def _write_picture(folder: Path, seed: int, planned: PlannedObject | PlannedPhoto) -> None:
    if isinstance(planned, PlannedObject):
        _write_studio(folder, planned)
    else:
        _write_photo(folder, seed, planned)


def _image_names(planned: PlannedObject) -> list[str]:
    return [f"images/{planned.stem}{'' if side == 'front' else '-' + side}.jpg" for side in planned.sides]


def _write_studio(folder: Path, planned: PlannedObject) -> None:
    artefact = make_artefact(planned.seeds)
    for side, name in zip(planned.sides, _image_names(planned), strict=True):
        _save(folder / name, studio(artefact, side, planned.seeds.own_rng(f"studio {side}")), 90)


def _write_photo(folder: Path, seed: int, photo: PlannedPhoto) -> None:
    rng = np.random.default_rng([seed, 2, *photo.name.encode()])
    artefacts = [make_artefact(s) for s in photo.subjects]
    conditions = draw_conditions(rng, artefacts, list(photo.sides))
    _save(folder / f"photos/{photo.name}.jpg", officer_photo(artefacts, conditions, rng), conditions.quality)


def _described(seed: int, photo: PlannedPhoto) -> str:
    rng = np.random.default_rng([seed, 2, *photo.name.encode()])
    return draw_conditions(rng, [make_artefact(s) for s in photo.subjects], list(photo.sides)).words()


def _save(path: Path, rgb: Rgb, quality: int) -> None:
    encoded, data = cv2.imencode(".jpg", np.ascontiguousarray(rgb[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not encoded:
        raise OSError(f"cannot encode {path}")
    path.write_bytes(data.tobytes())


def _write_tables(folder: Path, plan: Plan) -> None:
    _table(folder / "registry.csv", _HEADER, (_record(o, i) for o in plan.objects for i in o.record_ids))
    _table(
        folder / "gallery.csv",
        ("record_id", "image"),
        ((i, n) for o in plan.objects for i in o.record_ids for n in _image_names(o)),
    )
    _table(
        folder / "queries.csv",
        ("query", "image", "record_ids"),
        ((p.name, f"photos/{p.name}.jpg", ";".join(p.record_ids)) for p in plan.photos),
    )
    _table(folder / "photos.csv", ("photo", "record_ids", "done"),
           ((f"photos/{p.name}.jpg", ";".join(p.record_ids), _described(plan.seed,
               p)) for p in plan.photos))  # fmt: skip


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _record(planned: PlannedObject, record_id: str) -> list[str]:
    card = make_artefact(planned.seeds).card
    rng = planned.seeds.own_rng("theft")
    registry, number = record_id.split("/")
    year = int(rng.integers(1984, 2026))
    stolen = f"{year}-{int(rng.integers(1, 13)):02d}-{int(rng.integers(1, 29)):02d}"
    status = str(rng.choice(["stolen", "stolen", "stolen", "looted", "missing"]))
    town = str(
        rng.choice(
            [
                "museum store",
                "village church",
                "excavation house",
                "private collection",
                "provincial museum",
                "regional archive",
            ]
        )
    )
    others = [i for i in planned.record_ids if i != record_id]
    return [
        registry, number, status, _AGENCIES[registry], stolen, f"{town}, {card.place_of_origin}", card.object_type,
        card.materials,
        card.measurements, card.inscriptions, card.distinguishing_features, card.title, card.subject, card.period,
        card.maker, card.description,
        f"{planned.seeds.kind[:2].upper()} {year % 100}.{int(rng.integers(1, 900))}", "", card.place_of_origin,
        ";".join(others),
        f"{year - int(rng.integers(1, 30))}", ";".join(_image_names(planned)),
    ]  # fmt: skip
