"""Anything may happen to one customer's withdrawals, in any order; the guarantees A1 to A8 hold (`one_customer.py`).

With relay terms, an agency and a worker, those of the promise hold too (`one_relay.py`).
"""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.exchange.one_customer import OneCustomer
from tests.unit.exchange.one_relay import OneCustomerAndTheRelay
from tests.unit.exchange.world import World


def explore(world: World, examples: int, steps: int, machine: type[OneCustomer] = OneCustomer) -> None:
    class OfThisWorld(machine):  # type: ignore[misc, valid-type]  # the machine is chosen by the caller
        pass

    OfThisWorld.world = world
    found = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(OfThisWorld, settings=found)


def test_no_order_of_events_breaks_a_guarantee(sqlite_world: World) -> None:
    explore(sqlite_world, 50, 30)


def test_nor_on_postgresql(postgresql_world: World) -> None:
    explore(postgresql_world, 8, 25)


def test_no_order_of_events_promises_what_may_not_be_sent(sqlite_world: World) -> None:
    explore(sqlite_world, 50, 30, OneCustomerAndTheRelay)


def test_nor_on_postgresql_either(postgresql_world: World) -> None:
    explore(postgresql_world, 6, 25, OneCustomerAndTheRelay)
