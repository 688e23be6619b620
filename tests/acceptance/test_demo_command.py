"""`breather demo` as a newcomer runs it: it says where to look, both sites answer, and Ctrl-C leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx

from tests.exchange_process import free_port
from tests.tidy.source import ROOT

READY_WITHIN = 90
GONE_WITHIN = 15
EVERYTHING_SAID = "when you press Ctrl-C"


def two_free_ports() -> int:
    """The first of two neighbours that nobody listens on."""
    while True:
        port = free_port()
        with suppress(OSError, OverflowError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port + 1))
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


def test_it_says_where_to_look_and_leaves_nothing(tmp_path: Path) -> None:
    port = two_free_ports()
    demo = begin(port, tmp_path)
    try:
        said = said_until_ready(demo)
        exchange, console = f"http://localhost:{port + 1}", f"http://127.0.0.1:{port}/console"
        assert exchange in said
        assert console in said
        assert "5 seconds" in said
        with httpx.Client(trust_env=False, follow_redirects=True) as client:
            assert "Demo Exchange" in client.get(exchange).text
            assert client.get(f"http://127.0.0.1:{port}/openapi.json").json()["openapi"].startswith("3.")
            _the_printed_password_opens_the_console(client, console, said)
        assert len(still_running(tmp_path)) >= 4, "serve, worker, the exchange, and the command itself"
        began = time.monotonic()
        demo.send_signal(signal.SIGINT)
        assert demo.wait(GONE_WITHIN) == 0
        assert time.monotonic() - began < GONE_WITHIN
    finally:
        if demo.poll() is None:
            demo.kill()
        demo.communicate()
    assert list(tmp_path.iterdir()) == []
    assert still_running(tmp_path) == []
    assert not answers(port)
    assert not answers(port + 1)


def _the_printed_password_opens_the_console(client: httpx.Client, console: str, said: str) -> None:
    password = re.search(r"password (\S+)", said)
    assert password is not None
    door = client.get(console)
    csrf = re.search(r'name="csrf" value="([^"]+)"', door.text)
    assert csrf is not None
    opened = client.post(f"{console}/login", data={"csrf": csrf[1], "password": password[1]})
    assert opened.status_code == 200
    assert "past-" in opened.text, "two months of invented withdrawals are there to be looked at"


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    port = two_free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        demo = begin(port, tmp_path)
        said, _ = demo.communicate(timeout=READY_WITHIN)
    assert demo.returncode == 1
    assert f"port {port + 1} is taken" in said
    assert "--port" in said
    assert list(tmp_path.iterdir()) == []
