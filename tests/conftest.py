"""Settings of the whole suite. Fixtures live beside the tests that use them."""

import os

from hypothesis import HealthCheck, settings

# A deadline per example fails on a busy machine and says nothing about the code. Derandomised in continuous
# integration: a commit is green or red, and not sometimes either.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
