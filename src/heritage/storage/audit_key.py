"""The key that signs checkpoints of the audit log: Ed25519 (RFC 8032), made on first use and never replaced."""

import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from heritage.domain.audit import Checkpoint
from heritage.domain.merkle import TreeHead
from heritage.errors import StorageError
from heritage.storage.images import sync_folder

PRIVATE_NAME, PUBLIC_NAME = "audit-key.pem", "audit-key.pub"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Tells whether a checkpoint was signed with this home's key."""

    key: Ed25519PublicKey

    @classmethod
    def read(cls, home: Path) -> Self | None:
        """``home/audit-key.pub``; None when nothing was ever signed. Raises `StorageError`."""
        path = home / PUBLIC_NAME
        data = _content(path)
        if data is None:
            return None
        try:
            key = load_pem_public_key(data)
        except ValueError as error:
            raise StorageError(f"{path} is not a public key; restore it from a backup") from error
        if not isinstance(key, Ed25519PublicKey):
            raise StorageError(f"{path} is not an Ed25519 key; restore it from a backup")
        return cls(key)

    @property
    def key_id(self) -> str:
        """16 hex digits, of the SHA-256 of the key's 32 bytes."""
        return hashlib.sha256(self.key.public_bytes_raw()).hexdigest()[:16]

    @property
    def pem(self) -> bytes:
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def signed(self, checkpoint: Checkpoint) -> bool:
        try:
            self.key.verify(checkpoint.signature, checkpoint.statement.encode())
        except InvalidSignature:
            return False
        return checkpoint.key_id == self.key_id


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs checkpoints."""

    key: Ed25519PrivateKey

    @classmethod
    def open(cls, home: Path) -> Self:
        """``home/audit-key.pem``, made with its public key when neither is there. Raises `StorageError`."""
        path = home / PRIVATE_NAME
        try:
            if not path.exists() and not (home / PUBLIC_NAME).exists():
                _write_once(path, _private_pem(Ed25519PrivateKey.generate()), 0o600)
            signer = cls(_read_private(path))
            _write_once(home / PUBLIC_NAME, signer.public.pem, 0o644)
        except OSError as error:
            raise StorageError(f"the audit key in {home} cannot be used: {error.strerror}") from error
        kept = PublicKey.read(home)
        if kept is None or kept.key_id != signer.public.key_id:
            raise StorageError(f"{path} does not belong to {PUBLIC_NAME} beside it; restore both from a backup")
        return signer

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.key.public_key())

    def sign(self, head: TreeHead) -> Checkpoint:
        unsigned = Checkpoint(head.size, head.root, datetime.now(UTC), self.public.key_id, b"")
        return replace(unsigned, signature=self.key.sign(unsigned.statement.encode()))


def _private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read_private(path: Path) -> Ed25519PrivateKey:
    data = _content(path)
    if data is None:
        # Another key would make every checkpoint signed so far look forged.
        raise StorageError(f"{path} is missing, {PUBLIC_NAME} is there: restore the signing key from a backup")
    if path.stat().st_mode & 0o077:
        raise StorageError(f"{path} can be read by others, who could sign in its name; chmod 600 it")
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:  # TypeError: it is encrypted
        raise StorageError(f"{path} is not a private key without a password; restore it from a backup") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StorageError(f"{path} is not an Ed25519 key; restore it from a backup")
    return key


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error


def _write_once(path: Path, data: bytes, mode: int) -> None:
    """Write a file that is not there yet; one that is stays. On return it is complete and survives a power cut."""
    if path.exists():
        return
    with tempfile.NamedTemporaryFile(dir=path.parent) as file:  # nobody else may read it from the start
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
        try:
            path.hardlink_to(file.name)  # unlike a rename it never replaces: of two processes the first wins
        except FileExistsError:
            return
    sync_folder(path.parent)
