"""Photographs with what cameras write into them: when, where and with what they were taken."""

from collections.abc import Mapping

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from tests.file_surgery import base_picture, saved

ROME = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (41.0, 53.0, 24.0), GPS.GPSLongitudeRef: "E"} | {
    GPS.GPSLongitude: (12.0, 29.0, 33.0)
}


def photograph(gps: Mapping[int, object] = ROME, kind: str = "JPEG", **words: str) -> bytes:
    exif = Image.Exif()
    exif[Base.Make] = words.get("make", "Fern & Sohn")
    exif[Base.Model] = words.get("model", "F-3")
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = words.get("taken_at", "2024:05:21 17:03:00")
    exif.get_ifd(IFD.GPSInfo).update(gps)
    return saved(base_picture(), kind, exif=exif.tobytes())
