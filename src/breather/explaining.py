"""`breather campaign explain`: what every rule of a campaign says of one withdrawal, with which values, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from breather.bootstrap import exchange_database
from breather.clock import Clock
from breather.domain.campaign import Campaign
from breather.domain.catalogue import NOT_YET
from breather.domain.entry import Entry, Standing, contradict
from breather.domain.feature import Features, FeatureValue, Phase, Unknown
from breather.domain.finding import Finding, Refused
from breather.domain.intervention import Decision, intervene
from breather.domain.place import place
from breather.domain.profile import Profiles, fold
from breather.domain.rules import Truth, reasons
from breather.domain.ruling import Rule, rule_on
from breather.domain.withdrawal import Withdrawal
from breather.exchange.campaign_file import CAMPAIGN, read_campaign
from breather.exchange.open_intelligence import open_intelligence
from breather.exchange.snapshot import Identity, read_snapshot
from breather.intelligence.known import NOTHING_KNOWN, Intelligence
from breather.intelligence.likeness import Likeness, likeness_of
from breather.intelligence.list_folder import ListFolder
from breather.intelligence.said_of import said_of
from breather.intelligence.snapshot_file import DamagedFile
from breather.operate import campaign_folder
from breather.protocol.key_folder import KeyFolder
from breather.protocol.pack import read_folder
from breather.settings import Settings
from breather.storage.exchange.profiles import read_profiles
from breather.storage.exchange.referrals import is_listed
from breather.storage.reader import Reader
from breather.web.exchange.bodies import WithdrawalBody
from breather.web.exchange.submission import read_withdrawal
from breather.web.problems import Problem
from breather.web.shape import read_shape
from breather.web.strict_json import LARGEST

_WIDEST = 10_000
_WORDS: Mapping[Truth, str] = {Truth.HIT: "hit", Truth.MISS: "miss", Truth.UNDETERMINED: "undetermined"}
_HELD: Mapping[Truth, str] = {Truth.HIT: "is true", Truth.MISS: "is false", Truth.UNDETERMINED: "is not known"}
_STYLES: Mapping[Truth, str] = {Truth.HIT: "bold red", Truth.MISS: "", Truth.UNDETERMINED: "yellow"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`history` says whose past the features know; `likeness` which address that she paid this one resembles;
    `entries` what lists in force say of it. `residence` is where she lives, None if not told.
    """

    campaign: Campaign
    history: str
    features: Features
    likeness: Likeness
    entries: tuple[Entry, ...]
    residence: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the withdrawal itself: her past and the destination's, what agencies found, and lists (None
    where they cannot be opened).
    """

    history: str
    profiles: Profiles
    confirmed: bool
    intelligence: Intelligence | None = NOTHING_KNOWN


def explain(settings: Settings, clock: Clock, file: Path, folder: Path | None) -> Explanation:
    """The withdrawal in `file`, as it would be posted, under the campaign in `folder`, as a customer's first; without
    a folder, under the campaign in force where she lives, with what the database knows of her. Nothing is written.

    Raises Refused for what is wrong with either, OSError for what cannot be read.
    """
    asked = _withdrawal(file)
    if folder is not None:
        # Its examples are `campaign check`'s: what they hold does not change what the rules say.
        files = read_folder(campaign_folder(settings, folder), "campaign")
        campaign = read_campaign({name: files[name] for name in (CAMPAIGN,) if name in files})
        return _explained(campaign, Known("a first withdrawal", Profiles(), confirmed=False), asked, clock)
    database = exchange_database(settings, clock, creates=False)
    try:
        with database.reading() as reader:
            keys = KeyFolder(settings.keys).assignment_keys()
            snapshot = read_snapshot(reader, Identity(settings.vasp, settings.mode, keys))
            key = asked.destination.key
            profiles = read_profiles(reader, asked.customer, key)
            lists = _lists(reader, settings)
            known = Known("as the database knows her", profiles, is_listed(reader, key), lists)
    finally:
        database.close()
    residence = place(asked.residence).code
    active = snapshot.campaign_for(residence, clock.now())
    if active is None:
        there = "nothing says where she lives" if residence is None else f"no campaign is in force in {residence}"
        message = f"{there}; name a campaign's folder by --campaign"
        raise Refused(f"{file}: nothing to explain", [Finding("/residence", "no-campaign", message)])
    return _explained(active.campaign, known, asked, clock)


def _lists(reader: Reader, settings: Settings) -> Intelligence | None:
    try:
        return open_intelligence(reader, ListFolder(settings.intelligence))
    except (DamagedFile, OSError):
        return None  # as `serve` would decide: it does not know, and says so


def _withdrawal(file: Path) -> Withdrawal:
    try:
        return read_withdrawal(read_shape(_body(file), WithdrawalBody))
    except Problem as problem:
        found = problem.errors or [Finding("", problem.code, str(problem))]
        raise Refused(f"{file} is no withdrawal", found) from None


def _body(file: Path) -> bytes:
    """One byte more than a body may have is enough to refuse it; a device or a pipe might never end."""
    if file.exists() and not file.is_file():
        message = "is not a plain file; write the body of POST /v1/withdrawals into one"
        raise Refused(f"{file} is no withdrawal", [Finding("", "not-a-file", message)])
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _explained(campaign: Campaign, known: Known, asked: Withdrawal, clock: Clock) -> Explanation:
    features, _ = fold(known.profiles, asked, clock.now())
    likeness = likeness_of(known.profiles, asked.destination)
    said = said_of(known.intelligence, asked.destination, clock.now())
    features |= {"destination_confirmed": known.confirmed, "destination_resembles": likeness.value, **said.features}
    return Explanation(
        campaign, known.history, {**features, **NOT_YET}, likeness, said.entries, place(asked.residence).code
    )


def show(explanation: Explanation, console: Console) -> None:
    """As a table, or rule by rule where a table would cut the names."""
    campaign = explanation.campaign
    console.print(f"{campaign.id} version {campaign.version}; history: {explanation.history}", highlight=False)
    alike = explanation.likeness
    if alike.known:
        resembled = f"{alike.marked} resembles {alike.known}, which she paid on {alike.network}"
        console.print(resembled, markup=False, highlight=False)
    for entry in explanation.entries:
        console.print(_listed(entry), markup=False, highlight=False)
    if contradict(explanation.entries):
        console.print("these lists contradict each other")
    table = Table("rule", "says", "because", "values", pad_edge=False, show_lines=True)
    lines: list[Text] = []
    for rule in campaign.rules:
        truth, found = reasons(rule.when, explanation.features)
        because = [f"{reason.text} {_HELD[reason.truth]}" for reason in found]
        values = list(_values(rule, explanation.features))
        said = Text(_word(rule, truth), _STYLES[truth])
        table.add_row(Text(rule.id), said, Text("\n".join(because)), Text("\n".join(values)))
        lines += [Text(f"{rule.id}: ") + Text(said.plain.replace("\n", ", "), said.style)]
        lines += [Text(f"  {shown}") for shown in (*because, *values)]
    if Measurement.get(console, console.options.update(max_width=_WIDEST), table).maximum <= console.width:
        console.print(table)
    else:
        for line in lines:
            console.print(line, soft_wrap=True)
    for sentence in _decided(explanation):
        console.print(sentence, highlight=False, markup=False, soft_wrap=True)


def _decided(explanation: Explanation) -> Iterator[str]:
    """What the rules ask for together at submission, within the campaign's budget; and whether it is hers at all."""
    campaign, lives = explanation.campaign, explanation.residence
    ruling = rule_on(campaign.rules, explanation.features, Phase.SUBMIT)
    friction = intervene(campaign, ruling, explanation.features).friction
    yield f"at submission: {Decision.of(friction).value}, friction {friction.word}"
    if lives != campaign.jurisdiction:
        where = "nothing says where she lives" if lives is None else f"she lives in {lives}"
        yield f"the campaign does not apply to her: it is for {campaign.jurisdiction}, and {where}"


def _listed(entry: Entry) -> str:
    name = f" ({entry.claim.label})" if entry.claim.label else ""
    standing = "" if entry.standing is Standing.STANDS else f"; {entry.standing}: {entry.because}"
    return f"the list {entry.source} says {entry.claim.category}{name}{standing}"


def _word(rule: Rule, truth: Truth) -> str:
    """A rule that waits for a later phase is said to: the decision at submission does not hear it."""
    waits = rule.when.phase is not Phase.SUBMIT
    asks = f"\nasks for {rule.friction.word}" if truth is Truth.HIT else ""
    return _WORDS[truth] + asks + (f"\nruns from {rule.when.phase.word}" if waits else "")


def _values(rule: Rule, features: Features) -> Iterator[str]:
    for name in sorted(rule.when.features):
        yield f"{name} = {_written(features[name])}"


def _written(value: FeatureValue) -> str:
    if isinstance(value, Unknown):
        return f"unknown, {value.value}"
    if isinstance(value, bool):
        return str(value).upper()
    return f"'{value}'" if isinstance(value, str) else f"{value:.12g}"
