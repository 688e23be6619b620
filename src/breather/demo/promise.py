"""What Breather must be told, and what it has to tell: promised events delivered, changes followed.

A promise is a row written in the transaction that made it true (paid out, stopped). It is delivered again
and again until Breather acknowledges it; the event's id makes the repetition harmless.
"""

import json

from breather.client import Breather, Problem, State, Unavailable
from breather.demo.books import Books

# The service refuses the caller, not the event: whoever runs the demo has to mend that, and the event stays
# promised.
MENDABLE = frozenset({401, 403})


def stop(books: Books, withdrawal: str, now: int) -> bool:
    """Stop at the exchange, whether or not Breather answers, and promise to tell it. False if it was closed
    before.
    """
    event = f"stop-{withdrawal}"
    with books.writing() as page:
        if page.run("close_withdrawal", id=withdrawal, status="stopped") == 0:
            return False
        body = json.dumps({"id": event, "event": "stop"})
        page.run("add_promise", event=event, withdrawal=withdrawal, body=body, now=now)
    return True


def deliver(books: Books, breather: Breather, now: int) -> int:
    """Deliver what is promised, oldest first; gives how many were acknowledged. Stops where Breather is
    away.
    """
    with books.reading() as page:
        promises = page.all("open_promises")
    delivered = 0
    for promise in promises:
        try:
            breather.event(promise["withdrawal"], json.loads(promise["body"]))
        except Unavailable:
            break
        except Problem as problem:
            if problem.status in MENDABLE:
                break
            with books.writing() as page:
                page.run("mark_refused", event=promise["event"], code=problem.code)
            continue
        with books.writing() as page:
            delivered += page.run("mark_delivered", event=promise["event"], now=now)
    return delivered


def follow(books: Books, breather: Breather) -> int:
    """Read what changed at Breather: close what its customers ended there, and note who agreed to be named to the
    police. Gives how many changes were read.

    Raises Unavailable, Problem. The place in the list moves in the transaction that acts on it.
    """
    read = 0
    while True:
        with books.reading() as page:
            row = page.one("followed")
        changes = breather.changes(0 if row is None else int(row["after"]))
        with books.writing() as page:
            for standing in changes.standings:
                if standing.state in {State.STOPPED, State.LAPSED}:
                    page.run("close_withdrawal", id=standing.id, status=standing.state.value)
                if standing.consented_at is not None:
                    page.run("add_consented", withdrawal=standing.id)
            page.run("follow", after=changes.next)
        read += len(changes.standings)
        if not changes.more or not changes.standings:
            return read
