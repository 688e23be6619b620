"""The code under an alert, for the customer to read out to a number that she dialled herself (guarantee G4)."""

from breather.domain.alert_code import SERIALS, VALID_FOR, AlertCode, make_code, minute_of
from breather.exchange.snapshot import Activated, Identity
from breather.exchange.view import WithdrawalView


def shown_code(identity: Identity, active: Activated | None, seen: WithdrawalView) -> str:
    """`XXXX-XXXX-XXXX`, made anew from the decision each time and stored nowhere; "" where there is none to read out.

    None without a slot shared with the campaign's agency; none once it is too old to be confirmed; and none while
    somebody is watching, for whom it would vouch when he reads it back (guarantee G1).
    """
    relay = None if active is None else active.campaign.relay
    slot = None if relay is None else identity.slots.get(relay.addressee)
    if slot is None or seen.standing.watched:
        return ""
    code = AlertCode(slot.number, minute_of(seen.row.decided_at), seen.row.number % SERIALS)
    if seen.now - code.at > VALID_FOR:
        return ""
    return make_code(code.slot, code.minute, code.serial, slot.key)
