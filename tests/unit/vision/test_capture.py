"""What cameras write, and what somebody else wrote in their place."""

import struct
from collections.abc import Mapping

import pytest
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from heritage.domain.images import Capture
from heritage.vision.decode import DecodeLimits, decode
from tests.cameras import ROME, photograph
from tests.file_surgery import base_picture, exif_with_orientation, saved
from tests.odd_files import odd_files

LIMITS = DecodeLimits(max_bytes=10**7, max_pixels=10**7, max_side=10**4)


def capture_of(data: bytes) -> Capture:
    return decode(data, LIMITS).capture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_everything_is_read_from_every_format(kind: str) -> None:
    capture = capture_of(photograph(kind=kind))
    assert (capture.taken_at, capture.camera_make, capture.camera_model) == (
        "2024:05:21 17:03:00",
        "Fern & Sohn",
        "F-3",
    )
    assert (capture.latitude, capture.longitude) == pytest.approx((41.89, 12.4925))


@pytest.mark.parametrize(("north", "east"), [("N", "E"), ("N", "W"), ("S", "E"), ("S", "W")])
def test_south_and_west_are_negative(north: str, east: str) -> None:
    capture = capture_of(photograph({**ROME, GPS.GPSLatitudeRef: north, GPS.GPSLongitudeRef: east}))
    signs = (1 if north == "N" else -1, 1 if east == "E" else -1)
    assert (capture.latitude, capture.longitude) == pytest.approx((signs[0] * 41.89, signs[1] * 12.4925))


@pytest.mark.parametrize(
    "absurd",
    [
        {GPS.GPSLatitude: (IFDRational(41, 1), IFDRational(53, 0), IFDRational(24, 1))},
        {GPS.GPSLatitude: (IFDRational(0, 0), IFDRational(0, 0), IFDRational(0, 0))},
        {GPS.GPSLatitude: (91.0, 0.0, 0.0)},
        {GPS.GPSLatitude: (90.0, 0.0, 0.1)},
        {GPS.GPSLatitude: (41.0, 60.0, 0.0)},
        {GPS.GPSLatitude: (41.0, 53.0)},
        {GPS.GPSLatitude: (41.0, 53.0, 24.0, 1.0)},
        {GPS.GPSLatitude: (4294967295.0, 53.0, 24.0)},
        {GPS.GPSLongitude: (181.0, 0.0, 0.0)},
        {GPS.GPSLatitudeRef: "E"},
        {GPS.GPSLatitudeRef: ""},
        {GPS.GPSLongitudeRef: "WE"},
    ],
)
def test_no_place_is_better_than_an_absurd_one(absurd: Mapping[int, object]) -> None:
    capture = capture_of(photograph({**ROME, **absurd}))
    assert (capture.latitude, capture.longitude) == (None, None)
    assert capture.camera_model == "F-3", "the rest is kept"


def test_half_a_place_is_none() -> None:
    capture = capture_of(photograph({GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (41.0, 53.0, 24.0)}))
    assert (capture.latitude, capture.longitude) == (None, None)


@pytest.mark.parametrize("text", ["x" * 101, "F\x1b[31m3", "F\n3"])
def test_words_are_short_and_printable_or_left_out(text: str) -> None:
    capture = capture_of(photograph(model=text))
    assert (capture.camera_model, capture.camera_make) == ("", "Fern & Sohn")


def test_padding_goes() -> None:
    assert capture_of(photograph(model="F-3  \0\0")).camera_model == "F-3"


def test_a_photo_without_any_of_it() -> None:
    assert capture_of(saved(base_picture(), "JPEG")) == Capture()
    assert capture_of(saved(base_picture(), "JPEG", exif=exif_with_orientation(6))) == Capture()


def test_broken_exif_is_no_error() -> None:
    whole = photograph()
    start, end = whole.index(b"Exif\0\0") + 6, whole.index(b"\xff\xdb")
    for place in range(start, end - 4, 3):
        for value in (0, 0xFFFFFFFF, 0x7FFFFFFF, 5):
            capture_of(whole[:place] + struct.pack("<I", value) + whole[place + 4 :])
    for file in odd_files():
        capture_of(file.data)


def test_a_directory_that_names_itself() -> None:
    """EXIF whose sub-directories are its first directory."""
    entries = [(Base.Make, 2, 4, b"A B\0"), (IFD.Exif, 4, 1, struct.pack("<I", 8)), (IFD.GPSInfo, 4, 1, b"\x08\0\0\0")]
    body = b"".join(struct.pack("<HHI", tag, kind, count) + value for tag, kind, count, value in entries)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + struct.pack("<I", 8)
    assert capture_of(saved(base_picture(), "JPEG", exif=exif)) == Capture(camera_make="A B")
