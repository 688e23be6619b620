"""What the demonstration is made of, without its processes: ports, terms, introduction, past, key and guide."""

import socket
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pyrage
import pytest
from pyrage import x25519
from rich.text import Text

from breather.bootstrap import exchange_identity
from breather.demonstration.cast import AGENCY, LAST_PORT, PORTS, Cast, cast_of, refuse_taken
from breather.demonstration.guide import guide
from breather.demonstration.introduction import Keys, introduce
from breather.demonstration.past import before_the_past, live_through
from breather.demonstration.terms import RELAY, agreed_terms
from breather.domain.instant import DAY
from breather.domain.referral import Tier
from breather.domain.relay_terms import RelayTerms, check_terms
from breather.protocol.alert_slot import given_slots
from breather.protocol.key_list import Purpose
from breather.protocol.officer_key import age_recipient
from breather.protocol.peer_folder import load_peers, read_terms_file
from breather.protocol.trust import keys_for

PORT = 20_000


@pytest.fixture(scope="module")
def introduced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cast, Keys]:
    cast = cast_of(tmp_path_factory.mktemp("cast"), PORT)
    return cast, introduce(cast, before_the_past())


def test_everybody_has_ports_of_their_own_one_after_another(tmp_path: Path) -> None:
    cast = cast_of(tmp_path, PORT)
    ports = [port for exchange in cast.exchanges for port in (exchange.settings.port, exchange.site_port)]
    assert [*ports, cast.agency.port] == list(range(PORT, PORT + PORTS))


def test_a_frame_is_of_another_site_than_the_page_around_it(tmp_path: Path) -> None:
    for exchange in cast_of(tmp_path, PORT).exchanges:
        assert exchange.site_url.startswith("http://localhost:")
        assert exchange.settings.public_url.startswith("http://127.0.0.1:")
        assert exchange.settings.exchange_origins == (exchange.site_url,)


@pytest.mark.parametrize("port", [0, LAST_PORT - PORTS + 2, LAST_PORT])
def test_ports_that_do_not_exist_are_refused(port: int) -> None:
    with pytest.raises(ValueError, match="--port"):
        refuse_taken(port)


def test_a_taken_port_is_named_with_all_that_are_used() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(ValueError, match=f"port {taken} is taken; the demonstration uses {taken} to {taken + 4}"):
            refuse_taken(taken)


def test_both_ends_know_the_same_terms_and_the_review_says_that_it_is_invented(tmp_path: Path) -> None:
    file = tmp_path / "terms.toml"
    file.write_text(agreed_terms(), "utf-8")
    terms = read_terms_file(file)
    assert terms.tier is Tier.IDENTIFIED
    assert check_terms(RelayTerms(terms.tier, terms.fields), "test", date(2026, 11, 22)) == []
    assert all(f'{name}" = "' in RELAY or f"{name} = " in RELAY for name in terms.fields)
    assert "invented = true" in RELAY


def test_everybody_is_introduced_to_everybody_both_ways(introduced: tuple[Cast, Keys]) -> None:
    cast, keys = introduced
    at_the_agency = load_peers(cast.agency.keys)
    slots = given_slots(cast.agency.keys)
    assert set(at_the_agency) == {exchange.vasp for exchange in cast.exchanges}
    for exchange in cast.exchanges:
        identity = exchange_identity(exchange.settings)
        courier = identity.peers[AGENCY].courier
        assert courier is not None
        assert (courier.url, courier.allow_loopback) == (cast.agency.public_url, True)
        assert at_the_agency[exchange.vasp].terms.tier is Tier.IDENTIFIED
        slot = identity.slots[AGENCY]
        assert slots[slot.number].key == slot.key
        assert "invented" in slots[slot.number].name
        assert keys.api[exchange.vasp].startswith("brk_test_")
    assert len({slot.key for slot in slots.values()}) == len(cast.exchanges)


def test_what_is_sealed_to_the_listed_key_the_officers_file_opens(introduced: tuple[Cast, Keys]) -> None:
    cast, keys = introduced
    peer = exchange_identity(cast.exchanges[0].settings).peers[AGENCY].peer
    (listed,) = keys_for(peer, Purpose.SEALING, before_the_past().now())
    lines = keys.officer.read_text("ascii").splitlines()
    identity = x25519.Identity.from_str(lines[-1])
    assert age_recipient(listed.public) == str(identity.to_public())
    sealed = pyrage.encrypt(b"who she is", [identity.to_public()])
    assert pyrage.decrypt(sealed, [identity]) == b"who she is"


def test_the_past_lies_in_the_past_and_promises_its_referrals(introduced: tuple[Cast, Keys]) -> None:
    """An introduction dated now would date everything after it now."""
    cast, _ = introduced
    exchange = cast.exchanges[1]
    live_through(exchange, 5)
    with closing(sqlite3.connect(exchange.settings.database.removeprefix("sqlite:///"))) as kept:
        first, last = kept.execute("SELECT min(decided_at), max(decided_at) FROM withdrawal").fetchone()
        promised = kept.execute("SELECT addressee, tier, basis FROM referral").fetchall()
    assert last - first > 40 * DAY
    assert promised == 2 * [(AGENCY, "pseudonymous", "customer-asked")]


def test_the_guide_fits_a_screen_and_names_every_place(introduced: tuple[Cast, Keys]) -> None:
    cast, keys = introduced
    said = Text.from_markup(guide(cast, keys, 20)).plain
    assert len(said.strip().splitlines()) <= 25
    assert max(len(line) for line in said.splitlines() if "age --decrypt" not in line) <= 120
    assert [port for port in range(PORT, PORT + PORTS) if f":{port}" not in said] == []
    assert keys.password in said
    assert str(keys.officer) in said
    assert said.count("invented") >= 2
