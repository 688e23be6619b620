"""Commands about published lists: `breather intel`, with import, list, explain, withdraw, contest, reinstate and drop.

What is wrong is named, and the exit status is 1 for a list that was questioned or a subject that is not there, 2 for
bad input, as with the other commands that read files.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from breather.bootstrap import exchange_database
from breather.clock import SystemClock
from breather.domain.asset import Network
from breather.domain.entry import HOST
from breather.domain.finding import Refused
from breather.domain.instant import DAY, HOUR
from breather.exchange.imitated_site import reading_of
from breather.exchange.open_feed import open_feed
from breather.exchange.rule_entry import Subject, explain, reinstate, rule
from breather.exchange.take_list import Accept, Publication, drop_lists, take_list
from breather.intelligence.domain_name import load_suffixes
from breather.intelligence.importers.table import WORDS
from breather.intelligence.list_folder import Busy, ListFolder
from breather.intelligence.list_format import ListFormat
from breather.intelligence.list_mapping import FIXED_WORDS, read_mapping
from breather.intelligence.listed_address import NotTaken
from breather.intelligence.snapshot_file import DamagedFile
from breather.protocol.peer_folder import load_peers
from breather.protocol.refusal import Refusal
from breather.settings import Settings, read_settings
from breather.storage.database import Database
from breather.storage.exchange.intelligence import Ruling, lists_in_force
from breather.storage.failure import StorageFailure

OPERATOR = "operator"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_SPAN = re.compile(r"([1-9][0-9]{0,4})([dh])")

intel = typer.Typer(help="Published lists: who says what about an address.", no_args_is_help=True)

SOURCE = typer.Option("--source", help="The list's name here, such as ofac. A new import replaces it as a whole.")
EXPIRES = typer.Option("--expires", help="How long it counts, such as 90d or 36h; for ever if left out.")
MAP = typer.Option(
    "--map",
    help="WORD=COLUMN for csv and jsonl, or WORD:=VALUE for what the list leaves open: "
    + ", ".join([*WORDS, *FIXED_WORDS])
    + ". May be given several times.",
)
ACCEPT = typer.Option("--accept", help="What the list was questioned for, and is meant. May be given several times.")
SUBJECT = typer.Argument(metavar="ADDRESS", help="An address, a host, or actor:ID.")
LIST = typer.Argument(metavar="SOURCE", help="The list's name.")
BECAUSE = typer.Option("--because", help="The reason, for whoever asks later.")


@intel.command("import")
def import_list(
    wanted: Annotated[ListFormat, typer.Argument(metavar="FORMAT", help=", ".join(ListFormat))],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files, or a folder, of one publication.")],
    source: Annotated[str, SOURCE],
    expires: Annotated[str | None, EXPIRES] = None,
    mapped: Annotated[list[str] | None, MAP] = None,
    accept: Annotated[list[Accept] | None, ACCEPT] = None,
) -> None:
    """Put a published list into force, in place of what it said before."""
    from breather import intel_report

    with _refusals():
        terms, dated = read_mapping(mapped or [], wanted)
        publication = Publication(
            source=_source(source),
            format=wanted,
            paths=files,
            terms=terms,
            expires_after=None if expires is None else _span(expires),
            dated=dated,
            accept=accept or (),
        )
        if wanted is ListFormat.FEED:
            publication = _signed(publication)
        with _store() as (database, folder):
            taken = take_list(database, folder, publication, OPERATOR, lambda: secrets.token_bytes(16))
        intel_report.show_taken(publication, taken, Console())


@intel.command("list")
def list_lists() -> None:
    """The lists in force, and what was withdrawn or contested of them."""
    from breather import intel_report

    with _refusals(), _store() as (database, _), database.reading() as reader:
        intel_report.show_lists(lists_in_force(reader), SystemClock().now(), Console())


@intel.command("explain")
def explain_subject(
    text: Annotated[str, SUBJECT], network: Annotated[Network | None, typer.Option("--network")] = None
) -> None:
    """Who says what about an address, host or actor, also what does not count any more. Exits with 1 for a stranger."""
    from breather import intel_report

    with _refusals(), _store() as (database, folder):
        now = SystemClock().now()
        subjects = intel_report.asked_about(text, network)
        found = [(subject, explain(database, folder, subject, now)) for subject in subjects]
        known = intel_report.show_entries([(subject, entries) for subject, entries in found if entries], Console())
        if subjects[0].scope == HOST:
            with database.reading() as reader:
                reading = reading_of(reader, folder, text, load_suffixes(), now)
            known = intel_report.show_reading(reading, Console()) or known
    if not known:
        typer.echo(f"no list says anything about {text}", err=True)
        raise typer.Exit(1)


@intel.command("withdraw")
def withdraw(
    source: Annotated[str, LIST],
    text: Annotated[str, SUBJECT],
    because: Annotated[str, BECAUSE],
    network: Annotated[Network | None, typer.Option("--network")] = None,
) -> None:
    """What this list says about an address counts no more, also after the list is imported again."""
    _rule(source, text, network, (Ruling.WITHDRAWN, because, OPERATOR))


@intel.command("contest")
def contest(
    source: Annotated[str, LIST],
    text: Annotated[str, SUBJECT],
    because: Annotated[str, BECAUSE],
    network: Annotated[Network | None, typer.Option("--network")] = None,
) -> None:
    """What this list says about an address is contested: it is still shown, with that word."""
    _rule(source, text, network, (Ruling.CONTESTED, because, OPERATOR))


@intel.command("reinstate")
def reinstate_entry(
    source: Annotated[str, LIST],
    text: Annotated[str, SUBJECT],
    network: Annotated[Network | None, typer.Option("--network")] = None,
) -> None:
    """What this list says about an address counts again."""
    with _refusals(), _store() as (database, folder):
        subject = _one_subject(database, folder, source, text, network)
        reinstate(database, source, subject, OPERATOR)
        typer.echo(f"what {source} says about {subject.value} ({subject.scope}) counts again")


@intel.command("drop")
def drop(sources: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Lists by name.")]) -> None:
    """Take whole lists out of force."""
    with _refusals(), _store() as (database, folder):
        drop_lists(database, folder, set(sources), OPERATOR)
        typer.echo(f"{', '.join(sources)}: out of force")


def _rule(source: str, text: str, network: Network | None, said: tuple[Ruling, str, str]) -> None:
    with _refusals(), _store() as (database, folder):
        subject = _one_subject(database, folder, source, text, network)
        rule(database, folder, source, subject, said)
        typer.echo(f"what {source} says about {subject.value} ({subject.scope}) is {said[0]}")


def _one_subject(database: Database, folder: ListFolder, source: str, text: str, network: Network | None) -> Subject:
    """The one of what `text` may mean about which that list says something."""
    from breather import intel_report

    now = SystemClock().now()
    subjects = intel_report.subjects(text, network)
    said = [each for each in subjects if source in {entry.source for entry in explain(database, folder, each, now)}]
    if len(said) > 1:
        names = ", ".join(each.scope for each in said)
        raise LookupError(f"{source} says something about {text} on {names}; say --network")
    if not said:
        raise LookupError(f"the list {source!r} says nothing about {text}; `breather intel explain` says who does")
    return said[0]


@contextmanager
def _store() -> Iterator[tuple[Database, ListFolder]]:
    settings: Settings = read_settings(os.environ)
    database = exchange_database(settings, SystemClock())
    try:
        yield database, ListFolder(settings.intelligence)
    finally:
        database.close()


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (Refused, LookupError, Busy) as refused:
        typer.echo(f"refused: {refused.args[0] if isinstance(refused, LookupError) else refused}", err=True)
        raise typer.Exit(1) from None
    except (Refusal, StorageFailure, DamagedFile, NotTaken, OSError, ValueError) as wrong:
        typer.echo(f"refused: {wrong}", err=True)
        raise typer.Exit(2) from None


def _signed(publication: Publication) -> Publication:
    """Dated and numbered as the agency did, which is verified here."""
    if len(publication.paths) != 1:
        raise ValueError(f"a feed is one file; these are {len(publication.paths)}")
    settings = read_settings(os.environ)
    peers = {name: pinned.peer for name, pinned in load_peers(settings.keys).items()}
    found = open_feed(publication.paths[0], publication.source, (settings.mode, peers), SystemClock().now())
    return replace(publication, dated=found.released_at, number=found.number)


def _source(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"--source {name!r}: a list's name has small letters, digits, '.', '_' and '-', at most 63")
    return name


def _span(text: str) -> int:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"--expires {text!r}: write it like 90d or 36h")
    return int(found[1]) * (DAY if found[2] == "d" else HOUR)
