"""Makes a gallery larger, for timings: strongly altered crops of the pictures there are.

Time depends on how many photographs and keypoints are searched, hardly on what they show; a crop turned, mirrored, with
its colours shifted and its grey levels bent is another picture to both lanes. For figures of quality it is no
substitute for other objects.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps

LONG_SIDE = 400  # px, about that of the development sets' distractors


def pad(pictures: Sequence[Path], folder: Path, count: int) -> None:
    """Copies of ``pictures`` and altered crops of them, ``count`` files together, in ``folder``."""
    folder.mkdir(parents=True)
    for place, picture in enumerate(pictures[:count]):
        shutil.copyfile(picture, folder / f"own-{place:06}{picture.suffix.lower()}")
    for place in range(len(pictures), count):
        rng = np.random.default_rng(place)
        with Image.open(pictures[int(rng.integers(len(pictures)))]) as opened:
            altered(opened.convert("RGB"), rng).save(folder / f"crop-{place:06}.jpg", quality=88)


def altered(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A crop of 35 to 70 % of each side, enlarged, turned, mirrored, with other colours and grey levels."""
    width, height = (round(side * rng.uniform(0.35, 0.7)) for side in image.size)
    left, top = rng.integers(image.width - width + 1), rng.integers(image.height - height + 1)
    crop = image.crop((int(left), int(top), int(left) + width, int(top) + height))
    scale = LONG_SIDE / max(crop.size)
    crop = crop.resize((max(32, round(crop.width * scale)), max(32, round(crop.height * scale))))
    if rng.random() < 0.5:
        crop = ImageOps.mirror(crop)
    crop = crop.rotate(rng.uniform(10, 350), expand=True, fillcolor=tuple(rng.integers(256, size=3).tolist()))
    hue, saturation, value = crop.convert("HSV").split()
    shift, power = int(rng.integers(30, 226)), float(rng.uniform(0.5, 1.8))
    hue = hue.point(lambda level: (level + shift) % 256)
    value = value.point(lambda level: round(255 * (level / 255) ** power))
    bent = Image.merge("HSV", (hue, saturation, value)).convert("RGB")
    return bent.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 0.8))))
