"""Painted vessels: true surfaces of revolution with handles, and a painting that runs around them."""

from dataclasses import dataclass

import cv2
import numpy as np

from heritage.demo.beasts import BEASTS, THINGS
from heritage.demo.camera import Mesh, Skin, Solid, grid_triangles
from heritage.demo.cards import Card, century, phrases, place_name, workshop_name
from heritage.demo.drawing import Figure, Placing, Points, fill, spline, stroke
from heritage.demo.ornament import band
from heritage.demo.people import PEOPLE
from heritage.demo.seeds import Rng, Seeds
from heritage.demo.shading import Colour, Field, Mask, cell_edges, grain, noise

_WIDE, _TALL = 1280, 560  # texture: once around, lip to foot
_ANGLES, _RINGS = 97, 72
_PROFILES: dict[str, tuple[tuple[float, float], ...]] = {
    "amphora": ((0.15, 1.0), (0.15, 0.96), (0.11, 0.93), (0.1, 0.78), (0.13, 0.72), (0.27, 0.6), (0.3, 0.46), (0.22,
        0.22), (0.1, 0.07), (0.14, 0.03), (0.14, 0.0)),
    "krater": ((0.44, 0.84), (0.41, 0.8), (0.35, 0.72), (0.34, 0.5), (0.32, 0.34), (0.2, 0.18), (0.1, 0.12), (0.1,
        0.07), (0.2, 0.03), (0.2, 0.0)),
    "jug": ((0.13, 0.92), (0.14, 0.88), (0.1, 0.82), (0.11, 0.7), (0.26, 0.56), (0.31, 0.38), (0.26, 0.18), (0.16,
        0.05), (0.18, 0.02), (0.18, 0.0)),
    "lekythos": ((0.1, 1.0), (0.11, 0.95), (0.05, 0.89), (0.05, 0.8), (0.07, 0.76), (0.18, 0.7), (0.19, 0.5), (0.18,
        0.24), (0.1, 0.1), (0.06, 0.06), (0.13, 0.03), (0.13, 0.0)),
    "bowl": ((0.46, 0.52), (0.45, 0.5), (0.44, 0.4), (0.38, 0.22), (0.24, 0.1), (0.15, 0.07), (0.17, 0.02), (0.17,
        0.0)),
    "jar": ((0.2, 0.78), (0.21, 0.75), (0.17, 0.71), (0.22, 0.66), (0.37, 0.52), (0.4, 0.38), (0.33, 0.18), (0.2,
        0.03), (0.2, 0.0)),
    "bottle": ((0.08, 1.0), (0.09, 0.97), (0.05, 0.92), (0.055, 0.66), (0.1, 0.58), (0.26, 0.42), (0.29, 0.26), (0.22,
        0.07), (0.17, 0.02), (0.17, 0.0)),
}  # fmt: skip
_STYLES: dict[str, tuple[Colour, Colour, Colour]] = {  # clay or slip, figures, second colour
    "black-figure": ((0.76, 0.42, 0.22), (0.1, 0.085, 0.08), (0.42, 0.12, 0.1)),
    "red-figure": ((0.11, 0.09, 0.085), (0.78, 0.44, 0.24), (0.93, 0.84, 0.7)),
    "geometric": ((0.8, 0.68, 0.5), (0.24, 0.14, 0.09), (0.42, 0.22, 0.12)),
    "blue-and-white": ((0.9, 0.91, 0.89), (0.13, 0.22, 0.55), (0.35, 0.45, 0.74)),
    "polychrome": ((0.86, 0.76, 0.58), (0.6, 0.17, 0.1), (0.16, 0.12, 0.1)),
    "white-ground": ((0.9, 0.86, 0.76), (0.3, 0.15, 0.08), (0.66, 0.3, 0.16)),
}
_SPREAD = ("horse", "bull", "lion", "ibex", "stag", "boar", "griffin", "heron", "owl", "dolphin", "eagle")
_BANDS = ("meander", "tongues", "waves", "zigzag", "guilloche", "lotus", "checks", "diamonds", "dots")


@dataclass(frozen=True, slots=True)
class VesselDesign:
    """One vessel: shape and style of the workshop, the frieze of the pair, the painter's changes and the damage."""

    seeds: Seeds
    shape: str
    style: str
    frieze: tuple[str, ...]
    upper: str
    lower: str
    swell: float
    height_cm: float
    damage: str

    def card(self) -> Card:
        """What the registry says of the vessel."""
        rng = self.seeds.workshop_rng()
        place, maker, when = place_name(rng), workshop_name(rng), century(rng, -7, -2)
        subjects = ", ".join(dict.fromkeys(self.frieze))
        return Card(
            f"vessel ({self.shape})", f"fired clay, wheel-thrown, {self.style} painting",
            f"height {self.height_cm:.1f} cm",
            f"{self.style.capitalize()} {self.shape} with {self.frieze[0]}", subjects, when, maker,
            phrases(f"{self.style} {self.shape}; around the body in order: {', '.join(self.frieze)}",
                    f"above a band of {self.upper}, below a band of {self.lower}"),
            self.damage, "", place,
        )  # fmt: skip

    def build(self, side: str) -> Solid:
        """The vessel; its "back" is the same vessel after half a turn."""
        profile = self._profile()
        skin = self._skin(profile)
        meshes = [_revolved(profile), *_handles(self.shape, profile, self.swell)]
        mesh = _joined(meshes)
        if side == "back":
            half = np.array([-1, 1, -1], np.float32)
            mesh = Mesh(mesh.vertices * half, mesh.triangles, mesh.uv, mesh.normals * half)
        return Solid(skin, (mesh,))

    def _profile(self) -> Field:
        """Radius and height from lip to foot (N, 2), dense, centred on 0."""
        knots = np.array(_PROFILES[self.shape]) * (self.swell, 1.0)
        curve = spline(knots)
        length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
        even = np.linspace(0, length[-1], _RINGS)
        ring = np.column_stack([np.interp(even, length, curve[:, 0]), np.interp(even, length, curve[:, 1])])
        ring[:, 1] -= ring[:, 1].max() / 2
        return ring.astype(np.float32)

    def _skin(self, profile: Field) -> Skin:
        own = self.seeds.own_rng("surface")
        ground, figure, second = (np.array(c, np.float32) for c in _STYLES[self.style])
        painted, accents = self._painting(profile)
        weight = painted.astype(np.float32)[..., None] / 255
        accent = accents.astype(np.float32)[..., None] / 255
        fade = np.clip(1 - 0.35 * np.clip(_around(noise(own, painted.shape, 4, 4)), 0, 1), 0.5, 1)[..., None]
        albedo = ground + (figure - ground) * weight * fade
        albedo = albedo + (second - albedo) * accent * fade
        albedo = albedo * (
            1
            + 0.05 * _around(noise(own, painted.shape, 7, 4))[..., None]
            + 0.015 * grain(own, painted.shape)[..., None]
        )
        albedo *= 1 - _spots(own, painted.shape)[..., None]
        clay = np.array((0.7, 0.5, 0.34) if self.style != "blue-and-white" else (0.86, 0.86, 0.83), np.float32)
        height = 0.6 * _around(noise(own, painted.shape, 9, 2)) + 0.12 * np.sin(np.arange(_TALL) / 3.1)[:, None]
        self._age(albedo, height, clay, own)
        albedo[-14:, : _WIDE // 2] = clay * 0.8
        albedo[-14:, _WIDE // 2 :] = figure if self.style != "red-figure" else ground
        glaze = {"blue-and-white": 0.5, "black-figure": 0.22, "red-figure": 0.28}.get(self.style, 0.08)
        gloss = np.full(painted.shape, glaze, np.float32)
        return Skin(
            albedo.astype(np.float32), height.astype(np.float32), np.ones(painted.shape, np.float32), gloss, 42.0
        )

    def _age(self, albedo: Field, height: Field, clay: Field, rng: Rng) -> None:
        """Losses, cracks and mends, in place; all vessels have some chips, `damage` says the rest."""
        loss = _around(noise(rng, height.shape, 9, 4)) > (1.15 if "losses" in self.damage else 1.55)
        albedo[loss] = clay * (1 + 0.04 * noise(rng, height.shape, 20, 2)[loss][:, None])
        height -= 1.2 * cv2.GaussianBlur(loss.astype(np.float32), (0, 0), 1)
        if "mended" in self.damage or "cracked" in self.damage:
            edges = cv2.dilate(cell_edges(rng, height.shape, 16), np.ones((2, 2), np.uint8))
            edges[:, :3] = edges[:, -3:] = 0  # the seam of the texture is not a crack
            if "cracked" in self.damage:
                edges[:, : _WIDE // 4] = 0
            albedo *= 1 - 0.55 * edges[..., None]
            height -= 1.5 * edges

    def _painting(self, profile: Field) -> tuple[Mask, Mask]:
        """Figure colour and accent colour over the texture, each (H, W) uint8."""
        main, accent = np.zeros((_TALL, _WIDE), np.uint8), np.zeros((_TALL, _WIDE), np.uint8)
        top, bottom = _belly(profile)
        size = max(int((bottom - top) * 0.16), 18)
        rows = [(top - size - 6, self.upper), (bottom + 6, self.lower)]
        if top > 3.6 * size:
            rows.append((top - 3 * size, "tongues" if self.upper != "tongues" else "lotus"))
        for row, name in rows:
            self._band(main, (row, size), name)
        foot = min(bottom + 2 * size + 14, _TALL - 60)
        rays = band("rays", _WIDE, max(_TALL - 44 - foot, 12), 0.5)
        main[foot : foot + len(rays)] = np.maximum(main[foot : foot + len(rays)], rays)
        self._solid_zones(main, size)
        self._figures(main, accent, (top, bottom), profile)
        return main, accent

    def _band(self, main: Mask, place: tuple[int, int], name: str) -> None:
        row, size = place
        if row < 20 or row + size > _TALL - 20:
            return
        main[row : row + size] = band(name, _WIDE, size)
        stroke(main, [np.array([(0, y), (_WIDE, y)], np.float64) for y in (row - 4, row + size + 3)], 255, 3)

    def _solid_zones(self, main: Mask, size: int) -> None:
        main[:16] = 255 if self.style != "red-figure" else 0
        main[_TALL - 40 : _TALL - 16] = 255
        if self.style == "geometric":
            for row in range(30, _TALL - 60, max(size // 2, 12)):
                if not main[row : row + 5].any():
                    main[row : row + 4] = 255

    def _figures(self, main: Mask, accent: Mask, zone: tuple[int, int], profile: Field) -> None:
        top, bottom = zone
        main[top + 2 : bottom - 2] = 0
        tall = (bottom - top) * 0.88
        radius = float(profile[int((top + bottom) / 2 / _TALL * _RINGS), 0])
        arc = float(np.hypot(*np.diff(profile, axis=0).T).sum())
        stretch = (_WIDE / (2 * np.pi * radius)) / (_TALL / arc)
        rng, step = self.seeds.pair_rng(), _WIDE / len(self.frieze)
        for index, name in enumerate(self.frieze):
            upright = tall * (1.0 if name in PEOPLE else 0.8)
            wide = min(upright * stretch, step * 0.98 if name in PEOPLE else step * 0.86)
            upright = min(upright, wide / stretch * 1.15)
            place = Placing(
                (index + 0.5) * step - wide / 2, bottom - (bottom - top) * 0.06 - upright, wide, upright, index % 3 == 2
            )
            self._paint(main, accent, _figure(name, rng).moved(place))
        self._fillers(main, (top, bottom), stretch)
        floor = [
            np.array([(0, bottom - 5), (_WIDE, bottom - 5)], np.float64),
            np.array([(0, top + 4), (_WIDE, top + 4)], np.float64),
        ]
        stroke(main, floor, 255, 3)

    def _fillers(self, main: Mask, zone: tuple[int, int], stretch: float) -> None:
        """Rosettes, stars and palms in the gaps between the figures, where there is room."""
        top, bottom = zone
        own, step = self.seeds.own_rng("fillers"), _WIDE / len(self.frieze)
        size = (bottom - top) * 0.2
        for index in range(len(self.frieze)):
            for row in (top + size * 0.8, (top + bottom) / 2 - size / 2):
                left = (index + 1) * step - size * stretch / 2
                around = main[int(row) : int(row + size), int(max(left - 4, 0)) : int(left + size * stretch + 4)]
                if around.size and around.max() == 0 and left + size * stretch < _WIDE and own.random() < 0.8:
                    name = str(own.choice(["rosette", "star"]))
                    moved = THINGS[name](own).moved(Placing(left, row, size * stretch, size))
                    fill(main, moved.parts)
                    stroke(main, moved.lines, 0, 1, closed=True)

    def _paint(self, main: Mask, accent: Mask, figure: Figure) -> None:
        outlined = self.style in ("blue-and-white", "white-ground")
        fill(main, figure.parts)
        if outlined:
            fill(accent, figure.parts)
            stroke(accent, figure.parts, 0, 3, closed=True)
            fill(main, figure.parts, 90)
            stroke(main, figure.parts, 255, 2, closed=True)
            stroke(accent, figure.lines, 0, 2)
            stroke(main, figure.lines, 255, 2)
            return
        if self.style in ("black-figure", "polychrome", "red-figure"):
            for part in figure.parts[:: 5 if self.style != "polychrome" else 2]:
                fill(accent, [part], 150 if self.style == "red-figure" else 235)
        for part in figure.parts:
            stroke(main, [part], 0, 1, closed=True)
        stroke(main, figure.lines, 0, 2)
        stroke(accent, figure.lines, 0, 2)


def _spots(rng: Rng, shape: tuple[int, int]) -> Field:
    """Firing spots, root marks and grime (H, W) 0..0.5: what tells one pot of a series from the next."""
    specks = 1.2 * np.clip(_around(noise(rng, shape, 42, 2)) - 0.72, 0, 0.4)
    clouds = 0.22 * np.clip(_around(noise(rng, shape, 5, 4)) - 0.2, 0, 1)
    return np.asarray(np.clip(specks + clouds, 0, 0.5), np.float32)


def _around(field: Field, overlap: int = 120) -> Field:
    """A texture field (H, W) that closes on itself after once around."""
    weight = np.linspace(1, 0, overlap, dtype=np.float32)
    field[:, :overlap] = field[:, :overlap] * (1 - weight) + field[:, -1:] * weight
    return field


def _figure(name: str, rng: Rng) -> Figure:
    return {**BEASTS, **THINGS, **PEOPLE}[name](rng)


def _belly(profile: Field) -> tuple[int, int]:
    """Texture rows (top, bottom) of the widest zone, where the frieze goes."""
    wide = np.flatnonzero(profile[:, 0] > profile[:, 0].max() * 0.72)
    top, bottom = int(wide[0] / _RINGS * _TALL), int(wide[-1] / _RINGS * _TALL)
    return max(top, 58), min(bottom, _TALL - 130)


def _revolved(profile: Field) -> Mesh:
    """The outer wall, and an inner wall of bare clay seen through the mouth."""
    along = np.gradient(profile, axis=0)
    outward = np.stack([-along[:, 1], along[:, 0]], 1)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True) + 1e-6
    v = np.linspace(0, 1 - 16 / _TALL, len(profile), dtype=np.float32)
    outer = _spun(profile, outward, v)
    inner_ring = profile[: _RINGS * 2 // 3] * np.array([0.93, 1.0], np.float32)
    inner = _spun(inner_ring, outward[: len(inner_ring)], np.full(len(inner_ring), 1 - 6 / _TALL, np.float32))
    clay = np.column_stack([np.full(len(inner.uv), 0.25), inner.uv[:, 1]]).astype(np.float32)
    dark = Mesh(inner.vertices, inner.triangles, clay, -inner.normals)
    return _joined([outer, dark])


def _spun(ring: Field, outward: Field, v: Field) -> Mesh:
    u = np.linspace(0, 1, _ANGLES, dtype=np.float32)
    sine, cosine = np.sin((u - 0.5) * 2 * np.pi), np.cos((u - 0.5) * 2 * np.pi)
    vertices = np.stack(
        [np.outer(ring[:, 0], sine), np.repeat(ring[:, 1:], _ANGLES, 1), np.outer(ring[:, 0], cosine)], -1
    )
    normals = np.stack(
        [np.outer(outward[:, 0], sine), np.repeat(outward[:, 1:], _ANGLES, 1), np.outer(outward[:, 0], cosine)], -1
    )
    uv = np.stack(np.meshgrid(u, v), -1).reshape(-1, 2)
    flat = (vertices.reshape(-1, 3), grid_triangles(len(ring), _ANGLES), uv, normals.reshape(-1, 3))
    return Mesh(flat[0].astype(np.float32), flat[1], flat[2].astype(np.float32), flat[3].astype(np.float32))


def _handles(shape: str, profile: Field, swell: float) -> list[Mesh]:
    """Bent tubes at the sides, in the figure colour."""
    top = float(profile[:, 1].max())
    paths: dict[str, list[tuple[float, float]]] = {
        "amphora": [(0.1, top - 0.08), (0.22, top - 0.08), (0.27, top - 0.18), (0.22, top - 0.38)],
        "jug": [(0.11, top - 0.05), (0.26, top + 0.02), (0.34, top - 0.12), (0.25, top - 0.38)],
        "lekythos": [(0.06, top - 0.09), (0.16, top - 0.1), (0.18, top - 0.2), (0.15, top - 0.28)],
        "krater": [(0.29, top - 0.54), (0.44, top - 0.5), (0.5, top - 0.36), (0.46, top - 0.3), (0.32, top - 0.34)],
    }
    if shape not in paths:
        return []
    both = (0.0, np.pi) if shape in ("amphora", "krater") else (0.0,)
    return [_tube(spline(np.array(paths[shape]) * (swell, 1.0)), 0.024, turn) for turn in both]


def _tube(path: Points, radius: float, turn: float) -> Mesh:
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    angle = np.linspace(0, 2 * np.pi, 13)
    side = np.column_stack([-along[:, 1], along[:, 0], 0 * along[:, 0]])[:, None]
    normals = side * np.cos(angle)[None, :, None] + np.array([0, 0, 1.5]) * np.sin(angle)[None, :, None]
    vertices = np.column_stack([path, 0 * path[:, 0]])[:, None] + normals * radius
    spin = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    normals = normals / np.linalg.norm(normals, axis=2, keepdims=True)
    uv = np.tile(np.array([0.75, 1 - 6 / _TALL], np.float32), (vertices.shape[0] * 13, 1))
    flat = [(a.reshape(-1, 3) @ spin.T).astype(np.float32) for a in (vertices, normals)]
    return Mesh(flat[0], grid_triangles(vertices.shape[0], 13), uv, flat[1])


def _joined(meshes: list[Mesh]) -> Mesh:
    starts = np.cumsum([0, *(len(m.vertices) for m in meshes[:-1])])
    triangles = np.concatenate([m.triangles + start for m, start in zip(meshes, starts, strict=True)]).astype(np.int32)
    return Mesh(
        np.concatenate([m.vertices for m in meshes]), triangles, np.concatenate([m.uv for m in meshes]),
        np.concatenate([m.normals for m in meshes]),
    )  # fmt: skip


def design(seeds: Seeds) -> VesselDesign:
    """A vessel: pairs share the frieze but for one figure; damage is each vessel's own."""
    shop, pair, own = seeds.workshop_rng(), seeds.pair_rng(), seeds.own_rng()
    shape, style = str(shop.choice(list(_PROFILES))), str(shop.choice(list(_STYLES)))
    pool = list(PEOPLE) if shop.random() < 0.5 else list(_SPREAD)
    count = {"krater": 7, "jar": 7, "bowl": 8, "lekythos": 4}.get(shape, 6)
    if pool[0] not in PEOPLE:
        count = max(count - 2, 4)
    frieze = [str(pair.choice(pool)) for _ in range(count)]
    changed = int(own.integers(0, count))
    frieze[changed] = str(own.choice([p for p in (*PEOPLE, *_SPREAD) if p not in frieze]))
    upper, lower = (str(x) for x in shop.choice(_BANDS, 2, replace=False))
    if own.random() < 0.5:
        lower = str(own.choice([b for b in _BANDS if b not in (upper, lower)]))
    damage = str(
        own.choice(
            ("paint losses on the body", "mended from many sherds", "cracked on one side", "small chips at the rim")
        )
    )
    return VesselDesign(
        seeds,
        shape,
        style,
        tuple(frieze),
        upper,
        lower,
        float(pair.uniform(0.9, 1.1)),
        float(shop.uniform(14, 52) + own.uniform(-1, 1)),
        damage,
    )
