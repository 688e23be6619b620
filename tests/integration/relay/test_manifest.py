"""Step 11: what does not hang from a fresh manifest of this agency, for us, is not applied (guarantee F3)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from breather.couriers.letter import Answer
from breather.domain.instant import MINUTE
from breather.protocol.key_list import Purpose
from breather.protocol.signing import generate
from tests.integration.relay.forger import (
    Forger,
    caught_up,
    counts,
    delivered,
    stream,
)
from tests.relaying_exchange import RelayingExchange

BAD_ANSWERS: dict[str, tuple[Callable[[Forger, bytes], Answer], str]] = {
    "an older manifest": (lambda forger, page: forger.answer(page, sequence=forger.manifest), "older-manifest"),
    "an expired one": (
        lambda forger, page: forger.answer(page, issued=forger.now - 10 * MINUTE),
        "expired-manifest",
    ),
    "one from the future": (
        lambda forger, page: forger.answer(page, issued=forger.now + 6 * MINUTE),
        "expired-manifest",
    ),
    "one signed long ago": (
        lambda forger, page: forger.answer(page, at=forger.now - 6 * MINUTE),
        "outside-replay-window",
    ),
    "an altered page": (lambda forger, page: forger.answer(page[:-1] + b" ", hashed=page), "altered-page"),
    "a stranger's key": (lambda forger, page: forger.answer(page, key=generate()), "unknown-key"),
    "a key for something else": (
        lambda forger, page: forger.answer(page, key=forger.identity.private[Purpose.MESSAGES]),
        "wrong-purpose",
    ),
    "for another exchange": (
        lambda forger, page: forger.answer(page, recipient="other-exchange"),
        "wrong-recipient",
    ),
    "a page for another exchange": (
        lambda forger, page: forger.answer(forger.page((), recipient="other-exchange")),
        "other-page",
    ),
    "a page not asked for": (lambda forger, page: forger.answer(forger.page((), after=forger.after + 7)), "other-page"),
    "in live mode": (lambda forger, page: forger.answer(page, mode="live"), "wrong-mode"),
    "no page": (lambda forger, page: replace(forger.answer(page), body=b"{}"), "malformed"),
    "no signature": (lambda forger, page: replace(forger.answer(page), headers={}), "malformed"),
    "an altered manifest": (
        lambda forger, page: replace(
            good := forger.answer(page), body=good.body.replace(b'"sequence":', b'"sequence":1')
        ),
        "altered",
    ),
    "another's refusal": (lambda forger, page: Answer(403, {}, b'{"refusal":{"body":"{}"}}'), "http-403"),
    "no entries in order": (lambda forger, page: forger.answer(page.replace(b'"entries"', b'"entriez"')), "malformed"),
}


@pytest.mark.parametrize("which", BAD_ANSWERS)
def test_nothing_is_applied_of_what_does_not_hang_from_the_manifest(
    sqlite_exchange: RelayingExchange, which: str
) -> None:
    make, code = BAD_ANSWERS[which]
    (referral,) = delivered(sqlite_exchange)
    caught_up(sqlite_exchange)
    forger, before = Forger(sqlite_exchange), counts(sqlite_exchange)
    forger.pull(make(forger, forger.page([forger.disposition(referral)])))
    after, manifest, problem = stream(sqlite_exchange)
    assert (after, manifest, counts(sqlite_exchange)) == (forger.after, forger.manifest, before)
    assert problem.startswith(f"{code}: ")
    assert sqlite_exchange.row(referral).found is None
    caught_up(sqlite_exchange)  # and the next one that is right clears it
