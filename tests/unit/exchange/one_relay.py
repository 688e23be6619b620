"""One customer again, now under relay terms: what is promised to an agency, and what never may be.

After every step: at most one pseudonymous referral of a withdrawal, none without help or a listing, none where the
terms are off; identified ones only while the consent stands; and what was receipted stays so.
"""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from breather.domain.event import Actor, EventKind
from breather.domain.friction import Friction
from breather.domain.instant import DAY
from breather.domain.referral import Tier
from breather.exchange.refer import REFERRED
from breather.exchange.relay import CONSENT_WITHDRAWN, Attempt, Claimed, Delivered, Failed, Refused, claim, settle
from breather.exchange.subject import SealedSubject
from breather.storage.exchange.referrals import Delivery, ReferralRow
from breather.storage.transaction import Transaction
from tests.unit.exchange.one_customer import WHICH, OneCustomer
from tests.unit.exchange.recomputed import acts_of
from tests.unit.exchange.test_subject import sealed
from tests.unit.exchange.world import event, sample_terms
from tests.unit.protocol.samples import AGENCY

CAME_TO: tuple[Attempt, ...] = (Delivered(b"{}", "key 1 signature"), Failed("timeout: none"), Refused("malformed: no"))
PSEUDONYMOUS, IDENTIFIED = Tier.PSEUDONYMOUS.word, Tier.IDENTIFIED.word


class OneCustomerAndTheRelay(OneCustomer):
    """With an agency that confirms destinations, a worker that delivers, and a VASP that seals."""

    def __init__(self) -> None:
        super().__init__()
        self.tier = Tier.OFF
        self.listed: set[str] = set()
        self.due_to_be_told: set[str] = set()
        self.under_way: list[Claimed] = []
        self.arrived: set[str] = set()
        self.posted: list[tuple[str, SealedSubject]] = []

    @initialize(tier=st.sampled_from([Tier.OFF, Tier.PSEUDONYMOUS, Tier.IDENTIFIED, Tier.IDENTIFIED]))
    def agree(self, tier: Tier) -> None:
        self.tier = tier
        terms = sample_terms()
        # Without a review, which test mode does not ask for: years go by in these examples, and it would expire.
        self.world.relay(tier, replace(terms, terms=replace(terms.terms, review=None)))

    @rule(to=st.integers(0, 1), back=st.booleans())
    def confirm_destination(self, to: int, back: bool) -> None:
        key = self.destinations[to].key
        self.world.confirm(key, back=back)
        (self.listed.discard if back else self.listed.add)(key)

    def _learn(self, name: str) -> None:
        super()._learn(name)
        if self.asked[name].destination.key in self.listed and self.standing(name).friction > Friction.NONE:
            self.due_to_be_told.add(name)

    @precondition(lambda self: self.asked)
    @rule(which=WHICH, kind=st.sampled_from([EventKind.CONSENT, EventKind.CONSENT, EventKind.REVOKE]))
    def agree_or_not(self, which: int, kind: EventKind) -> None:
        name = self.one(which)
        before, row = self.standing(name), self.world.row(name)
        offered = self.world.view(name).consent_offered
        text = {"consent_text": "consent.en.1"} if kind is EventKind.CONSENT else {}
        done = self.happen(name, event(kind, self.world.name("e"), **text))
        if kind is EventKind.REVOKE:
            assert done == (before.consented_at is not None)
            return
        assert done == (offered or (before.consented_at is not None and not before.watched))
        if done and before.consented_at is not None:
            assert self.world.row(name).subject_referral == row.subject_referral

    @precondition(lambda self: self.asked and self.tier is Tier.IDENTIFIED)
    @rule(which=WHICH)
    def ask_the_police(self, which: int) -> None:
        """The straight way: help, yes, sealed and posted."""
        name = self.one(which)
        self.happen(name, event(EventKind.HELP, self.world.name("e")))
        self.happen(name, event(EventKind.CONSENT, self.world.name("e"), consent_text="consent.en.1"))
        self.seal(which)

    @precondition(lambda self: self.asked)
    @rule(which=WHICH)
    def seal(self, which: int) -> None:
        name = self.one(which)
        wanted = self.world.wanted(name)
        if wanted is None:
            return
        assert self.standing(name).consented_at == wanted.consented_at
        subject = sealed(wanted, self.world.name("s"))
        assert self.world.accept(name, subject).created
        self.posted.append((name, subject))

    @precondition(lambda self: self.posted)
    @rule(which=WHICH)
    def seal_again(self, which: int) -> None:
        name, subject = self.posted[which % len(self.posted)]
        before = self.world.referrals(name)
        assert not self.world.accept(name, subject).created
        assert self.world.referrals(name) == before

    @precondition(lambda self: self.asked)
    @rule(which=WHICH)
    def vasp_takes_it_back(self, which: int) -> None:
        said: dict[str, Any] = {"actor": Actor.VASP, "by": "shop"}
        self.happen(self.one(which), event(EventKind.REVOKE, self.world.name("e"), **said))

    @rule()
    def take_up(self) -> None:
        """The worker claims, and is then under way: anything may happen before it comes to something."""
        claimed = self.world.write(lambda tx: claim(tx, AGENCY))
        if claimed is not None:
            assert claimed.body, "nothing is sent of what was taken back"
            assert claimed.withdrawal in self.asked
            self.under_way.append(claimed)

    @precondition(lambda self: self.under_way)
    @rule(which=WHICH, came_to=st.sampled_from(CAME_TO))
    def come_to(self, which: int, came_to: Attempt) -> None:
        claimed = self.under_way.pop(which % len(self.under_way))
        before = self.found(claimed.referral)
        kinds = self.world.write(lambda tx: (tx.next_number, settle(tx, claimed, came_to, 0.5), tx.next_number))
        self.world.acts += kinds[2] - kinds[0]
        after = self.found(claimed.referral)
        if after.delivery is Delivery.RECEIPTED:
            self.arrived.add(after.id)
        if before.problem == CONSENT_WITHDRAWN and not isinstance(came_to, Delivered):
            assert after == before, "dead it stays"

    def found(self, referral: str) -> ReferralRow:
        return next(one for name in self.asked for one in self.world.referrals(name) if one.id == referral)

    @invariant()
    def nothing_is_promised_that_may_not_be(self) -> None:
        for name in self.asked:
            referrals = self.world.referrals(name)
            helped = self.standing(name).help_asked_at is not None
            agreed = self.tier >= Tier.PSEUDONYMOUS and self._has_campaign(name)
            told = agreed and (helped or name in self.due_to_be_told)
            assert [one.tier for one in referrals].count(PSEUDONYMOUS) == told
            for one in referrals:
                assert (one.delivery is Delivery.RECEIPTED) == (one.id in self.arrived)
                assert one.tier in (PSEUDONYMOUS, IDENTIFIED)
            self._identified_only_while_she_agrees(name, [one for one in referrals if one.tier == IDENTIFIED])

    def _has_campaign(self, name: str) -> bool:
        return self.asked[name].residence.kyc == "MO"

    def _identified_only_while_she_agrees(self, name: str, identified: list[ReferralRow]) -> None:
        row = self.world.row(name)
        assert (row.consented_at is None) == (row.subject_referral is None) == (row.consent_number is None)
        assert row.consented_at is None or self.tier is Tier.IDENTIFIED
        assert {one.id for one in identified} == {said.referral for other, said in self.posted if other == name}
        for one in identified:
            if one.id == row.subject_referral:
                assert one.body
            else:
                assert one.delivery is not Delivery.PENDING, "no consent, and still waiting to be sent"
                assert not one.body or one.delivery is Delivery.RECEIPTED

    def teardown(self) -> None:
        """Promised = pending + receipted + dead; and nothing is left over for whoever comes next."""
        try:
            super().teardown()
            for name in self.asked:
                assert [one.number for one in self.world.referrals(name)] == self._promised(name)
        finally:
            self._settle_the_rest()

    def _promised(self, name: str) -> list[int]:
        acts = self.world.read(lambda reader: acts_of(reader, name))
        return [act.number for act in acts if act.relayed == REFERRED]

    def _settle_the_rest(self) -> None:
        self.world.wait(30 * DAY)
        while self.world.write(_give_up):
            self.world.acts += 1


def _give_up(tx: Transaction) -> bool:
    claimed = claim(tx, AGENCY)
    return claimed is not None and settle(tx, claimed, Refused("over: the test"), 0.5)
