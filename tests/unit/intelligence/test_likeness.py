"""The feature `destination_resembles`: of the profiles before the withdrawal, and the same wherever it is asked for."""

from dataclasses import replace

import pytest

from breather.domain.asset import Network
from breather.domain.feature import FeatureValue, Unknown
from breather.domain.instant import Millis
from breather.domain.profile import Profiles, after_broadcast
from breather.domain.withdrawal import Destination
from breather.intelligence.likeness import Likeness, likeness_of
from tests.unit.domain.strategies import withdrawal

NOW = Millis(1_800_000_000_000)
PAID = "0x1234567890AbcdEF1234567890aBcdef12345678"
STRONG, WEAK = "0x123efcdabefcdabefcdabefcdabefcdabefcd678", "0x1efcdabefcdabefcdabefcdabefcdabefcd45678"


def paid(*destinations: Destination) -> Profiles:
    """A customer who sent something to each, and never to what comes next."""
    profiles = Profiles()
    for destination in destinations:
        profiles = after_broadcast(profiles, withdrawal(to=destination), NOW)
    return Profiles(profiles.customer)


def eth(address: str, network: Network = Network.ETHEREUM) -> Destination:
    return Destination(network, address)


@pytest.mark.parametrize(
    ("profiles", "destination", "value"),
    [
        (Profiles(), eth(STRONG), Unknown.NO_HISTORY),
        (paid(eth(PAID)), eth(STRONG), "strong"),
        (paid(eth(PAID)), eth(WEAK), "weak"),
        (paid(eth(PAID)), eth("0x" + "efcdab9876" * 4), "none"),
        (paid(eth(PAID)), eth(PAID), "none"),
        (paid(eth(PAID, Network.BSC)), eth(STRONG), "strong"),
        (paid(eth(PAID), eth(STRONG)), eth(STRONG), "none"),
        (paid(eth(PAID)), Destination(Network.TRON, "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"), "none"),
    ],
)
def test_what_it_is_worth(profiles: Profiles, destination: Destination, value: FeatureValue) -> None:
    assert likeness_of(profiles, destination).value == value


def test_where_she_paid_before_nothing_is_compared() -> None:
    """However long ago: the payee knows it when the last 64 have forgotten it."""
    profiles = paid(eth(PAID))
    known = replace(profiles, payee=replace(profiles.payee, sent=1))
    assert likeness_of(known, eth(STRONG)).value == "none"


def test_people_are_told_which_address_and_where_it_differs() -> None:
    profiles = paid(eth(PAID, Network.BSC), Destination(Network.TRON, "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"))
    marked = "0x123[efcdabefcdabefcdabefcdabefcdabefcd]678"
    found = likeness_of(profiles, eth(STRONG))
    assert (found.value, found.network, found.known) == ("strong", "BSC", PAID)
    assert found.marked.replace("[", "").replace("]", "") == STRONG
    assert found.marked.startswith(marked[:6])
    assert found.marked.endswith(marked[-4:])


def test_a_stellar_account_that_was_paid_with_a_number_is_compared_as_the_account() -> None:
    muxed = "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK"
    account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"
    other = account[:8] + account[8:-8][::-1] + account[-8:]
    found = likeness_of(paid(Destination(Network.STELLAR, muxed)), Destination(Network.STELLAR, other))
    assert isinstance(found, Likeness)
    assert (found.value, found.network, found.known) == ("strong", "XLM", account)


def test_a_stellar_account_is_compared_although_she_paid_elsewhere_too() -> None:
    """Litecoin has addresses that begin with M, as Stellar's numbered ones do."""
    account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"
    other = account[:8] + account[8:-8][::-1] + account[-8:]
    litecoin = Destination(Network.LITECOIN, "M8YLb5NEDCGHvyNfguEFJAkPXj3f11U9SU")
    profiles = paid(litecoin, Destination(Network.STELLAR, account))
    assert likeness_of(profiles, Destination(Network.STELLAR, other)).value == "strong"
    assert likeness_of(profiles, Destination(Network.STELLAR, account)).value == "none"
