"""How long an upload waits for its decoding and for its duplicates.

    python scripts/measure_uploads.py --images 1000000 --megapixels 12

Decodes a generated JPEG in this process and in a child, in turn, and prints the ratio of the medians; then looks for
near-duplicates among so many random hashes in a temporary database: the first look, which reads them all, and those
after it. Times of one machine mean little; the ratio, and whether a look takes under 100 ms, do.
"""

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image
from sqlalchemy import insert

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.images import HASH_BYTES, ImageDigest, PhotoHash
from heritage.service.duplicates import Duplicates
from heritage.settings import Settings
from heritage.storage.database import Database
from heritage.storage.image_hashes import ImageHashes
from heritage.storage.schema import image, image_hash
from heritage.vision.decode import DecodeLimits, decode
from heritage.vision.decode_child import ChildBounds
from heritage.vision.decode_pool import DecodePool
from heritage.vision.near_duplicates import PdqIndex

ROUNDS = 15
CHUNK = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--megapixels", type=float, default=12)
    given = parser.parse_args()
    measure_decoding(given.megapixels)
    with tempfile.TemporaryDirectory() as home, closing(Database.open(Path(home))) as database:
        write_hashes(database, given.images)
        measure_looks(database, given.images)


def measure_decoding(megapixels: float) -> None:
    data = photograph(megapixels)
    defaults = Settings()
    limits = DecodeLimits(defaults.max_image_bytes, defaults.max_image_pixels, defaults.max_image_side)
    bounds = ChildBounds(defaults.decode_seconds, defaults.decode_memory * 1_000_000)
    started = time.perf_counter()
    with closing(DecodePool(limits, bounds, 1)) as pool:
        pool.decode(photograph(0.01))
        print(f"first child answers after {time.perf_counter() - started:.2f} s")
        inside, outside = [], []
        for _ in range(ROUNDS):  # in turn, so that whatever else the machine does hits both
            inside.append(seconds(lambda: decode(data, limits)))
            outside.append(seconds(lambda: pool.decode(data)))
    ratio = statistics.median(outside) / statistics.median(inside)
    print(f"{megapixels:g} megapixels: {statistics.median(inside):.3f} s in this process, {ratio:.2f} of it in a child")


def photograph(megapixels: float) -> bytes:
    """A JPEG with detail at every scale, 4:3."""
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    coarse = np.random.default_rng(1).integers(0, 256, (height // 10 + 1, height * 4 // 30 + 1, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(coarse).resize((height * 4 // 3, height), Image.Resampling.BICUBIC).save(file, "JPEG", quality=92)
    return file.getvalue()


def write_hashes(database: Database, count: int) -> None:
    now = datetime.now(UTC)
    facts = {"media_type": "image/jpeg", "byte_count": 1, "width": 1, "height": 1, "stored_at": now}
    random = np.random.default_rng(2)
    for sequences in chunks(count):
        with database.begin() as connection:
            images = [{"sequence": one, "digest": f"{one:064x}", **facts} for one in sequences]
            connection.execute(insert(image), images)
            hashes = [{"sequence": one, "pdq": random.bytes(HASH_BYTES), "quality": 100} for one in sequences]
            connection.execute(insert(image_hash), hashes)


def chunks(count: int) -> Iterator[Sequence[int]]:
    for start in range(1, count + 1, CHUNK):
        yield range(start, min(start + CHUNK, count + 1))


def measure_looks(database: Database, count: int) -> None:
    duplicates = Duplicates(ImageHashes(database), PdqIndex())
    random = np.random.default_rng(3)

    def look() -> None:
        duplicates.find(ImageDigest.of(random.bytes(8)), AT_THE_MACHINE, PhotoHash(random.bytes(HASH_BYTES), 100))

    print(f"{count:,} hashes: first look {seconds(look):.1f} s", end=", ")
    times = [1000 * seconds(look) for _ in range(50)]
    print(f"later ones {statistics.median(times):.1f} ms, at most {max(times):.1f} ms")


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
