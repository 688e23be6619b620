"""API keys: how they are made, known and refused."""

import hashlib
import re

import pytest
from starlette.requests import Request

from breather.exchange.snapshot import ApiKey, Identity, Snapshot
from breather.web.api_keys import Scope, authenticate, authorise, make_key, require
from breather.web.problems import Problem

KEY, HASH = make_key("test")
SNAPSHOT = Snapshot(1, Identity("v", "test", {}), {}, {}, {HASH: ApiKey("desk-of-nights", frozenset({"read", "desk"}))})


def asking(header: str | None) -> Request:
    headers = [] if header is None else [(b"authorization", header.encode("latin-1"))]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})


def test_a_key_has_256_random_bits_and_names_its_mode() -> None:
    keys = {make_key("live")[0] for _ in range(100)}
    assert len(keys) == 100
    assert all(re.fullmatch(r"brk_live_[A-Za-z0-9_-]{43}", key) for key in keys)


def test_only_the_hash_is_stored() -> None:
    assert hashlib.sha256(KEY.encode()).hexdigest() == HASH


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_known_key_is_known(scheme: str) -> None:
    assert authenticate(asking(f"{scheme} {KEY}"), SNAPSHOT).name == "desk-of-nights"
    assert authorise(asking(f"{scheme} {KEY} "), SNAPSHOT, Scope.READ).name == "desk-of-nights"


def repr_without_key(header: str | None) -> str:
    """The key is another in every run, and a test has to have the same name in every run."""
    return repr(header).replace(KEY, "KEY").replace(KEY[:-1], "CUT").replace(HASH, "HASH")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        KEY,
        f"Basic {KEY}",
        f"Bearer {KEY}x",
        f"Bearer {KEY[:-1]}",
        f"Bearer {HASH}",
        "Bearer \xff",
    ],
    ids=repr_without_key,
)
def test_anything_else_is_a_stranger(header: str | None) -> None:
    with pytest.raises(Problem) as caught:
        authenticate(asking(header), SNAPSHOT)
    assert (caught.value.status, caught.value.code) == (401, "unauthenticated")
    assert KEY not in str(caught.value.document())


@pytest.mark.parametrize("scope", list(Scope))
def test_a_scope_is_had_or_named(scope: Scope) -> None:
    key = SNAPSHOT.api_keys[HASH]
    if scope in key.scopes:
        require(key, scope)
        return
    with pytest.raises(Problem) as caught:
        require(key, scope)
    assert (caught.value.status, caught.value.members["scope"]) == (403, scope.value)
    assert "desk, read" in caught.value.detail
