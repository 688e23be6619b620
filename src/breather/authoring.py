"""What an author of packs does from the command line: begin, check, look, compare, sign, verify.

Nothing here needs a database. The agency's portal will offer the same acts to two people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from breather.clock import Clock
from breather.domain.finding import Finding, Refused
from breather.domain.instant import Millis, parse_instant
from breather.domain.pack import Pack
from breather.operate import trusted_signers
from breather.protocol.pack import (
    PackFiles,
    check_pack,
    pack_hash,
    read_folder,
    read_pack,
    sign_pack,
    verify_pack,
    warnings_of_pack,
)
from breather.protocol.pack_diff import Change, pack_changes
from breather.protocol.pack_draft import draft_pack
from breather.protocol.pack_files import MANIFEST, SIGNATURE
from breather.protocol.signing import (
    generate,
    key_id,
    load_private_key,
    load_public_key,
    save_private_key,
    save_public_key,
)
from breather.samples import SAMPLE_PUBLIC_KEY, sample_pack
from breather.settings import Settings
from breather.web.pack_preview import render_preview

NEXT_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Checked:
    """A pack that may be signed, or serve if it is; `signed` says whether it was, by a key that is trusted here."""

    pack: Pack
    signed: bool
    warnings: Sequence[Finding]


def begin_pack(folder: Path, like: str, jurisdiction: str, locales: Sequence[str]) -> int:
    """A draft in a new folder, which names the pack; how many places are to be filled in. `like` is a sample's name or
    a folder. Raises Refused, LookupError for a sample that is none, FileExistsError for a folder that is there.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} exists; choose a new folder, nothing was written")
    source = Path(like) if Path(like).is_dir() else sample_pack(like)
    files = draft_pack(read_folder(source), folder.name, jurisdiction, list(dict.fromkeys(locales)))
    unfilled, wrong = _left(files)
    if wrong:
        asked = [finding for finding in wrong if finding.code != "unknown-file"]
        raise Refused("no pack was begun: what was asked for makes none", asked)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return len(unfilled)


def check_pack_folder(settings: Settings, now: Millis, folder: Path) -> Checked:
    """Signature (where there is one), words, numbers and dates at `now`. Raises Refused with every finding; of a draft,
    with what is to be filled in next.
    """
    files = read_folder(folder)
    signed = MANIFEST in files or SIGNATURE in files
    if signed and (wrong := verify_pack(files, trusted_signers(settings), settings.mode)):
        raise Refused("the pack is not as its agency signed it", wrong)
    pack = _read(files)
    findings = check_pack(pack, now, settings.mode)
    if findings:
        raise Refused(f"the pack {pack.id} cannot be used", findings)
    return Checked(pack, signed, warnings_of_pack(pack, now))


def check_time(clock: Clock, at: str | None) -> Millis:
    """A day (its first instant, UTC) or an instant; now for None. ValueError for anything else."""
    if at is None:
        return clock.now()
    try:
        day = date.fromisoformat(at)
    except ValueError:
        return parse_instant(at)
    return Millis(int(datetime.combine(day, time(), UTC).timestamp()) * 1000)


def preview_pack(folder: Path) -> str:
    """One HTML page with every word of the pack. Raises Refused where it cannot be read."""
    return render_preview(_read(read_folder(folder)))


def compare_packs(before: Path, after: Path) -> list[Change]:
    return pack_changes(read_folder(before), read_folder(after))


def sign_pack_folder(settings: Settings, clock: Clock, folder: Path, key_file: Path) -> tuple[str, str]:
    """(the pack's hash, the id of the key). Refused for what could not serve on any day: only what is read, whole and
    current, or begins later, is signed.
    """
    files = read_folder(folder)
    pack = _read(files)
    findings = [each for each in check_pack(pack, clock.now(), settings.mode) if each.code != "not-yet-valid"]
    if findings:
        raise Refused(f"the pack {pack.id} is not signed", findings)
    key = load_private_key(key_file)
    signed = sign_pack(files, key, settings.mode)
    for name in (MANIFEST, SIGNATURE):
        (folder / name).write_bytes(signed[name])
    return pack_hash(signed), key_id(key.public_key())


def verify_pack_folder(settings: Settings, folder: Path, key_files: Sequence[Path]) -> tuple[str, str]:
    """(the pack's hash, the id of the key that signed it). Refused with each file that is not as it was signed.

    Trusted are the keys in `key_files`; without any, those pinned in the key folder, and in test mode the sample key.
    """
    files = read_folder(folder)
    keys = [load_public_key(file) for file in key_files] or trusted_signers(settings)
    findings = verify_pack(files, keys, settings.mode)
    if findings:
        raise Refused("the pack is not as its agency signed it", findings)
    return pack_hash(files), _signer(files, keys, settings.mode)


def make_signing_key(file: Path) -> tuple[Path, str]:
    """A new key for signing packs: the private half in `file`, the public beside it. (its public file, its id)."""
    public_file = file.with_suffix(".public")
    if file.suffix == ".public":
        raise ValueError(f"{file} is the name of a public half; name the private one, like agency.private")
    if public_file.exists():
        raise FileExistsError(f"{public_file} exists; no key was made")
    key = generate()
    save_private_key(file, key)
    save_public_key(public_file, key.public_key())
    return public_file, key_id(key.public_key())


def is_sample_key(kid: str) -> bool:
    return kid == key_id(SAMPLE_PUBLIC_KEY)


def _signer(files: PackFiles, keys: Sequence[Ed25519PublicKey], mode: str) -> str:
    return next(key_id(key) for key in keys if not verify_pack(files, [key], mode))


def _read(files: PackFiles) -> Pack:
    """The pack; of a draft, the refusal says how much is left and shows what comes next."""
    unfilled, wrong = _left(files)
    if not unfilled:
        return read_pack(files)
    left = "1 place is" if len(unfilled) == 1 else f"{len(unfilled)} places are"
    shown = "" if len(unfilled) <= NEXT_SHOWN else f"; the next {NEXT_SHOWN}"
    raise Refused(f"the pack is a draft: {left} still to be filled in{shown}", [*unfilled[:NEXT_SHOWN], *wrong])


def _left(files: PackFiles) -> tuple[list[Finding], list[Finding]]:
    """(what is still to be filled in, what is wrong)."""
    try:
        read_pack(files)
    except Refused as refused:
        unfilled = [finding for finding in refused.findings if finding.code == "to-fill-in"]
        return unfilled, [finding for finding in refused.findings if finding not in unfilled]
    return [], []
