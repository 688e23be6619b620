"""One request to the demo exchange, read strictly before anything looks at it; and what is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from breather.client import Breather
from breather.demo.books import Books
from breather.demo.invented import InventedCustomer, customer_named
from breather.demo.session import Session, Sessions
from breather.demo.texts import Texts

MOST_BYTES = 16 * 1024
MOST_FIELDS = 32


class Unreadable(Exception):
    """The body is no form of ours. `error` is a key of the texts, `status` the answer's."""

    def __init__(self, error: str, status: int) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


async def read_form(request: Request) -> dict[str, str]:
    """An urlencoded form of at most 16 KiB; of a repeated name, the first."""
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > MOST_BYTES:
            raise Unreadable("too-large", 413)
    try:
        pairs = parse_qsl(data.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Unreadable("stale-form", 400) from error
    return dict(reversed(pairs))


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that a page may need; made once."""

    breather: Breather
    books: Books
    sessions: Sessions
    clock: Callable[[], int]
    breather_origin: str
    templates: jinja2.Environment
    texts: Mapping[str, Mapping[str, str]]

    @property
    def vasp(self) -> str:
        """Which exchange this is. The cookie is named after it: cookies know no ports, and two of these may
        stand on one host.
        """
        return self.breather.vasp


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: who, when (milliseconds UTC), what was sent."""

    site: Site
    cookie: str
    session: Session | None
    now: int
    withdrawal: str
    form: Mapping[str, str]
    query: Mapping[str, str]

    def texts(self, locale: str | None = None) -> Texts:
        return Texts(self.site.texts, locale or self._locale())

    def _locale(self) -> str:
        return "en" if self._customer is None else self._customer.locale

    @property
    def _customer(self) -> InventedCustomer | None:
        return None if self.session is None else customer_named(self.session.customer)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A rendered page; it always has the texts, the customer, a form token and perhaps a note."""
        say = self.texts()
        note = values.pop("note", None) or self.query.get("note", "")
        html = self.site.templates.get_template(template).render(
            say=say,
            customer=self._customer,
            csrf=self.site.sessions.csrf(self.cookie),
            note=note if say.has(f"note.{note}") else None,
            origin=self.site.breather_origin,
            **values,
        )
        return HTMLResponse(html, status_code=status)

    def go(self, path: str, note: str = "") -> Response:
        """To another page of this site, after a form."""
        separator = "&" if "?" in path else "?"
        return RedirectResponse(f"{path}{separator}note={note}" if note else path, status_code=303)

    def error(self, error: str, status: int) -> Response:
        return self.page("message.html", status, error=error)


def carry(site: Site, response: Response, cookie: str) -> Response:
    """The answer, with the session's cookie. Not Secure: the demo is http on localhost, where not every
    browser would keep it.
    """
    response.set_cookie(site.vasp, cookie, path="/", httponly=True, samesite="lax")
    return response
