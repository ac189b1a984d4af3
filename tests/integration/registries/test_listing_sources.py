"""Listings with the real parts: the decoder's own test of pictures, and a server that photos are fetched from."""

import random
import zipfile
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from heritage.domain.listings import ListingPhoto, Skipped, SkippedKind
from heritage.errors import FetchError, InputError
from heritage.registries.listing_photos import beside
from heritage.registries.listing_table import open_table_listings
from heritage.service.context import open_listings
from heritage.settings import Settings
from tests.integration.registries.test_fetching import picture as sent
from tests.integration.registries.test_fetching import serving, tagged
from tests.pictures import picture

SETTINGS = Settings(max_image_bytes=1_000_000)


def encoded(suffix: str) -> bytes:
    return cv2.imencode(suffix, picture(1, 100, 80))[1].tobytes()


def planted(root: Path) -> Path:
    (root / "DCIM").mkdir(parents=True)
    for name, data in {
        **{"DCIM/1": encoded(".jpg"), "DCIM/2.txt": encoded(".png"), "DCIM/3.webp": encoded(".webp")},
        **{"DCIM/4.gif": b"GIF89a" + bytes(50), "5.jpg": b"text", "6.mp4": b"\0\0\0\x18ftypisom" + bytes(50)},
    }.items():
        (root / name).write_bytes(data)
    return root


def test_pictures_are_told_as_the_decoder_tells_them(tmp_path: Path) -> None:
    source = open_listings(SETTINGS, planted(tmp_path / "phone"))
    assert [one.key for one in source.listings()] == ["DCIM/1", "DCIM/2.txt", "DCIM/3.webp"]
    assert source.skipped == (
        Skipped(SkippedKind.OTHER_PICTURES, 1),
        Skipped(SkippedKind.NO_PICTURES, 1),
        Skipped(SkippedKind.VIDEOS, 1),
    )
    assert source.read(ListingPhoto("DCIM/1")).data == encoded(".jpg")
    source.close()


def test_photos_at_addresses_come_with_their_capture_and_are_not_sent_twice(tmp_path: Path) -> None:
    with serving(a=tagged, b=sent) as (server, fetcher):
        table = tmp_path / "a.csv"
        table.write_text(f"image\n{server.address}/a\n{server.address}/b\n{server.address}/gone\n")
        server.answers["/gone"] = lambda handler: handler.say(410)
        source = open_table_listings(table, beside(table, replace(fetcher, max_bytes=100)))
        first, second, gone = (one.photos[0] for one in source.listings())
        captured = source.read(first)
        assert captured.web is not None
        assert (captured.data, captured.digest, captured.web.status) == (b"pixels", captured.web.digest, 200)
        again = source.read(first, captured)
        assert again.web is not None
        assert (again.data, again.web.status, again.web.is_unchanged) == (b"pixels", 304, True)
        assert source.read(second, captured).data == b"pixels"
        with pytest.raises(FetchError, match="answers 410"):
            source.read(gone)


def test_whatever_is_done_to_an_archive_it_is_read_or_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole.zip"
    folder = planted(tmp_path / "phone")
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
        archive.write(whole.with_name("phone") / "5.jpg", "nested.zip")
    data, torn, randomly = whole.read_bytes(), tmp_path / "torn.zip", random.Random(5)
    read = 0
    for _ in range(300):
        damaged = bytearray(data)
        for _ in range(randomly.choice((1, 3, 20))):
            damaged[randomly.randrange(len(damaged))] = randomly.randrange(256)
        torn.write_bytes(damaged[: randomly.choice((len(damaged), randomly.randrange(len(damaged))))])
        try:
            source = open_listings(SETTINGS, torn)
        except InputError:
            continue
        for one in source.listings():
            try:
                source.read(one.photos[0])
                read += 1
            except InputError:
                pass
        source.close()
    assert read
