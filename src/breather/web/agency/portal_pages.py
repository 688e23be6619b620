"""The officers' portal, rendered: one function per page, each from its view alone.

Every act is a plain form, and every page works without scripts; `portal.js` only looks for what has arrived meanwhile.
"""

from typing import Any
from urllib.parse import urlencode

from breather.domain.disposition import Disposition
from breather.storage.agency.portal_record import Standing
from breather.web.agency import portal_words
from breather.web.agency.portal_view import DestinationsView, Frame, InboxView, LoginView, ReferralView, StatusView
from breather.web.pages import environment

INBOX = "/portal"
DESTINATIONS = "/portal/destinations"


def render_login(view: LoginView) -> str:
    """The form for the one password: POST /portal/login with `officer`, `password` and `csrf`."""
    return environment().get_template("portal/login.html").render(view=view)


def render_inbox(view: InboxView) -> str:
    """Referrals as they arrive, newest first."""
    here = inbox_address(view.standing)
    older = inbox_address(view.standing, view.page.older) if view.page.older is not None else ""
    return _page("inbox", view, here=here, older=older, standings=tuple(Standing))


def render_destinations(view: DestinationsView) -> str:
    """The same by destination: what several exchanges referred stands together."""
    older = f"{DESTINATIONS}?{urlencode({'before': view.page.older})}" if view.page.older is not None else ""
    return _page("destinations", view, here=DESTINATIONS, older=older)


def render_referral(view: ReferralView) -> str:
    """One referral, and the form for the act that is next."""
    return _page("referral", view, dispositions=tuple(Disposition))


def render_status(view: StatusView) -> str:
    """Processes, peers and alert-code slots."""
    return _page("status", view)


def render_missing(frame: Frame, what: str) -> str:
    """For a referral that never arrived here; to be sent with 404."""
    template = environment().get_template("portal/missing.html")
    return template.render(frame=frame, what=what[:64], words=portal_words)


def render_trouble(title: str, detail: str) -> str:
    """For whatever else goes wrong under /portal: a person reads it, and no session is asked for."""
    return environment().get_template("portal/trouble.html").render(title=title, detail=detail)


def inbox_address(standing: Standing | None, before: int | None = None) -> str:
    """The inbox's address with this filter, from number `before` on."""
    members = {"standing": standing.value if standing else "", "before": str(before) if before is not None else ""}
    query = urlencode({name: value for name, value in members.items() if value})
    return f"{INBOX}?{query}" if query else INBOX


def referral_address(number: int) -> str:
    return f"/portal/referrals/{number}"


def _page(name: str, view: InboxView | DestinationsView | ReferralView | StatusView, **more: Any) -> str:
    template = environment().get_template(f"portal/{name}.html")
    return template.render(
        view=view,
        frame=view.frame,
        words=portal_words,
        address=referral_address,
        inbox_address=inbox_address,
        **more,
    )
