"""Her consent that the police know who she is (tier identified, guarantee H3). Her yes names the referral that will
carry her; what it carries is `exchange/subject.py`.

Taken back, and on its way: a consent may be revoked while the worker is sending. The revocation makes the delivery
dead and empties the body; nobody claims, retries or replays it again, and a failure of the attempt under way changes
nothing. But if the agency's receipt comes after all, it has the bytes, and the row has to say *receipted*
(`exchange/relay.py`, settle). What was receipted before stays so; the page says that it cannot be unsent.
"""

from collections.abc import Mapping
from dataclasses import replace

from breather.domain.event import Event
from breather.domain.instant import Millis
from breather.domain.referral import Tier
from breather.domain.refusal import NotOffered, Watched
from breather.domain.relay_terms import fields_allowed
from breather.domain.standing import Standing
from breather.exchange.refer import Terms, new_id, terms_of
from breather.exchange.relay import CONSENT_WITHDRAWN
from breather.exchange.snapshot import Snapshot
from breather.protocol.key_list import Purpose
from breather.protocol.trust import keys_for
from breather.storage.exchange.referrals import referrals_of, take_back
from breather.storage.exchange.withdrawals import WithdrawalRow
from breather.storage.transaction import Transaction


def consent_offered(snapshot: Snapshot, row: WithdrawalRow, standing: Standing, now: Millis) -> bool:
    """Whether she may be asked: only after she asked for help, never while watched, and never where nobody could read
    it.
    """
    terms = identified_terms(snapshot, row)
    if terms is None or standing.help_asked_at is None or standing.consented_at is not None:
        return False
    if standing.watched or row.asked().session.watched:
        return False
    return bool(sealing_keys(snapshot, terms, now))


def refuse_consent(snapshot: Snapshot, row: WithdrawalRow) -> None:
    """What `move` cannot know: the campaign's terms, and whether the session was watched when she submitted.

    Raises NotOffered or Watched.
    """
    if identified_terms(snapshot, row) is None:
        raise NotOffered("This campaign sends nothing about who asks for help.")
    if row.asked().session.watched:
        raise Watched


def with_consent(snapshot: Snapshot, row: WithdrawalRow, event: Event, number: int) -> WithdrawalRow:
    """The row with her consent: which text she read, the journal entry of her yes, and the referral named for her."""
    terms = identified_terms(snapshot, row)
    assert terms is not None, "a consent is refused where the terms let nobody be identified"
    referral = new_id(terms, row)
    return replace(row, consent_text=event.consent_text, consent_number=number, subject_referral=referral)


def without_consent(row: WithdrawalRow) -> WithdrawalRow:
    """The row once she took it back; another yes names another referral."""
    return replace(row, consent_text=None, consent_number=None, subject_referral=None)


def take_back_subjects(tx: Transaction, row: WithdrawalRow) -> None:
    """What has no receipt yet is not sent, and its bytes are emptied."""
    for referral in referrals_of(tx, row.id):
        if referral.tier == Tier.IDENTIFIED.word:
            take_back(tx, referral.id, CONSENT_WITHDRAWN)


def identified_terms(snapshot: Snapshot, row: WithdrawalRow) -> Terms | None:
    """The terms of a withdrawal, if they let a sealed subject leave."""
    terms = terms_of(snapshot, row)
    return terms if terms is not None and "sealed" in fields_allowed(Tier.IDENTIFIED, terms.relay.terms) else None


def sealing_keys(snapshot: Snapshot, terms: Terms, now: Millis) -> Mapping[str, bytes]:
    """The agency's keys that are listed for sealing and in date: raw X25519, by id. Empty where nobody could read."""
    addressee = terms.relay.addressee
    if addressee not in snapshot.identity.agencies:
        return {}
    peer = snapshot.identity.peers[addressee].peer
    return {key.kid: key.public for key in keys_for(peer, Purpose.SEALING, now)}
