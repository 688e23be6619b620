"""The bytes of one decision, as committed: what was answered once is answered so for ever (guarantee A1, design 4).

If a change is meant (a new pack, another field), the new bytes are in build/golden: read them, then copy them here.
"""

from pathlib import Path

import msgspec

from breather.bootstrap import exchange_database
from breather.exchange.assess import assess
from breather.exchange.snapshot import Identity, read_snapshot
from breather.protocol.key_folder import KeyFolder
from breather.web.exchange.bodies import WithdrawalBody
from breather.web.exchange.replies import decision_bytes
from breather.web.exchange.submission import read_withdrawal
from breather.web.shape import read_shape
from tests.engines import database_url  # noqa: F401  # a fixture, used by its name
from tests.exchange_process import VASP, prepared_exchange
from tests.integration.exchange.withdrawals import ADDRESS, withdrawal
from tests.tidy.source import ROOT

GOLDEN = Path(__file__).with_name("golden_decision.json")

ASKED = withdrawal(
    "golden-1",
    destination={"address": ADDRESS},
    locale="zh-Hant",
    residence={"kyc": "MO", "document": "MO", "phone": "MO", "ip": "HK"},
    account={
        "opened_at": "2026-01-04T08:00:00.000Z",
        "balance_usd": "6100",
        "last_deposit_at": "2026-11-22T08:43:00.000Z",
        "last_deposit_kind": "fiat",
    },
    session={"new_device": True, "remote_access": False, "screen_shared": False, "on_call": None},
)


def test_one_decision_byte_for_byte(tmp_path: Path, database_url: str) -> None:  # noqa: F811  # the fixture above
    with prepared_exchange(tmp_path, database_url) as exchange:
        database = exchange_database(exchange.settings, exchange.clock)
        identity = Identity(VASP, "test", KeyFolder(exchange.settings.keys).assignment_keys())
        with database.reading() as reader:
            snapshot = read_snapshot(reader, identity)
        asked = read_withdrawal(read_shape(msgspec.json.encode(ASKED), WithdrawalBody))
        replies = []
        for _ in range(2):
            with database.writing() as tx:
                replies.append(decision_bytes(snapshot, assess(tx, snapshot, asked, "vasp:golden")))
        database.close()
    fresh = ROOT / "build" / "golden" / "decision.json"
    fresh.parent.mkdir(parents=True, exist_ok=True)
    fresh.write_bytes(replies[0] + b"\n")
    assert replies[0] == replies[1]
    assert replies[0] + b"\n" == GOLDEN.read_bytes()
