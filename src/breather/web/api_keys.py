"""Who calls the JSON API: a bearer key with scopes, known by its SHA-256. 256 random bits need no slow hash."""

import secrets
from enum import StrEnum

from starlette.requests import Request

from breather.exchange.link import digest
from breather.exchange.snapshot import ApiKey, Snapshot
from breather.web.problems import Problem


class Scope(StrEnum):
    """ASSESS asks for decisions, RESPOND reports events and links, CLEAR fetches clearances, DESK holds and lifts."""

    ASSESS = "assess"
    RESPOND = "respond"
    CLEAR = "clear"
    READ = "read"
    DESK = "desk"


def make_key(mode: str) -> tuple[str, str]:
    """(the key, which is shown once; its hash, which is stored)."""
    key = f"brk_{mode}_{secrets.token_urlsafe(32)}"
    return key, digest(key)


def authenticate(request: Request, snapshot: Snapshot) -> ApiKey:
    """The key of this request, whatever it may do. Raises Problem 401 without a known one."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Problem(401, "unauthenticated", "No API key", "Send it as 'Authorization: Bearer brk_...'.")
    found = snapshot.api_keys.get(digest(key.strip()))
    if found is None:
        raise Problem(
            401, "unauthenticated", "This API key is not known here", "It may have been revoked, or be of another mode."
        )
    return found


def authorise(request: Request, snapshot: Snapshot, scope: Scope) -> ApiKey:
    """The key of this request. Raises Problem: 401 without a known key, 403 without the scope."""
    key = authenticate(request, snapshot)
    require(key, scope)
    return key


def require(key: ApiKey, scope: Scope) -> None:
    """Raises Problem 403 where the key lacks the scope."""
    if scope not in key.scopes:
        detail = f"This call needs the scope {scope.value}; the key {key.name} has {', '.join(sorted(key.scopes))}."
        raise Problem(403, "scope", "The API key lacks the scope", detail, members={"scope": scope.value})
