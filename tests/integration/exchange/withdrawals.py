"""Bodies of withdrawals, the page as a browser without scripts uses it, and what lies in the database."""

import hashlib
import html
import re
import sqlite3
from typing import Any

import base58
import httpx
import psycopg

from tests.exchange_process import ExchangeProcess

ADDRESS = "TN9RRaXkCFtTXRso2GdTZxSxxwufzxLQPP"
TABLES = ("journal", "withdrawal", "pause", "hold", "event", "profile", "link", "page_session")


def address_of(payee: str) -> str:
    """A TRON address of this name's own, so that no test is in another one's history."""
    address: bytes = base58.b58encode_check(b"\x41" + hashlib.sha256(payee.encode()).digest()[:20])
    return address.decode()


def withdrawal(name: str, /, payee: str = "", **changed: Any) -> dict[str, Any]:
    """A first, large withdrawal of a customer in Macau to a new address: it meets a cooling-off."""
    body: dict[str, Any] = {
        "id": name,
        "customer": {"ref": f"c-{name}"},
        "asset": "USDT",
        "network": "TRON",
        "amount": "5000",
        "amount_usd": "5000.00",
        "destination": {"address": address_of(payee or name)},
        "locale": "en",
        "residence": {"kyc": "MO"},
        "session": {"new_device": False, "remote_access": False, "screen_shared": False, "on_call": False},
    }
    return {**body, **changed}


def small(name: str, /, **changed: Any) -> dict[str, Any]:
    """A small first one: it meets a notice only."""
    return withdrawal(name, amount="20", amount_usd="20", **changed)


def elsewhere(name: str, /, **changed: Any) -> dict[str, Any]:
    """From a place without a campaign: it proceeds."""
    return withdrawal(name, residence={"kyc": "PT"}, **changed)


class Page:
    """The customer's browser, without scripts: it keeps the cookie, reads the form's value and posts forms."""

    def __init__(self, exchange: ExchangeProcess, link: str) -> None:
        self.exchange = exchange
        self.opened = exchange.client.get(link)
        self.cookie = self.opened.headers.get("set-cookie", "").partition(";")[0]
        self.path = "/alert"
        self.shown = self.get("/alert")

    def get(self, path: str) -> httpx.Response:
        return self.exchange.client.get(self.exchange.url + path, headers={"Cookie": self.cookie})

    def post(self, path: str, fields: dict[str, str] | None = None, csrf: str | None = None) -> httpx.Response:
        """With this page's own form value, unless another (or "" for none) is given."""
        given = dict(fields or {})
        value = self.csrf() if csrf is None else csrf
        if value:
            given["csrf"] = value
        return self.exchange.client.post(self.exchange.url + path, data=given, headers={"Cookie": self.cookie})

    def csrf(self) -> str:
        return self.csrf_of("/alert?screen=questions")

    def csrf_of(self, path: str) -> str:
        match = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert match is not None, "the page has no form"
        return html.unescape(match[1])

    def questions(self) -> list[str]:
        return sorted(set(re.findall(r'name="(q\.[^"]+)"', self.get("/alert?screen=questions").text)))

    def answer_all(self, **said: str) -> httpx.Response:
        """No to everything, but for `said` (question id with _ for -, to value)."""
        given = {f"q.{name.replace('_', '-')}": value for name, value in said.items()}
        usual = {name: "none" if name == "q.sounds-like" else "no" for name in self.questions()}
        return self.post("/alert/answers", {**usual, **given})


def open_page(exchange: ExchangeProcess, name: str) -> Page:
    made = exchange.post(f"/v1/withdrawals/{name}/links", {})
    assert made.status_code == 201, made.text
    return Page(exchange, made.json()["url"])


def query(database: str, sql: str) -> list[tuple[Any, ...]]:
    """What is committed, read past the service."""
    if database.startswith("sqlite:///"):
        connection = sqlite3.connect(database.removeprefix("sqlite:///"), timeout=10)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()
    with psycopg.connect(database) as server:
        return server.execute(sql.encode()).fetchall()


def counts(exchange: ExchangeProcess) -> dict[str, int]:
    """How many rows each table of the flow has."""
    database = exchange.settings.database
    return {table: query(database, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def assert_journal_has_no_gap(exchange: ExchangeProcess) -> None:
    rows = query(exchange.settings.database, "SELECT min(number), max(number), count(*) FROM journal")
    least, most, count = rows[0]
    assert (least, most) == (1, count)
