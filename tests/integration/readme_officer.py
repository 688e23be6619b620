"""An officer at the portal of the README's agency: logs in, looks, claims and decides by the forms that are there."""

import re

import httpx

from tests.agency_process import hidden


class PortalVisitor:
    """A browser without scripts, logged in as Ng 4711."""

    def __init__(self, url: str, password: str) -> None:
        self._client = httpx.Client(trust_env=False, timeout=30, base_url=url)
        door = self._client.get("/portal/login").text
        fields = {"csrf": hidden(door, "csrf"), "officer": "Ng 4711", "password": password}
        entered = self._client.post("/portal/login", data=fields)
        assert entered.status_code == 303, entered.text

    def get(self, path: str) -> httpx.Response:
        return self._client.get(path)

    def inbox(self) -> list[int]:
        """The numbers of the referrals in it."""
        return sorted({int(number) for number in re.findall(r"/portal/referrals/(\d+)", self.get("/portal").text)})

    def page(self, number: int) -> str:
        return self.get(f"/portal/referrals/{number}").text

    def decides(self, number: int, disposition: str, note: str) -> None:
        self._posts(number, "claim")
        self._posts(number, "dispose", disposition=disposition, note=note)

    def _posts(self, number: int, act: str, **fields: str) -> None:
        page = self.page(number)
        given = {name: hidden(page, name) for name in ("csrf", "form", "seen") if f'name="{name}"' in page}
        answered = self._client.post(f"/portal/referrals/{number}/{act}", data={**given, **fields})
        assert answered.status_code == 303, answered.text

    def close(self) -> None:
        self._client.close()
