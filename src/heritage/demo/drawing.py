"""Drawing primitives: splines, tapering limbs, figures made of parts, and how a figure is put on a picture.

Figures live in a unit square (x right, y down, feet near y = 1) and look to the right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from heritage.demo.shading import Field, Mask, inflate

Points = npt.NDArray[np.float64]
"""(N, 2) float64: x to the right, y down."""
Place = tuple[float, float]
_SUB = 4  # sub-pixel bits of cv2's integer coordinates


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: closed `parts` from back to front, and `lines` incised or painted on them."""

    parts: tuple[Points, ...]
    lines: tuple[Points, ...] = ()
    name: str = field(default="figure")

    def named(self, name: str) -> "Figure":
        """The same figure under another name."""
        return Figure(self.parts, self.lines, name)

    def moved(self, at: "Placing") -> "Figure":
        """The figure in the coordinates of the picture."""
        return Figure(tuple(map(at.apply, self.parts)), tuple(map(at.apply, self.lines)), self.name)


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a unit square goes: its left upper corner, its size in pixels, mirrored or turned (degrees, clockwise)."""

    x: float
    y: float
    width: float
    height: float
    mirrored: bool = False
    turned: float = 0.0

    def apply(self, points: Points) -> Points:
        """Unit coordinates (N, 2) to picture coordinates (N, 2)."""
        unit = np.asarray(points, np.float64) - 0.5
        if self.mirrored:
            unit = unit * (-1, 1)
        angle = np.radians(self.turned)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        sized = (unit * (self.width, self.height)) @ turn
        return np.asarray(sized + np.array([self.x + self.width / 2, self.y + self.height / 2]))


def spline(points: Sequence[Place] | Points, closed: bool = False, steps: int = 8) -> Points:
    """Catmull-Rom curve through points (N, 2)."""
    knots = np.asarray(points, np.float64)
    before, after = (knots[-1:], knots[:2]) if closed else (knots[:1], knots[-1:])
    padded = np.concatenate((before, knots, after))
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        curve = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        pieces.append(0.5 * curve)
    if not closed:
        pieces.append(knots[-1:])
    return np.concatenate(pieces)


def limb(points: Sequence[Place], widths: Sequence[float]) -> Points:
    """A tapering stroke along a curve: points (N, 2) and the full width at each, as a closed outline."""
    axis = spline(points)
    knots = np.linspace(0, 1, len(points))
    half = np.interp(np.linspace(0, 1, len(axis)), knots, widths) / 2
    along = np.gradient(axis, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    normal = along[:, ::-1] * (-1, 1)
    left, right = axis + normal * half[:, None], axis - normal * half[:, None]
    cap = axis[-1:] + along[-1:] * half[-1]
    heel = axis[:1] - along[:1] * half[0]
    return np.concatenate([left, cap, right[::-1], heel])


def oval(x: float, y: float, width: float, height: float | None = None, turned: float = 0.0) -> Points:
    """An ellipse about (x, y), (24, 2)."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    tall = width if height is None else height
    unit = np.stack([np.cos(angle) * width / 2, np.sin(angle) * tall / 2], 1)
    turn = np.radians(turned)
    return np.asarray(unit @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + (x, y))


def box(x: float, y: float, width: float, height: float) -> Points:
    """A rectangle from its left upper corner, (4, 2)."""
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)


def outline(*points: Place) -> Points:
    """A closed smooth outline through points."""
    return spline(points, closed=True)


def fixed(points: Points) -> npt.NDArray[np.int32]:
    """Picture coordinates in cv2's fixed-point form, (N, 1, 2) int32."""
    return np.asarray(np.round(points * 2**_SUB), np.int32)[:, None]


def fill(canvas: Mask | Field, parts: Sequence[Points], value: float | Sequence[float] = 255) -> None:
    """Fill closed outlines (picture coordinates) in place, anti-aliased for uint8 canvases."""
    kind = cv2.LINE_AA if canvas.dtype == np.uint8 else cv2.LINE_8
    paint = tuple(value) if isinstance(value, Sequence) else (value,)
    for part in parts:
        cv2.fillPoly(canvas, [fixed(part)], paint, kind, _SUB)


def stroke(
    canvas: Mask | Field,
    lines: Sequence[Points],
    value: float | Sequence[float],
    thickness: float,
    closed: bool = False,
) -> None:
    """Draw open (or closed) lines in place."""
    kind = cv2.LINE_AA if canvas.dtype == np.uint8 else cv2.LINE_8
    paint = tuple(value) if isinstance(value, Sequence) else (value,)
    for line in lines:
        cv2.polylines(canvas, [fixed(line)], closed, paint, max(round(thickness), 1), kind, _SUB)


def silhouette(shape: tuple[int, int], figure: Figure) -> Mask:
    """The filled figure (picture coordinates) as a mask (H, W) uint8."""
    mask = np.zeros(shape, np.uint8)
    fill(mask, figure.parts)
    return mask


def carve(height: Field, figure: Figure, depth: float, line_width: float = 1.5) -> None:
    """Raise a figure out of a height field (H, W), in place: its parts as pillows, its lines as grooves."""
    for index, part in enumerate(figure.parts):
        low = np.maximum(part.min(0).astype(int) - 3, 0)
        high = np.minimum(part.max(0).astype(int) + 4, (height.shape[1], height.shape[0]))
        if (high - low).min() < 3:
            continue
        area = height[low[1] : high[1], low[0] : high[0]]
        mask = np.zeros(area.shape, np.uint8)
        fill(mask, [part - low])
        thickness = min(1.0, 0.45 + 0.55 * min(area.shape) / (0.35 * min(height.shape)))
        raised = (0.35 + 0.65 * inflate(mask)) * depth * thickness + index * depth * 0.03
        np.maximum(area, raised * (mask > 127), out=area)
    if figure.lines:
        groove = np.zeros(height.shape, np.uint8)
        stroke(groove, figure.lines, 255, line_width)
        height -= groove.astype(np.float32) / 255 * (depth * 0.28) * (height > depth * 0.15)


def lettering(text: str, height: int, weight: int = 700) -> Mask:
    """A line of text as a tight mask (about `height`, W) uint8, drawn with OpenCV's built-in font."""
    canvas = np.zeros((height * 2, height * (len(text) + 2)), np.uint8)
    font = cv2.FontFace("sans")
    cv2.putText(canvas, text, (height // 2, int(height * 1.5)), (255, 255, 255), font, int(height * 1.25), weight)
    rows, columns = np.flatnonzero(canvas.max(1)), np.flatnonzero(canvas.max(0))
    if not len(columns):
        return np.zeros((height, max(height // 3, 1)), np.uint8)
    return canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def letter_ring(shape: tuple[int, int], text: str, radius: float, size: int, start: float) -> Mask:
    """Text set clockwise along a circle about the centre, (H, W) uint8; `start` in degrees from the top."""
    canvas = np.zeros(shape, np.uint8)
    centre = (shape[1] / 2, shape[0] / 2)
    step = np.degrees(size * 1.0 / radius)
    for index, letter in enumerate(text):
        if letter == " ":
            continue
        angle = start + index * step
        glyph = lettering(letter, size)
        turn = cv2.getRotationMatrix2D((glyph.shape[1] / 2, glyph.shape[0] / 2), -angle, 1.0)
        turn[0, 2] += centre[0] + radius * np.sin(np.radians(angle)) - glyph.shape[1] / 2
        turn[1, 2] += centre[1] - radius * np.cos(np.radians(angle)) - glyph.shape[0] / 2
        canvas = np.maximum(canvas, cv2.warpAffine(glyph, turn, (shape[1], shape[0])))
    return canvas
