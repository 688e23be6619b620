"""From promises, pulls and what was set aside to the relay's page, and to the referrals of one withdrawal's."""

from collections.abc import Iterable

from breather.domain.instant import Millis
from breather.exchange.examine_relay import STALE_AFTER
from breather.exchange.relay import CONSENT_WITHDRAWN, RelayState, Stream
from breather.storage.exchange.referrals import Delivery, ReferralRow
from breather.web.exchange.console_view import Frame, ReferralLine, RelayView, SetAsideLine, StreamLine


def relay_view(frame: Frame, state: RelayState, dead: Iterable[ReferralRow]) -> RelayView:
    return RelayView(
        frame=frame,
        counts=tuple((delivery.value, state.counts[delivery]) for delivery in Delivery),
        taken_back=state.counts[Delivery.DEAD] - state.dead,
        oldest_pending=state.oldest_pending,
        waiting=tuple((name, count, state.failures.get(name, "")) for name, count in sorted(state.waiting.items())),
        streams=tuple(_stream(stream, frame.now) for stream in state.streams),
        dead=tuple(referral_line(row) for row in dead),
        set_aside=tuple(SetAsideLine(one.agency, one.number, one.kind, one.problem, one.at) for one in state.set_aside),
        set_aside_count=state.set_aside_count,
    )


def referral_line(row: ReferralRow) -> ReferralLine:
    dead, taken_back = row.delivery is Delivery.DEAD, row.problem == CONSENT_WITHDRAWN
    return ReferralLine(
        id=row.id,
        withdrawal=row.withdrawal,
        addressee=row.addressee,
        tier=row.tier,
        basis=row.basis,
        state=row.state,
        attempts=row.attempts,
        due_at=row.due_at if row.delivery is Delivery.PENDING else None,
        problem=row.problem or "",
        promised_at=row.promised_at,
        received_at=row.settled_at if row.delivery is Delivery.RECEIPTED else None,
        died_at=row.settled_at if dead else None,
        closed_at=row.closed_at,
        disposition=row.disposition or "",
        duplicate_of=row.duplicate_of or "",
        replayable=dead and not taken_back,
    )


def _stream(stream: Stream, now: Millis) -> StreamLine:
    late = stream.pulled_at is None or now - stream.pulled_at > STALE_AFTER
    return StreamLine(stream.agency, stream.pulled_at, stream.tried_at, stream.after, stream.problem or "", late)
