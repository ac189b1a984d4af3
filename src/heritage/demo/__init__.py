"""Procedural artefacts: a registry of invented stolen objects and the photographs an officer would take of them.

Everything is drawn from one seed, so a fresh clone can show the whole product without any outside data:

    artefact = make_artefact(Seeds(7, "vessel", workshop=3, member=0))
    shot = render(artefact, View(yaw=35, pitch=20), Light())          # shot.rgb (H, W, 3), shot.alpha (H, W)
    write_demo(Path("demo"))                                          # registry.csv, photographs, evaluation files

Used by the demo, by training and by tests; nothing else in heritage imports it, and it imports nothing of heritage.
"""

from heritage.demo.artefacts import KINDS, Artefact, make_artefact, render
from heritage.demo.camera import Shot, View
from heritage.demo.dataset import DemoSet, write_demo
from heritage.demo.plan import Plan, plan_demo
from heritage.demo.seeds import Seeds
from heritage.demo.shading import Light

__all__ = [
    "KINDS",
    "Artefact",
    "DemoSet",
    "Light",
    "Plan",
    "Seeds",
    "Shot",
    "View",
    "make_artefact",
    "plan_demo",
    "render",
    "write_demo",
]
