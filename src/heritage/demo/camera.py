"""Solids under a camera: meshes with a skin, rotated, projected with perspective, rasterised and lit per pixel."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from heritage.demo.shading import Field, Light, Mask, Rgb, cast_shadow, hollows, slopes

Triangles = npt.NDArray[np.int32]
Covered = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera stands: degrees turned around the object, above it and about its own axis.

    `side` is the face shown ("front" or "back"), `size` the longest side of the result in pixels, `distance` in object
    lengths (small = strong perspective). A `framed` panel hangs in a picture frame the registry never saw.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    side: str = "front"
    size: int = 520
    distance: float = 3.5
    framed: bool = False

    def rotation(self) -> Field:
        """Object to camera axes, (3, 3) float32."""
        yaw, pitch, roll = (np.radians(a) for a in (self.yaw, self.pitch, self.roll))
        about_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
        about_x = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
        about_z = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
        return (np.array(about_z) @ np.array(about_x) @ np.array(about_y)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Skin:
    """What a surface is made of: albedo (H, W, 3), height (H, W) in pixels, alpha (H, W), gloss (H, W), all float32."""

    albedo: Field
    height: Field
    alpha: Field
    gloss: Field
    shininess: float = 24.0
    metal: float = 0.0
    casts_shadow: bool = False


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles with texture places: vertices (N, 3), triangles (M, 3), uv (N, 2) in 0..1, normals (N, 3)."""

    vertices: Field
    triangles: Triangles
    uv: Field
    normals: Field
    tint: float = 1.0


@dataclass(frozen=True, slots=True)
class Solid:
    """A skin and the meshes that carry it, painted in order (the later covers the earlier)."""

    skin: Skin
    meshes: tuple[Mesh, ...]


@dataclass(frozen=True, slots=True)
class Shot:
    """A rendered object: rgb (H, W, 3) uint8 and alpha (H, W) uint8, cropped to the object."""

    rgb: Rgb
    alpha: Mask


@dataclass(frozen=True, slots=True)
class _Frame:
    """The pixel grid an object is projected to, and the shift that centres the object in it."""

    rows: int
    columns: int
    field_of_view: float
    shift: Field
    rotation: Field


@dataclass(frozen=True, slots=True)
class _Pixels:
    """The seen pixels of a mesh: albedo (red, green, blue), normals (x, y, z), gloss, light share, cover; each (N,)."""

    albedo: tuple[Field, Field, Field]
    normals: tuple[Field, Field, Field]
    gloss: Field
    share: Field
    cover: Field


def grid_triangles(rows: int, columns: int) -> Triangles:
    """Two triangles for each cell of a (rows, columns) vertex grid, (M, 3) int32."""
    corner = np.arange(rows * columns).reshape(rows, columns)[:-1, :-1].ravel()
    upper = np.stack([corner, corner + 1, corner + columns], 1)
    lower = np.stack([corner + 1, corner + columns + 1, corner + columns], 1)
    return np.concatenate([upper, lower]).astype(np.int32)


def slab(skin: Skin, thickness: float, edge_tint: float = 0.7) -> Solid:
    """A flat object with a front of the skin's shape and height, and walls of `thickness` (object lengths)."""
    return Solid(skin, (_walls(skin, thickness, edge_tint), _front(skin)))


def _front(skin: Skin, cells: int = 56) -> Mesh:
    height, width = skin.alpha.shape
    longest = max(height, width)
    level = cv2.resize(cv2.GaussianBlur(skin.height, (0, 0), 3), (cells, cells), interpolation=cv2.INTER_AREA)
    v, u = np.meshgrid(np.linspace(0, 1, cells), np.linspace(0, 1, cells), indexing="ij")
    x, y = (u - 0.5) * width / longest, (0.5 - v) * height / longest
    vertices = np.stack([x, y, level / longest], -1).reshape(-1, 3).astype(np.float32)
    normals = np.tile(np.array([0, 0, 1], np.float32), (len(vertices), 1))
    uv = np.stack([u, v], -1).reshape(-1, 2).astype(np.float32)
    return Mesh(vertices, grid_triangles(cells, cells), uv, normals)


def _walls(skin: Skin, thickness: float, tint: float) -> Mesh:
    height, width = skin.alpha.shape
    longest = max(height, width)
    outlines, _ = cv2.findContours((skin.alpha > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=len)[::3, 0].astype(np.float32)
    ring = np.concatenate([outline, outline[:1]])
    inside = ring + (ring.mean(0) - ring) * 0.012
    along = np.gradient(ring, axis=0)
    normal = np.stack([-along[:, 1], -along[:, 0], 0 * along[:, 0]], 1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6
    flat = np.stack([(ring[:, 0] - width / 2) / longest, (height / 2 - ring[:, 1]) / longest], 1)
    normal *= np.sign((normal[:, :2] * flat).sum() or 1.0)
    edge = skin.height[ring[:, 1].astype(int), ring[:, 0].astype(int)] / longest
    vertices = np.concatenate([np.column_stack([flat, edge]), np.column_stack([flat, edge * 0 - thickness])])
    uv = np.tile(inside / (width - 1, height - 1), (2, 1))
    both = np.tile(normal, (2, 1)).astype(np.float32)
    return Mesh(vertices.astype(np.float32), grid_triangles(2, len(ring)), uv.astype(np.float32), both, tint)


def photograph(solid: Solid, view: View, light: Light) -> Shot:
    """Render a solid; the background is transparent."""
    frame = _fit(solid, view)
    surface = _surface(solid.skin, frame.rotation, light)
    planes = [np.zeros((frame.rows, frame.columns), np.float32) for _ in range(4)]
    for mesh in solid.meshes:
        pixels, covered = _sample(surface, mesh, frame)
        seen = (*_reflect(solid.skin, pixels, mesh.tint, light), np.ones_like(pixels.cover))
        for plane, value in zip(planes, seen, strict=True):
            below = plane[covered]
            plane[covered] = below + (value - below) * pixels.cover
    rgb, alpha = np.asarray(cv2.merge(planes[:3]), np.float32), planes[3]
    return Shot(_to_bytes(_bleed(rgb, alpha)), (_soften(alpha) * 255).astype(np.uint8))


def _fit(solid: Solid, view: View) -> _Frame:
    rotation = view.rotation()
    points = np.concatenate([m.vertices for m in solid.meshes]) @ rotation.T
    shift = np.array([0, 0, -view.distance], np.float32)
    for _ in range(2):
        seen = (points + shift)[:, :2] / -(points + shift)[:, 2:]
        shift[:2] -= (seen.min(0) + seen.max(0)) / 2 * view.distance
    half = np.abs((points + shift)[:, :2] / -(points + shift)[:, 2:]).max(0)
    scale = (view.size / 2 - 3) / half.max()
    columns, rows = (int(2 * (side * scale + 3)) for side in half)
    return _Frame(rows, columns, float(2 * np.arctan(rows / 2 / scale)), shift, rotation)


def _rasterise(mesh: Mesh, frame: _Frame, attribute: Field) -> tuple[Field, Covered]:
    """Interpolate a vertex attribute (N, 3) in 0..1 over the frame: (H, W, 3) float32 and the covered pixels."""
    colour = np.zeros((frame.rows, frame.columns, 3), np.float32)
    depth = np.full((frame.rows, frame.columns), 100.0, np.float32)
    settings = cv2.TriangleRasterizeSettings()
    settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    placed = np.ascontiguousarray(mesh.vertices @ frame.rotation.T + frame.shift, np.float32)
    still = np.eye(4, dtype=np.float32)
    out, depth_out = cv2.triangleRasterize(
        placed, mesh.triangles, attribute, colour, depth, still, frame.field_of_view, 0.1, 100.0, settings
    )
    return np.asarray(out, np.float32), np.asarray(depth_out) < 99.0


def _surface(skin: Skin, rotation: Field, light: Light) -> tuple[Field, Field]:
    """All a skin knows, in two (H, W, 4): red, green, blue, slope right; slope up, gloss, light share, alpha."""
    right, up = slopes(skin.height)
    share = hollows(skin.height, 10.0 if skin.casts_shadow else 6.0)
    if skin.casts_shadow:
        share = share * (0.25 + 0.75 * cast_shadow(skin.height, rotation.T @ light.direction()))
    first = np.empty((*right.shape, 4), np.float32)
    first[..., :3], first[..., 3] = skin.albedo, right
    second = cv2.merge([np.asarray(f, np.float32) for f in (up, skin.gloss, share, skin.alpha)])
    return first, np.asarray(second, np.float32)


def _sample(surface: tuple[Field, Field], mesh: Mesh, frame: _Frame) -> tuple[_Pixels, Covered]:
    """Look the skin up wherever the mesh is seen; also which pixels those are (H, W)."""
    height, width = surface[0].shape[:2]
    attribute = np.column_stack([mesh.uv, np.zeros(len(mesh.uv))]).astype(np.float32)
    places, covered = _rasterise(mesh, frame, attribute)
    uv = places[covered][:, :2] * np.array([width - 1, height - 1], np.float32)
    count = len(uv)
    padded = np.zeros((2, (count // 256 + 1) * 256), np.float32)  # cv2.remap takes pictures, not long lists
    padded[:, :count] = uv.T
    x, y = padded.reshape(2, -1, 256)
    looked_up = [cv2.remap(half, x, y, cv2.INTER_LINEAR) for half in surface]
    red, green, blue, right, up, gloss, share, cover = (
        np.asarray(channel, np.float32).ravel()[:count] for half in looked_up for channel in cv2.split(half)
    )
    return _Pixels((red, green, blue), _normals(mesh, frame, covered, (right, up)), gloss, share, cover), covered


def _normals(mesh: Mesh, frame: _Frame, covered: Covered, slope: tuple[Field, Field]) -> tuple[Field, Field, Field]:
    """Normals in camera axes, x, y, z each (N,): the mesh's own, tilted by the slopes (N,) of the skin.

    Component by component: single long rows are several times faster here than (N, 3) tables.
    """
    right, up = slope
    if np.ptp(mesh.normals, axis=0).max() < 1e-6:
        bent = (-right, -up, np.ones_like(right))
    else:
        coded, _ = _rasterise(mesh, frame, (mesh.normals * 0.5 + 0.5).astype(np.float32))
        x, y, z = (np.ascontiguousarray(c[covered] * 2 - 1) for c in cv2.split(coded))
        across = np.sqrt(x * x + z * z) + 1e-4  # sideways = (z, 0, -x) / across, upwards = own x sideways
        right, up = right / across, up / across
        bent = (x - z * right + x * y * up, y - across * across * up, z + x * right + y * z * up)
    turned = [row[0] * bent[0] + row[1] * bent[1] + row[2] * bent[2] for row in frame.rotation]
    length = np.sqrt(turned[0] ** 2 + turned[1] ** 2 + turned[2] ** 2) + 1e-6
    length[turned[2] < 0] *= -1 / 0.35  # the far inner wall of a vessel is seen from behind, and dim
    return turned[0] / length, turned[1] / length, turned[2] / length


def _reflect(skin: Skin, pixels: _Pixels, edge_tint: float, light: Light) -> tuple[Field, Field, Field]:
    """Diffuse, glossy and metallic reflection of the lamp: red, green, blue, each (N,) float32."""
    lamp = light.direction()
    halfway = lamp + np.array([0, 0, 1], np.float32)
    halfway /= np.linalg.norm(halfway)
    _, upward, facing = pixels.normals
    sky = light.ambient * (0.8 + 0.2 * upward) * np.minimum(pixels.share, 1.15)
    shade_share = light.strength * np.minimum(pixels.share, 1)
    body = sky + shade_share * np.maximum(_dot(pixels.normals, lamp), 0)
    shine = np.maximum(_dot(pixels.normals, halfway), 0) ** np.float32(skin.shininess) * pixels.gloss * shade_share
    if skin.metal:
        bounce = np.clip(facing * upward + 0.5, 0, 1)
        body = body * (1 - 0.45 * skin.metal) + skin.metal * (0.42 * bounce * light.ambient + 0.55 * shine)
    body *= edge_tint
    shine *= 1 - 0.6 * skin.metal
    red, green, blue = ((a * body + shine) * tint for a, tint in zip(pixels.albedo, light.colour, strict=True))
    return red, green, blue


def _dot(vectors: tuple[Field, Field, Field], fixed: Field) -> Field:
    return np.asarray(vectors[0] * fixed[0] + vectors[1] * fixed[1] + vectors[2] * fixed[2], np.float32)


def _bleed(rgb: Field, alpha: Field) -> Field:
    """Let the object's colours run over its border, so that soft edges do not show the black behind."""
    solid = (alpha > 0.5).astype(np.uint8)
    inside = cv2.copyTo(rgb, solid)
    around = cv2.blur(inside, (5, 5)) / (cv2.blur(solid.astype(np.float32), (5, 5)) + np.float32(1e-4))[..., None]
    return np.asarray(cv2.copyTo(rgb, solid, around), np.float32)


def _soften(alpha: Field) -> Field:
    return np.asarray(np.clip(cv2.blur(alpha, (3, 3)) * 1.6 - 0.45, 0, 1), np.float32)


def _to_bytes(rgb: Field) -> Rgb:
    bright = rgb > 0.8
    rgb[bright] = 0.8 + 0.2 * np.tanh((rgb[bright] - 0.8) / 0.2)  # highlights roll off as in a camera
    return (np.clip(rgb, 0, 1) * 255).astype(np.uint8)
