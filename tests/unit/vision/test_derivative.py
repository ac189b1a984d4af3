"""Derivatives: smaller, never larger, and nothing but the pixels."""

import io

import numpy as np
import pytest
from PIL import Image

from heritage.vision.derivative import thumbnail
from tests.file_surgery import base_picture

PIXELS = np.asarray(base_picture(400, 200)).copy()


@pytest.mark.parametrize(("long_side", "size"), [(100, (100, 50)), (400, (400, 200)), (4000, (400, 200)), (1, (1, 1))])
def test_size(long_side: int, size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(thumbnail(PIXELS, long_side))) as image:
        assert (image.format, image.size) == ("JPEG", size)


def test_the_colours_stay_the_colours() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:, :] = (200, 100, 20)
    with Image.open(io.BytesIO(thumbnail(pixels, 20))) as image:
        assert np.abs(np.asarray(image)[10, 10].astype(int) - (200, 100, 20)).max() < 4


def test_no_metadata() -> None:
    with Image.open(io.BytesIO(thumbnail(PIXELS, 100))) as image:
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_quality_decides_the_size() -> None:
    assert len(thumbnail(PIXELS, 400, quality=95)) > len(thumbnail(PIXELS, 400, quality=30))
