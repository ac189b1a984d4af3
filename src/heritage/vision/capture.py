"""What a camera wrote about a photo, read from EXIF that anybody may have made up."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from heritage.domain.images import Capture

T = TypeVar("T")


def read_capture(image: Image.Image) -> Capture:
    """The capture of an opened image. What is missing, broken or absurd is left out, and never an error."""
    return replace(
        _or(Capture(), lambda: _place(image.getexif().get_ifd(IFD.GPSInfo))),
        taken_at=_or("", lambda: _text(image.getexif().get_ifd(IFD.Exif)[Base.DateTimeOriginal])),
        camera_make=_or("", lambda: _text(image.getexif()[Base.Make])),
        camera_model=_or("", lambda: _text(image.getexif()[Base.Model])),
    )


def _or(otherwise: T, read: Callable[[], T]) -> T:
    try:
        return read()
    except Exception:  # KeyError, struct.error, SyntaxError, ...: broken EXIF takes nothing from the pixels
        return otherwise


def _text(value: Any) -> str:
    """Raises AttributeError or ValueError for what is no short, printable text."""
    return Capture(taken_at=value.strip("\0 ")).taken_at


def _place(gps: Mapping[int, Any]) -> Capture:
    """Raises ValueError or another error for what is no place on earth."""
    latitude = _degrees(gps[GPS.GPSLatitude], gps[GPS.GPSLatitudeRef], "NS")
    longitude = _degrees(gps[GPS.GPSLongitude], gps[GPS.GPSLongitudeRef], "EW")
    return Capture(latitude=latitude, longitude=longitude)


def _degrees(parts: Any, reference: str, references: str) -> float:
    """A rational that is divided by zero comes as NaN, which no comparison lets through."""
    degrees, minutes, seconds = (float(part) for part in parts)
    if not (degrees >= 0 and 0 <= minutes < 60 and 0 <= seconds < 60):
        raise ValueError("not an angle")
    sign_by_reference = dict(zip(references, (1, -1), strict=True))
    return sign_by_reference[reference.strip("\0 ").upper()] * (degrees + minutes / 60 + seconds / 3600)
