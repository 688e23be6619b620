"""The analysts' console, rendered: one function per page, each from its view alone.

The console reads, but for one act: a dead letter may be tried again. Its pages carry no script and no inline style; the
query string holds the whole state of a list, so that a page can be kept, sent and gone back to. Addresses: `/console`,
`/console/withdrawals/<id>`, `/console/shadow`, `/console/relay`, `/console/relay/<referral>/replay`,
`/console/stand-ins`, `/console/status`, `/console/login`, `/console/logout`.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from breather.domain.cooling_off import State
from breather.domain.friction import Friction
from breather.domain.intervention import Decision
from breather.domain.shadow import Change
from breather.storage.exchange.console_record import DecisionFilter
from breather.web.exchange import console_words
from breather.web.exchange.console_shadow import CHANGES, ShadowView
from breather.web.exchange.console_stand_in import StandInsView
from breather.web.exchange.console_view import (
    DecisionsView,
    Frame,
    LoginView,
    RelayView,
    StatusView,
    WithdrawalView,
)
from breather.web.pages import environment

AnyView = DecisionsView | WithdrawalView | StatusView | RelayView | ShadowView | StandInsView

LIST = "/console"
SHADOW = "/console/shadow"
TITLES: Mapping[Change, str] = {
    Change.NEWLY: "newly interrupted",
    Change.NO_LONGER: "no longer interrupted",
    Change.BOTH: "interrupted by both",
}


def render_login(view: LoginView) -> str:
    """The form for the one password: POST /console/login with `password` and `csrf`."""
    return environment().get_template("console/login.html").render(view=view)


def render_decisions(view: DecisionsView) -> str:
    """The list of decisions with its filter and the counts of the last day."""
    return _page(
        "decisions",
        view,
        frictions=tuple(Friction),
        decisions=tuple(Decision),
        states=tuple(State),
        shares=shares(view.counts[friction] for friction in Friction),
        filtered=view.wanted != DecisionFilter(),
        older=list_address(view.wanted, view.older) if view.older is not None else "",
        first=list_address(view.wanted),
    )


def render_withdrawal(view: WithdrawalView) -> str:
    """One withdrawal with everything that is known about its decision."""
    return _page("withdrawal", view, frictions=tuple(Friction))


def render_status(view: StatusView) -> str:
    """Processes, campaigns and packs."""
    return _page("status", view)


def render_shadow(view: ShadowView) -> str:
    """A shadow beside the active version, and the withdrawals of one change."""

    def listed_change(change: str, before: int | None = None) -> str:
        number = "" if view.shadow is None else str(view.shadow.number)
        query = {"shadow": number, "change": change} | ({} if before is None else {"before": str(before)})
        return f"{SHADOW}?{urlencode(query)}"

    return _page(
        "shadow",
        view,
        frictions=tuple(Friction),
        shares=shares,
        changes=tuple((key, change, TITLES[change]) for key, change in CHANGES.items()),
        heading=TITLES[CHANGES[view.change]].capitalize(),
        listed_change=listed_change,
    )


def render_relay(view: RelayView) -> str:
    """Deliveries, pulls, dead letters with a button each, and what was set aside."""
    return _page("relay", view)


def render_stand_ins(view: StandInsView) -> str:
    """Stand-ins that met another decision, and records that could not be stored."""
    return _page("stand_ins", view)


def render_missing(frame: Frame, withdrawal: str) -> str:
    """For a withdrawal that was never decided here; to be sent with 404."""
    return (
        environment()
        .get_template("console/missing.html")
        .render(frame=frame, withdrawal=withdrawal[:64], words=console_words, address=address_of)
    )


def list_address(wanted: DecisionFilter, before: int | None = None) -> str:
    """The list's address with this filter, from journal number `before` on."""
    members = {
        "friction": wanted.friction.word if wanted.friction is not None else "",
        "decision": wanted.decision,
        "state": wanted.state,
        "customer": wanted.customer,
        "withdrawal": wanted.withdrawal,
        "before": str(before) if before is not None else "",
    }
    query = urlencode({name: value for name, value in members.items() if value})
    return f"{LIST}?{query}" if query else LIST


def address_of(withdrawal: str) -> str:
    """The address of one withdrawal's page."""
    return f"{LIST}/withdrawals/{quote(withdrawal, safe='')}"


def shares(counts: Iterable[int]) -> tuple[tuple[float, float], ...]:
    """Where each count begins and how wide it is, in percent of their sum; all nothing where the sum is 0."""
    found = tuple(counts)
    whole = sum(found)
    widths = [100 * count / whole if whole else 0.0 for count in found]
    return tuple((round(sum(widths[:place]), 3), round(width, 3)) for place, width in enumerate(widths))


def _page(name: str, view: AnyView, **more: Any) -> str:
    template = environment().get_template(f"console/{name}.html")
    return template.render(
        view=view, frame=view.frame, words=console_words, address=address_of, listed=_of_customer, **more
    )


def _of_customer(customer: str) -> str:
    return list_address(DecisionFilter(customer=customer))
