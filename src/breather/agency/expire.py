"""What the worker puts away: sessions and looked-up codes whose time is over."""

from breather.storage.transaction import Transaction

HEARTBEAT = "worker"
SERVING = "serve"


def expire(tx: Transaction) -> int:
    """How many rows were put away; the worker's heartbeat is written in the same transaction."""
    gone = sum(tx.run(query, now=tx.now) for query in ("expire_portal_sessions", "expire_lookups"))
    tx.run("beat", process=HEARTBEAT, at=tx.now, detail=f"expired {gone}")
    return gone
