"""What an operator does from the command line: keys, passwords, campaigns, packs, the doctor.

Each act is one transaction with its journal entry. A running service follows within a second, by its generation.
"""

import base64
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from breather.agency.examine import examine as examine_agency
from breather.agency.snapshot import read_snapshot as read_agency_snapshot
from breather.bootstrap import agency_database, erasure_journal, exchange_database, exchange_identity
from breather.clock import Clock
from breather.domain.finding import Finding, Refused
from breather.domain.instant import Millis, format_instant
from breather.domain.sign import Sign
from breather.exchange.activate import Candidate, activate, check
from breather.exchange.begin_shadow import Begun, begin_shadow
from breather.exchange.campaign_draft import draft_campaign
from breather.exchange.campaign_examples import check_examples, warnings_of_examples
from breather.exchange.campaign_file import CAMPAIGN, try_campaign, warnings_of
from breather.exchange.examine import examine
from breather.exchange.examine_keeping import examine_keeping, examine_time
from breather.exchange.snapshot import read_snapshot
from breather.exchange.stop_shadow import stop_shadow
from breather.machine import examine_machine, examine_witness
from breather.people.password import hash_password
from breather.protocol.key_folder import CLEARANCE, KeyFolder
from breather.protocol.pack import read_folder
from breather.protocol.pack_draft import only_zone
from breather.protocol.signing import key_id
from breather.samples import SAMPLE_PUBLIC_KEY, sample_campaign, sample_names, sample_pack
from breather.settings import AgencySettings, Settings, witness_folder
from breather.storage.exchange.console_reader import ConsoleReader
from breather.storage.exchange.console_record import CampaignRow
from breather.storage.exchange.shadow_reader import ShadowRow, newest_shadows
from breather.storage.failure import StorageFailure
from breather.web.api_keys import Scope, make_key

OPERATOR = "operator"
STEP = 0
AGENCY_OUT_OF_REACH = (
    "correct BREATHER_AGENCY_DATABASE, or start the database; a new one begins with "
    "`breather identity create --service agency`, then `breather agency-password set` and `breather agency`"
)
OUT_OF_REACH = (
    "correct BREATHER_DATABASE, or start the database; a new one begins with `breather apikey create`, then "
    "`breather campaign activate`, `breather password set`, and `breather exchange worker` beside `serve`"
)


def create_api_key(settings: Settings, clock: Clock, name: str, scopes: Sequence[Scope]) -> str:
    """The key itself; only its hash is stored."""
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise ValueError("the name of a key has 1 to 64 printable characters")
    key, hashed = make_key(settings.mode)
    words = " ".join(sorted({scope.value for scope in scopes}))
    database = exchange_database(settings, clock)
    with database.writing() as tx:
        tx.run("insert_api_key", hash=hashed, name=name, scopes=words, created_at=tx.now)
        tx.run("raise_generation")
        tx.journal(STEP, "api-key-created", None, OPERATOR, msgspec.json.encode({"name": name, "scopes": words}))
    database.close()
    return key


def revoke_api_key(settings: Settings, clock: Clock, name: str) -> int:
    """How many keys had that name and are revoked now. LookupError if none had."""
    database = exchange_database(settings, clock)
    with database.writing() as tx:
        revoked = tx.run("revoke_api_key", name=name, now=tx.now)
        if not revoked:
            raise LookupError(f"no API key in force is named {name!r}")
        tx.run("raise_generation")
        tx.journal(STEP, "api-key-revoked", None, OPERATOR, msgspec.json.encode({"name": name}))
    database.close()
    return revoked


def create_signing_keys(settings: Settings) -> tuple[list[str], str, str]:
    """(files made now, key id, the public clearance key in base64)."""
    folder = KeyFolder(settings.keys)
    made = folder.create()
    public = folder.clearance_key().public_key()
    return made, key_id(public), base64.b64encode(public.public_bytes_raw()).decode()


def set_password(settings: Settings, clock: Clock, text: str) -> None:
    hashed = hash_password(text)
    database = exchange_database(settings, clock)
    with database.writing() as tx:
        tx.run("save_console_password", argon2=hashed, now=tx.now)
        tx.run("end_every_console_session")
        tx.journal(STEP, "console-password-set", None, OPERATOR, b"{}")
    database.close()


def copy_campaign(name: str, folder: Path) -> None:
    """A sample campaign into a new folder. LookupError for a name that is none, FileExistsError for a folder that is
    there.
    """
    sample = sample_campaign(name)
    if folder.exists():
        raise FileExistsError(f"{folder} exists; choose a new folder, nothing was copied")
    # Without the permissions of the installed files: the copy is there to be changed.
    shutil.copytree(sample, folder, copy_function=shutil.copyfile)


def new_campaign(name: str, jurisdiction: str, folder: Path | None) -> Path:
    """A campaign for another place, begun from a sample or a folder; where it is. LookupError for a sample that is
    none, FileExistsError for a folder that is there, Refused for what cannot be begun.
    """
    source = Path(name) if Path(name).is_dir() else sample_campaign(name)
    target = folder or Path(f"{source.resolve().name}-{jurisdiction.lower()}")
    if target.exists():
        raise FileExistsError(f"{target} exists; choose a new folder, nothing was written")
    packs = [each for each in sample_names("packs") if _place_of(each) == jurisdiction]
    files = draft_campaign(read_folder(source, "campaign"), jurisdiction, only_zone(jurisdiction), packs)
    target.mkdir(parents=True)
    for file, content in files.items():
        (target / file).write_bytes(content)
    return target


def _place_of(pack: str) -> object:
    return tomllib.loads((sample_pack(pack) / "pack.toml").read_text("utf-8"))["jurisdiction"]


def check_campaign(
    settings: Settings, clock: Clock, folder: Path, pack_folder: Path | None
) -> tuple[Candidate, list[Finding]]:
    """The campaign with its pack, both found right, and what is allowed but probably not meant. An analyst needs no
    keys for it: that this service lacks the one for assignment is only a warning.
    """
    candidate, lacking = _checked(settings, clock, folder, pack_folder)
    return candidate, [*warnings_of(candidate.campaign), *warnings_of_examples(candidate.campaign_files), *lacking]


def _usable(settings: Settings, clock: Clock, folder: Path, pack_folder: Path | None) -> Candidate:
    """As it may be put into force: also with the key for assignment."""
    candidate, lacking = _checked(settings, clock, folder, pack_folder)
    if lacking:
        raise Refused(f"the campaign {candidate.campaign.id} cannot be used", lacking)
    return candidate


def _checked(
    settings: Settings, clock: Clock, folder: Path, pack_folder: Path | None
) -> tuple[Candidate, list[Finding]]:
    """The candidate, and the key that it lacks."""
    campaign_files = read_folder(campaign_folder(settings, folder), "campaign")
    identity = exchange_identity(settings)
    pack_files = read_folder(_sample_pack_of(settings, campaign_files) if pack_folder is None else pack_folder)
    candidate = check(
        campaign_files, pack_files, trusted_signers(settings), settings.mode, clock.now(), agencies=identity.agencies
    )
    version = candidate.campaign.experiment.key_version
    if version in identity.assignment_keys:
        return candidate, []
    message = f"there is no assignment-{version}.secret in {settings.keys}; run `breather signing-key create`"
    return candidate, [Finding("campaign.toml:experiment.key_version", "no-key", message)]


def activate_campaign(
    settings: Settings, clock: Clock, folder: Path, pack_folder: Path | None
) -> tuple[Candidate, Millis]:
    """The candidate, and when its period ends."""
    candidate = _usable(settings, clock, folder, pack_folder)
    database = exchange_database(settings, clock)
    with database.writing() as tx:
        ends_at = activate(tx, candidate, OPERATOR)
    database.close()
    return candidate, ends_at


def begin_campaign_shadow(
    settings: Settings, clock: Clock, folder: Path, pack_folder: Path | None
) -> tuple[Candidate, Begun]:
    """The candidate, and what it runs beside."""
    candidate = _usable(settings, clock, folder, pack_folder)
    database = exchange_database(settings, clock)
    try:
        with database.writing() as tx:
            return candidate, begin_shadow(tx, candidate, OPERATOR)
    finally:
        database.close()


def stop_campaign_shadow(settings: Settings, clock: Clock, name: str) -> tuple[int, str]:
    """Its version and its jurisdiction. LookupError where none of that name runs."""
    database = exchange_database(settings, clock)
    try:
        with database.writing() as tx:
            return stop_shadow(tx, name, OPERATOR)
    finally:
        database.close()


def campaign_lines(settings: Settings, clock: Clock) -> list[tuple[str, str, str, str, str, str]]:
    """Campaign, version, jurisdiction, standing, since and until: shadows first, then what was put into force."""
    database = exchange_database(settings, clock, creates=False)
    with database.reading() as reader:
        now = clock.now()
        shadows, campaigns = newest_shadows(reader), ConsoleReader(reader, now).campaigns()
    database.close()
    return [
        *(_campaign_line(one, f"shadow, {one.standing}", one.started_at, one.stopped_at) for one in shadows),
        *(_campaign_line(one, one.standing(now), one.starts_at, one.retired_at or one.ends_at) for one in campaigns),
    ]


def _campaign_line(
    one: ShadowRow | CampaignRow, standing: str, since: int, until: int | None
) -> tuple[str, str, str, str, str, str]:
    ended = "" if until is None else format_instant(Millis(until))
    return one.id, str(one.version), one.jurisdiction, standing, format_instant(Millis(since)), ended


def examination(settings: Settings, clock: Clock) -> Iterator[Sign]:
    """Everything the doctor looks at. A database out of reach is a sign, not an error."""
    keys = KeyFolder(settings.keys)
    try:
        keys.clearance_key()
    except (FileNotFoundError, ValueError) as error:
        yield Sign(True, f"{CLEARANCE}: {error}", "run `breather signing-key create`")
    try:
        database = exchange_database(settings, clock, creates=False)
        for sentence in database.durability():
            yield Sign(True, sentence, "acknowledged acts could be lost; correct the engine's setting")
        with database.reading() as reader:
            snapshot = read_snapshot(reader, exchange_identity(settings))
            yield from examine(reader, snapshot, clock.now())
            yield from examine_time(reader, clock.now())
            yield from examine_keeping(
                reader, erasure_journal(settings), settings.mode, clock.now(), settings.keep_days
            )
        yield from examine_machine(database, settings.keys, settings.mode, clock.now())
        yield from examine_witness(database, witness_folder(settings))
        database.close()
    except StorageFailure as failure:
        yield Sign(True, f"the database: {failure}", OUT_OF_REACH)
    if not settings.exchange_origins:
        yield Sign(True, "no page may frame the alert", "set BREATHER_EXCHANGE_ORIGINS to the exchange's origin")


def agency_examination(settings: AgencySettings, clock: Clock) -> Iterator[Sign]:
    """The same for the agency. What was never created is a sign, not an error."""
    try:
        database = agency_database(settings, clock, creates=False)
        for sentence in database.durability():
            yield Sign(True, sentence, "receipted referrals could be lost; correct the engine's setting")
        with database.reading() as reader:
            yield from examine_agency(reader, read_agency_snapshot(reader, settings.keys), clock.now())
        yield from examine_machine(database, settings.keys, settings.mode, clock.now())
        yield from examine_witness(database, witness_folder(settings))
        database.close()
    except StorageFailure as failure:
        yield Sign(True, f"the database: {failure}", AGENCY_OUT_OF_REACH)
    except FileNotFoundError as missing:
        yield Sign(True, f"there is no {missing.filename}", "run `breather identity create --service agency`")


def set_portal_password(settings: AgencySettings, clock: Clock, text: str) -> None:
    hashed = hash_password(text)
    database = agency_database(settings, clock)
    with database.writing() as tx:
        tx.run("save_portal_password", argon2=hashed, now=tx.now)
        tx.run("end_every_portal_session")
        tx.journal(STEP, "portal-password-set", None, OPERATOR, b"{}")
    database.close()


def trusted_signers(settings: Settings) -> list[Ed25519PublicKey]:
    """The agencies pinned in the key folder; in test mode, the sample key too, which proves nothing and says so."""
    pinned = KeyFolder(settings.keys).pack_signers()
    return [*pinned, SAMPLE_PUBLIC_KEY] if settings.mode == "test" else pinned


def campaign_folder(settings: Settings, folder: Path) -> Path:
    """The folder, or the sample of that name where there is no such folder, in test mode."""
    if folder.exists() or settings.mode != "test" or len(folder.parts) != 1:
        return folder
    return sample_campaign(folder.name)


def _sample_pack_of(settings: Settings, campaign_files: Mapping[str, bytes]) -> Path:
    campaign, findings = try_campaign(campaign_files)
    if settings.mode != "test":
        missing = Finding("--pack", "missing", "live mode needs the folder of the agency's pack")
        raise Refused("no pack was named", [*findings, missing])
    try:
        return sample_pack("" if campaign is None else campaign.pack)
    except LookupError:
        if findings:
            named = CAMPAIGN if campaign is None else campaign.id or CAMPAIGN
            more = check_examples(campaign_files, campaign)
            raise Refused(f"the campaign {named} cannot be used", [*findings, *more]) from None
        raise
