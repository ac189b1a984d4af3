"""What a file is, read off its first bytes: one of the accepted picture formats, or what to tell the sender.

The file's name is never asked: people rename, and attackers too. Whatever is not recognised here reaches no parser.
"""

from dataclasses import dataclass

from heritage.errors import ImageError

ACCEPTED = "JPEG, PNG, WebP, TIFF, AVIF or HEIC"
_TEXT_SAMPLE = 2048  # bytes looked at to tell text from the rest


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """An accepted format: its name, media type, and the only Pillow plug-in that may see the bytes."""

    name: str
    media_type: str
    plugin: str


JPEG = PictureFormat("JPEG", "image/jpeg", "JPEG")  # the plug-in turns to MPO by itself, for phones' two-in-one JPEGs
PNG = PictureFormat("PNG", "image/png", "PNG")
WEBP = PictureFormat("WebP", "image/webp", "WEBP")
TIFF = PictureFormat("TIFF", "image/tiff", "TIFF")
AVIF = PictureFormat("AVIF", "image/avif", "AVIF")
HEIC = PictureFormat("HEIC", "image/heic", "HEIF")

_ACCEPTED_STARTS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"mif2"}
_AVIF_BRANDS = {b"avif", b"avis"}

_OTHER_PICTURES = (
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"8BPS", "Photoshop (PSD)"),
    (b"\0\0\1\0", "Windows icon"),
    (b"\0\0\2\0", "Windows cursor"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\x76\x2f\x31\x01", "OpenEXR"),
    (b"DDS ", "DDS"),
)
_NO_PICTURES = (
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x7fELF", "a program"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound or video file"),
    (b"SQLite format 3\0", "a database"),
)
_BITMAP_HEADERS = {12, 40, 52, 56, 64, 108, 124}


def recognise(data: bytes) -> PictureFormat:
    """The accepted format of ``data``. Raises `ImageError` that says what it is instead, where that is cheap to say."""
    if not data:
        raise ImageError("not an image", "the file is empty")
    for start, accepted in _ACCEPTED_STARTS:
        if data.startswith(start):
            return accepted
    if data[4:8] == b"ftyp":
        return _recognise_boxes(data)
    if data.startswith(b"RIFF"):
        if data[8:12] == b"WEBP":
            return WEBP
        raise _no_image("a sound or video file")
    raise _refusal(data)


def is_cut_off(data: bytes, picture_format: PictureFormat) -> bool:
    """Whether ``data``, which could not be decoded, ends before its own structure does."""
    if picture_format is JPEG:
        return not data.rstrip(b"\0").endswith(b"\xff\xd9")
    if picture_format is PNG:
        return b"IEND" not in data[-64:]
    if picture_format is WEBP:
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    if picture_format is TIFF:
        little_endian = data.startswith(b"II")
        directory = int.from_bytes(data[4:8], "little" if little_endian else "big")
        return directory + 2 > len(data)
    return _boxes_end(data) > len(data)


def _recognise_boxes(data: bytes) -> PictureFormat:
    """ISO base media: phones' stills and every kind of video start alike, only the brands tell them apart."""
    brand_bytes = data[8:12] + data[16 : min(int.from_bytes(data[:4], "big"), 256)]
    brands = [brand_bytes[start : start + 4] for start in range(0, len(brand_bytes), 4)]
    if _AVIF_BRANDS.intersection(brands):
        return AVIF
    if _HEIC_BRANDS.intersection(brands):
        return HEIC
    raise _no_image("a video, or a raw photograph")


def _boxes_end(data: bytes) -> int:
    """Where the last of the top-level boxes ends, by its own account."""
    position = 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        if size == 1:  # the size follows, in 64 bits
            size = int.from_bytes(data[position + 8 : position + 16], "big")
        if size < 8:  # 0: up to the end of the file; the others are nonsense
            return len(data)
        position += size
    return position if position >= len(data) else len(data) + 1


def _refusal(data: bytes) -> ImageError:
    for start, name in _OTHER_PICTURES:
        if data.startswith(start):
            return _unsupported(name)
    for start, what in _NO_PICTURES:
        if data.startswith(start):
            return _no_image(what)
    if text := _as_text(data):
        return _no_image(_kind_of_text(text))
    if data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _BITMAP_HEADERS:
        return _unsupported("Windows bitmap (BMP)")
    if data.startswith(b"MZ"):
        return _no_image("a program")
    return ImageError("not an image", f"no known format; send {ACCEPTED}")


def _as_text(data: bytes) -> str:
    """The beginning of ``data`` if it is text, else nothing."""
    sample = data[:_TEXT_SAMPLE]
    encoding = "utf-16" if sample.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = sample.decode(encoding, errors="ignore")  # the sample may end within a character
    whole = len(text.encode(encoding)) > len(sample) - 4
    return text if whole and all(sign.isprintable() or sign.isspace() for sign in text) else ""


def _kind_of_text(text: str) -> str:
    start = text.lstrip().lower()
    if "<svg" in start:
        return "an SVG drawing"
    if start.startswith(("<!doctype html", "<html", "<head", "<body")):
        return "a web page"
    return "an XML document" if start.startswith("<?xml") else "text"


def _no_image(what: str) -> ImageError:
    return ImageError("not an image", f"this is {what}; send {ACCEPTED}")


def _unsupported(name: str) -> ImageError:
    return ImageError("unsupported format", f"{name}; send {ACCEPTED}")
