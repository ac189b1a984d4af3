"""Every setting, in one frozen object that is passed in. Only this module reads the environment."""

import os
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Self

from heritage.errors import InputError

_REPOSITORY = Path(__file__).resolve().parents[2]


def _default_models() -> Path:
    beside_source = _REPOSITORY / "models"
    return beside_source if beside_source.is_dir() else Path("models")


@dataclass(frozen=True, slots=True)
class Settings:
    """``HERITAGE_<FIELD>`` in the environment overrides a default; see docs/operations.md.

    ``home`` holds the database, the images and the indexes; ``models`` the model folders. ``database_url`` names a
    PostgreSQL database in place of the one in ``home``; it may hold a password, so it is in no representation.
    Limits: ``max_image_bytes`` bytes, ``max_image_pixels`` pixels, ``max_image_side`` pixels, ``max_upload_bytes``
    bytes for one HTTP request, ``max_import_bytes`` for one that imports, ``max_unpacked_bytes`` for what its ZIP file
    holds. What an import or export made is kept for ``operation_hours`` after it ended; where there are no accounts,
    photos of searches for ``photo_days``, 0: not at all. ``decode_processes`` children decode pictures, each image
    within ``decode_seconds`` and ``decode_memory`` MB. ``tail_limit`` is how many new images are searched from memory
    before an index is rebuilt. ``request_limit`` and ``search_limit`` are requests a minute for each caller of the
    server, 0 for any number; ``metrics_token`` opens ``/metrics`` to others than this machine. ``smtp_url`` and
    ``mail_from``: by which server, and from whom, alerts are mailed. ``oidc_...``: the OpenID provider, and which of
    its claims is a person's login.
    """

    home: Path = Path("indexes")
    database_url: str = field(default="", repr=False)
    models: Path = field(default_factory=_default_models)
    model: str = ""  # empty: the home's choice, or else the manifest's default
    gallery: str = "main"
    max_image_bytes: int = 50_000_000
    max_image_pixels: int = 80_000_000
    max_image_side: int = 25_000
    max_upload_bytes: int = 60_000_000
    max_import_bytes: int = 1_000_000_000
    max_unpacked_bytes: int = 4_000_000_000
    operation_hours: int = 72
    photo_days: int = 365
    decode_processes: int = 2  # 0: in this process, which a codec's bug then ends
    decode_seconds: int = 30
    decode_memory: int = 2_500  # the largest WebP allowed takes 1,900
    candidate_limit: int = 30
    tail_limit: int = 2_000
    request_limit: int = 600
    search_limit: int = 120
    metrics_token: str = field(default="", repr=False)
    public_address: str = ""  # such as https://heritage.example: where alerts say that hits are to be looked at
    smtp_url: str = field(default="", repr=False)  # empty: no mail is sent
    mail_from: str = ""
    webhook_networks: str = ""  # 10.1.0.0/16, ...: where webhooks may be besides the public internet
    threads: int = 0  # 0: as many as the machine has
    oidc_issuer: str = ""  # empty: people sign in with passwords only
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_claim: str = "sub"

    @classmethod
    def from_environment(cls, **overrides: object) -> Self:
        """Read ``HERITAGE_*``; keyword arguments that are not None win. Raises `InputError` naming the variable."""
        values: dict[str, object] = {}
        for setting in fields(cls):
            name = f"HERITAGE_{setting.name.upper()}"
            if name in os.environ:
                values[setting.name] = _parse(name, os.environ[name], setting.type)
        values.update({key: value for key, value in overrides.items() if value is not None})
        return cls(**values)  # type: ignore[arg-type]

    def apart(self, home: Path) -> Self:
        """The same for a home of its own, such as a measurement's: nothing of it may reach a database of others."""
        return replace(self, home=home, database_url="")

    @property
    def thread_count(self) -> int:
        return self.threads or os.cpu_count() or 1


def _parse(name: str, text: str, kind: object) -> object:
    if kind is Path:
        return Path(text)
    if kind is int:
        if not text.strip().isdecimal():
            raise InputError(f"{name} must be a whole number, not {text[:40]!r}")
        return int(text)
    return text
