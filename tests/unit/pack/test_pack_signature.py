"""Nothing in a signed pack can change unseen, and the finding says which file."""

import base64
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.protocol import signing
from breather.protocol.pack import from_blob, sign_pack, to_blob, verify_pack
from breather.samples import SAMPLE_KEY, SAMPLE_PUBLIC_KEY
from tests.unit.pack.builders import codes, sample_files

STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def _verify(files: Mapping[str, bytes], mode: str = "test") -> list[tuple[str, str]]:
    return codes(verify_pack(files, [SAMPLE_PUBLIC_KEY], mode))


def test_the_signed_sample_verifies() -> None:
    assert _verify(sample_files()) == []


def test_signing_again_gives_the_same_bytes() -> None:
    assert sign_pack(sample_files(), SAMPLE_KEY, "test") == sample_files()


@settings(max_examples=300)
@given(st.data())
def test_every_altered_byte_is_caught_and_its_file_named(data: st.DataObject) -> None:
    files = dict(sample_files())
    name = data.draw(st.sampled_from(sorted(files)))
    position = data.draw(st.integers(0, len(files[name]) - 1))
    flip = data.draw(st.integers(1, 255))
    content = bytearray(files[name])
    content[position] ^= flip
    found = verify_pack({**files, name: bytes(content)}, [SAMPLE_PUBLIC_KEY], "test")
    assert found
    if name not in ("MANIFEST", "SIGNATURE"):
        assert codes(found) == [(name, "altered")]
    elif name == "SIGNATURE":
        assert {finding.pointer for finding in found} == {"SIGNATURE"}


def test_every_byte_of_the_signature_file_matters() -> None:
    signature = sample_files()["SIGNATURE"]
    for position in range(len(signature)):
        for flip in (1, 2, 32):
            content = bytearray(signature)
            content[position] ^= flip
            assert _verify({**sample_files(), "SIGNATURE": bytes(content)}), (position, flip)


@pytest.mark.parametrize("name", ["MANIFEST", "SIGNATURE", "texts/pt.toml"])
@pytest.mark.parametrize("change", [lambda content: content + b"\n", lambda content: content[:-1], lambda content: b""])
def test_added_and_missing_bytes_are_caught(name: str, change: object) -> None:
    assert callable(change)
    files = {**sample_files(), name: change(sample_files()[name])}
    assert _verify(files)


def test_a_missing_and_an_extra_file_are_named() -> None:
    files = dict(sample_files())
    del files["texts/pt.toml"]
    files["texts/xx.toml"] = b""
    assert _verify(files) == [("texts/pt.toml", "missing"), ("texts/xx.toml", "extra")]


def test_a_manifest_rewritten_to_fit_an_altered_file_does_not_fit_its_signature() -> None:
    altered = {**sample_files(), "pack.toml": b"altered"}
    forged = {**sign_pack(altered, STRANGER, "test"), "SIGNATURE": sample_files()["SIGNATURE"]}
    assert _verify(forged) == [("SIGNATURE", "bad-signature")]


@pytest.mark.parametrize("form", ["reversed", "repeated", "upper case"])
def test_a_manifest_of_another_form_is_refused_even_if_signed(form: str) -> None:
    lines = sample_files()["MANIFEST"].splitlines(keepends=True)
    listed = {
        "reversed": lines[::-1],
        "repeated": [*lines, lines[-1]],
        "upper case": [lines[0].upper(), *lines[1:]],
    }
    content = b"".join(listed[form])
    encoded = base64.b64encode(signing.sign(SAMPLE_KEY, "pack", "test", content))
    key = signing.key_id(SAMPLE_PUBLIC_KEY).encode()
    signature = b"key " + key + b"\nmode test\nsignature " + encoded + b"\n"
    assert _verify({**sample_files(), "MANIFEST": content, "SIGNATURE": signature})


def test_an_unsigned_pack_says_so() -> None:
    bare = {name: content for name, content in sample_files().items() if name not in ("MANIFEST", "SIGNATURE")}
    assert _verify(bare) == [("MANIFEST", "unsigned"), ("SIGNATURE", "unsigned")]


def test_an_unknown_key_is_named_and_never_trusted_on_first_use() -> None:
    found = verify_pack(sign_pack(sample_files(), STRANGER, "test"), [SAMPLE_PUBLIC_KEY], "test")
    assert codes(found) == [("SIGNATURE", "unknown-key")]
    assert "56475aa75463474c" in found[0].message


def test_without_any_trusted_key_nothing_verifies() -> None:
    assert codes(verify_pack(sample_files(), [], "test")) == [("SIGNATURE", "unknown-key")]


def test_one_of_several_trusted_keys_is_enough() -> None:
    keys = [STRANGER.public_key(), SAMPLE_PUBLIC_KEY]
    assert verify_pack(sample_files(), keys, "test") == []


def test_modes_never_cross() -> None:
    assert _verify(sample_files(), "live") == [("SIGNATURE", "wrong-mode")]
    relabelled = sample_files()["SIGNATURE"].replace(b"mode test", b"mode live")
    assert _verify({**sample_files(), "SIGNATURE": relabelled}, "live") == [("SIGNATURE", "bad-signature")]


def test_a_pack_verifies_after_storage() -> None:
    assert _verify(from_blob(to_blob(sample_files()))) == []


@settings(max_examples=200)
@given(st.binary(max_size=120), st.sampled_from(["MANIFEST", "SIGNATURE"]))
def test_no_bytes_crash_the_verifier(content: bytes, name: str) -> None:
    assert _verify({**sample_files(), name: content})
