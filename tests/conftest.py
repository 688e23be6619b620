"""Settings of the whole suite. Fixtures live beside the tests that use them."""

import os

import pytest
from hypothesis import HealthCheck, settings

# A deadline per example fails on a busy machine and says nothing about the code. Derandomised in continuous
# integration: a commit is green or red, and not sometimes either.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's driver keeps an event loop running in this thread until the run ends, and whoever starts a loop of
    its own must therefore come before it.
    """
    items.sort(key=lambda item: "tests/acceptance/" in item.nodeid)
