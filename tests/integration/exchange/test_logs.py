"""The log of a run: a line for each decision with its steps, and nothing in it that leads to a person."""

from pathlib import Path

import msgspec

from breather.web.exchange.figures import STEPS
from tests.exchange_process import ExchangeProcess, prepared_exchange
from tests.integration.exchange.withdrawals import open_page, withdrawal


def lines(exchange: ExchangeProcess) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in exchange.log().splitlines() if line.startswith("{")]


def test_each_decision_is_a_line_and_nobody_is_in_it(tmp_path: Path) -> None:
    with prepared_exchange(tmp_path, f"sqlite:///{tmp_path / 'exchange.db'}") as exchange:
        exchange.start()
        first, second = withdrawal("logged-1"), withdrawal("logged-2", amount="77.123456")
        exchange.post("/v1/withdrawals", first)
        exchange.post("/v1/withdrawals", first)
        exchange.post("/v1/withdrawals", second)
        link = exchange.post("/v1/withdrawals/logged-1/links", {"locale": "en"}).json()["url"]
        page = open_page(exchange, "logged-1")
        page.answer_all()
        exchange.post("/v1/withdrawals", withdrawal("logged-3", amount="secret-amount"))
        exchange.post("/v1/withdrawals", withdrawal("logged-1", amount="78"))
        assert exchange.stop() == 0
        of_decisions = [line for line in lines(exchange) if "withdrawal" in line]
        assert [(line["event"], line["withdrawal"]) for line in of_decisions] == [
            ("decided", "logged-1"),
            ("repeated", "logged-1"),
            ("decided", "logged-2"),
        ]
        took = of_decisions[0]["ms"]
        assert isinstance(took, dict)
        assert tuple(took) == STEPS
        assert all(milliseconds >= 0 for milliseconds in took.values())
        log = exchange.log()
        secrets = [exchange.key, link.rpartition("/")[2], page.cookie.partition("=")[2], "secret-amount", "77.123456"]
        for body in (first, second):
            secrets += [body["customer"]["ref"], body["destination"]["address"]]
        assert all(len(secret) > 5 for secret in secrets)
        assert [secret for secret in secrets if secret in log] == []


def test_above_its_level_nothing_is_written(tmp_path: Path) -> None:
    with prepared_exchange(tmp_path, f"sqlite:///{tmp_path / 'exchange.db'}", log_level="error") as exchange:
        exchange.start()
        assert exchange.post("/v1/withdrawals", withdrawal("quiet-1")).status_code == 201
        assert exchange.stop() == 0
        assert lines(exchange) == []
