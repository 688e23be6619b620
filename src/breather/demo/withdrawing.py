"""The page of one withdrawal, and what can be done there: stop, ask again, confirm, send."""

import hashlib
import json
from typing import Any

from starlette.responses import Response

from breather.client import BreatherError, Conflict, Problem, Standing, State, Unavailable
from breather.demo.ask import ask
from breather.demo.books import WithdrawalRow
from breather.demo.evidence import EVIDENCE, evidence_of
from breather.demo.payout import NotPaid, Stays, pay_out
from breather.demo.promise import deliver, stop
from breather.demo.session import Session
from breather.demo.visit import Visit, carry

# Where the customer's link still has something to show.
_FRAMED = frozenset({State.OFFERED, State.RUNNING, State.ELAPSED, State.HELD, State.STOPPED, State.LAPSED})
_CLOSED_THERE = frozenset({State.STOPPED, State.LAPSED})


def own_row(visit: Visit) -> WithdrawalRow | None:
    """The withdrawal of the path, if it is this customer's; another's does not exist for her."""
    with visit.site.books.reading() as page:
        row = page.withdrawal(visit.withdrawal)
    return row if row is not None and visit.session is not None and row.customer == visit.session.customer else None


def show_withdrawal(visit: Visit) -> Response:
    row = own_row(visit)
    if row is None or visit.session is None:
        return visit.error("not-found", 404)
    standing = _standing(visit, row)
    if standing is not None and standing.state in _CLOSED_THERE and row.status == "open":
        with visit.site.books.writing() as page:
            page.run("close_withdrawal", id=row.id, status=standing.state.value)
        row = own_row(visit) or row
    link = _link(visit, row, standing)
    return visit.page(
        "withdrawal.html",
        row=row,
        shown=_shown(row, standing),
        act=_act(visit, visit.session, row, standing),
        watched=row.status == "open" and standing is not None and standing.watched,
        link=link,
        alert=_last_alert(row) if link is None else None,
        promised=_promised(visit, row),
        evidence=EVIDENCE,
        ticked=frozenset[str](),
    )


def _standing(visit: Visit, row: WithdrawalRow) -> Standing | None:
    if row.decision in {None, "wait"} or row.status == "refused":
        return None
    try:
        return visit.site.breather.withdrawal(row.id)
    except BreatherError:
        return None


def _shown(row: WithdrawalRow, standing: Standing | None) -> str:
    if row.status != "open":
        return row.status
    if row.decision in {None, "wait"}:
        return "waiting"
    return "unknown" if standing is None else standing.state.value


def _act(visit: Visit, session: Session, row: WithdrawalRow, standing: Standing | None) -> str:
    """What the page offers besides stopping. Nothing to a watched session (guarantees G1)."""
    if row.status != "open" or standing is None or standing.watched:
        return ""
    if standing.clearable:
        return "send"
    if standing.state is not State.ELAPSED:
        return ""
    if standing.elapses_at is not None and session.started_at < standing.elapses_at:
        return "sign-in-again"
    return "confirm" if session.fresh(visit.now) else "authenticate"


def _link(visit: Visit, row: WithdrawalRow, standing: Standing | None) -> str | None:
    if standing is None or standing.state not in _FRAMED or row.friction == "none" or row.status == "paid":
        return None
    try:
        return visit.site.breather.link(row.id).url
    except BreatherError:
        return None


def _last_alert(row: WithdrawalRow) -> dict[str, Any] | None:
    if row.status != "open" or row.alert is None:
        return None
    found: dict[str, Any] = json.loads(row.alert)
    return found


def _promised(visit: Visit, row: WithdrawalRow) -> bool | None:
    """Whether Breather has been told what happened here; None where there is nothing to tell."""
    kind = {"paid": "broadcast", "stopped": "stop"}.get(row.status)
    with visit.site.books.reading() as page:
        promise = page.one("promise_of", event=f"{kind}-{row.id}")
    return None if promise is None else promise["delivered_at"] is not None or promise["refused"] is not None


def _back(visit: Visit, note: str = "") -> Response:
    return visit.go(f"/withdrawals/{visit.withdrawal}", note)


def stop_withdrawal(visit: Visit) -> Response:
    if own_row(visit) is None:
        return visit.error("not-found", 404)
    if not stop(visit.site.books, visit.withdrawal, visit.now):
        return _back(visit, NotPaid.NOT_OPEN)
    deliver(visit.site.books, visit.site.breather, visit.now)
    return _back(visit)


def ask_again(visit: Visit) -> Response:
    """The same withdrawal with the same id and body: Breather answers with the one decision it made, or
    makes it.
    """
    row = own_row(visit)
    if row is None:
        return visit.error("not-found", 404)
    if row.status == "open" and row.decision in {None, "wait"}:
        try:
            ask(visit.site.books, visit.site.breather, row)
        except Problem:
            return _back(visit, NotPaid.NOT_CLEARED)
    return _back(visit)


def sign_in_again(visit: Visit) -> Response:
    """End this session. Whoever goes on signs in anew, and the new session began after the pause."""
    if own_row(visit) is None:
        return visit.error("not-found", 404)
    return _sign_in_anew(visit)


def _sign_in_anew(visit: Visit, note: str = "") -> Response:
    visit.site.sessions.end(visit.cookie)
    return carry(visit.site, visit.go(f"/sign-in?next={visit.withdrawal}", note), visit.site.sessions.new_cookie())


def confirm(visit: Visit) -> Response:
    """Tell Breather that she decided to go on, in this session, and send if that cleared it."""
    row = own_row(visit)
    if row is None or visit.session is None:
        return visit.error("not-found", 404)
    if row.status != "open":
        return _back(visit, NotPaid.NOT_OPEN)
    if not visit.session.fresh(visit.now):
        return _back(visit, "authenticate")
    session, evidence = visit.session, evidence_of(visit.form)
    said = f"{row.id}/{session.started_at}/{session.authenticated_at}/{evidence}"
    try:
        visit.site.breather.confirm(
            row.id,
            f"confirm-{hashlib.sha256(said.encode()).hexdigest()[:24]}",
            session_started_at=session.started_at,
            authenticated_at=session.authenticated_at,
            session=evidence,
        )
    except Conflict as conflict:
        if conflict.code == "session-too-old":
            return _sign_in_anew(visit, conflict.code)
        return _back(visit, conflict.code if visit.texts().has(f"note.{conflict.code}") else NotPaid.NOT_CLEARED)
    except (Unavailable, Problem):
        return _back(visit, NotPaid.NO_ANSWER)
    return _pay(visit)


def send(visit: Visit) -> Response:
    """Pay out what Breather has cleared. The form says nothing but who is asking."""
    if own_row(visit) is None:
        return visit.error("not-found", 404)
    return _pay(visit)


def _pay(visit: Visit) -> Response:
    try:
        pay_out(visit.site.books, visit.site.breather, visit.withdrawal, visit.site.clock)
    except Stays as stays:
        return _back(visit, stays.why)
    deliver(visit.site.books, visit.site.breather, visit.now)
    return _back(visit)
