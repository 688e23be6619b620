"""A poisoned address imitates one that the customer paid before, and is paid by nobody else."""

import numpy as np

from breather.simulation.addresses import COPIED
from breather.simulation.ledgers import NETWORKS
from breather.simulation.population import UNKNOWN
from tests.unit.simulation.made import crowded, of_kind

MADE = crowded()
ROWS = np.flatnonzero(of_kind(MADE, "address-poisoning"))


def test_what_is_imitated_stands_in_her_own_history() -> None:
    for row in ROWS.tolist():
        earlier = np.flatnonzero(MADE.history.account[:row] == MADE.history.account[row])
        assert int(MADE.truth.imitates[row]) in MADE.history.address[earlier].tolist()


def test_it_looks_alike_where_people_look_and_is_another() -> None:
    for row in ROWS.tolist():
        imitation = MADE.addresses[MADE.history.address[row]].decode().lower()
        payee = MADE.addresses[MADE.truth.imitates[row]].decode().lower()
        prefix = 2 if imitation.startswith("0x") else 1
        assert imitation != payee
        assert imitation[: prefix + COPIED] == payee[: prefix + COPIED]
        assert imitation[-COPIED:] == payee[-COPIED:]


def test_it_is_on_the_network_of_the_payee() -> None:
    for row in ROWS.tolist():
        paid = np.flatnonzero(MADE.history.address == MADE.truth.imitates[row])
        assert set(MADE.history.network[paid].tolist()) == {int(MADE.history.network[row])}


def test_nobody_else_pays_it_and_nothing_else_imitates() -> None:
    for row in ROWS.tolist():
        assert int((MADE.history.address == MADE.history.address[row]).sum()) == 1
    assert (MADE.truth.imitates[MADE.truth.case == UNKNOWN] == UNKNOWN).all()


def test_it_happens_on_more_than_one_network_and_never_on_bitcoin() -> None:
    networks = {str(NETWORKS[network]) for network in MADE.history.network[ROWS].tolist()}
    assert {"TRON", "ETH"} <= networks
    assert "BTC" not in networks
