"""From rows to the list of decisions, and from a query string to a filter."""

from collections.abc import Mapping

from breather.domain.cooling_off import State
from breather.domain.finding import nearest
from breather.domain.friction import WORDS, Friction
from breather.domain.intervention import Decision
from breather.exchange.record import decode_record
from breather.storage.exchange.console_reader import NEWEST
from breather.storage.exchange.console_record import Decided, DecisionFilter, DecisionPage
from breather.web.exchange import console_words as words
from breather.web.exchange.console_view import DecisionLine, DecisionsView, Frame

# As the API takes them (`bodies.py`): an id of the VASP, and a customer's reference.
_LONGEST: Mapping[str, int] = {"withdrawal": 64, "customer": 128}


def read_filter(query: Mapping[str, str]) -> tuple[DecisionFilter, int, str]:
    """The filter, the journal number to go on before, and what of the query was not understood (empty if all
    was).

    Members: friction, decision, state, customer, withdrawal, before. A part that is not understood is left
    out, and said on the page: silently showing everything would look like an answer.
    """
    problems: list[str] = []
    friction = _one_of("friction", query, WORDS, problems)
    decision = _one_of("decision", query, tuple(Decision), problems)
    state = _one_of("state", query, tuple(State), problems)
    customer = _id("customer", query, problems)
    withdrawal = _id("withdrawal", query, problems)
    wanted = DecisionFilter(Friction.from_word(friction) if friction else None, decision, state, customer, withdrawal)
    before = query.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) <= 18):
        problems.append("before is not a journal number")
        before = ""
    return wanted, int(before) if before else NEWEST, "; ".join(problems)


def decision_line(decided: Decided) -> DecisionLine:
    """One withdrawal in one line."""
    row = decided.row
    stored = decode_record(row.decision)
    raised = Friction(row.raised_friction)
    return DecisionLine(
        id=row.id,
        customer=row.customer,
        decided_at=row.decided_at,
        amount=words.amount(row.amount, row.asset, row.network),
        asset=row.asset,
        network=row.network,
        jurisdiction=stored.place.code or "",
        place_conflicts=bool(stored.place.conflicts),
        campaign=f"{row.campaign} {row.campaign_version}" if row.campaign else "",
        decision=stored.decision,
        friction=Friction(row.friction),
        raised=raised if raised > row.friction else None,
        typology=stored.typology or "",
        degraded=stored.degraded,
        undetermined=len(stored.undetermined),
        watched=row.watched_at is not None,
        alarm=decided.alarm,
        help_asked=row.help_asked_at is not None,
        state=decided.state,
        outcome=decided.outcome,
    )


def decisions_view(
    frame: Frame,
    page: DecisionPage,
    counts: Mapping[Friction, int],
    asked: tuple[DecisionFilter, int, str],
) -> DecisionsView:
    """`asked` is what `read_filter` made of the query."""
    wanted, before, problem = asked
    return DecisionsView(
        frame=frame,
        lines=tuple(decision_line(decided) for decided in page.decided),
        counts=counts,
        wanted=wanted,
        newest=before == NEWEST,
        older=page.older,
        searched=page.searched,
        problem=problem,
    )


def _one_of(name: str, query: Mapping[str, str], allowed: tuple[str, ...], problems: list[str]) -> str:
    word = query.get(name, "").strip()
    if not word or word in allowed:
        return word
    near = nearest(word, allowed)
    problems.append(f"{name} {word[:40]!r} is not known" + (f"; did you mean {str(near)!r}?" if near else ""))
    return ""


def _id(name: str, query: Mapping[str, str], problems: list[str]) -> str:
    text = query.get(name, "").strip()
    if len(text) <= _LONGEST[name] and "\0" not in text:
        return text
    problems.append(f"{name} is not an id: it has 1 to {_LONGEST[name]} characters, none of them U+0000")
    return ""
