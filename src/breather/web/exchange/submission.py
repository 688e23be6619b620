"""Step 1, submit: a body of the right shape into a withdrawal, or everything that cannot be right about it."""

import re
from collections.abc import Callable
from typing import TypeVar

from breather.domain.amount import BaseUnits, MicroUsd, parse_units, parse_usd
from breather.domain.asset import DECIMALS, Asset, Network, decimals_of
from breather.domain.finding import Finding
from breather.domain.instant import Millis, parse_instant
from breather.domain.withdrawal import (
    Account,
    CustomerRef,
    Destination,
    Residence,
    Session,
    Withdrawal,
    WithdrawalId,
)
from breather.exchange.places import PLACES
from breather.intelligence.bad_address import BadAddress
from breather.intelligence.destination import canonical_destination
from breather.intelligence.memo import BadMemo, canonical_memo
from breather.web.exchange.bodies import AccountBody, DestinationBody, ResidenceBody, SessionBody, WithdrawalBody
from breather.web.problems import invalid

T = TypeVar("T")

_LOCALE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
# Letters, marks, digits, punctuation, symbols and plain spaces; no control characters, which could rewrite a log line.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class _Findings(list[Finding]):
    """Collects what is wrong; a failed part gives None, and the whole is refused at the end."""

    def take(self, pointer: str, code: str, read: Callable[[str], T], text: str | None) -> T | None:
        if text is None:
            return None
        try:
            return read(text)
        except ValueError as error:
            self.append(Finding(pointer, code, str(error)))
        return None


def read_withdrawal(body: WithdrawalBody) -> Withdrawal:
    """Raises Problem 422 with every finding."""
    findings = _Findings()
    decimals = decimals_of(body.asset, body.network)
    if decimals is None:
        networks = ", ".join(DECIMALS[Asset(body.asset)])
        findings.append(
            Finding("/network", "no-such-pair", f"{body.asset} is not on {body.network}; it is on {networks}")
        )
    check_plain(findings, "/customer/ref", body.customer.ref)
    destination = _destination(findings, body.network, body.destination)
    amount = findings.take(
        "/amount", "amount", lambda text: parse_units(text, 18 if decimals is None else decimals), body.amount
    )
    dollars = findings.take("/amount_usd", "amount", parse_usd, body.amount_usd)
    residence = _residence(findings, body.residence)
    account = _account(findings, body.account)
    session = read_session(findings, body.session)
    check_locale(findings, body.locale)
    if findings or destination is None or amount is None:
        raise invalid(findings)
    return Withdrawal(
        id=WithdrawalId(body.id),
        customer=CustomerRef(body.customer.ref),
        asset=body.asset,
        amount=BaseUnits(amount),
        destination=destination,
        amount_usd=None if dollars is None else MicroUsd(dollars),
        kind=body.kind,
        locale=body.locale,
        residence=residence,
        session=session,
        account=account,
    )


def _destination(findings: list[Finding], network: Network, body: DestinationBody) -> Destination | None:
    try:
        return canonical_destination(network, body.address, body.memo)
    except BadAddress as bad:
        findings.append(Finding("/destination/address", str(bad.code), bad.message, bad.suggestion))
    except BadMemo as bad:
        findings.append(_of_memo(bad))
        return None
    try:
        canonical_memo(network, body.memo)
    except BadMemo as bad:
        findings.append(_of_memo(bad))
    return None


def _of_memo(bad: BadMemo) -> Finding:
    return Finding("/destination/memo", str(bad.code), bad.message, bad.suggestion)


def check_locale(findings: list[Finding], locale: str | None) -> None:
    if locale is not None and not _LOCALE.fullmatch(locale):
        findings.append(Finding("/locale", "locale", "is not a BCP 47 tag, such as zh-Hant, pt or en"))


def read_session(findings: list[Finding], body: SessionBody) -> Session:
    return Session(
        new_device=body.new_device,
        remote_access=body.remote_access,
        screen_shared=body.screen_shared,
        on_call=body.on_call,
        security_changed_at=read_instant(findings, "/session/security_changed_at", body.security_changed_at),
    )


def read_instant(findings: list[Finding], pointer: str, text: str | None) -> Millis | None:
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        findings.append(Finding(pointer, "instant", str(error)))
        return None


def _residence(findings: list[Finding], body: ResidenceBody) -> Residence:
    given = {"kyc": body.kyc, "document": body.document, "phone": body.phone, "ip": body.ip}
    for source, code in given.items():
        if code is not None and code not in PLACES:
            suggestion = code.upper() if code.upper() in PLACES else ""
            message = f"{code!r} is not a code of ISO 3166-1; it has two capital letters, such as MO"
            findings.append(Finding(f"/residence/{source}", "unknown-place", message, suggestion))
    return Residence(**given)


def _account(findings: _Findings, body: AccountBody) -> Account:
    return Account(
        opened_at=read_instant(findings, "/account/opened_at", body.opened_at),
        balance_usd=findings.take("/account/balance_usd", "amount", parse_usd, body.balance_usd),
        last_deposit_at=read_instant(findings, "/account/last_deposit_at", body.last_deposit_at),
        last_deposit_kind=body.last_deposit_kind,
    )


def check_plain(findings: list[Finding], pointer: str, text: str | None) -> None:
    if text is not None and (match := _UNPRINTABLE.search(text)):
        message = f"contains the control character U+{ord(match[0]):04X}; leave it out"
        findings.append(Finding(pointer, "control-character", message))
