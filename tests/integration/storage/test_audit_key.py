import threading
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from heritage.domain.merkle import Frontier, leaf_hash
from heritage.errors import StorageError
from heritage.storage.audit_key import PRIVATE_NAME, PUBLIC_NAME, PublicKey, Signer

HEAD = Frontier().append(leaf_hash(b"event"))[0].head


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    assert PublicKey.read(tmp_path) is None
    made = Signer.open(tmp_path).public.key_id
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(kept) == [PRIVATE_NAME, PUBLIC_NAME]
    assert (tmp_path / PRIVATE_NAME).stat().st_mode & 0o777 == 0o600
    assert Signer.open(tmp_path).public.key_id == made
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == kept


def test_several_first_uses_make_one_key(tmp_path: Path) -> None:
    made: list[str] = []
    threads = [threading.Thread(target=lambda: made.append(Signer.open(tmp_path).public.key_id)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1


def test_what_was_signed_holds_and_nothing_else(tmp_path: Path) -> None:
    signed, key = Signer.open(tmp_path).sign(HEAD), PublicKey.read(tmp_path)
    assert key is not None
    assert key.signed(signed)
    assert not key.signed(replace(signed, size=2))
    assert not key.signed(replace(signed, root=bytes(32)))
    assert not key.signed(replace(signed, signature=bytes(64)))
    assert not key.signed(replace(signed, signature=b""))
    assert not key.signed(replace(signed, key_id="0" * 16))
    (tmp_path / "other").mkdir()
    assert not Signer.open(tmp_path / "other").public.signed(signed)


def test_a_public_key_that_was_lost_is_made_again(tmp_path: Path) -> None:
    made = Signer.open(tmp_path).public.key_id
    (tmp_path / PUBLIC_NAME).unlink()
    assert Signer.open(tmp_path).public.key_id == made


def test_a_private_key_that_was_lost_is_not_replaced(tmp_path: Path) -> None:
    Signer.open(tmp_path)
    (tmp_path / PRIVATE_NAME).unlink()
    with pytest.raises(StorageError, match=r"audit-key\.pem is missing.*restore"):
        Signer.open(tmp_path)
    assert not (tmp_path / PRIVATE_NAME).exists()


def test_keys_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    for home in (tmp_path, tmp_path / "other"):
        Signer.open(home)
    (tmp_path / "other" / PUBLIC_NAME).replace(tmp_path / PUBLIC_NAME)
    with pytest.raises(StorageError, match="does not belong"):
        Signer.open(tmp_path)


def test_a_private_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Signer.open(tmp_path)
    (tmp_path / PRIVATE_NAME).chmod(0o640)
    with pytest.raises(StorageError, match="chmod 600"):
        Signer.open(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no key"])
@pytest.mark.parametrize("name", [PRIVATE_NAME, PUBLIC_NAME])
def test_a_damaged_key_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    Signer.open(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(StorageError, match=f"{name} is not a (private|public) key"):
        Signer.open(tmp_path)


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1())
    encryption = (NoEncryption(), BestAvailableEncryption(b"secret"))
    plain, locked = (other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, one) for one in encryption)
    for content, words in ((plain, "not an Ed25519 key"), (locked, "without a password")):
        (tmp_path / PRIVATE_NAME).write_bytes(content)
        (tmp_path / PRIVATE_NAME).chmod(0o600)
        with pytest.raises(StorageError, match=words):
            Signer.open(tmp_path)
    (tmp_path / PUBLIC_NAME).write_bytes(
        other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(StorageError, match="not an Ed25519 key"):
        PublicKey.read(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"missing cannot be used: No such file"):
        Signer.open(tmp_path / "missing")
