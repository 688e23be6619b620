"""The customer's half: a browser without scripts on the real alert page, from the link to the last form.

It does what a browser does and no more: exchanges the link for its cookie, follows redirects, and sends back the hidden
fields of a form that it was shown. What the page does not offer, she cannot do.
"""

import http.client
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urlsplit

# Which feature each question of the sample pack asks about. She reads the words; we know the questions by their ids.
QUESTIONS: Mapping[str, str] = {
    "coached": "answer_told_what_to_say",
    "listening": "answer_someone_listening",
    "sounds-like": "answer_sounds_like",
    "official-call": "answer_police_or_bank_called",
    "secret": "answer_told_to_keep_secret",
    "release-fee": "answer_pays_to_release",
    "met-online": "answer_met_online",
    "holds-key": "answer_holds_key",
    "profit-back": "answer_withdrew_profit_before",
    "paid-tasks": "answer_paid_tasks",
}
_FORM = re.compile(
    r'<form method="post" action="(?P<to>/alert/(?P<act>[a-z-]+)[^"]*)">\s*'
    r'<input type="hidden" name="csrf" value="(?P<csrf>[^"]*)">'
)
_TO_QUESTIONS = re.compile(r'href="(/alert\?[^"]*screen=questions[^"]*)"')
_OPTION = re.compile(r'<input type="radio" name="q\.([^"]+)" value="([^"]*)"')
_MOST_REDIRECTS = 3
_STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, http.client.CannotSendRequest)


class BrokenPage(Exception):
    """The page answered what no browser could go on with."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    location: str
    cookies: tuple[str, ...]
    text: str


class Browser:
    """Keeps the connections of one thread for the next, until it is closed. Cookies belong to the pages it opens."""

    def __init__(self, timeout: float = 30.0) -> None:
        """`timeout` in seconds, for each request."""
        self._timeout = timeout
        self._lock = threading.Lock()
        self._idle: list[tuple[str, http.client.HTTPConnection]] = []

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()

    def open(self, link: str) -> "AlertPage":
        """Use up a link. Raises BrokenPage where it is used or too old, OSError where nobody answers."""
        parts = urlsplit(link)
        page = AlertPage(self, f"{parts.scheme}://{parts.netloc}")
        page.go(parts.path)
        return page

    def ask(self, origin: str, method: str, target: str, cookie: str, body: str | None = None) -> Reply:
        headers = {"Accept": "text/html"}
        if cookie:
            headers["Cookie"] = cookie
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        connection = self._connection(origin)
        try:
            try:
                reply = _exchanged(connection, method, target, body, headers)
            except _STALE:
                # The service closed what had been idle. Every act of the page may be sent twice, and is one act.
                connection.close()
                reply = _exchanged(connection, method, target, body, headers)
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append((origin, connection))
        return reply

    def _connection(self, origin: str) -> http.client.HTTPConnection:
        with self._lock:
            for number, (other, connection) in enumerate(self._idle):
                if other == origin:
                    del self._idle[number]
                    return connection
        parts = urlsplit(origin)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=self._timeout)


def _exchanged(
    connection: http.client.HTTPConnection, method: str, target: str, body: str | None, headers: Mapping[str, str]
) -> Reply:
    connection.request(method, target, body, dict(headers))
    with connection.getresponse() as reply:
        text = reply.read().decode("utf-8")
        location, cookies = reply.headers.get("Location", ""), reply.headers.get_all("Set-Cookie", [])
    return Reply(reply.status, location, tuple(each.partition(";")[0] for each in cookies), text)


@dataclass(slots=True)
class AlertPage:
    """One opened link, as it stands on her screen."""

    browser: Browser
    origin: str
    text: str = field(default="", repr=False)
    cookies: dict[str, str] = field(default_factory=dict, repr=False)

    def go(self, target: str, method: str = "GET", body: str | None = None) -> None:
        """Follow redirects to a page. Raises BrokenPage for one that is none."""
        for _ in range(_MOST_REDIRECTS):
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            reply = self.browser.ask(self.origin, method, target, cookie, body)
            for each in reply.cookies:
                name, _, value = each.partition("=")
                self.cookies[name] = value
            if reply.status == 200:
                self.text = reply.text
                return
            if reply.status != 303:
                raise BrokenPage(f"{method} {target.partition('?')[0][:7]} answered {reply.status}")
            target, method, body = reply.location, "GET", None
        raise BrokenPage("it leads round in circles")

    def offers(self, act: str) -> bool:
        return self._form(act) is not None

    def press(self, act: str, fields: Mapping[str, str] | None = None) -> bool:
        """Send the form of one act (stop, acknowledge, help, listening); False where the page does not offer it."""
        form = self._form(act)
        if form is None:
            return False
        self.go(unescape(form["to"]), "POST", urlencode({"csrf": unescape(form["csrf"]), **(fields or {})}))
        return True

    def answer(self, answers: Mapping[str, bool | str]) -> bool:
        """Answer every question, by feature; False where none are asked. One that is not among `answers` gets the
        last of its options: no, or none of these.
        """
        onward = _TO_QUESTIONS.search(self.text)
        if onward is not None and not self.offers("answers"):
            self.go(unescape(onward[1]))
        options: dict[str, list[str]] = {}
        for question, value in _OPTION.findall(self.text):
            options.setdefault(question, []).append(unescape(value))
        chosen = {}
        for question, values in options.items():
            said = answers.get(QUESTIONS.get(question, ""))
            word = {True: "yes", False: "no"}.get(said, said) if isinstance(said, bool) else said
            chosen[f"q.{question}"] = word if word in values else values[-1]
        return self.press("answers", chosen)

    def _form(self, act: str) -> re.Match[str] | None:
        return next((form for form in _FORM.finditer(self.text) if form["act"] == act), None)
