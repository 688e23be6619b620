"""What must be true in every state of the writer's protocol, by the numbers of docs/invariants.md.

Most are about what is stored, and are asked once for each database. A4 is asked twice: of the rows as one after the
other would have made them, and of the journal alone, which knows nothing of how the rows are kept.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, assert_never

from breather.domain.event import EventKind
from breather.domain.friction import Friction
from breather.domain.instant import Millis
from breather.domain.outcome import Asked, Outcome, outcome_of
from breather.domain.standing import is_open
from tests.model.ledger import DESTINATION, Act, Answer, Clear, Rows, Submit, waits
from tests.model.stored import Database, Entry

if TYPE_CHECKING:
    from tests.model.writer import Protocol, State

Wrong = Callable[["Protocol", Database], str]
Said = tuple[Answer | None, ...]


def _one_decision(protocol: "Protocol", state: "State") -> str:
    """A1: one id, one decision, the same for whoever asks."""
    return _decided_once(protocol, state.visible) or _told_once(protocol, _said(state))


def _said(state: "State") -> Said:
    return tuple(call.answer for call in state.calls)


@cache
def _decided_once(protocol: "Protocol", stored: Database) -> str:
    commands = [protocol.commands[entry.call] for entry in stored.journal]
    decided = [command.withdrawal for command in commands if isinstance(command, Submit)]
    return f"decided twice: {decided}" if len(decided) != len(set(decided)) else ""


@cache
def _told_once(protocol: "Protocol", said: Said) -> str:
    told: dict[str, Answer] = {}
    for command, answer in zip(protocol.commands, said, strict=True):
        if (
            isinstance(command, Submit)
            and answer is not None
            and answer.code == "decided"
            and told.setdefault(command.withdrawal, answer) != answer
        ):
            return f"{command.withdrawal} was told {told[command.withdrawal]} and {answer}"
    return ""


def _durable(protocol: "Protocol", state: "State") -> str:
    """A2: what was acknowledged is what a power cut leaves."""
    return _kept(protocol, state.durable, _said(state))


@cache
def _kept(protocol: "Protocol", stored: Database, said: Said) -> str:
    rows, journal = stored.rows, stored.journal
    for number, (command, answer) in enumerate(zip(protocol.commands, said, strict=True)):
        if answer is None or answer.code not in ("decided", "moved", "cleared"):
            continue
        match command:
            case Submit():
                row = rows.find(command.withdrawal)
                kept = row is not None and row.decision == answer
            case Act(kind=EventKind.BROADCAST):
                row = rows.find(command.withdrawal)
                kept = row is not None and row.standing.transaction_id == command.transaction
            case Act():
                kept = command in rows.events
            case Clear():
                kept = any(entry.call == number and entry.answer == answer for entry in journal)
            case _:
                assert_never(command)
        if not kept:
            return f"call {number} was answered {answer}, and that is not stored"
    return ""


def _owned_once(protocol: "Protocol", state: "State") -> str:
    """B3: what the deadline has taken is never decided."""
    if not protocol.deadlines:
        return ""
    taken = {number for number, call in enumerate(state.calls) if call.where == "stand_in"}
    both = [entry.call for entry in state.visible.journal if entry.call in taken]
    return f"calls {both} were the deadline's, and were decided" if both else ""


def _none_missed(protocol: "Protocol", state: "State") -> str:
    """D3: whoever reads on from a number has seen everything up to it."""
    if not protocol.polls:
        return ""
    missed = [entry for entry in state.visible.journal if entry.number <= state.last and entry.call not in state.seen]
    return f"read up to {state.last}, and never saw {missed}" if missed else ""


def _as_one_after_the_other(protocol: "Protocol", stored: Database) -> str:
    """A8 and D2: the journal, done one entry after the other, gives the same answers and the stored rows."""
    rows = protocol.rows
    for entry in stored.journal:
        rows, answer, _ = protocol.apply(rows, protocol.commands[entry.call], entry.at)
        if answer != entry.answer:
            return f"entry {entry.number} was answered {entry.answer}; by those before it, it is {answer}"
    return "" if _sorted(rows) == _sorted(stored.rows) else f"stored: {stored.rows}; by the journal: {rows}"


def _sorted(rows: Rows) -> tuple[object, ...]:
    return (rows.withdrawals, rows.pauses, rows.holds, rows.events)


def _joins_within(protocol: "Protocol", stored: Database) -> str:
    """A5: what has joined a pause stays within what it was offered for."""
    for pause in stored.rows.pauses:
        joined = sum(row.submitted.amount for row in stored.rows.joined(pause.id))
        if joined > pause.covers_up_to:
            return f"{joined} have joined {pause.id}, which was offered for {pause.covers_up_to}"
    return ""


def _cleared(protocol: "Protocol", stored: Database) -> str:
    """A4: when a clearance is issued, nothing on the pair is open, and what was asked of it has been confirmed."""
    rows = protocol.rows
    for place, entry in enumerate(stored.journal):
        command = protocol.commands[entry.call]
        if isinstance(command, Clear) and entry.answer.code == "cleared":
            if is_anything_open(rows, entry.at):
                return f"entry {entry.number} cleared {command.withdrawal} while something was open"
            if not _confirmed(protocol, rows, stored.journal[:place], command.withdrawal):
                return f"entry {entry.number} cleared {command.withdrawal}, which nobody has confirmed since its hold"
        rows, _, _ = protocol.apply(rows, command, entry.at)
    return ""


def is_anything_open(rows: Rows, now: Millis) -> bool:
    return any(waits(row) and is_open(rows.standing(row), now) for row in rows.withdrawals)


def _confirmed(protocol: "Protocol", rows: Rows, before: tuple[Entry, ...], withdrawal: str) -> bool:
    """By the journal's words alone: she confirmed, after the last hold. What began confirmed has that in its rows."""
    row = rows.find(withdrawal)
    assert row is not None, "it was cleared"
    pause = next((pause for pause in rows.pauses if pause.id == row.pause), None)
    if pause is None or pause.friction < Friction.QUESTIONS:
        return True
    company = {each.submitted.withdrawal for each in rows.joined(pause.id)}
    begun = [event for event in protocol.rows.events if event.kind in (EventKind.CONFIRM, EventKind.HELD)]
    acts = [protocol.commands[entry.call] for entry in before]
    last = [
        act.kind
        for act in [*begun, *acts]
        if isinstance(act, Act)
        and (act.kind is EventKind.HELD or (act.kind is EventKind.CONFIRM and act.withdrawal in company))
    ]
    return bool(last) and last[-1] is EventKind.CONFIRM


def _one_broadcast(protocol: "Protocol", stored: Database) -> str:
    """A7: at most one broadcast; *proceeded* means broadcast, and nothing else does."""
    acts = [protocol.commands[entry.call] for entry in stored.journal]
    sent = [act.withdrawal for act in acts if isinstance(act, Act) and act.kind is EventKind.BROADCAST]
    if len(sent) != len(set(sent)):
        return f"broadcast twice: {sent}"
    sent += [event.withdrawal for event in protocol.rows.events if event.kind is EventKind.BROADCAST]
    for row in stored.rows.withdrawals:
        asked = row.submitted.asked
        at = row.standing.decided_at
        ending = outcome_of(
            stored.rows.standing(row), Asked(asked.asset, asked.amount, DESTINATION.key, at), None, protocol.at(-1)
        )
        proceeded = ending is not None and ending.outcome is Outcome.PROCEEDED
        if proceeded != (row.submitted.withdrawal in sent):
            return f"{row.submitted.withdrawal} has {ending}, and was{'' if proceeded else ' not'} told to be broadcast"
    return ""


def _everybody_answered(protocol: "Protocol", state: "State") -> str:
    """Nobody is left waiting, and nobody keeps the lock."""
    left = [number for number, call in enumerate(state.calls) if call.where in ("unsent", "waiting", "taken")]
    return f"calls {left} wait, and the lock is with {state.lock}" if left or state.lock is not None else ""


def _stored(wrong: Wrong) -> Callable[["Protocol", "State"], str]:
    once = cache(wrong)
    return lambda protocol, state: once(protocol, state.visible)


ALWAYS: Mapping[str, Callable[["Protocol", "State"], str]] = {
    "A1": _one_decision,
    "A2": _durable,
    "A4": _stored(_cleared),
    "A5": _stored(_joins_within),
    "A7": _stored(_one_broadcast),
    "B3": _owned_once,
    "D2": _stored(_as_one_after_the_other),
    "D3": _none_missed,
}
FINALLY: Mapping[str, Callable[["Protocol", "State"], str]] = {"everybody is answered": _everybody_answered}
