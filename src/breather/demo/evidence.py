"""What this exchange notices about a session. In the demo one ticks it; a real exchange measures it."""

from collections.abc import Mapping

from breather.client import SessionEvidence

EVIDENCE = ("new_device", "remote_access", "screen_shared", "on_call")


def ticked(form: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for name in EVIDENCE if form.get(name) == "yes")


def evidence_of(form: Mapping[str, str]) -> SessionEvidence:
    """Unticked means that the exchange looked and saw nothing: false, not unknown."""
    seen = ticked(form)
    return SessionEvidence(
        new_device="new_device" in seen,
        remote_access="remote_access" in seen,
        screen_shared="screen_shared" in seen,
        on_call="on_call" in seen,
    )
