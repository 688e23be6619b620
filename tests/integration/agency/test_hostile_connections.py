"""Strangers who hold the line: heads that do not end, slow bodies. The service goes on."""

import socket
from contextlib import ExitStack

import pytest

from breather.serve import LONGEST_HEAD
from tests.agency_process import AgencyProcess


def line_to(agency: AgencyProcess) -> socket.socket:
    return socket.create_connection((agency.settings.host, agency.settings.port), timeout=20)


def taken(line: socket.socket) -> int:
    """How many pieces were sent before the other end had closed."""
    for count in range(200):
        try:
            line.sendall(b"a" * LONGEST_HEAD)
        except OSError:  # reset or broken pipe, as the machine has it
            return count
    return 200


@pytest.mark.parametrize("beginning", [b"GET /", b"GET /verify HTTP/1.1\r\nHost: x\r\nX-Long: "])
def test_a_head_that_does_not_end_ends_the_connection(service: AgencyProcess, beginning: bytes) -> None:
    """Nothing is ever answered to it; without the bound, megabytes would be taken and the event loop with them."""
    with line_to(service) as line:
        line.sendall(beginning)
        assert taken(line) < 200, "13 MB of a head were taken"
    service.demo.send()


def test_a_head_of_a_usual_size_is_read_in_pieces(service: AgencyProcess) -> None:
    with line_to(service) as line:
        for part in (
            b"GET /verify HTTP/1.1\r\nHo",
            b"st: x\r\nX-Long: ",
            b"a" * 30_000,
            b"\r\nConnection: close\r\n\r\n",
        ):
            line.sendall(part)
        assert line.recv(12) == b"HTTP/1.1 200"


def test_slow_bodies_keep_nobody_out(service: AgencyProcess) -> None:
    with ExitStack() as lines:
        for _ in range(60):
            line = lines.enter_context(line_to(service))
            line.sendall(b"POST /v1/referrals HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        service.demo.send()


def test_hanging_up_in_the_middle_is_no_fault_of_ours(service: AgencyProcess) -> None:
    with line_to(service) as line:
        line.sendall(b"POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nc")
        service.demo.send()
    service.demo.send()
    assert "fault" not in service.log()
