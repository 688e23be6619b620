"""Ask Breather about a withdrawal: its row is in the books first, so that the same question can be asked
again.
"""

import json
import secrets
from dataclasses import dataclass, replace
from decimal import Decimal

from breather.client import Assessment, Breather, Problem, SessionEvidence, Withdrawal
from breather.demo.books import Books, WithdrawalRow
from breather.demo.holding import BALANCE_DECIMALS, Offer, to_text, usd_of
from breather.demo.invented import customer_named

# Longer than a real exchange would allow: a laptop that plays every part at once may be slow.
ASK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Order:
    """What the customer asked for on the form; checked, but not yet in the books."""

    customer: str
    offer: Offer
    amount: str
    address: str
    session: SessionEvidence


def enter(books: Books, order: Order, now: int) -> str:
    """Put the order into the books as an open withdrawal; gives its id. What Breather will be asked is kept
    as is.
    """
    withdrawal = f"wd-{secrets.token_hex(8)}"
    invented = customer_named(order.customer)
    assert invented is not None
    with books.writing() as page:
        known = page.one("customer", ref=order.customer)
        seeded_at = now if known is None else int(known["seeded_at"])
        held = page.balances(order.customer).items()
        total = sum((Decimal(usd_of(asset, to_text(units, BALANCE_DECIMALS))) for asset, units in held), Decimal(0))
        body = Withdrawal(
            id=withdrawal,
            customer=order.customer,
            asset=order.offer.asset,
            network=order.offer.network,
            amount=order.amount,
            address=order.address,
            amount_usd=usd_of(order.offer.asset, order.amount),
            kind="interactive",
            locale=invented.locale,
            residence=invented.residence,
            account=replace(invented.account(seeded_at), balance_usd=f"{total:.2f}"),
            session=order.session,
        ).body()
        page.run(
            "add_withdrawal",
            id=withdrawal,
            customer=order.customer,
            asset=order.offer.asset,
            network=order.offer.network,
            amount=order.amount,
            address=order.address,
            body=json.dumps(body, ensure_ascii=False),
            now=now,
        )
    return withdrawal


def ask(books: Books, breather: Breather, row: WithdrawalRow) -> Assessment:
    """Breather's decision, or `wait`; kept in the row either way. Raises Problem where Breather refuses the
    values; the withdrawal is then closed as refused.
    """
    try:
        assessment = breather.assess(json.loads(row.body), deadline=ASK_SECONDS)
    except Problem as problem:
        if problem.status in {400, 422}:
            with books.writing() as page:
                page.run("close_withdrawal", id=row.id, status="refused")
        raise
    payee = assessment.destination
    with books.writing() as page:
        page.run(
            "keep_decision",
            id=row.id,
            decision=assessment.decision,
            friction=assessment.friction,
            alert=None if assessment.alert is None else json.dumps(assessment.alert, ensure_ascii=False),
            payee=None if payee is None else payee.address,
            memo=None if payee is None else payee.memo,
        )
    return assessment
