"""The demo site and the fake Breather behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.client.fake_service import FakeBreather, serving
from tests.integration.demo.browser import Browser, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    fake = FakeBreather()
    with serving(fake) as url:
        made = World(fake, url, tmp_path / "demo.db")
        with made.breather:
            yield made


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(world.site)
