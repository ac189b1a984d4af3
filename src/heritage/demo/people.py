"""Human figures in a unit square: standing people in profile, and heads in profile for coins."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from heritage.demo.drawing import Figure, Place, Points, box, limb, outline, oval, spline
from heritage.demo.seeds import Rng


def _head(x: float = 0.5, y: float = 0.12) -> tuple[list[Points], list[Points]]:
    """A small head in profile: skull, nose, beardless chin; and its eye."""
    skull = oval(x, y, 0.13, 0.15)
    face = outline(
        (x, y - 0.06),
        (x + 0.06, y - 0.04),
        (x + 0.085, y + 0.01),
        (x + 0.06, y + 0.03),
        (x + 0.05, y + 0.075),
        (x, y + 0.06),
    )
    neck = limb([(x - 0.01, y + 0.05), (x - 0.01, y + 0.13)], (0.07, 0.09))
    return [neck, skull, face], [oval(x + 0.035, y - 0.01, 0.025, 0.014)]


def _bare_legs(stride: float) -> list[Points]:
    back = limb([(0.48, 0.55), (0.46 - stride * 0.6, 0.75), (0.46 - stride, 0.95)], (0.13, 0.085, 0.045))
    front = limb([(0.52, 0.55), (0.55 + stride * 0.7, 0.74), (0.52 + stride, 0.95)], (0.13, 0.09, 0.045))
    feet = [limb([(x, 0.965), (x + 0.08, 0.98)], (0.045, 0.03)) for x in (0.45 - stride, 0.51 + stride)]
    return [back, front, *feet]


def warrior(rng: Rng) -> Figure:
    head, eye = _head()
    helmet = outline((0.42, 0.13), (0.44, 0.04), (0.52, 0.02), (0.58, 0.06), (0.56, 0.09), (0.5, 0.12), (0.46, 0.18))
    crest = limb([(0.57, 0.0), (0.48, -0.03), (0.4, 0.03), (0.35, 0.16)], (0.03, 0.06, 0.06, 0.02))
    tunic = outline((0.42, 0.26), (0.58, 0.26), (0.57, 0.42), (0.64, 0.62), (0.38, 0.62), (0.44, 0.42))
    tilt = rng.uniform(-0.08, 0.12)
    spear = limb([(0.72 - tilt, 0.99), (0.72 + tilt, 0.02)], (0.016, 0.016))
    point = limb([(0.72 + tilt, 0.04), (0.725 + tilt * 1.1, -0.06)], (0.045, 0.005))
    arm = limb([(0.55, 0.29), (0.63, 0.38), (0.72, 0.42)], (0.07, 0.055, 0.045))
    shield = oval(0.36, 0.44, 0.34)
    rings = [oval(0.36, 0.44, 0.27), oval(0.36, 0.44, 0.1)]
    folds = [np.array([(0.45 + 0.04 * k, 0.45), (0.43 + 0.055 * k, 0.61)]) for k in range(4)]
    stride = rng.uniform(0.05, 0.14)
    return Figure(
        (spear, point, crest, *_bare_legs(stride), tunic, *head, helmet, arm, shield), (*eye, *folds, *rings), "warrior"
    )


def _robe(flare: float) -> tuple[Points, list[Points]]:
    robe = outline(
        (0.41, 0.24), (0.5, 0.21), (0.59, 0.25), (0.6, 0.5), (0.62 + flare, 0.93), (0.36 - flare, 0.93), (0.4, 0.5)
    )
    folds = [spline([(0.43 + 0.035 * k, 0.45), (0.42 + 0.04 * k, 0.7), (0.38 + 0.06 * k, 0.92)]) for k in range(5)]
    return robe, folds


def _feet() -> list[Points]:
    return [limb([(x, 0.955), (x + 0.09, 0.97)], (0.05, 0.035)) for x in (0.42, 0.53)]


def priestess(rng: Rng) -> Figure:
    head, eye = _head()
    robe, folds = _robe(rng.uniform(0.0, 0.07))
    bun = oval(0.41, 0.1, 0.09)
    lift = rng.uniform(0.0, 0.14)
    arm = limb([(0.55, 0.28), (0.66, 0.38), (0.77, 0.34 - lift)], (0.07, 0.05, 0.04))
    bowl = outline((0.7, 0.3 - lift), (0.88, 0.3 - lift), (0.83, 0.36 - lift), (0.75, 0.36 - lift))
    belt = spline([(0.41, 0.43), (0.5, 0.445), (0.6, 0.43)])
    return Figure((*_feet(), robe, *head, bun, arm, bowl), (*eye, *folds, belt), "woman with a bowl")


def elder(rng: Rng) -> Figure:
    head, eye = _head()
    robe, folds = _robe(rng.uniform(0.02, 0.09))
    beard = outline((0.5, 0.15), (0.57, 0.17), (0.57, 0.28), (0.5, 0.25))
    staff = limb([(0.78, 0.98), (0.78, 0.12)], (0.02, 0.02))
    knob = oval(0.78, 0.1, 0.06)
    arm = limb([(0.56, 0.28), (0.67, 0.38), (0.78, rng.uniform(0.3, 0.42))], (0.08, 0.055, 0.045))
    hem = [spline([(0.36, 0.88), (0.5, 0.9), (0.64, 0.88)])]
    return Figure((*_feet(), staff, knob, robe, *head, beard, arm), (*eye, *folds, *hem), "elder with a staff")


def lyre_player(rng: Rng) -> Figure:
    head, eye = _head()
    robe, folds = _robe(rng.uniform(0.0, 0.05))
    frame = limb([(0.68, 0.24), (0.64, 0.36), (0.7, 0.47), (0.8, 0.47), (0.86, 0.36), (0.82, 0.24)], (0.03,) * 6)
    bar, belly = limb([(0.65, 0.26), (0.85, 0.26)], (0.025, 0.025)), oval(0.75, 0.46, 0.16, 0.1)
    strings = [np.array([(0.7 + 0.03 * k, 0.27), (0.72 + 0.02 * k, 0.45)]) for k in range(4)]
    arm = limb([(0.55, 0.28), (0.62, 0.4), (0.74, 0.38)], (0.07, 0.05, 0.04))
    return Figure((*_feet(), robe, *head, frame, bar, belly, arm), (*eye, *folds, *strings), "lyre player")


def archer(rng: Rng) -> Figure:
    head, eye = _head()
    tunic = outline((0.42, 0.26), (0.58, 0.26), (0.56, 0.42), (0.63, 0.6), (0.38, 0.6), (0.44, 0.42))
    cap = outline((0.42, 0.12), (0.46, 0.03), (0.42, -0.04), (0.54, 0.02), (0.58, 0.08))
    arms = [limb([(0.54, 0.29), (0.68, 0.29), (0.84, 0.29)], (0.07, 0.05, 0.04)),
            limb([(0.46, 0.29), (0.34, 0.3), (0.5, 0.27)], (0.07, 0.05, 0.04))]  # fmt: skip
    bow = limb([(0.74, 0.0), (0.84, 0.1), (0.88, 0.29), (0.84, 0.48), (0.74, 0.58)], (0.015, 0.025, 0.03, 0.025, 0.015))
    lines = [
        np.array([(0.74, 0.0), (0.5, 0.28)]),
        np.array([(0.5, 0.28), (0.74, 0.58)]),
        np.array([(0.5, 0.28), (0.95, 0.29)]),
    ]
    quiver = limb([(0.42, 0.42), (0.3, 0.22)], (0.08, 0.07))
    return Figure(
        (quiver, *_bare_legs(rng.uniform(0.06, 0.14)), tunic, *head, cap, *arms, bow), (*eye, *lines), "archer"
    )


def dancer(rng: Rng) -> Figure:
    head, eye = _head()
    swing = rng.uniform(0.02, 0.12)
    robe = outline(
        (0.42, 0.25),
        (0.58, 0.25),
        (0.56, 0.44),
        (0.66, 0.66),
        (0.74 + swing, 0.88),
        (0.36, 0.92),
        (0.4, 0.6),
        (0.43, 0.42),
    )
    folds = [spline([(0.45 + 0.03 * k, 0.45), (0.45 + 0.05 * k, 0.68), (0.42 + 0.09 * k, 0.89)]) for k in range(4)]
    raised = limb([(0.55, 0.28), (0.68, 0.22), (0.74, 0.04)], (0.07, 0.05, 0.04))
    lowered = limb([(0.45, 0.29), (0.3, 0.38), (0.2, 0.3)], (0.07, 0.05, 0.04))
    scarf = limb([(0.74, 0.04), (0.9, 0.16), (0.86, 0.36)], (0.03, 0.06, 0.02))
    return Figure((scarf, *_feet(), robe, *head, oval(0.42, 0.08, 0.08), raised, lowered), (*eye, *folds), "dancer")


PEOPLE: dict[str, Callable[[Rng], Figure]] = {
    "warrior": warrior, "woman with a bowl": priestess, "elder with a staff": elder, "lyre player": lyre_player,
    "archer": archer, "dancer": dancer,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """A head in profile for a coin: proportions, what is worn and how the hair falls."""

    nose: float
    brow: float
    chin: float
    bearded: bool
    wear: str  # laurel, diadem, crown, helmet, veil, bare
    hair: str  # curls, waves, bun

    @staticmethod
    def draw(rng: Rng) -> "Profile":
        """A head from random numbers."""
        wear = str(rng.choice(["laurel", "diadem", "crown", "helmet", "veil", "bare"]))
        return Profile(
            rng.uniform(-0.02, 0.035), rng.uniform(-0.012, 0.02), rng.uniform(-0.025, 0.025), bool(rng.random() < 0.4),
            wear, str(rng.choice(["curls", "waves", "bun"])),
        )  # fmt: skip

    def figure(self, rng: Rng) -> Figure:
        """The head, looking right, in a unit square."""
        n, b, c = self.nose, self.brow, self.chin
        face = outline(
            (0.3, 0.2), (0.5, 0.1), (0.64, 0.17), (0.7 + b, 0.28), (0.7 + b, 0.36), (0.71, 0.4), (0.77 + n, 0.5),
            (0.765 + n, 0.53),
            (0.715, 0.55), (0.745, 0.6), (0.725, 0.625), (0.74, 0.66), (0.7, 0.69), (0.715 + c, 0.745), (0.66 + c,
                0.79),
            (0.54, 0.77), (0.46, 0.68), (0.34, 0.5))  # fmt: skip
        neck = outline(
            (0.34, 0.5), (0.52, 0.68), (0.53, 0.84), (0.64, 0.97), (0.4, 1.0), (0.2, 0.96), (0.28, 0.8), (0.29, 0.6)
        )
        eye = [
            spline([(0.6, 0.385), (0.635, 0.36), (0.67, 0.385), (0.635, 0.4), (0.6, 0.385)]),
            oval(0.645, 0.383, 0.022),
        ]
        brow = spline([(0.57, 0.345), (0.63, 0.315), (0.69, 0.33)])
        mouth = spline([(0.66, 0.632), (0.69, 0.622), (0.735, 0.625)])
        nostril = spline([(0.72, 0.53), (0.7, 0.52), (0.705, 0.495)])
        ear = outline((0.42, 0.4), (0.47, 0.38), (0.475, 0.46), (0.44, 0.5))
        worn, worn_lines = self._worn()
        beard = self._beard(rng) if self.bearded else []
        parts = (neck, face, *self._hair(rng), ear, *beard, *worn)
        return Figure(parts, (*eye, brow, mouth, nostril, *worn_lines), "head")

    def _hair(self, rng: Rng) -> list[Points]:
        if self.wear in ("helmet", "veil"):
            return []
        cap = outline((0.66, 0.2), (0.56, 0.07), (0.4, 0.05), (0.24, 0.14), (0.18, 0.3), (0.22, 0.48), (0.32, 0.56),
            (0.42, 0.5),
                      (0.42, 0.38), (0.54, 0.32), (0.64, 0.28))  # fmt: skip
        locks = []
        for ring in range(4):
            for step in range(9 - ring):
                angle = np.radians(-60 - 150 * step / (8 - ring) + rng.uniform(-5, 5))
                reach = 0.29 - 0.06 * ring
                x, y = 0.42 + np.cos(angle) * reach, 0.34 + np.sin(angle) * reach
                locks.append(self._lock(x, y, np.degrees(angle) + rng.uniform(-20, 20)))
        bun = [oval(0.16, 0.42, 0.16, 0.14), oval(0.17, 0.42, 0.09, 0.08)] if self.hair == "bun" else []
        return [*bun, cap, *locks]

    def _lock(self, x: float, y: float, angle: float) -> Points:
        if self.hair == "curls":
            return oval(x, y, 0.062)
        turn = np.radians(angle + 75)
        dx, dy = 0.055 * np.cos(turn), 0.055 * np.sin(turn)
        return limb([(x - dx, y - dy), (x + dy * 0.3, y), (x + dx, y + dy)], (0.015, 0.04, 0.01))

    def _beard(self, rng: Rng) -> list[Points]:
        base = outline(
            (0.46, 0.52), (0.53, 0.62), (0.64, 0.68), (0.71, 0.72), (0.7, 0.84), (0.6, 0.88), (0.5, 0.78), (0.44, 0.64)
        )
        curls = [
            (0.5, 0.62),
            (0.54, 0.69),
            (0.6, 0.72),
            (0.52, 0.76),
            (0.59, 0.79),
            (0.65, 0.76),
            (0.66, 0.83),
            (0.59, 0.86),
        ]
        return [base, *(oval(x + rng.uniform(-0.01, 0.01), y, 0.065) for x, y in curls)]

    def _worn(self) -> tuple[list[Points], list[Points]]:
        band: list[Place] = [(0.68, 0.24), (0.5, 0.22), (0.32, 0.26), (0.2, 0.34)]
        tails = [
            limb([(0.2, 0.34), (0.1, 0.44), (0.12, 0.58)], (0.03, 0.03, 0.02)),
            limb([(0.2, 0.35), (0.14, 0.5), (0.2, 0.64)], (0.03, 0.03, 0.02)),
        ]
        if self.wear == "diadem":
            return [limb(band, (0.035,) * 4), *tails], []
        if self.wear == "laurel":
            leaves = []
            for t in np.linspace(0, 1, 8):
                x, y = 0.24 + 0.42 * t, 0.31 - 0.08 * t
                leaves += [
                    limb([(x, y), (x + 0.07, y - 0.07)], (0.035, 0.005)),
                    limb([(x, y), (x + 0.08, y + 0.03)], (0.035, 0.005)),
                ]
            return [limb(band, (0.015,) * 4), *leaves, *tails], []
        if self.wear == "crown":
            rays = [limb([(0.24 + 0.085 * k, 0.2 - 0.06 * np.sin(k / 5 * np.pi)), (0.14 + 0.125 * k,
                0.0 - 0.05 * np.sin(k / 5 * np.pi))], (0.06, 0.005))
                    for k in range(6)]  # fmt: skip
            return [*rays, limb(band, (0.045,) * 4), *tails], []
        return self._headgear()

    def _headgear(self) -> tuple[list[Points], list[Points]]:
        if self.wear == "helmet":
            shell = outline((0.71, 0.28), (0.68, 0.12), (0.5, 0.02), (0.3, 0.06), (0.18, 0.24), (0.18, 0.48), (0.26,
                0.62), (0.34, 0.56),
                            (0.4, 0.36), (0.56, 0.3))  # fmt: skip
            crest = limb(
                [(0.74, 0.1), (0.56, -0.02), (0.32, 0.0), (0.14, 0.16), (0.08, 0.44)], (0.04, 0.09, 0.1, 0.1, 0.04)
            )
            comb = [
                np.array(
                    [(0.66 - 0.06 * k, -0.03 + 0.006 * (k - 3) ** 2), (0.63 - 0.055 * k, 0.05 + 0.006 * (k - 3) ** 2)]
                )
                for k in range(9)
            ]
            return [crest, shell], [*comb, spline([(0.66, 0.24), (0.42, 0.27), (0.26, 0.5)])]
        if self.wear == "veil":
            veil = outline(
                (0.66, 0.2),
                (0.52, 0.03),
                (0.3, 0.06),
                (0.14, 0.3),
                (0.12, 0.7),
                (0.08, 0.96),
                (0.26, 0.98),
                (0.34, 0.7),
                (0.42, 0.36),
                (0.6, 0.27),
            )
            folds = [
                spline([(0.5 - 0.07 * k, 0.1 + 0.03 * k), (0.3 - 0.04 * k, 0.4), (0.24 - 0.04 * k, 0.9)])
                for k in range(4)
            ]
            return [veil], folds
        return [], []


def bust_of(profile: Profile, rng: Rng) -> Figure:
    """The coin head with a draped shoulder below it."""
    head = profile.figure(rng)
    shoulder = outline((0.2, 0.9), (0.4, 0.88), (0.6, 0.9), (0.76, 1.02), (0.1, 1.02))
    plinth = box(0.1, 1.0, 0.66, 0.03)
    return Figure((shoulder, *head.parts, plinth), head.lines, head.name)
