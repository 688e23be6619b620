"""A shadow ends: because it was asked for, or because a version was put into force where it runs."""

import msgspec

from breather.domain.campaign import Campaign
from breather.domain.finding import nearest
from breather.storage.reader import Row
from breather.storage.transaction import Transaction

STEP = 0


def stop_shadow(tx: Transaction, name: str, actor: str) -> tuple[int, str]:
    """The version that ran as a shadow under the campaign's name, and its jurisdiction. LookupError if none does."""
    running = tx.all("shadows_running")
    for row in running:
        if row["id"] == name:
            _stop(tx, row, "asked", actor)
            tx.run("raise_generation")
            return row["version"], row["jurisdiction"]
    near = nearest(name, [row["id"] for row in running])
    raise LookupError(f"no shadow of {name!r} runs" + (f"; did you mean {near!r}?" if near else ""))


def end_shadows(tx: Transaction, activated: Campaign, actor: str) -> None:
    """With the act of an activation: the shadow is in force now, or what it was compared with is so no more."""
    for row in tx.all("shadows_running"):
        if row["jurisdiction"] == activated.jurisdiction:
            itself = (row["id"], row["version"]) == (activated.id, activated.version)
            _stop(tx, row, "activated" if itself else "superseded", actor)


def _stop(tx: Transaction, row: Row, because: str, actor: str) -> None:
    tx.run("stop_shadow", number=row["number"], because=because, now=tx.now)
    body = {"campaign": row["id"], "version": row["version"], "because": because}
    tx.journal(STEP, "shadow-stopped", None, actor, msgspec.json.encode(body))
