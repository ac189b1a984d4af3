"""Coins: a struck flan with a head and legend on one side, a beast, building or standing figure on the other."""

from dataclasses import dataclass

import cv2
import numpy as np

from heritage.demo.beasts import BEASTS, THINGS
from heritage.demo.camera import Skin, Solid, slab
from heritage.demo.cards import KINGS, Card, century, phrases, place_name
from heritage.demo.drawing import Figure, Placing, carve, fill, letter_ring, oval, stroke
from heritage.demo.people import PEOPLE, Profile, bust_of
from heritage.demo.seeds import Rng, Seeds
from heritage.demo.shading import Colour, Field, depth_inside, grain, mix, noise

_SIZE = 512
_METALS: dict[str, tuple[Colour, Colour]] = {
    "gold": ((0.86, 0.66, 0.27), (0.45, 0.28, 0.08)),
    "silver": ((0.74, 0.74, 0.73), (0.27, 0.26, 0.26)),
    "bronze": ((0.52, 0.36, 0.2), (0.24, 0.39, 0.3)),
    "copper": ((0.6, 0.36, 0.24), (0.22, 0.14, 0.1)),
    "electrum": ((0.8, 0.72, 0.45), (0.38, 0.32, 0.18)),
}
_REVERSES = (*BEASTS, "ship", "temple", "palm", "amphora", "star", *PEOPLE)
_TITLES = ("BASIL", "REX", "IMP", "DVX", "KYR", "TYR")


@dataclass(frozen=True, slots=True)
class CoinDesign:
    """One coin: the die (shared with its die-twins) and this striking of it."""

    seeds: Seeds
    metal: str
    legend: str
    back_legend: str
    profile: Profile
    reverse: str
    mirrored: bool
    diameter_mm: float
    wear: float
    damage: str

    def card(self) -> Card:
        """What the registry says of the coin."""
        rng = self.seeds.workshop_rng()
        place, when = place_name(rng), century(rng, -4, 3)
        facing = "left" if self.mirrored else "right"
        worn = {"bare": "bare head", "veil": "veiled head", "helmet": "helmeted head"}.get(
            self.profile.wear, f"head with {self.profile.wear}"
        )
        beard = "bearded " if self.profile.bearded else ""
        weight = round(self.diameter_mm**2 * (0.021 if self.metal == "gold" else 0.016), 2)
        return Card(
            "coin", f"{self.metal}, struck", f"diameter {self.diameter_mm:.1f} mm, weight {weight} g",
            f"{self.metal.capitalize()} coin of {self.legend.split()[1].capitalize()}",
            f"ruler's head; {self.reverse}", when,
            f"Mint of {place}",
            phrases(f"obverse: {beard}{worn} to {facing}, legend {self.legend} in a dotted border",
                    f"reverse: {self.reverse}, legend {self.back_legend}"),
            self.damage, f"{self.legend} / {self.back_legend}", place,
        )  # fmt: skip

    def build(self, side: str) -> Solid:
        """The struck disc, obverse ("front") or reverse ("back")."""
        relief = self._strike(side)
        alpha = self._flan(side)
        height = _worn(relief, self.wear, self.seeds.own_rng(f"wear {side}")) + _rim(alpha) * 3.0
        return slab(self._skin(height, alpha, side), 0.06, 0.62)

    def _strike(self, side: str) -> Field:
        """The die's relief in pixels (H, W), struck a little off centre."""
        rng, own = self.seeds.pair_rng(), self.seeds.own_rng(f"strike {side}")
        die = np.zeros((_SIZE, _SIZE), np.float32)
        text = self.legend if side == "front" else self.back_legend
        start = rng.uniform(-170, -110) if side == "front" else rng.uniform(-160, -60)
        letters = letter_ring(die.shape, text, _SIZE * 0.385, 38, start)
        dots = np.zeros(die.shape, np.uint8)
        count = int(rng.integers(56, 80))
        for angle in np.linspace(0, 2 * np.pi, count, endpoint=False):
            fill(dots, [oval(_SIZE / 2 + _SIZE * 0.455 * np.cos(angle), _SIZE / 2 + _SIZE * 0.455 * np.sin(angle), 11)])
        carve(die, self._type(rng, side), 15.0, 2.6)
        flat = np.maximum(letters, dots).astype(np.float32) / 255
        die = np.maximum(die, cv2.GaussianBlur(flat, (0, 0), 1.4) * 5.5)
        shift = np.array([[1, 0, own.normal(0, 7)], [0, 1, own.normal(0, 7)]], np.float32)
        return np.asarray(cv2.warpAffine(die, shift, die.shape), np.float32)

    def _type(self, rng: Rng, side: str) -> Figure:
        if side == "front":
            wide = _SIZE * 0.62
            return bust_of(self.profile, rng).moved(Placing(_SIZE * 0.2, _SIZE * 0.17, wide, wide, self.mirrored))
        source = {**BEASTS, **THINGS, **PEOPLE}[self.reverse]
        wide = _SIZE * (0.6 if self.reverse not in PEOPLE else 0.66)
        return source(rng).moved(Placing((_SIZE - wide) / 2, (_SIZE - wide) / 2 + 4, wide, wide, not self.mirrored))

    def _flan(self, side: str) -> Field:
        """The outline of the coin, (H, W) 0..1: not quite round, clipped or chipped."""
        rng = self.seeds.own_rng("flan")
        angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        radius = np.full(120, _SIZE * 0.482)
        for wave in range(2, 7):
            radius *= 1 + rng.normal(0, 0.008 / (wave - 1)) * np.cos(wave * angle + rng.uniform(0, 6.3))
        if "clipped" in self.damage:
            radius = np.minimum(radius, _SIZE * 0.44 / np.maximum(np.cos(angle - rng.uniform(0, 6.3)), 0.1))
        if "nick" in self.damage:
            radius -= _SIZE * 0.06 * np.exp(-(((angle - rng.uniform(0.3, 6.0)) / 0.09) ** 2))
        ring = np.stack([_SIZE / 2 + radius * np.cos(angle), _SIZE / 2 + radius * np.sin(angle)], 1)
        mask = np.zeros((_SIZE, _SIZE), np.uint8)
        fill(mask, [ring])
        if "pierced" in self.damage:
            fill(mask, [oval(_SIZE / 2 + rng.uniform(-60, 60), _SIZE * 0.13, 34)], 0)
        return np.asarray((mask if side == "front" else mask[:, ::-1]), np.float32) / 255

    def _skin(self, height: Field, alpha: Field, side: str) -> Skin:
        rng = self.seeds.own_rng(f"patina {side}")
        bright, dark = _METALS[self.metal]
        low = np.clip(1.0 - height / 7.0, 0, 1)
        spots = np.clip(noise(rng, height.shape, 24, 3) - 0.35, 0, 0.6)  # tarnish: each coin's own, in any light
        patina = np.clip(0.42 * low + 0.3 * noise(rng, height.shape, 5, 4) + 0.8 * spots, 0, 0.9)
        if self.metal in ("bronze", "copper"):
            patina = np.clip(patina + 0.16, 0, 0.95)
        albedo = mix(np.full((*height.shape, 3), bright, np.float32), dark, patina)
        albedo *= 1 + 0.02 * grain(rng, height.shape)[..., None]
        gloss = (0.85 * (1 - 0.8 * patina)).astype(np.float32)
        if "scratch" in self.damage:
            scratches = np.zeros(height.shape, np.float32)
            middle = rng.uniform(0.3, 0.7, 2) * _SIZE
            turn = rng.uniform(0, 3.14)
            reach = np.array([np.cos(turn), np.sin(turn)]) * _SIZE * 0.28
            stroke(scratches, [np.stack([middle - reach, middle + reach])], 1.0, 2)
            height = height - 2.5 * cv2.GaussianBlur(scratches, (0, 0), 0.8)
        return Skin(albedo, height.astype(np.float32), alpha, gloss, 16.0, 1.0)


def _rim(alpha: Field) -> Field:
    inside = depth_inside(alpha)
    return np.asarray(np.exp(-(((inside - 6) / 7) ** 2)) - 1.5 * np.exp(-((inside / 4) ** 2)), np.float32)


def _worn(relief: Field, wear: float, rng: Rng) -> Field:
    """Rub the high places down, soften everything, pit the metal."""
    top = float(relief.max())
    limit = top * (1 - 0.42 * wear)
    rubbed = np.where(relief > limit, limit + (relief - limit) * 0.25, relief)
    soft = cv2.GaussianBlur(rubbed.astype(np.float32), (0, 0), 1.0 + 1.7 * wear)
    pits = np.clip(noise(rng, relief.shape, 60, 2) - 0.75, 0, 1) * 3
    return np.asarray(soft + 0.9 * noise(rng, relief.shape, 6, 3) - pits + 0.12 * grain(rng, relief.shape), np.float32)


def design(seeds: Seeds) -> CoinDesign:
    """A coin: workshops share metal and period, pairs share the obverse die, each coin has its own legend or wear."""
    shop, pair, own = seeds.workshop_rng(), seeds.pair_rng(), seeds.own_rng()
    metal = str(shop.choice(list(_METALS)))
    king = str(pair.choice(KINGS))
    legend = f"{pair.choice(_TITLES)} {king} {pair.choice(('MAGN', 'PIVS', 'SOTER', 'AVG', 'NIKA'))}"
    town = str(shop.choice(("ARDAVAN", "CASTREL", "HALMYR", "LAMORA", "PELAGOS", "SARMIN", "TOLVAST")))
    marks = ("I", "II", "III", "IIII", "V", "VI", "VII", "X", "XI")
    damage = str(own.choice(("edge clipped straight on one side", "deep scratch across the field",
        "pierced for a string", "nick in the rim",
                             "worn smooth on the high points")))  # fmt: skip
    same_reverse = bool(pair.random() < 0.4)
    reverse = str((pair if same_reverse else own).choice(_REVERSES))
    return CoinDesign(
        seeds, metal, legend, f"{town} {marks[seeds.member % 9]}", Profile.draw(pair), reverse,
        bool(pair.random() < 0.4),
        float(shop.uniform(17, 32) + own.uniform(-0.6, 0.6)), float(own.uniform(0.0, 0.8)), damage,
    )  # fmt: skip
