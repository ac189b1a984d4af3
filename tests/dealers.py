"""A table of dealers' listings with its photos, as a ZIP file: registered objects, one picture in several listings."""

import csv
import io
import zipfile
from dataclasses import dataclass

from tests.pictures import encoded, homography, photograph, picture

SHOWN = photograph(picture(1), homography(15, 0.9, 0.0001))  # the object north/1
OTHER = photograph(picture(2), homography(10, 0.9, 0.0001))  # north/2
PHOTOS = {
    "a.png": encoded(SHOWN),
    "b.png": encoded(SHOWN),  # the same file under another name
    "c.jpg": encoded(SHOWN, "JPEG"),  # nearly the same
    "d.png": encoded(OTHER),
    "e.png": encoded(photograph(picture(100), homography(15, 0.9, 0.0001))),  # of no registered object
    "f.png": encoded(SHOWN)[:900],
}
ANTIQUES, GALLERY = "Antiques & Co <Ghent>", "=Gallery"


@dataclass(frozen=True)
class Offer:
    key: str
    title: str
    seller: str
    address: str
    image: str


OFFERS = (
    Offer("1", "Panel", ANTIQUES, "https://one.example/1", "a.png"),
    Offer("2", "Panel again", ANTIQUES, "https://two.example/2", "b.png"),
    Offer("3", "Old panel", GALLERY, "https://one.example/3", "c.jpg"),
    Offer("4", "لوحة", GALLERY, "https://one.example/4", "d.png"),
    Offer("5", "Vase", "", "", "e.png"),
    Offer("6", "Broken", ANTIQUES, "", "f.png"),
)


def dealers_zip() -> bytes:
    table = io.StringIO()
    lines = csv.writer(table)
    lines.writerow(["item number", "title", "seller", "url", "image", "Price"])
    lines.writerows([one.key, one.title, one.seller, one.address, one.image, "=12"] for one in OFFERS)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        into.writestr("list.csv", table.getvalue())
        for name, data in PHOTOS.items():
            into.writestr(name, data)
    return packed.getvalue()
