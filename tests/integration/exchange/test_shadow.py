"""A shadow in a running service: unseen by the exchange, compared in the console."""

from collections.abc import Iterator

import httpx
import pytest

from breather.operate import begin_campaign_shadow, copy_campaign, set_password, stop_campaign_shadow
from tests.exchange_process import CAMPAIGN, ExchangeProcess
from tests.integration.exchange.test_console import PASSWORD, entered
from tests.integration.exchange.withdrawals import withdrawal

# The reminder of every seven days asks questions, here and in the examples.
EDITS = (
    ("campaign.toml", "\nversion = 1\n", "\nversion = 2\n"),
    ("campaign.toml", 'friction = "notice"', 'friction = "questions"'),
    ("examples.toml", 'expect = "notice"', 'expect = "questions"'),
)


@pytest.fixture
def shadowed(service: ExchangeProcess) -> Iterator[ExchangeProcess]:
    folder = service.folder / "stricter"
    if not folder.exists():
        copy_campaign(CAMPAIGN, folder)
        for name, old, new in EDITS:
            file = folder / name
            file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    begin_campaign_shadow(service.settings, service.clock, folder, None)
    service.stop()
    service.start()  # it would follow within a second; a test does not wait for that
    yield service
    stop_campaign_shadow(service.settings, service.clock, CAMPAIGN)


def test_it_is_seen_by_the_console_alone(shadowed: ExchangeProcess) -> None:
    set_password(shadowed.settings, shadowed.clock, PASSWORD)
    headers = {"Authorization": f"Bearer {shadowed.key}"}
    with httpx.Client(base_url=shadowed.url, trust_env=False, timeout=20) as browser:
        entered(browser)
        reply = browser.post(
            "/v1/withdrawals", json=withdrawal("sh-1", amount="10", amount_usd="10.00"), headers=headers
        )
        assert reply.status_code == 201, reply.text
        assert reply.json()["friction"] == "notice"
        assert "shadow" not in reply.text
        page = browser.get("/console/shadow").text
        assert "newly interrupted" in page
        assert "/console/withdrawals/sh-1" in page
        assert "Would ask for" in browser.get("/console/withdrawals/sh-1").text
        assert "shadow" not in browser.get("/v1/withdrawals/sh-1", headers=headers).text
        assert browser.get("/console/shadow?shadow=999999").status_code == 200


def test_a_stranger_is_sent_to_the_door(service: ExchangeProcess) -> None:
    with httpx.Client(base_url=service.url, trust_env=False) as browser:
        assert browser.get("/console/shadow").headers["location"] == "/console/login"
