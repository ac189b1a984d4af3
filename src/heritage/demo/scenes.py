"""Photographs: clean studio pictures for the registry, and what an officer's telephone makes of the same objects."""

from dataclasses import dataclass

import cv2
import numpy as np

from heritage.demo.artefacts import Artefact, render
from heritage.demo.backgrounds import BACKGROUNDS, CLUTTER, COVERS, ruler
from heritage.demo.camera import Shot, View
from heritage.demo.painting import gradient
from heritage.demo.seeds import Rng
from heritage.demo.shading import Colour, Field, Light, Rgb, grain, noise

_STUDIO = 600
_PHONE = (600, 800)
_LIGHTS: dict[str, tuple[Colour, float, float]] = {  # colour, ambient, strength
    "daylight": ((1.0, 1.0, 1.0), 0.42, 0.7), "dim warm light": ((1.0, 0.78, 0.52), 0.3, 0.42),
    "cold tube light": ((0.84, 0.97, 1.05), 0.5, 0.5),
    "hard side light": ((1.0, 0.95, 0.88), 0.2, 0.95), "flash": ((1.0, 1.0, 0.98), 0.25, 0.95), "shade": ((0.82, 0.9,
        1.05), 0.55, 0.25),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conditions:
    """Everything that happened to one officer's photograph."""

    views: tuple[View, ...]
    light_name: str
    light: Light
    background: str
    clutter: int
    cover: str
    cut: float
    blur: float
    shaken: float
    noise: float
    exposure: float
    quality: int
    grown: float

    def words(self) -> str:
        """What was done, for people."""
        view = self.views[0]
        turned = max((abs(v.yaw) for v in self.views), default=0)
        parts = [
            f"{len(self.views)} objects" if len(self.views) > 1 else "",
            f"turned {turned:.0f}°",
            f"tilted {abs(view.pitch):.0f}°",
        ]
        parts += [
            f"rotated {abs(view.roll):.0f}°" if abs(view.roll) > 8 else "",
            "other side" if view.side == "back" else "",
        ]
        parts += [
            "in a frame" if view.framed else "",
            self.light_name,
            "glare" if self.light.glare else "",
            f"on a {self.background}",
        ]
        parts += ["among other things" if self.clutter else "", f"partly under {self.cover}" if self.cover else ""]
        parts += [
            f"{self.cut:.0%} cut off" if self.cut else "",
            "out of focus" if self.blur > 1 else "",
            "shaken" if self.shaken else "",
        ]
        parts += ["noisy" if self.noise > 0.03 else "", f"JPEG quality {self.quality}"]
        return ", ".join(filter(None, parts))


def draw_conditions(rng: Rng, artefacts: list[Artefact], sides: list[str]) -> Conditions:
    """Think up the circumstances of one photograph."""
    name = str(rng.choice(list(_LIGHTS)))
    colour, ambient, strength = _LIGHTS[name]
    steep = (12, 32) if name == "hard side light" else (30, 70)
    light = Light(
        rng.uniform(-180, 180),
        rng.uniform(*steep) if name != "flash" else 82,
        colour,
        ambient,
        strength,
        float(rng.random() < 0.3) * 0.7,
    )
    views = tuple(_view(rng, artefact, side) for artefact, side in zip(artefacts, sides, strict=True))
    alone = len(artefacts) == 1
    cover = str(rng.choice(list(COVERS))) if alone and rng.random() < 0.38 else ""
    return Conditions(
        views, name, light, str(rng.choice(list(BACKGROUNDS))), int(rng.integers(0, 4)) if alone else 1, cover,
        float(rng.uniform(0.12, 0.28)) if alone and not cover and rng.random() < 0.35 else 0.0,
        float(rng.uniform(1.0, 1.5)) if rng.random() < 0.25 else 0.4, float(rng.uniform(3,
            7)) if rng.random() < 0.12 else 0.0,
        float(rng.uniform(0.008, 0.04)), float(rng.uniform(0.85, 1.15)), int(rng.integers(34, 88)),
        float(rng.uniform(0.74, 1.0)),
    )  # fmt: skip


def _view(rng: Rng, artefact: Artefact, side: str) -> View:
    upright = artefact.kind == "vessel"
    yaw = rng.choice([-1, 1]) * rng.uniform(8, {"vessel": 36, "coin": 26}.get(artefact.kind, 36))
    pitch = rng.uniform(5, 26) if upright else rng.uniform(-8, 22 if artefact.kind == "coin" else 32)
    roll = rng.normal(0, 6) if upright or rng.random() < 0.6 else rng.uniform(-45, 45)
    framed = artefact.kind == "panel" and bool(rng.random() < 0.5)
    return View(float(yaw), float(pitch), float(roll), side, 500, float(rng.uniform(1.9, 3.2)), framed)


def studio(artefact: Artefact, side: str, rng: Rng) -> Rgb:
    """The registry's photograph (H, W, 3): plain ground, soft light, now and then a scale or only black and white."""
    lamp = Light(float(rng.uniform(-60, 0)), float(rng.uniform(45, 62)), (1, 1, 1), 0.45, 0.7)
    pitch = float(rng.uniform(4, 10)) if artefact.kind == "vessel" else 0.0
    view = View(float(rng.normal(0, 1.5)), pitch, float(rng.normal(0, 0.4)), side, int(_STUDIO * 0.84), 4.5)
    shot = render(artefact, view, lamp)
    tall, wide = (int(n + 0.14 * _STUDIO) for n in shot.alpha.shape)
    tone = float(rng.choice([0.92, 0.8, 0.55, 0.2]))
    canvas = gradient((tall, wide), (tone, tone, tone), (tone * 0.86, tone * 0.86, tone * 0.85))
    place = ((wide - shot.alpha.shape[1]) // 2, (tall - shot.alpha.shape[0]) // 2)
    _lay(canvas, shot, place, lamp)
    if rng.random() < 0.3:
        ruler(canvas, (wide * 0.5, tall - 0.022 * _STUDIO), 0.2 * _STUDIO, 0)
    if rng.random() < 0.07:
        canvas = np.repeat(canvas @ np.array([[0.3], [0.59], [0.11]], np.float32), 3, 2)
    canvas += 0.006 * grain(rng, (tall, wide))[..., None]
    return (np.clip(canvas, 0, 1) * 255).astype(np.uint8)


def officer_photo(artefacts: list[Artefact], conditions: Conditions, rng: Rng) -> Rgb:
    """The photograph (600, 800, 3) or upright, before it is compressed."""
    shape = _PHONE if len(artefacts) > 1 or rng.random() < 0.4 else _PHONE[::-1]
    canvas = BACKGROUNDS[conditions.background](shape, rng)
    canvas *= _falloff(shape, conditions.light)[..., None] * np.asarray(conditions.light.colour, np.float32)
    canvas = canvas.astype(np.float32)
    spots = _spots(shape, len(artefacts), conditions, rng)
    _scatter(canvas, spots, conditions.clutter, rng)
    for artefact, view, (x, y, size) in zip(artefacts, conditions.views, spots, strict=True):
        sized = View(view.yaw, view.pitch, view.roll, view.side, int(size), view.distance, view.framed)
        shot = render(artefact, sized, conditions.light)
        corner = (int(x - shot.alpha.shape[1] / 2), int(y - shot.alpha.shape[0] / 2))
        if conditions.light.glare:
            shot = _glaring(shot, rng)
        _lay(canvas, shot, corner, conditions.light)
        if conditions.cover:
            _cover(canvas, conditions.cover, (x, y, size), rng)
    return _expose(canvas, conditions, rng)


def _spots(shape: tuple[int, int], count: int, conditions: Conditions, rng: Rng) -> list[tuple[float, float, float]]:
    """Centre and size in pixels of each object."""
    tall, wide = shape
    if count > 1:
        size = wide / count * 0.92
        return [((k + 0.5) * wide / count, tall * rng.uniform(0.42, 0.58), min(size, tall * 0.8)) for k in range(count)]
    size = min(shape) * conditions.grown * (1.3 if conditions.cut else 1.0)
    x, y = wide * rng.uniform(0.44, 0.56), tall * rng.uniform(0.44, 0.56)
    if conditions.cut:
        x = wide - size * (0.5 - conditions.cut) if rng.random() < 0.5 else size * (0.5 - conditions.cut)
    return [(x, y, size)]


def _scatter(canvas: Field, spots: list[tuple[float, float, float]], count: int, rng: Rng) -> None:
    tall, wide = canvas.shape[:2]
    for _ in range(count):
        x, y = (float(rng.choice([0.1, 0.9, rng.random()])) * wide, float(rng.choice([0.08, 0.92])) * tall)
        size = float(rng.uniform(0.24, 0.36)) * min(tall, wide)
        CLUTTER[int(rng.integers(0, len(CLUTTER)))](canvas, (x, y), size, rng)


def _falloff(shape: tuple[int, int], light: Light) -> Field:
    """Light on the ground (H, W): brighter towards the lamp."""
    rows, columns = np.indices(shape, np.float32)
    towards = light.direction()
    ramp = (columns / shape[1] - 0.5) * towards[0] - (rows / shape[0] - 0.5) * towards[1]
    return np.asarray(light.ambient + light.strength * (towards[2] * 0.8 + 0.45 * ramp), np.float32)


def _lay(canvas: Field, shot: Shot, corner: tuple[int, int], light: Light) -> None:
    """Put an object on the picture with its shadow, in place; what hangs over the edge is cut off."""
    tall, wide = canvas.shape[:2]
    full = np.zeros((tall, wide), np.float32)
    x, y = corner
    rows, columns = (
        slice(max(y, 0), min(y + shot.alpha.shape[0], tall)),
        slice(max(x, 0), min(x + shot.alpha.shape[1], wide)),
    )
    inner = (slice(rows.start - y, rows.stop - y), slice(columns.start - x, columns.stop - x))
    alpha = shot.alpha[inner].astype(np.float32) / 255
    full[rows, columns] = alpha
    reach = 0.035 * max(shot.alpha.shape) * (1.6 - light.direction()[2])
    right, down = -light.direction()[0] * reach, light.direction()[1] * reach
    move = np.array([[0.25, 0, right / 4], [0, 0.25, down / 4]], np.float32)
    small = cv2.warpAffine(full, move, (wide // 4 + 1, tall // 4 + 1))
    soft = cv2.resize(cv2.GaussianBlur(small, (0, 0), max(reach / 8, 0.8)), (wide, tall))
    canvas *= (1 - 0.62 * soft)[..., None]
    area = canvas[rows, columns]
    area += (shot.rgb[inner].astype(np.float32) / 255 - area) * alpha[..., None]


def _cover(canvas: Field, name: str, spot: tuple[float, float, float], rng: Rng) -> None:
    """Hide a part of the object under something, in place: hands come from below, tape runs across the middle."""
    x, y, size = spot
    right, down = rng.uniform(0.16, 0.3, 2) * rng.choice([-1, 1], 2) * size
    if name == "a hand":
        down = abs(down)
    if name == "evidence tape":
        right, down = right * 0.4, down * 0.4
    COVERS[name](canvas, (x + right, y + down), size * float(rng.uniform(0.4, 0.55)), rng)


def _glaring(shot: Shot, rng: Rng) -> Shot:
    """The same object with the lamp mirrored in its surface: a hot spot with a wide, weak halo."""
    tall, wide = shot.alpha.shape
    rows, columns = np.indices((tall, wide), np.float32)
    x, y, size = rng.uniform(0.2, 0.8) * wide, rng.uniform(0.2, 0.8) * tall, rng.uniform(0.2, 0.36) * max(tall, wide)
    turn = rng.uniform(0, np.pi)
    along = (columns - x) * np.cos(turn) + (rows - y) * np.sin(turn)
    across = (rows - y) * np.cos(turn) - (columns - x) * np.sin(turn)
    distance = (along / size) ** 2 + (across / (0.55 * size)) ** 2
    spot = 0.42 * np.exp(-2.2 * distance) + 0.14 * np.exp(-0.4 * distance)
    rgb = shot.rgb.astype(np.float32) + 255 * spot[..., None]
    return Shot(np.clip(rgb, 0, 255).astype(np.uint8), shot.alpha)


def _expose(canvas: Field, conditions: Conditions, rng: Rng) -> Rgb:
    """Lens, sensor and exposure."""
    shape = canvas.shape[:2]
    if conditions.shaken:
        length = int(conditions.shaken)
        kernel = np.zeros((length, length), np.float32)
        cv2.line(kernel, (0, int(rng.integers(0, length))), (length - 1, int(rng.integers(0, length))), 1.0)
        canvas = cv2.filter2D(canvas, -1, kernel / kernel.sum()).astype(np.float32)
    canvas = cv2.GaussianBlur(canvas, (0, 0), conditions.blur).astype(np.float32)
    gain = (
        float(np.clip(0.42 / canvas.mean(), 0.8, 2.3)) * conditions.exposure
    )  # phones expose by themselves, up to a point
    rows, columns = np.linspace(-1, 1, shape[0])[:, None], np.linspace(-1, 1, shape[1])[None]
    vignette = 1 - 0.16 * (rows**2 + columns**2)
    canvas = canvas * (gain * vignette)[..., None].astype(np.float32)
    canvas = np.where(canvas > 0.8, 0.8 + 0.2 * np.tanh((canvas - 0.8) / 0.2), canvas)
    speckle = (
        cv2.merge([grain(rng, shape), grain(rng, shape), grain(rng, shape)]) + 0.4 * noise(rng, shape, 90, 1)[..., None]
    )
    canvas = canvas + conditions.noise * speckle * np.sqrt(np.clip(canvas, 0.02, 1))
    return (np.clip(canvas, 0, 1) * 255).astype(np.uint8)
