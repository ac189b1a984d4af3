"""Who is in which registry, and who is photographed: the whole demo decided before anything is drawn."""

from dataclasses import dataclass

import numpy as np

from heritage.demo.artefacts import KINDS, TWO_SIDED
from heritage.demo.seeds import Rng, Seeds

REGISTRIES = ("demo-north", "demo-south")
_MEMBERS = 4
_FULL = 320  # objects for which 60 + 20 photographs are planned; fewer objects, fewer photographs


@dataclass(frozen=True, slots=True)
class PlannedObject:
    """One registered object: its record ids (two when both registries hold it) and the sides photographed."""

    seeds: Seeds
    record_ids: tuple[str, ...]
    sides: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The beginning of its image names; shared by all its records."""
        return f"{self.seeds.kind}-{self.seeds.workshop:02d}-{self.seeds.member}"


@dataclass(frozen=True, slots=True)
class PlannedPhoto:
    """One officer's photograph: the objects in it, their sides and the record ids to be found (none = unknown)."""

    name: str
    subjects: tuple[Seeds, ...]
    sides: tuple[str, ...]
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The registered objects and the photographs."""

    seed: int
    objects: tuple[PlannedObject, ...]
    photos: tuple[PlannedPhoto, ...]


def plan_demo(seed: int = 7, object_count: int = _FULL) -> Plan:
    """Plan the registries and photographs: for 320 objects 60 photographs of known ones (3 of several), 20 unknown."""
    if object_count < len(KINDS):
        raise ValueError(f"object_count {object_count} is less than one of each kind ({len(KINDS)})")
    rng = np.random.default_rng([seed, 1])
    twins = _unregistered_twins(seed, object_count)
    objects = _objects(seed, object_count, set(twins), rng)
    photos = (*_known_photos(objects, object_count, rng), *_unknown_photos(seed, object_count, twins, rng))
    return Plan(seed, objects, photos)


def _share(object_count: int, of_full: int) -> int:
    return max(1, round(of_full * min(object_count, _FULL) / _FULL))


def _unregistered_twins(seed: int, object_count: int) -> list[Seeds]:
    """Objects left out of the registry though their near-twin (same pair) is in it: the honest hard negatives."""
    count = _share(object_count, 12)
    shops = max(1, object_count // (len(KINDS) * _MEMBERS) - 1)
    return [
        Seeds(seed, KINDS[k % len(KINDS)], (5 * (k // len(KINDS)) + 1) % shops if shops > 1 else 0, 1)
        for k in range(count)
    ]


def _objects(seed: int, count: int, left_out: set[Seeds], rng: Rng) -> tuple[PlannedObject, ...]:
    chosen: list[Seeds] = []
    serial = 0
    while len(chosen) < count:
        place, kind = divmod(serial, len(KINDS))
        candidate = Seeds(seed, KINDS[kind], place // _MEMBERS, place % _MEMBERS)
        serial += 1
        if candidate not in left_out:
            chosen.append(candidate)
    shared = set(rng.choice(count, max(1, count // 40), replace=False).tolist())
    return tuple(_registered(index, seeds, index in shared) for index, seeds in enumerate(chosen))


def _registered(index: int, seeds: Seeds, in_both: bool) -> PlannedObject:
    home = index % 2
    ids = [f"{REGISTRIES[home]}/{'NS'[home]}-{1001 + index}"]
    if in_both:
        ids.append(f"{REGISTRIES[1 - home]}/{'NS'[1 - home]}-{5001 + index}")
    two_sided = seeds.kind in TWO_SIDED and seeds.own_rng("sides").random() < 0.5
    return PlannedObject(seeds, tuple(ids), ("front", "back") if two_sided else ("front",))


def _known_photos(objects: tuple[PlannedObject, ...], count: int, rng: Rng) -> list[PlannedPhoto]:
    """Photographs of registered objects; the last three show several, of which one each is not shown alone."""
    pool = [o for o in objects if len(o.record_ids) == 1]
    total, groups = _share(count, 60), (2, 3, 3)
    several = min(3, max(1, total // 4)) if count >= 4 * len(KINDS) else 1
    by_kind = {kind: [o for o in pool if o.seeds.kind == kind] for kind in KINDS}
    order = [list(rng.permutation(len(by_kind[kind]))) for kind in KINDS]
    subjects = [by_kind[KINDS[k % 6]][int(order[k % 6][k // 6])] for k in range(total)]
    alone, extra = subjects[: total - several], subjects[total - several :]
    photos = [_photo(f"known-{k + 1:02d}", [o], rng) for k, o in enumerate(alone)]
    for k, (first, size) in enumerate(zip(extra, groups, strict=False)):
        others = [o for o in alone[k * 7 :] if o.seeds.kind != first.seeds.kind][: size - 1]
        photos.append(_photo(f"several-{k + 1}", [first, *others], rng))
    return photos


def _photo(name: str, objects: list[PlannedObject], rng: Rng) -> PlannedPhoto:
    sides = tuple(str(rng.choice(o.sides)) for o in objects)
    return PlannedPhoto(name, tuple(o.seeds for o in objects), sides, tuple(o.record_ids[0] for o in objects))


def _unknown_photos(seed: int, count: int, twins: list[Seeds], rng: Rng) -> list[PlannedPhoto]:
    """Objects in no registry: the left-out twins, and objects of workshops no registry knows."""
    total = _share(count, 20)
    strangers = [Seeds(seed, KINDS[k % len(KINDS)], 200 + k, 0) for k in range(max(total - len(twins), 0))]
    return [
        PlannedPhoto(f"unknown-{k + 1:02d}", (s,), ("front",), ()) for k, s in enumerate([*twins, *strangers][:total])
    ]
