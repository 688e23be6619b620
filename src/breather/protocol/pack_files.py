"""The files of a pack as bytes: read from a folder under limits, listed in a manifest, stored as one blob.

A pack comes from outside. Names, sizes and kinds of file are restricted before a byte of it is interpreted.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from breather.domain.finding import Finding, Refused

PackFiles = Mapping[str, bytes]

MANIFEST = "MANIFEST"
SIGNATURE = "SIGNATURE"
README = "README.md"
FILE_LIMIT = 1024 * 1024
COUNT_LIMIT = 200

_BLOB_HEADER = b"breather/pack-files/v1\n"
_PART = r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}(\.[A-Za-z0-9]{1,10})?"
_NAME = re.compile(rf"{_PART}(/{_PART})?")
_ENTRY = re.compile(rb"(0|[1-9][0-9]{0,7}) ([!-~]{1,150})")


def read_folder(path: Path, what: str = "pack") -> PackFiles:
    """Every file below `path`, by its path with `/`. Refused, with all findings, for what no pack holds.

    A campaign's folder is read under the same limits; `what` is what the findings call it.
    """
    findings: list[Finding] = []
    files: dict[str, bytes] = {}
    if not path.is_dir() or path.is_symlink():
        raise Refused("there is nothing to read", [Finding(str(path), "no-folder", "is not a folder of files")])
    for name, entry in _walk(path, ""):
        if len(files) + len(findings) >= COUNT_LIMIT:
            findings.append(Finding(path.name, "too-many-files", f"holds more than {COUNT_LIMIT} files"))
            break
        finding = _refusal(name, entry, what)
        if finding:
            findings.append(finding)
            continue
        with entry.open("rb") as file:
            content = file.read(FILE_LIMIT + 1)
        if len(content) > FILE_LIMIT:
            findings.append(Finding(name, "too-large", f"is larger than {FILE_LIMIT} bytes"))
        files[name] = content
    if findings:
        raise Refused(f"the folder holds what no {what} may contain", findings)
    return files


def manifest(files: PackFiles) -> bytes:
    """One line `sha256  path` for each file but MANIFEST and SIGNATURE themselves, sorted by path."""
    lines = [
        f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n"
        for name in sorted(files)
        if name not in (MANIFEST, SIGNATURE)
    ]
    return "".join(lines).encode()


def pack_hash(files: PackFiles) -> str:
    """SHA-256 (hexadecimal) of the manifest that these files give: the name of exactly these words."""
    return hashlib.sha256(manifest(files)).hexdigest()


def to_blob(files: PackFiles) -> bytes:
    """One deterministic run of bytes for storage: the same files give the same blob, whatever their order."""
    parts = [_BLOB_HEADER]
    for name in sorted(files):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a name that a pack may contain")
        parts += [f"{len(files[name])} {name}\n".encode(), files[name]]
    return b"".join(parts)


def from_blob(blob: bytes) -> PackFiles:
    """The files of `to_blob`. Refused for bytes that it could not have written."""
    if not blob.startswith(_BLOB_HEADER):
        raise _bad_blob("does not begin as a stored pack does")
    files: dict[str, bytes] = {}
    at, last = len(_BLOB_HEADER), ""
    while at < len(blob):
        line_end = blob.find(b"\n", at, at + 200)
        entry = _ENTRY.fullmatch(blob[at:line_end]) if line_end >= 0 else None
        if entry is None:
            raise _bad_blob(f"has no file entry at byte {at}")
        name, end = entry[2].decode("ascii"), line_end + 1 + int(entry[1])
        if end > len(blob) or name <= last or not _NAME.fullmatch(name):
            raise _bad_blob(f"has a truncated, repeated, unsorted or misnamed file at byte {at}")
        files[name] = blob[line_end + 1 : end]
        at, last = end, name
    return files


def _bad_blob(message: str) -> Refused:
    return Refused("not a stored pack", [Finding("blob", "bad-blob", message)])


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for entry in sorted(folder.iterdir()):
        name = f"{prefix}{entry.name}"
        if entry.is_dir() and not entry.is_symlink() and not prefix:
            yield from _walk(entry, f"{name}/")
        else:
            yield name, entry


def _refusal(name: str, entry: Path, what: str) -> Finding | None:
    if entry.is_symlink():
        return Finding(name, "symlink", f"is a symbolic link; put the file itself into the {what}")
    if not entry.is_file():
        return Finding(name, "not-a-file", f"is not a plain file; a {what} has files, and folders one level deep")
    if not _NAME.fullmatch(name):
        like = "texts/zh-Hant.toml" if what == "pack" else "campaign.toml"
        return Finding(name, "bad-name", f"file names have letters, digits, '-', '_' and one '.', e.g. {like}")
    return None
