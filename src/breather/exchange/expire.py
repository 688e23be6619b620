"""What the worker puts away: links and sessions whose time is over. Pauses need no such thing; the clock is enough."""

from breather.storage.transaction import Transaction

HEARTBEAT = "worker"
SERVING = "serve"
TIME_SUSPECT = "time-suspect"  # in the detail of a heartbeat: the process's time stands still


def expire(tx: Transaction, suspect: bool = False) -> int:
    """How many rows were put away; the worker's heartbeat is written in the same transaction."""
    gone = sum(
        tx.run(query, now=tx.now) for query in ("expire_links", "expire_page_sessions", "expire_console_sessions")
    )
    tx.run("beat", process=HEARTBEAT, at=tx.now, detail=TIME_SUSPECT if suspect else f"expired {gone}")
    return gone
