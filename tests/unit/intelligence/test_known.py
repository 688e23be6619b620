"""What lists say together: contradictions stand side by side, and each entry says whether it counts."""

from pathlib import Path

import pytest

from breather.domain.asset import Network
from breather.domain.entry import ACTOR, HOST, Category, Claim, Standing
from breather.domain.instant import DAY, Millis
from breather.intelligence.known import NOTHING_KNOWN, Intelligence, Ruled
from tests.lists import ETH, NOW, eth, known

LATER = Millis(NOW + DAY)


def standings(intelligence: Intelligence, address: str, now: Millis = NOW) -> dict[str, Standing]:
    return {entry.source: entry.standing for entry in intelligence.find(ETH, address, now)}


SCAM = Claim("ETH", eth(1), Category.SCAM)
EXCHANGE = Claim("ETH", eth(1), Category.EXCHANGE, "Northern")
ALLOWED = Claim("ETH", eth(1), Category.EXCHANGE, "Northern", allows=True)


def test_contradictions_stand_side_by_side(tmp_path: Path) -> None:
    both = known(tmp_path, {"police": [SCAM], "labels": [EXCHANGE]})
    assert [(entry.source, entry.claim.category) for entry in both.find(ETH, eth(1), NOW)] == [
        ("labels", Category.EXCHANGE),
        ("police", Category.SCAM),
    ]
    assert standings(both, eth(1)) == {"labels": Standing.STANDS, "police": Standing.STANDS}


def test_an_accusation_of_an_allowed_service_is_questioned_and_not_hidden(tmp_path: Path) -> None:
    both = known(tmp_path, {"police": [SCAM], "services": [ALLOWED]})
    assert standings(both, eth(1)) == {"police": Standing.QUESTIONED, "services": Standing.STANDS}
    assert both.allows("ETH", eth(1))
    assert not both.allows("BSC", eth(1))
    (accusation,) = [entry for entry in both.find(ETH, eth(1), NOW) if entry.claim.accuses]
    assert "allow list" in accusation.because


def test_an_allow_list_that_counts_no_more_questions_nothing(tmp_path: Path) -> None:
    lists = {"police": [SCAM], "services": [ALLOWED]}
    expired = known(tmp_path, lists, {"services": NOW})
    assert standings(expired, eth(1)) == {"police": Standing.STANDS}
    ruled = Ruled(Standing.WITHDRAWN, "not theirs")
    withdrawn = known(tmp_path, lists, rulings={("services", "ETH", eth(1)): ruled})
    assert standings(withdrawn, eth(1)) == {"police": Standing.STANDS}


@pytest.mark.parametrize(
    ("own", "of_list", "until"),
    [(None, None, None), (LATER, None, LATER), (None, LATER, LATER), (LATER, Millis(LATER + 1), LATER)],
)
def test_the_earlier_end_counts(
    tmp_path: Path, own: Millis | None, of_list: Millis | None, until: Millis | None
) -> None:
    claim = Claim("ETH", eth(1), Category.SCAM, expires_at=own)
    found = known(tmp_path, {"a": [claim]}, {} if of_list is None else {"a": of_list})
    (entry,) = found.find(ETH, eth(1), Millis(LATER - 1))
    assert (entry.standing, entry.expires_at) == (Standing.STANDS, until)
    assert standings(found, eth(1), LATER) == ({} if until else {"a": Standing.STANDS})
    (entry,) = found.everything("ETH", eth(1), LATER)
    assert entry.standing is (Standing.EXPIRED if until else Standing.STANDS)


def test_withdrawn_counts_no_more_and_contested_says_so(tmp_path: Path) -> None:
    rulings = {
        ("a", "ETH", eth(1)): Ruled(Standing.WITHDRAWN, "shown to be wrong"),
        ("b", "ETH", eth(1)): Ruled(Standing.CONTESTED, "the owner says no"),
    }
    found = known(tmp_path, {"a": [SCAM], "b": [SCAM], "c": [SCAM]}, {"b": LATER}, rulings)
    assert standings(found, eth(1)) == {"b": Standing.CONTESTED, "c": Standing.STANDS}
    assert standings(found, eth(1), LATER) == {"c": Standing.STANDS}
    everything = {entry.source: entry for entry in found.everything("ETH", eth(1), NOW)}
    assert everything["a"].standing is Standing.WITHDRAWN
    assert everything["a"].because == "shown to be wrong"


def test_a_label_elsewhere_is_a_hint_and_no_label_here(tmp_path: Path) -> None:
    found = known(tmp_path, {"a": [Claim("BSC", eth(1), Category.BRIDGE)]})
    assert found.find(ETH, eth(1), NOW) == ()
    assert [entry.claim.scope for entry in found.elsewhere(ETH, eth(1), NOW)] == ["BSC"]
    assert found.elsewhere(Network.BSC, eth(1), NOW) == ()
    assert found.elsewhere(Network.TRON, eth(1), NOW) == ()


def test_hosts_and_actors_are_found_as_themselves(tmp_path: Path) -> None:
    host = Claim(HOST, "bad.example", Category.PHISHING)
    actor = Claim(ACTOR, "northern", Category.EXCHANGE, jurisdictions=("HK",))
    found = known(tmp_path, {"a": [host, actor]})
    assert [entry.claim for entry in found.find_host("bad.example", NOW)] == [host]
    assert [entry.claim.jurisdictions for entry in found.find_actor("northern", NOW)] == [("HK",)]
    assert found.find_host("northern", NOW) == found.find_actor("bad.example", NOW) == ()


def test_without_lists_nothing_is_known_of_anybody() -> None:
    assert NOTHING_KNOWN.find(ETH, eth(1), NOW) == ()
    assert NOTHING_KNOWN.find_host("bad.example", NOW) == NOTHING_KNOWN.find_actor("a", NOW) == ()
    assert NOTHING_KNOWN.everything("ETH", eth(1), NOW) == ()
    assert not NOTHING_KNOWN.allows("ETH", eth(1))
