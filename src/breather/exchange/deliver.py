"""Step 10: one attempt to bring one referral to its agency, and what the answer is worth.

Only two things end a delivery: a receipt, signed by the agency's key for receipts, for exactly our bytes; or a final
refusal that it signed. Whatever else comes back is a failure that is tried again, also a 403 or 404 that nobody signed.
"""

from collections.abc import Callable

from breather.couriers.letter import Answer, Courier, Letter, Undelivered
from breather.domain.instant import Millis
from breather.exchange.correspondent import CLOCK, Correspondent, clock_problem, refusal_in, said
from breather.exchange.relay import Attempt, Claimed, Delivered, Failed, Refused
from breather.protocol.envelope import Envelope, MessageType, read_envelope
from breather.protocol.json_text import LARGEST
from breather.protocol.message import Signature, read_signature
from breather.protocol.receipt import check_receipt, read_receipt
from breather.protocol.refusal import Refusal
from breather.protocol.trust import Peer

PATH = "/v1/referrals"


def deliver(
    sender: Correspondent, agency: Peer, courier: Courier, claimed: Claimed, clock: Callable[[], Millis]
) -> Attempt:
    """Signed anew, sent as it was promised, byte for byte."""
    try:
        envelope, _ = read_envelope(claimed.body, LARGEST)
    except Refusal as refusal:  # a fault of this program: no agency would take it, and nothing but a person can help
        return Refused(f"malformed: what was promised is no message: {refusal}")
    at = clock()
    signature = sender.sign(envelope, claimed.body, at)
    headers = {"Content-Type": "application/json", **signature.headers()}
    try:
        answer = courier.carry(Letter("POST", PATH, headers, claimed.body))
    except Undelivered as failure:
        return Failed(f"{failure.code}: {failure}")
    if answer.status in (200, 201):
        return _received(sender, agency, answer, envelope, claimed.body, clock())
    return _refused(sender, agency, answer, envelope, signature)


def _received(
    sender: Correspondent, agency: Peer, answer: Answer, sent: Envelope, body: bytes, now: Millis
) -> Delivered | Failed:
    try:
        message = sender.opened(agency, answer.headers, answer.body, now, MessageType.RECEIPT)
        findings = check_receipt(read_receipt(message), sent.id, body)
        signature = read_signature(answer.headers)
    except Refusal as refusal:
        return Failed(
            f"no-receipt: answered {answer.status}, but with no receipt to believe: {refusal.code}: {refusal}"
        )
    if findings:
        return Failed("no-receipt: a receipt of something else: " + "; ".join(str(finding) for finding in findings))
    return Delivered(answer.body, proof_of(signature))


def _refused(
    sender: Correspondent, agency: Peer, answer: Answer, sent: Envelope, signature: Signature
) -> Failed | Refused:
    problem = refusal_in(sender, agency, answer, sent, signature)
    if problem is None:
        return Failed(said(answer))
    if problem.code == CLOCK:
        return Failed(clock_problem(problem, signature.at))
    if problem.retryable:
        return Failed(f"{problem.code}: {agency.organisation} does not take it now")
    return Refused(f"{problem.code}: {agency.organisation} will not take it")


def proof_of(signature: Signature) -> str:
    """Key id, timestamp and signature in base64, separated by spaces: as `delivery.receipt_proof` keeps them."""
    return " ".join(signature.headers().values())
