"""What the commands about lists print: summaries that add up, and entries side by side where they contradict."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from breather.domain.asset import Network
from breather.domain.entry import ACTOR, HOST, Entry, Standing, contradict
from breather.domain.instant import Millis, format_instant
from breather.exchange.imitated_site import Reading
from breather.exchange.rule_entry import Subject
from breather.exchange.take_list import Publication, Taken
from breather.intelligence.address import READERS, canonical_address
from breather.intelligence.bad_address import BadAddress
from breather.intelligence.domain_name import load_suffixes
from breather.intelligence.host import read_host
from breather.intelligence.imitation import Way
from breather.intelligence.listed_address import NotTaken
from breather.intelligence.site import names_of
from breather.storage.exchange.intelligence import InForce

_ACTOR_PREFIX = "actor:"


def subjects(text: str, network: Network | None) -> list[Subject]:
    """Everything that `text` may mean: an address on one network or on all that share its form, a host, an actor.

    Raises NotTaken for a text that is none of them, BadAddress where a network is named and the address is wrong there.
    """
    if text.startswith(_ACTOR_PREFIX):
        return [Subject(ACTOR, text.removeprefix(_ACTOR_PREFIX))]
    if network is not None:
        return [Subject(network, canonical_address(network, text))]
    found = []
    for each in READERS:
        try:
            found.append(Subject(each, canonical_address(each, text)))
        except BadAddress:
            continue
    return found or [Subject(HOST, read_host(text))]


def asked_about(text: str, network: Network | None) -> list[Subject]:
    """`subjects` for a question: a site is known by its host and by the domains above it that are its owner's too.

    Raises what `subjects` raises, and BadDomain.
    """
    try:
        found = subjects(text, network)
    except NotTaken:
        found = [Subject(HOST, "")]
    if found[0].scope != HOST:
        return found
    return [Subject(HOST, name) for name in names_of(text, load_suffixes())]


def show_taken(publication: Publication, taken: Taken, console: Console) -> None:
    summary = taken.summary
    if not taken.changed:
        console.print(f"{publication.source}: nothing changed; exactly this is in force, {taken.before} entries")
        return
    until = "" if taken.expires_at is None else f", until {format_instant(taken.expires_at)}"
    dated = "" if taken.dated is None else f", of {format_instant(taken.dated)}"
    console.print(f"{publication.source}: {summary.claims} entries in force{dated}{until}")
    console.print(f"  rows read {summary.rows}, entries {summary.read}: {summary.claims} different", end="")
    console.print(f", {summary.repeated} said before, {summary.crowded} beyond the eighth of one address")
    console.print(f"  added {summary.added}, removed {summary.removed}, as before {summary.kept}")
    for value in summary.gone:
        console.print(f"    removed {value}", markup=False, highlight=False)
    if summary.rejected:
        console.print(f"  rejected {sum(summary.rejected.values())}:")
    for reason, count in summary.rejected.most_common():
        console.print(f"    {reason}: {count}")
        for example in summary.examples[reason]:
            place = f"{example.file}:{example.line}" if example.line else example.file
            console.print(f"      {place}  {example.text}: {example.message}", markup=False, highlight=False)


def show_lists(rows: InForce, now: Millis, console: Console) -> None:
    table = Table("list", "format", "entries", "of", "imported", "until", box=None, pad_edge=False)
    for each in rows.lists:
        dated = "" if each.dated is None else format_instant(each.dated)[:10]
        until = "" if each.expires_at is None else format_instant(each.expires_at)[:10]
        if each.expires_at is not None and each.expires_at <= now:
            until = f"[red]expired {until}[/red]"
        table.add_row(each.name, each.format, str(each.claims), dated, format_instant(each.imported_at)[:10], until)
    console.print(table if rows.lists else "no list is in force")
    for ruling in rows.rulings.values():
        what = f"{ruling.ruling}: {ruling.list} about {ruling.value} ({ruling.scope})"
        console.print(f"{what}, {format_instant(ruling.at)[:10]}, {ruling.actor}: {ruling.because}", markup=False)


def show_entries(found: Sequence[tuple[Subject, Sequence[Entry]]], console: Console) -> bool:
    """Whether there was anything to show."""
    for subject, entries in found:
        console.print(f"{subject.value}  ({subject.scope})", markup=False, highlight=False)
        table = Table("says", "what", "name", "sure", "first seen", "standing", box=None, pad_edge=False)
        for entry in entries:
            table.add_row(*_cells(entry))
        console.print(table)
        if contradict(entries):
            console.print("[bold]These lists contradict each other.[/bold]")
    return bool(found)


def show_reading(found: Reading, console: Console) -> bool:
    """Whether there was anything to show."""
    if found.way is Way.CONFUSABLE:
        said = f"{found.site} can be read as {found.service}, which {found.source} names as a service: other letters"
        console.print(said, markup=False, highlight=False)
    elif found.way is Way.SUFFIX:
        said = f"{found.site} has the name of {found.service}, which {found.source} names as a service: another suffix"
        console.print(said, markup=False, highlight=False)
    if found.mixed_scripts:
        said = f"{found.site} has letters of scripts that nobody writes together"
        console.print(said, markup=False, highlight=False)
    return found.is_suspicious


def _cells(entry: Entry) -> list[str]:
    claim = entry.claim
    what = claim.category.value
    what += f", {claim.typology.value}" if claim.typology else ""
    what += ", a service that is allowed" if claim.allows else ""
    name = escape(claim.label) + (f" [{escape(claim.actor)}]" if claim.actor else "")
    name += f" ({escape(', '.join(claim.jurisdictions))})" if claim.jurisdictions else ""
    standing = entry.standing.value + (f": {escape(entry.because)}" if entry.because else "")
    if entry.expires_at is not None:
        standing += f", {'since' if entry.standing is Standing.EXPIRED else 'until'} {_day(entry.expires_at)}"
    return [entry.source, what, name, claim.confidence or "not said", _day(claim.first_seen), standing]


def _day(at: Millis | None) -> str:
    return "" if at is None else format_instant(at)[:10]
