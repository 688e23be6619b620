"""Signing a pack and finding what was altered since.

The signature covers MANIFEST, MANIFEST covers every other file. SIGNATURE is three lines, `key`, `mode`,
`signature`, in exactly one spelling, so that no byte anywhere can change unseen. That its key is trusted is
the caller's word: keys are pinned, never taken from the pack.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from breather.domain.finding import Finding
from breather.protocol import signing
from breather.protocol.pack_files import MANIFEST, SIGNATURE, PackFiles, manifest

KIND = "pack"


@dataclass(frozen=True, slots=True)
class _Signature:
    key: str
    mode: str
    signature: bytes

    def render(self) -> bytes:
        encoded = base64.b64encode(self.signature).decode("ascii")
        return f"key {self.key}\nmode {self.mode}\nsignature {encoded}\n".encode()


def sign_pack(files: PackFiles, key: Ed25519PrivateKey, mode: str) -> PackFiles:
    """The same files with a fresh MANIFEST and SIGNATURE. ValueError for a mode other than test and live."""
    listed = manifest(files)
    signature = _Signature(signing.key_id(key.public_key()), mode, signing.sign(key, KIND, mode, listed))
    return {**files, MANIFEST: listed, SIGNATURE: signature.render()}


def verify_pack(files: PackFiles, trusted: Iterable[Ed25519PublicKey], mode: str) -> list[Finding]:
    """What is wrong with the signature, naming each altered, missing or extra file; empty if it is good."""
    findings = [
        Finding(name, "unsigned", "is missing: the pack is not signed")
        for name in (MANIFEST, SIGNATURE)
        if name not in files
    ]
    if findings:
        return findings
    return _check_files(files) + _check_signature(files, {signing.key_id(key): key for key in trusted}, mode)


def _check_files(files: PackFiles) -> list[Finding]:
    listed = _parse_manifest(files[MANIFEST])
    actual = _parse_manifest(manifest(files)) or {}
    if listed is None:
        return [Finding(MANIFEST, "bad-manifest", "is not lines of 'sha256  path': it was altered")]
    findings = [
        Finding(name, "altered", "is not what was signed")
        for name in sorted(listed.keys() & actual.keys())
        if listed[name] != actual[name]
    ]
    findings += [
        Finding(name, "missing", "was signed and is not here") for name in sorted(listed.keys() - actual.keys())
    ]
    findings += [Finding(name, "extra", "is here and was not signed") for name in sorted(actual.keys() - listed.keys())]
    if not findings and manifest(files) != files[MANIFEST]:
        findings.append(Finding(MANIFEST, "bad-manifest", "lists the files in another order or form than was signed"))
    return findings


def _check_signature(files: PackFiles, trusted: dict[str, Ed25519PublicKey], mode: str) -> list[Finding]:
    found = _parse_signature(files[SIGNATURE])
    if found is None:
        return [
            Finding(
                SIGNATURE,
                "bad-signature",
                "is not the three lines 'key', 'mode' and 'signature': it was altered",
            )
        ]
    if found.mode != mode:
        return [Finding(SIGNATURE, "wrong-mode", f"was made for {found.mode} mode, and this is {mode} mode")]
    key = trusted.get(found.key)
    if key is None:
        known = ", ".join(sorted(trusted)) or "none"
        return [Finding(SIGNATURE, "unknown-key", f"was made by the key {found.key}; trusted here: {known}")]
    if not signing.verify(key, found.signature, KIND, mode, files[MANIFEST]):
        return [Finding(SIGNATURE, "bad-signature", f"does not fit {MANIFEST}: one of the two was altered")]
    return []


def _parse_manifest(listed: bytes) -> dict[str, str] | None:
    try:
        lines = listed.decode().splitlines()
    except UnicodeDecodeError:
        return None
    pairs = [line.partition("  ") for line in lines]
    if not all(len(digest) == 64 and name for digest, _, name in pairs):
        return None
    return {name: digest for digest, _, name in pairs}


def _parse_signature(content: bytes) -> _Signature | None:
    try:
        words = dict(line.split(" ", 1) for line in content.decode("ascii").splitlines())
        signature = signing.decode_base64(words["signature"], signing.SIGNATURE_BYTES)
        found = _Signature(words["key"], words["mode"], signature)
    except (ValueError, KeyError):
        return None
    return found if found.render() == content else None
