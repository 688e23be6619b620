"""Signing in and out, and the account with its withdraw form."""

from starlette.responses import Response

from breather.client import FieldError, Problem
from breather.demo.ask import Order, ask, enter
from breather.demo.evidence import EVIDENCE, evidence_of, ticked
from breather.demo.holding import BALANCE_DECIMALS, OFFERS, Offer, offer_of, to_text, to_units
from breather.demo.invented import customer_named, customers_of, ethereum_address, invented_address, tron_address
from breather.demo.payout import Stays, pay_out
from breather.demo.referred import REFERRED
from breather.demo.visit import Visit, carry

# In units of 18 decimals, like the balances.
EXAMPLE_UNITS = 5000 * 10**BALANCE_DECIMALS


def show_sign_in(visit: Visit) -> Response:
    people = [(one, visit.texts(one.locale)) for one in customers_of(visit.site.vasp)]
    return visit.page("sign_in.html", people=people, next=visit.query.get("next", ""))


def sign_in(visit: Visit) -> Response:
    """A session begins: always a new one, even for who was signed in."""
    customer = visit.form.get("customer", "")
    if customer not in {one.ref for one in customers_of(visit.site.vasp)}:
        return visit.error("not-found", 404)
    if visit.session is not None:
        visit.site.sessions.end(visit.cookie)
    cookie = visit.site.sessions.begin(customer, visit.now)
    return carry(visit.site, visit.go(_next(visit)), cookie)


def sign_out(visit: Visit) -> Response:
    visit.site.sessions.end(visit.cookie)
    return carry(visit.site, visit.go("/sign-in"), visit.site.sessions.new_cookie())


def authenticate(visit: Visit) -> Response:
    """Fresh proof of identity in the running session, which does not make it a new one."""
    visit.site.sessions.authenticate(visit.cookie, visit.now)
    return visit.go(_next(visit))


def _next(visit: Visit) -> str:
    # The id of a withdrawal, never a path: a form must not send anyone elsewhere.
    withdrawal = visit.form.get("next", "")
    return f"/withdrawals/{withdrawal}" if withdrawal.replace("-", "").isalnum() and withdrawal.isascii() else "/"


def show_account(visit: Visit) -> Response:
    with visit.site.books.reading() as page:
        held = page.balances(_customer(visit)).get(OFFERS[0].asset, 0)
    # So that the form as it comes can be sent: the story's 5,000, or most of what there is in whole units.
    most = held * 8 // 10 // 10**BALANCE_DECIMALS * 10**BALANCE_DECIMALS
    amount = EXAMPLE_UNITS if held >= EXAMPLE_UNITS else most
    form = {"asset": OFFERS[0].key, "address": _example(visit), "amount": to_text(amount, BALANCE_DECIMALS)}
    return _account(visit, form)


def _example(visit: Visit) -> str:
    """A TRON address that this customer never used: another one for each withdrawal in the books."""
    customer = _customer(visit)
    with visit.site.books.reading() as page:
        return tron_address(f"new for {customer} {len(page.withdrawals_of(customer))}")


def _customer(visit: Visit) -> str:
    return "" if visit.session is None else visit.session.customer


def _account(visit: Visit, form: dict[str, str], note: str = "", errors: tuple[FieldError, ...] = ()) -> Response:
    customer = _customer(visit)
    invented = customer_named(customer)
    assert invented is not None
    with visit.site.books.reading() as page:
        balances, withdrawals = page.balances(customer), page.withdrawals_of(customer)
    return visit.page(
        "account.html",
        400 if note else 422 if errors else 200,
        note=note,
        errors=errors,
        form=form,
        offers=OFFERS,
        evidence=EVIDENCE,
        ticked=ticked(visit.form),
        balances=[(asset, to_text(units, BALANCE_DECIMALS)) for asset, units in balances.items()],
        withdrawals=withdrawals,
        examples=(
            (_example(visit), "example-new"),
            (invented.saved, "example-saved"),
            (invented_address("TRON", "collector 0"), "example-collector"),
            (REFERRED, "example-referred"),
            (ethereum_address(f"new for {customer}"), "example-new"),
        ),
    )


def withdraw(visit: Visit) -> Response:
    """Enter the order, ask Breather, and go to the withdrawal's page; send at once what Breather lets
    proceed.
    """
    form = {name: visit.form.get(name, "").strip() for name in ("asset", "address", "amount")}
    offer = offer_of(form["asset"])
    if offer is None:
        return _account(visit, form, "bad-asset")
    if not form["address"] or len(form["address"]) > 128:
        return _account(visit, form, "bad-address")
    if not _affordable(visit, offer, form["amount"]):
        return _account(visit, form, "bad-amount")
    books, breather = visit.site.books, visit.site.breather
    order = Order(_customer(visit), offer, form["amount"], form["address"], evidence_of(visit.form))
    withdrawal = enter(books, order, visit.now)
    with books.reading() as page:
        row = page.withdrawal(withdrawal)
    assert row is not None
    try:
        assessment = ask(books, breather, row)
    except Problem as problem:
        return _account(visit, form, errors=problem.errors or (FieldError("", problem.code, problem.detail),))
    if assessment.decision == "proceed" and assessment.friction == "none":
        try:
            pay_out(books, breather, withdrawal, visit.site.clock)
        except Stays as stays:
            return visit.go(f"/withdrawals/{withdrawal}", stays.why)
    return visit.go(f"/withdrawals/{withdrawal}")


def _affordable(visit: Visit, offer: Offer, amount: str) -> bool:
    with visit.site.books.reading() as page:
        held = page.balances(_customer(visit)).get(offer.asset, 0)
    wanted = to_units(amount, BALANCE_DECIMALS)
    return to_units(amount, offer.decimals) is not None and wanted is not None and wanted <= held
