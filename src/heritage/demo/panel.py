"""Painted panels: portraits, still lifes, landscapes, seascapes and gold-ground icons."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from heritage.demo.camera import Skin, Solid, slab
from heritage.demo.cards import Card, century, phrases, place_name, workshop_name
from heritage.demo.icons import icon
from heritage.demo.painting import brushwork, craquelure, varnish
from heritage.demo.pictures import landscape, seascape, still_life
from heritage.demo.portraits import portrait
from heritage.demo.seeds import Rng, Seeds
from heritage.demo.shading import Field, cell_edges, noise

_LONG = 540
_PAINTERS: dict[str, Callable[[tuple[int, int], Rng, Rng, Rng], tuple[Field, str]]] = {
    "portrait": portrait, "still life": still_life, "landscape": landscape, "seascape": seascape, "icon": icon,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PanelDesign:
    """One panel: genre, format and manner of the workshop; the composition of the pair; details and damage its own."""

    seeds: Seeds
    genre: str
    aspect: float
    support: str
    manner: float
    age: float
    damage: str

    def card(self) -> Card:
        """What the registry says of the panel."""
        rng = self.seeds.workshop_rng()
        place, maker, when = place_name(rng), workshop_name(rng), century(rng, 15, 18)
        high = rng.uniform(28, 110) + self.seeds.own_rng("size").uniform(-0.8, 0.8)
        _, subject = self._painted((40, 40))
        medium = "tempera and gold leaf" if self.genre == "icon" else "oil"
        return Card(
            "painting", f"{medium} on {self.support}", f"{high:.1f} x {high * self.aspect:.1f} cm",
            subject[0].upper() + subject[1:], subject, when, maker,
            phrases(f"{self.genre}: {subject}", "fine craquelure over the whole surface" if self.age > 0.4 else ""),
            self.damage, "", place,
        )  # fmt: skip

    def build(self, side: str) -> Solid:
        """The painted face; the "back" is bare wood."""
        shape = (_LONG, int(_LONG * self.aspect)) if self.aspect < 1 else (int(_LONG / self.aspect), _LONG)
        own = self.seeds.own_rng("surface")
        if side == "back":
            return slab(_bare_wood(shape, own), 0.03, 0.7)
        picture, _ = self._painted(shape)
        strength = self.manner * (0.35 if self.genre == "icon" else 1.0)
        picture, height = brushwork(picture, own, strength)
        craquelure(picture, height, own, int(500 + 2500 * self.age))
        picture = varnish(picture, own, self.age * (0.35 if self.genre == "icon" else 0.8))
        gloss = np.full(shape, 0.18, np.float32)
        if self.genre == "icon":
            gold = (picture[..., 0] > 0.55) & (picture[..., 2] < 0.4)
            gloss = np.where(gold, 0.55, 0.14).astype(np.float32)
        self._damage(picture, height, own)
        warp = 3.0 * np.sin(np.linspace(0, np.pi, shape[1]))[None, :] * own.uniform(-1, 1)
        return slab(
            Skin(picture, (height + warp).astype(np.float32), np.ones(shape, np.float32), gloss, 30.0), 0.025, 0.55
        )

    def _painted(self, shape: tuple[int, int]) -> tuple[Field, str]:
        seeds = self.seeds
        return _PAINTERS[self.genre](shape, seeds.workshop_rng(), seeds.pair_rng(), seeds.own_rng("paint"))

    def _damage(self, picture: Field, height: Field, rng: Rng) -> None:
        shape = height.shape
        ground = np.array((0.8, 0.74, 0.62), np.float32)
        losses = noise(rng, shape, 7, 4)
        edge = np.minimum.reduce(
            [*np.indices(shape), *(np.array(shape)[:, None, None] - 1 - np.indices(shape))]
        ).astype(np.float32)
        limit = 1.1 if "losses" in self.damage else 1.6
        lost = losses + 0.8 * np.clip(1 - edge / 12, 0, 1) > limit
        picture[lost] = ground
        height[lost] -= 1.5
        if "split" in self.damage:
            column = int(rng.uniform(0.25, 0.75) * shape[1])
            wander = (column + 5 * noise(rng, (shape[0], 4), 2, 3)[:, 0]).astype(int).clip(1, shape[1] - 3)
            picture[np.arange(shape[0]), wander] *= 0.25
            picture[np.arange(shape[0]), wander + 1] *= 0.45
        if "scratch" in self.damage:
            start, end = rng.uniform(0.1, 0.9, 2) * shape[::-1], rng.uniform(0.1, 0.9, 2) * shape[::-1]
            cv2.line(picture, start.astype(int).tolist(), end.astype(int).tolist(), (0.85, 0.8, 0.7), 2)
        if "tear" in self.damage or "water" in self.damage:
            tide = np.clip(1 - 12 * np.abs(noise(rng, shape, 2, 3) - 0.7), 0, 1) * 0.35
            picture *= (1 - tide)[..., None]


def _bare_wood(shape: tuple[int, int], rng: Rng) -> Skin:
    rings = noise(rng, (shape[0] // 12, shape[1]), 30, 3)
    fibres = cv2.resize(rings, shape[::-1], interpolation=cv2.INTER_CUBIC)
    albedo = np.array((0.5, 0.37, 0.24), np.float32) * (1 + 0.22 * fibres)[..., None]
    planks = cell_edges(rng, shape, 2)
    albedo = (albedo * (1 - 0.3 * planks)[..., None]).astype(np.float32)
    return Skin(albedo, (0.6 * fibres).astype(np.float32), np.ones(shape, np.float32), np.full(shape, 0.05, np.float32))


def framed(solid: Solid, rng: Rng) -> Solid:
    """The panel in a moulded frame of wood or gilt."""
    skin, size = solid.skin, int(rng.integers(34, 62))
    pad = ((size, size), (size, size))
    shape = (skin.alpha.shape[0] + 2 * size, skin.alpha.shape[1] + 2 * size)
    edge = np.minimum.reduce([*np.indices(shape), *(np.array(shape)[:, None, None] - 1 - np.indices(shape))]).astype(
        np.float32
    )
    share = np.clip(edge / size, 0, 1)
    profile = 9 * np.sin(share * np.pi) + 5 * np.cos(share * np.pi * 5) * (share < 1)
    gilt = bool(rng.random() < 0.5)
    wood = np.array((0.72, 0.54, 0.22) if gilt else rng.uniform((0.16, 0.1, 0.06), (0.42, 0.28, 0.18)), np.float32)
    albedo = np.pad(skin.albedo, (*pad, (0, 0)))
    around = edge < size
    albedo[around] = wood * (1 + 0.1 * noise(rng, shape, 20, 3)[around][:, None])
    gloss = np.pad(skin.gloss, pad, constant_values=0.5 if gilt else 0.25)
    height = np.where(around, profile, np.pad(skin.height, pad)).astype(np.float32)
    return slab(Skin(albedo, height, np.ones(shape, np.float32), gloss, skin.shininess), 0.05, 0.6)


def design(seeds: Seeds) -> PanelDesign:
    """A panel: pairs are two versions of one composition by the same hand, as workshops sold them."""
    shop, own = seeds.workshop_rng(), seeds.own_rng()
    genre = tuple(_PAINTERS)[seeds.workshop % len(_PAINTERS)]
    upright = genre in ("portrait", "icon")
    aspect = float(shop.uniform(0.72, 0.85) if upright else shop.uniform(1.15, 1.45))
    damage = str(
        own.choice(
            (
                "paint losses along the edges",
                "vertical split in the panel",
                "long scratch",
                "old water stain",
                "small losses",
            )
        )
    )
    support = str(shop.choice(["oak panel", "poplar panel", "canvas laid on panel"]))
    return PanelDesign(
        seeds, genre, aspect, support, float(shop.uniform(0.5, 1.0)), float(shop.uniform(0.1, 1.0)), damage
    )
