"""What `serve` sets up before the first request."""

import gc
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette

from breather.serve import YOUNG_OBJECTS, serve
from breather.settings import Settings


@pytest.fixture
def collector_as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_what_stays_is_not_searched_for_cycles_again(
    monkeypatch: pytest.MonkeyPatch, collector_as_before: None
) -> None:
    seen: list[tuple[bool, int]] = []

    def run(app: Starlette, **settings: object) -> None:
        seen.append((gc.get_freeze_count() > len(gc.get_objects()), gc.get_threshold()[0]))

    monkeypatch.setattr(uvicorn, "run", run)
    serve(Starlette(), Settings())
    assert seen == [(True, YOUNG_OBJECTS)]


def test_cycles_of_requests_are_still_found(monkeypatch: pytest.MonkeyPatch, collector_as_before: None) -> None:
    def run(app: Starlette, **settings: object) -> None:
        loop: list[object] = []
        loop.append(loop)
        del loop
        found.append(gc.collect())

    found: list[int] = []
    monkeypatch.setattr(uvicorn, "run", run)
    serve(Starlette(), Settings())
    assert gc.isenabled()
    assert found[0] >= 1
