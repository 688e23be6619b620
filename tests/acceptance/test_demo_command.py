"""`breather demo` as a newcomer runs it: it says where to look, what it says to try can be tried, and Ctrl-C leaves
nothing behind.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from breather.demonstration.cast import PORTS
from tests.acceptance.story import DESKTOP, PHONE, press
from tests.exchange_process import free_port
from tests.tidy.source import ROOT

READY_WITHIN = 90
GONE_WITHIN = 30
COMES_BACK_WITHIN = 30
EVERYTHING_SAID = "when you press Ctrl-C"


def free_ports() -> int:
    """The first of as many neighbours as it takes that nobody listens on."""
    while True:
        port = free_port()
        with suppress(OSError, OverflowError):
            for number in range(port, port + PORTS):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
            return port


def begin(port: int, folder: Path) -> "subprocess.Popen[str]":
    outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
    return subprocess.Popen(
        [sys.executable, "-m", "breather", "demo", "--port", str(port), "--pause-seconds", "5"],
        cwd=folder,
        env={
            **outside,
            "TMPDIR": str(folder),
            "COLUMNS": "160",
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONUNBUFFERED": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def said_until_ready(demo: "subprocess.Popen[str]") -> str:
    """Everything it says until it has said everything."""
    assert demo.stdout is not None
    said = ""
    until = time.monotonic() + READY_WITHIN
    for line in demo.stdout:
        said += line
        if EVERYTHING_SAID in said:
            return said
        assert time.monotonic() < until, said
    raise AssertionError(f"it ended with {demo.wait()} after saying:\n{said}")


def still_running(folder: Path) -> list[str]:
    """Command lines of processes that were started with this folder for temporary files; Linux only."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"TMPDIR={folder}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextmanager
def running(port: int, folder: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The demonstration, and everything that it said once it was ready. However the block ends, nothing runs on."""
    demo = begin(port, folder)
    try:
        yield demo, said_until_ready(demo)
    finally:
        if demo.poll() is None:
            demo.send_signal(signal.SIGTERM)
            try:
                demo.wait(3 * GONE_WITHIN)
            finally:
                demo.kill()
        demo.communicate()


def leaves_nothing(port: int, folder: Path) -> None:
    assert list(folder.iterdir()) == []
    assert still_running(folder) == []
    assert [number for number in range(port, port + PORTS) if answers(number)] == []


def test_it_says_where_to_look_and_leaves_nothing(tmp_path: Path) -> None:
    port = free_ports()
    with running(port, tmp_path) as (demo, said):
        assert len(said.strip().splitlines()) <= 25, "a screen"
        assert "5 seconds" in said
        for number in (port + 1, port + 3):
            assert f"http://localhost:{number}" in said
        services = [f"http://127.0.0.1:{number}" for number in (port, port + 2, port + 4)]
        assert [url for url in services if url not in said] == []
        with httpx.Client(trust_env=False, follow_redirects=True) as client:
            assert "Demo Exchange" in client.get(f"http://localhost:{port + 1}").text
            assert "Second Demo Exchange" in client.get(f"http://localhost:{port + 3}").text
            assert client.get(f"{services[0]}/openapi.json").json()["openapi"].startswith("3.")
            assert "invented" in client.get(f"{services[2]}/verify").text
            _the_printed_password_opens_the_console(client, f"{services[0]}/console", said)
        assert len(still_running(tmp_path)) >= 9, "three services of two processes, two sites, the command itself"
        began = time.monotonic()
        demo.send_signal(signal.SIGINT)
        assert demo.wait(GONE_WITHIN) == 0
        assert time.monotonic() - began < GONE_WITHIN
    leaves_nothing(port, tmp_path)


def _the_printed_password_opens_the_console(client: httpx.Client, console: str, said: str) -> None:
    door = client.get(console)
    csrf = re.search(r'name="csrf" value="([^"]+)"', door.text)
    assert csrf is not None
    opened = client.post(f"{console}/login", data={"csrf": csrf[1], "password": password_in(said)})
    assert opened.status_code == 200
    assert "past-" in opened.text, "two months of invented withdrawals are there to be looked at"


def password_in(said: str) -> str:
    password = re.search(r"password of the portal and both consoles: (\S+)", said)
    assert password is not None
    return password[1]


@pytest.fixture
def she(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport=PHONE, reduced_motion="reduce") as context:
        yield context.new_page()


@pytest.fixture
def officer(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport=DESKTOP, reduced_motion="reduce") as context:
        yield context.new_page()


def test_what_it_says_to_try_can_be_tried(she: Page, officer: Page, tmp_path: Path) -> None:
    """Ended by SIGHUP, as by a closed terminal."""
    port = free_ports()
    with running(port, tmp_path) as (demo, said):
        agency = f"http://127.0.0.1:{port + 4}"
        sign_in(she, f"http://localhost:{port + 1}")
        withdraw(she)
        alert = she.frame_locator("breather-alert iframe")
        press(alert.locator("body"), "help")
        code = alert.locator(".characters").first.inner_text()
        _is_decided_beside_the_others(officer, agency, password_in(said))
        expect_after_reloading(she, lambda: alert.locator("dl.stages dt").count() == 3, "sent, received, closed")
        assert "Insufficient" not in alert.locator("body").inner_text(), "closed, and not what was found"
        assert _looked_up(officer, agency, code) == "This code is confirmed"
        assert _looked_up(officer, agency, "0000-0000-0000") != "This code is confirmed"
        confirmed = re.search(r"Withdraw to (T\w{33})", said)
        assert confirmed is not None
        assert _withdrawing_to(she, f"http://localhost:{port + 1}", confirmed[1]) == "held"
        sign_in(she, f"http://localhost:{port + 3}", "c-rui")
        assert _withdrawing_to(she, f"http://localhost:{port + 3}", confirmed[1]) != "held", "it was not told"
        she.goto(f"http://localhost:{port + 1}")
        assert "/sign-in" not in she.url, "two exchanges on one host keep their sessions apart"
        demo.send_signal(signal.SIGHUP)
        assert demo.wait(GONE_WITHIN) == 0
    leaves_nothing(port, tmp_path)


def sign_in(page: Page, site: str, customer: str = "c-alex") -> None:
    page.goto(f"{site}/sign-in")
    page.locator(f"form:has(input[value='{customer}']) button").click()
    page.wait_for_url(f"{site}/")


def withdraw(page: Page) -> None:
    page.locator("form.withdraw button.main").click()
    page.wait_for_url(re.compile(r"/withdrawals/wd-"))


def _is_decided_beside_the_others(officer: Page, agency: str, password: str) -> None:
    officer.goto(f"{agency}/portal/login")
    officer.fill("#officer", "Ng 4711")
    officer.fill("#password", password)
    officer.keyboard.press("Enter")
    rows = officer.locator("tbody tr")
    expect(rows).to_have_count(6)
    assert sum("second-demo-exchange" in row for row in rows.all_inner_texts()) == 2
    assert sum("Confirmed scam" in row for row in rows.all_inner_texts()) == 1
    rows.first.locator("a").first.click()
    officer.get_by_role("button", name="Claim").click()
    officer.locator("#p-insufficient").check()
    officer.get_by_role("button", name="Decide").click()
    expect(officer.locator(".decided")).to_contain_text("Insufficient")


def expect_after_reloading(page: Page, holds: Callable[[], bool], what: str) -> None:
    """What comes back with the exchange's next pull, ten seconds later at most."""
    until = time.monotonic() + COMES_BACK_WITHIN
    while not holds():
        assert time.monotonic() < until, f"{what} never showed"
        page.reload()
        expect(page.frame_locator("breather-alert iframe").locator("html")).to_have_attribute(
            "data-screen", re.compile(".+")
        )


def _looked_up(page: Page, agency: str, code: str) -> str:
    page.goto(f"{agency}/verify?locale=en")
    page.fill("#code", code)
    page.keyboard.press("Enter")
    return page.locator("#answer").inner_text()


def _withdrawing_to(page: Page, site: str, address: str) -> str | None:
    page.goto(site)
    page.fill("#address", address)
    page.fill("#amount", "100")
    withdraw(page)
    return page.locator("main").get_attribute("data-state")


@pytest.mark.parametrize("taken", [0, 4])
def test_a_port_in_use_is_named_with_all_that_are_used(tmp_path: Path, taken: int) -> None:
    port = free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + taken))
        other.listen()
        demo = begin(port, tmp_path)
        said, _ = demo.communicate(timeout=READY_WITHIN)
    assert demo.returncode == 1
    assert f"port {port + taken} is taken" in said
    assert f"{port} to {port + 4}" in said
    assert "--port" in said
    assert list(tmp_path.iterdir()) == []
