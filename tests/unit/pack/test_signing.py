"""A signature is good for one key, one kind, one mode and one body, and a key file is what it says."""

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from breather.protocol import signing

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


@given(st.binary(max_size=200))
def test_what_was_signed_verifies(body: bytes) -> None:
    signature = signing.sign(KEY, "pack", "test", body)
    assert len(signature) == signing.SIGNATURE_BYTES
    assert signing.verify(KEY.public_key(), signature, "pack", "test", body)


@pytest.mark.parametrize(
    ("key", "kind", "mode", "body"),
    [
        (OTHER, "pack", "test", b"words"),
        (KEY, "referral", "test", b"words"),
        (KEY, "pack", "live", b"words"),
        (KEY, "pack", "test", b"Words"),
        (KEY, "pack", "test", b""),
    ],
)
def test_anything_else_does_not(key: Ed25519PrivateKey, kind: str, mode: str, body: bytes) -> None:
    signature = signing.sign(KEY, "pack", "test", b"words")
    assert not signing.verify(key.public_key(), signature, kind, mode, body)


def test_a_truncated_signature_is_false_and_no_crash() -> None:
    assert not signing.verify(KEY.public_key(), b"\0" * 63, "pack", "test", b"")


def test_signed_bytes_begin_with_kind_version_and_mode() -> None:
    assert signing.signed_bytes("pack", "test", b"body") == b"breather/pack/v1/test\nbody"


@pytest.mark.parametrize(("kind", "mode"), [("pack/v1", "test"), ("pack\n", "test"), ("", "test"), ("pack", "prod")])
def test_ambiguous_kinds_and_modes_are_refused(kind: str, mode: str) -> None:
    with pytest.raises(ValueError, match=r"kind|mode"):
        signing.sign(KEY, kind, mode, b"")


def test_key_id_is_sixteen_hexadecimal_digits_of_the_public_key() -> None:
    assert signing.key_id(KEY.public_key()) == "56475aa75463474c"
    assert signing.key_id(KEY.public_key()) != signing.key_id(OTHER.public_key())


def test_generated_keys_differ() -> None:
    assert signing.generate().private_bytes_raw() != signing.generate().private_bytes_raw()


def test_keys_survive_their_files(tmp_path: Path) -> None:
    signing.save_private_key(tmp_path / "key", KEY)
    signing.save_public_key(tmp_path / "key.pub", KEY.public_key())
    assert signing.load_private_key(tmp_path / "key").private_bytes_raw() == KEY.private_bytes_raw()
    assert signing.load_public_key(tmp_path / "key.pub").public_bytes_raw() == KEY.public_key().public_bytes_raw()
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_a_private_key_is_never_overwritten(tmp_path: Path) -> None:
    signing.save_private_key(tmp_path / "key", KEY)
    with pytest.raises(FileExistsError):
        signing.save_private_key(tmp_path / "key", OTHER)
    assert signing.load_private_key(tmp_path / "key").private_bytes_raw() == KEY.private_bytes_raw()


def test_a_private_key_is_not_taken_for_a_public_one_nor_shown(tmp_path: Path) -> None:
    signing.save_private_key(tmp_path / "key", KEY)
    with pytest.raises(ValueError, match="must begin with 'breather-ed25519-public'") as caught:
        signing.load_public_key(tmp_path / "key")
    assert base64.b64encode(KEY.private_bytes_raw()).decode() not in str(caught.value)


@pytest.mark.parametrize("content", ["", "nonsense", "breather-ed25519-public", "breather-ed25519-public AAAA"])
def test_a_broken_key_file_names_itself(tmp_path: Path, content: str) -> None:
    path = tmp_path / "peer.pub"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"peer\.pub"):
        signing.load_public_key(path)


def test_base64_has_one_spelling() -> None:
    good = base64.b64encode(bytes(32)).decode()
    assert signing.decode_base64(good, 32) == bytes(32)
    respelt = good[:-2] + "B="  # same 32 bytes for a lenient decoder: the changed bits are unused
    assert base64.b64decode(respelt) == bytes(32)
    with pytest.raises(ValueError, match="canonical"):
        signing.decode_base64(respelt, 32)
