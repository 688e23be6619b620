"""Strangers who hold the line at the exchange's service: heads that do not end, callers who hang up."""

import socket

from breather.serve import LONGEST_HEAD
from tests.exchange_process import ExchangeProcess
from tests.integration.exchange.withdrawals import withdrawal


def line_to(service: ExchangeProcess) -> socket.socket:
    return socket.create_connection((service.settings.host, service.settings.port), timeout=20)


def test_a_head_that_does_not_end_ends_the_connection(service: ExchangeProcess) -> None:
    with line_to(service) as line:
        line.sendall(b"GET /alert HTTP/1.1\r\nHost: x\r\nX-Long: ")
        ended = False
        for _ in range(200):
            try:
                line.sendall(b"a" * LONGEST_HEAD)
            except OSError:  # reset or broken pipe, as the machine has it
                ended = True
                break
        assert ended, "13 MB of a head were taken"
    assert service.post("/v1/withdrawals", withdrawal("after-the-head")).status_code == 201


def test_hanging_up_in_the_middle_is_no_fault_of_ours(service: ExchangeProcess) -> None:
    head = b"POST /v1/withdrawals HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + service.key.encode()
    with line_to(service) as line:
        line.sendall(head + b"\r\nContent-Length: 1000\r\n\r\n{")
        assert service.post("/v1/withdrawals", withdrawal("while-he-waits")).status_code == 201
    assert service.post("/v1/withdrawals", withdrawal("after-he-went")).status_code == 201
    assert "ClientDisconnect" not in service.log()
