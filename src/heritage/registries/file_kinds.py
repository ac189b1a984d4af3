"""What a file found among photos is, by its first bytes; its path tells only caches and notes of file managers."""

from pathlib import PurePosixPath

from heritage.domain.listings import SkippedKind
from heritage.domain.ports import PictureTest

HEAD_BYTES = 4_096
PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".avif", ".heic", ".heif"})
_OFFICE_SUFFIXES = frozenset({".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".pages", ".numbers"})
_STARTS = (
    (b"%PDF-", SkippedKind.DOCUMENTS),
    (b"\xd0\xcf\x11\xe0", SkippedKind.DOCUMENTS),
    (b"{\\rtf", SkippedKind.DOCUMENTS),
    (b"SQLite format 3\0", SkippedKind.DATABASES),
    (b"PK\3\4", SkippedKind.ARCHIVES),
    (b"PK\5\6", SkippedKind.ARCHIVES),
    (b"\x1f\x8b", SkippedKind.ARCHIVES),
    (b"BZh", SkippedKind.ARCHIVES),
    (b"7z\xbc\xaf\x27\x1c", SkippedKind.ARCHIVES),
    (b"Rar!", SkippedKind.ARCHIVES),
    (b"\xfd7zXZ\0", SkippedKind.ARCHIVES),
    (b"\x1a\x45\xdf\xa3", SkippedKind.VIDEOS),  # Matroska, WebM
    (b"FLV\1", SkippedKind.VIDEOS),
    (b"\0\0\1\xba", SkippedKind.VIDEOS),  # MPEG
    (b"ID3", SkippedKind.SOUND),
    (b"OggS", SkippedKind.SOUND),
    (b"fLaC", SkippedKind.SOUND),
    (b"#!AMR", SkippedKind.SOUND),
    (b"\xff\xfb", SkippedKind.SOUND),  # MP3 without a tag
    (b"\xff\xf1", SkippedKind.SOUND),  # AAC
)
_THUMBNAIL_FOLDERS = frozenset({".thumbnails", ".thumbs", "@eadir"})
_NOTES = frozenset({".ds_store", "desktop.ini", ".nomedia", ".localized"})


def junk_kind(path: str) -> SkippedKind | None:
    """The kind of what is passed over by its path alone, whatever is in it; None for all else."""
    *folders, name = (part.lower() for part in PurePosixPath(path).parts)
    if "__macosx" in folders or name.startswith("._") or name in _NOTES:
        return SkippedKind.RESOURCE_FORKS
    is_cache = name.startswith(("thumbs.db", "thumbcache_", ".thumbdata"))
    return SkippedKind.THUMBNAILS if is_cache or _THUMBNAIL_FOLDERS.intersection(folders) else None


def kind_of(head: bytes, path: str, test: PictureTest) -> SkippedKind | None:
    """The kind of a file that begins with ``head`` and is no picture to search; None when it is one."""
    if not head:
        return SkippedKind.EMPTY
    cause = test(head)
    if not cause:
        return None
    suffix = PurePosixPath(path).suffix.lower()
    if cause == "unsupported format":
        return SkippedKind.OTHER_PICTURES
    if suffix in PICTURE_SUFFIXES:
        return SkippedKind.NO_PICTURES  # cut off, encrypted, or renamed: worth a person's look
    if head.startswith(b"PK") and suffix in _OFFICE_SUFFIXES:
        return SkippedKind.DOCUMENTS
    return next((kind for start, kind in _STARTS if head.startswith(start)), None) or _other_kind(head)


def _other_kind(head: bytes) -> SkippedKind:
    if head[4:8] == b"ftyp":
        return SkippedKind.SOUND if head[8:11] == b"M4A" else SkippedKind.VIDEOS
    if head.startswith(b"RIFF"):
        return SkippedKind.SOUND if head[8:12] == b"WAVE" else SkippedKind.VIDEOS
    return SkippedKind.OTHERS if b"\0" in head else SkippedKind.DOCUMENTS  # text of some kind
