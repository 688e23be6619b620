"""Every example of the README, in its order, in one shell and an empty folder, as a reader would run it.

Only the port differs, and the clock stands at the morning that the examples speak of.
"""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pyrage
import pytest
from pyrage import x25519

from breather.domain.instant import Millis, parse_instant
from tests.exchange_process import free_port
from tests.integration.exchange.withdrawals import Page
from tests.integration.readme_officer import PortalVisitor
from tests.launcher import CLOCK, write_clock
from tests.tidy.source import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^<!-- example: ([\w-]+) -->\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = {name: (language, text) for name, language, text in EXAMPLE.findall(README)}
EXCHANGE = ["set-up", "start", "assess", "link", "confirm", "python", "changes"]
POLICE = ["agency-set-up", "agency-start", "connect", "relay", "help", "decided", "agree", "subject"]
MORNING = parse_instant("2026-02-02T08:00:00Z")
CONFIRMED = parse_instant("2026-02-02T09:30:10Z")
DONE = "the example is over:"
READY_WITHIN = 30.0


@dataclass
class Reader:
    """One person with one shell, a browser for the link, and a clock that the test moves."""

    folder: Path
    port: int
    agency_port: int
    shell: "subprocess.Popen[str]"
    printed: dict[str, str] = field(default_factory=dict)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30))

    @property
    def url(self) -> str:
        """Of the service: also what the page of `withdrawals.Page` asks."""
        return f"http://127.0.0.1:{self.port}"

    def set_time(self, now: Millis) -> None:
        write_clock(self.folder.parent / "clock", now)

    def run(self, name: str, *, beside: bool = False) -> str:
        """An example as it stands; `beside` in the background, as in a second terminal. Returns what it printed."""
        language, text = EXAMPLES[name]
        text = text.replace("8080", str(self.port)).replace("8090", str(self.agency_port))
        if language == "python":
            (self.folder / "example.py").write_text(text, encoding="utf-8")
            text = "python example.py\n"
        self.printed[name] = self.type(f"{{ {text}}} >>service.log 2>&1 &\n" if beside else text)
        return self.printed[name]

    def type(self, text: str) -> str:
        """Into the one shell. Returns what was printed; fails if the last command did."""
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        self.shell.stdin.write(f"{text}printf '\\n{DONE} %s\\n' $?\n")
        self.shell.stdin.flush()
        said = ""
        for line in self.shell.stdout:
            if line.startswith(DONE):
                assert line.split()[-1] == "0", f"{text}\nprinted\n{said}"
                return said.strip()
            said += line
        raise AssertionError(f"the shell ended at\n{text}\nafter\n{said}")

    def ready(self, port: int) -> None:
        def listens() -> bool:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return True
            return False

        self.until(listens, f"nothing listens on {port}")

    def until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Asks again and again, for what the services take up, or send each other, within moments."""
        until = time.monotonic() + READY_WITHIN
        while not holds():
            assert time.monotonic() < until, f"{otherwise}:\n{(self.folder / 'service.log').read_text('utf-8')}"

    def asks(self, method: str, path: str, body: Any = None) -> Any:
        """The exchange's API, as its back end does between the examples."""
        key = self.type("printf %s $API_KEY\n")
        headers = {"Authorization": f"Bearer {key}"}
        return self.client.request(method, f"{self.url}{path}", headers=headers, json=body).json()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    around = tmp_path_factory.mktemp("readme")
    folder, commands, port, agency_port = around / "empty", around / "bin", free_port(), free_port()
    folder.mkdir()
    commands.mkdir()
    write_clock(around / "clock", MORNING)
    for name in ("breather", "python"):
        _command(commands / name, f'exec "{sys.executable}" -m tests.integration.readme_command {name} "$@"')
    outside = {name: value for name, value in os.environ.items() if not name.startswith("BREATHER_")}
    ours = {
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        CLOCK: str(around / "clock"),
        "BREATHER_PORT": str(port),
        "BREATHER_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "BREATHER_AGENCY_PORT": str(agency_port),
        "BREATHER_AGENCY_PUBLIC_URL": f"http://127.0.0.1:{agency_port}",
        "no_proxy": "127.0.0.1",
    }
    shell = subprocess.Popen(
        ["bash", "--norc", "--noprofile"],
        cwd=folder,
        env={**outside, **ours},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    found = Reader(folder, port, agency_port, shell)
    yield found
    found.client.close()
    # The shell's own group: whatever the examples left running in it.
    os.killpg(shell.pid, signal.SIGTERM)
    shell.communicate(timeout=20)


def _command(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="ascii")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_the_readme_has_these_examples_in_this_order() -> None:
    """Whoever adds an example says here what it prints; a fence of shell or Python without a name is run by nobody."""
    assert list(EXAMPLES) == [*EXCHANGE, *POLICE]
    unnamed = re.findall(r"(?<!-->\n)^```(?:sh|python|bash)$", README, re.MULTILINE)
    assert unnamed == []


def test_every_example_does_what_the_readme_says(reader: Reader) -> None:
    """One test, because each example needs the ones before it."""
    _sets_up(reader)
    reader.run("start", beside=True)
    reader.ready(reader.port)
    _asks_and_pays(reader)
    _connects_the_police(reader)
    _sees_and_decides(reader)
    _names_who_agreed(reader)
    _leaves_no_secret_to_git(reader)


def _asks_and_pays(reader: Reader) -> None:
    decided = json.loads(reader.run("assess"))
    assert (decided["decision"], decided["friction"]) == ("intervene", "cooling_off")
    assert decided["alert"]["heading"] == "司法警察局提示"
    assert [contact["number"] for contact in decided["alert"]["contacts"]] == ["8800 7777", "993"]
    assert decided["reasons"]
    assert decided["pause"]["seconds"] == 3600
    assert json.loads(reader.run("assess")) == decided, "sending it again gives the same"
    _answers_and_confirms(reader, json.loads(reader.run("link"))["url"])
    assert reader.run("python") == "intervene cooling_off"
    assert reader.run("python").splitlines()[1:] == ["not cleared: already-broadcast"], "it has been paid"
    printed = reader.run("changes")
    listed, end = json.JSONDecoder().raw_decode(printed)
    changes = {change["id"]: (change["state"], change["outcome"]) for change in listed["changes"]}
    assert changes == {"wd-1001": ("released", "proceeded")}
    assert "worker" in printed[end:], "the doctor has looked"
    with closing(sqlite3.connect(reader.folder / "exchange.db")) as books:
        assert books.execute("SELECT jti FROM breather_spent_clearance").fetchall() == [("wd-1001",)]


def _sets_up(reader: Reader) -> None:
    said = reader.run("set-up")
    assert "macau-pj-trial version 1 is active in MO until 2026-03-05T08:00:00.000Z" in said
    assert "password is set" in said
    assert (reader.folder / "keys").is_dir()
    assert (reader.folder / "breather.db").is_file()
    env = reader.folder / "env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600, "an API key is in it"
    assert _another_terminal(reader) == reader.type('printf "%s %s" "$API_KEY" "$CLEARANCE_KEY"\n')


def _another_terminal(reader: Reader) -> str:
    """One that knows nothing but the folder."""
    lines = '. ./env && printf "%s %s" "$API_KEY" "$CLEARANCE_KEY"'
    bare = {"PATH": os.environ["PATH"]}
    said = subprocess.run(["sh", "-c", lines], cwd=reader.folder, env=bare, capture_output=True, text=True, check=True)
    key, _, clearance = said.stdout.partition(" ")
    assert key.startswith("brk_test_"), said
    assert "=" in clearance, said
    return said.stdout


def _connects_the_police(reader: Reader) -> None:
    reader.run("agency-set-up")
    reader.run("agency-start", beside=True)
    reader.ready(reader.agency_port)
    said = reader.run("connect")
    assert "my-exchange is pinned as exchange" in said
    assert "my-police is pinned as agency" in said
    assert f"referrals are delivered to http://127.0.0.1:{reader.agency_port}" in said
    assert "slot 0 of my-police is kept" in said
    assert "macau-pj-trial version 2 is active in MO" in reader.run("relay")
    asked = dict(json.loads(EXAMPLES["help"][1].partition("-d '")[2].partition("'")[0]))
    numbers = count()

    def is_in_force() -> bool:
        """Within a second, which a reader takes anyway."""
        probe = {
            **asked,
            "id": f"probe-{next(numbers)}",
            "customer": {"ref": "c-probe"},
            "amount": "1",
            "amount_usd": "1",
        }
        return bool(reader.asks("POST", "/v1/withdrawals", probe)["campaign"]["version"] == 2)

    reader.until(is_in_force, "the campaign with [relay] is not in force")


def _sees_and_decides(reader: Reader) -> None:
    reader.run("help")
    officer = PortalVisitor(f"http://127.0.0.1:{reader.agency_port}", "a long password for the officers")
    reader.until(lambda: officer.inbox() != [], "no referral is in the inbox")
    (number,) = officer.inbox()
    page = officer.page(number)
    assert "TVp1t7idoJ8SLY9csGUMAHDNjwuox9zWWi" in page
    assert "US$1,000 to 10,000" in page
    assert [name for name in ("c-78", "wd-1002", "4000") if name in page] == []
    officer.decides(number, "confirmed-scam", "Seen twice this week.")

    def referral() -> dict[str, Any]:
        found: dict[str, Any] = reader.asks("GET", "/v1/withdrawals/wd-1002")["referrals"][0]
        return found

    reader.until(lambda: referral()["closed_at"] is not None, "the exchange was not told")
    told = json.loads(reader.run("decided"))["referrals"]
    assert [(one["tier"], one["basis"], one["state"]) for one in told] == [
        ("pseudonymous", "customer-asked", "receipted")
    ]
    assert told[0]["disposition"] == "confirmed-scam"
    officer.close()


def _names_who_agreed(reader: Reader) -> None:
    """Nothing is wanted before she has agreed; afterwards the officer's key opens it, and nothing else does."""
    assert reader.run("subject") == ""
    page = Page(reader, json.loads(reader.run("agree"))["url"])  # type: ignore[arg-type]  # as below
    agreed = page.post("/alert/consent", csrf=page.csrf_of("/alert?screen=consent"))
    assert agreed.status_code == 303, agreed.text
    assert reader.run("subject") == "sealed for 1 officer"
    assert reader.run("subject") == "", "it was received"
    officer = PortalVisitor(f"http://127.0.0.1:{reader.agency_port}", "a long password for the officers")
    reader.until(lambda: len(officer.inbox()) == 2, "the identified referral is not in the inbox")
    sealed = officer.get(f"/portal/referrals/{max(officer.inbox())}/subject.age").content
    key = x25519.Identity.from_str((reader.folder / "officer.key").read_text("ascii").splitlines()[-1])
    assert "Chan Tai Man" in pyrage.decrypt(sealed, [key]).decode()
    officer.close()


def _leaves_no_secret_to_git(reader: Reader) -> None:
    """In a checkout with our `.gitignore`, `git add .` would take nothing of what the examples wrote."""
    shutil.copy(ROOT / ".gitignore", reader.folder)
    git = ["git", "-c", "core.excludesFile=/dev/null"]
    subprocess.run([*git, "init", "-q"], cwd=reader.folder, check=True)
    seen = subprocess.run(
        [*git, "status", "--porcelain", "--untracked-files=all"],
        cwd=reader.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    ours = {".gitignore", "example.py", "service.log"}
    assert {line.removeprefix("?? ") for line in seen.stdout.splitlines()} <= ours
    for secret in [reader.folder / "officer.key", *reader.folder.glob("*keys/**/*.private")]:
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600, secret


def _answers_and_confirms(reader: Reader, link: str) -> None:
    """Refused before the questions and before the end of the pause, each with its reason; then it counts."""
    assert _refusal(reader.run("confirm"))["type"] == "urn:breather:problem:not-answered"
    page = Page(reader, link)  # type: ignore[arg-type]  # a client and an address are all that it takes
    assert page.answer_all().status_code == 303
    assert _refusal(reader.run("confirm"))["elapses_at"] == "2026-02-02T09:00:00.000Z"
    reader.set_time(CONFIRMED)
    assert json.loads(reader.run("confirm"))["state"] == "released"


def _refusal(printed: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed)
    assert found["status"] == 409
    return found
