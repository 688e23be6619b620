"""Step 11: the agency's key lists, as they come with its changes and as they are asked for (guarantee F1)."""

from typing import Any

import pytest

from breather.domain.disposition import Disposition
from breather.domain.instant import MINUTE
from breather.peering import renew_identity, revoke_key
from breather.protocol.changes import (
    Entry,
    KeyListEntry,
)
from breather.protocol.identity_folder import create_identity, issue_list, load_identity, with_key
from breather.protocol.key_list import Purpose
from breather.protocol.peer_folder import load_peers
from breather.protocol.signing import generate, save_private_key
from breather.protocol.trust import Role
from tests.agency_process import AgencyProcess, running_agency_process
from tests.integration.relay.forger import (
    Forger,
    delivered,
    dispose,
    stream,
)
from tests.relaying_exchange import RelayingExchange
from tests.sending_exchange import AGENCY


@pytest.fixture
def keys_agency(tmp_path: Any) -> Any:
    """An agency of its own, whose keys a test may change."""
    folder = tmp_path / "agency"
    folder.mkdir()
    with running_agency_process(folder, f"sqlite:///{folder / 'agency.db'}") as found:
        yield found


@pytest.fixture
def own(keys_agency: AgencyProcess, tmp_path: Any) -> Any:
    found = RelayingExchange(keys_agency, f"sqlite:///{tmp_path / 'exchange.db'}")
    yield found
    found.close()


def known_list(exchange: RelayingExchange) -> int:
    keys = load_peers(exchange.settings.keys)[AGENCY].peer.key_list
    assert keys is not None
    return keys.sequence


def generation(exchange: RelayingExchange) -> int:
    return int(exchange.rows("SELECT number FROM generation")[0][0])


def test_a_newer_key_list_is_kept_and_the_running_service_told(own: RelayingExchange) -> None:
    own.lane().pull_once()
    before, first = generation(own), known_list(own)
    own.agency.advance(MINUTE)
    renew_identity(own.agency.settings, own.agency.clock)
    own.agency.until(lambda: own.lane().pull_once() is not None and known_list(own) == first + 1)
    assert generation(own) == before + 1
    own.lane().pull_once()
    assert (known_list(own), generation(own)) == (first + 1, before + 1), "the same list again changes nothing"


def test_a_revoked_key_is_believed_no_more_from_the_page_that_says_so(own: RelayingExchange) -> None:
    (referral,) = delivered(own)
    own.lane().pull_once()
    identity = load_identity(own.agency.settings.keys)
    kid = next(key.kid for key in identity.keys.keys if key.purpose is Purpose.FEEDS)
    revoke_key(own.agency.settings, own.agency.clock, kid, "stolen")
    issued = load_identity(own.agency.settings.keys).signed
    forger = Forger(own)
    entries: list[Entry] = [KeyListEntry(forger.after + 1, issued.body, issued.signature)]
    forger.pull(forger.answer(forger.page(entries)))
    assert known_list(own) == identity.keys.sequence + 1
    forger = Forger(own)
    forger.pull(forger.answer(forger.page([forger.disposition(referral)])))
    assert stream(own)[2].startswith("revoked-key: ")
    assert own.row(referral).found is None


def test_keys_that_we_do_not_know_are_asked_for_and_believed_if_the_root_signed_them(own: RelayingExchange) -> None:
    """A new key for feeds signs the very manifest that would tell of it: the list is fetched, then asked again."""
    (referral,) = delivered(own)
    own.lane().pull_once()
    keys, fresh = own.agency.settings.keys, generate()
    (keys / "identity" / "feeds.private").unlink()
    save_private_key(keys / "identity" / "feeds.private", fresh)
    rows = with_key(load_identity(keys).keys.keys, Purpose.FEEDS, fresh.public_key().public_bytes_raw(), own.agency.now)
    issue_list(keys, rows, own.agency.now)
    dispose(own.agency, referral, "confirmed-scam")
    own.agency.stop()
    own.agency.start()
    own.lane().pull_once()
    assert own.row(referral).found is Disposition.CONFIRMED_SCAM


def test_a_key_list_of_another_root_is_never_kept(own: RelayingExchange) -> None:
    own.lane().pull_once()
    stranger = create_identity(own.folder / "stranger", AGENCY, Role.AGENCY, "test", own.agency.now)
    own.agency.advance(MINUTE)
    newer = issue_list(own.folder / "stranger", stranger.keys.keys, own.agency.now)
    forger, before = Forger(own), known_list(own)
    forger.pull(forger.answer(forger.page([KeyListEntry(forger.after + 1, newer.signed.body, newer.signed.signature)])))
    assert known_list(own) == before
    assert own.rows("SELECT kind FROM set_aside") == [("key-list",)]
    problem = own.rows("SELECT problem FROM set_aside")[0][0]
    assert problem.startswith("wrong-root: ")
