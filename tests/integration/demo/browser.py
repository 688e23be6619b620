"""A person with a browser before the demo site: cookies, forms with hidden fields, redirects not followed.

The site is called in this process, over ASGI; Breather is the fake over real HTTP.
"""

import asyncio
import re
from html import unescape
from pathlib import Path

import httpx
from starlette.applications import Starlette

from breather.client import Breather
from breather.demo.books import Books
from breather.demo.site import create_site
from tests.integration.client.fake_service import API_KEY, KID, FakeBreather

SITE = "http://localhost:8500"
ORIGIN = "http://127.0.0.1:8400"


class World:
    """The fake Breather, the demo site and its books, all on the fake's clock."""

    def __init__(self, fake: FakeBreather, url: str, path: Path, vasp: str = "demo-exchange") -> None:
        self.fake, self.url, self.path = fake, url, path
        self.breather = Breather(url, API_KEY, vasp=vasp, clearance_keys={KID: fake.public}, timeout=10.0)
        self.site = create_site(self.breather, path, ORIGIN, lambda: fake.now, b"secret")
        self.books = Books(path)

    def paid(self) -> list[str]:
        with self.books.reading() as page:
            rows = page.cursor.execute("SELECT id FROM withdrawal WHERE status = 'paid' ORDER BY id").fetchall()
            spent = page.cursor.execute("SELECT jti FROM breather_spent_clearance ORDER BY jti").fetchall()
        assert [row[0] for row in rows] == [row[0] for row in spent]
        return [row[0] for row in rows]

    def held(self, customer: str, asset: str = "USDT") -> int:
        """Balance in millionths of a unit."""
        with self.books.reading() as page:
            return page.balances(customer)[asset] // 10**12

    def status(self, withdrawal: str) -> str:
        with self.books.reading() as page:
            row = page.withdrawal(withdrawal)
        assert row is not None
        return row.status


class Browser:
    """One person. `csrf` is the token of the last page that carried one."""

    def __init__(self, site: Starlette) -> None:
        self._site = site
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def get(self, path: str) -> httpx.Response:
        return self._keep(asyncio.run(self._send("GET", path)))

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self._keep(asyncio.run(self._send("POST", path, {"csrf": self.csrf, **fields})))

    def at_once(self, path: str, times: int) -> list[httpx.Response]:
        """The same form pressed `times` times at the same moment."""

        async def all_of_them() -> list[httpx.Response]:
            form = {"csrf": self.csrf}
            return await asyncio.gather(*(self._send("POST", path, form) for _ in range(times)))

        return asyncio.run(all_of_them())

    def sign_in(self, customer: str, withdrawal: str = "") -> None:
        self.get("/sign-in")
        answer = self.post("/sign-in", customer=customer, next=withdrawal)
        assert answer.status_code == 303
        self.get(answer.headers["location"])

    def withdraw(self, **fields: str) -> str:
        """Fill the form in; gives the id of the withdrawal."""
        shown = self.get("/").text
        found = re.search(r'name="address" value="([^"]*)"', shown)
        assert found is not None
        form = {"asset": "USDT/TRON", "address": unescape(found[1]), "amount": "5000"}
        answer = self.post("/withdrawals", **{**form, **fields})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].split("/")[2].partition("?")[0]

    async def _send(self, method: str, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        transport = httpx.ASGITransport(self._site)
        async with httpx.AsyncClient(transport=transport, base_url=SITE, cookies=self.cookies) as client:
            return await client.request(method, path, data=form)

    def _keep(self, answer: httpx.Response) -> httpx.Response:
        self.cookies.update(dict(answer.cookies))
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', answer.text)
        if found is not None:
            self.csrf = found[1]
        return answer
