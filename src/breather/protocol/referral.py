"""Step 9 on the wire: a referral, and which of its members may be null (not sent)."""

import base64
from datetime import date
from typing import Any, cast

from breather.domain.asset import Asset, Network, decimals_of
from breather.domain.finding import Finding
from breather.domain.instant import format_instant, parse_instant
from breather.domain.referral import AmountBand, Consent, Edition, Referral, ReferralBasis, Sealed, Tier
from breather.domain.typology import Typology
from breather.domain.withdrawal import Destination
from breather.protocol.envelope import Envelope, MessageType, id_of, message_form, read_members, write_message
from breather.protocol.form import Form, Member, OnlyWith
from breather.protocol.key_list import KEY_ID
from breather.protocol.kind import Base64, Day, Instant, Listing, Maybe, Text, Whole, Word
from breather.protocol.message import Message
from breather.protocol.refusal import Malformed
from breather.protocol.sealing import SEALED_LIMIT, recipients_of

WHAT = "referral"
NAME = Text(r"[a-z][a-z0-9-]{1,62}", 63, "macau-pj-trial")

# No control characters, and none that are invisible or turn the direction of what an officer reads.
_MEMO = Text(
    r"[^\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]{1,128}", 128, "104233"
)
_ADDRESS = Text(r"[!-~]{1,128}", 128, "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8")
EDITION = Form(
    (
        Member("id", NAME, "The id in its file."),
        Member("version", Whole(1), "The version in its file."),
    )
)
_DESTINATION = Form(
    (
        Member("address", _ADDRESS, "In canonical spelling: EIP-55 capitals, bech32 in small letters."),
        Member("memo", Maybe(_MEMO), "Memo or tag, where the network has one."),
    )
)
_CONSENT = Form(
    (
        Member("id", Text(r"[!-~]{1,64}", 64, "consent-1"), "The record's id at the exchange."),
        Member("at", Instant(), "When the customer said yes."),
        Member("text", Text(r"[!-~]{1,64}", 64, "consent.en.1"), "Which text she read."),
    )
)
_SEALED = Form(
    (
        Member("ciphertext", Base64(1, SEALED_LIMIT), "An age v1 file; its plaintext is described in the README."),
        Member("keys", Listing(KEY_ID, 1, 20), "The officers' keys it is sealed to, by id."),
        Member("consent", _CONSENT, "Why the subject may be sent."),
    )
)
FORM = message_form(
    MessageType.REFERRAL,
    (
        Member("tier", Word((Tier.PSEUDONYMOUS.word, Tier.IDENTIFIED.word)), "How much is sent."),
        Member("basis", Word.among(ReferralBasis), "Why this withdrawal was referred."),
        Member("network", Word.among(Network), "The network of the destination."),
        Member("destination", _DESTINATION, "Where it would have gone."),
        Member("campaign", EDITION, "The exchange's campaign under which it was decided."),
        Member("pack", EDITION, "The agency's pack whose alert was shown."),
        Member("typology", Maybe(Word.among(Typology)), "The pattern that the alert was about."),
        Member("asset", Maybe(Word.among(Asset)), "The asset."),
        Member("amount_band", Maybe(Word.among(AmountBand)), "US dollars; never the exact amount."),
        Member("date", Maybe(Day()), "The day where the campaign applies; never the time."),
        Member("sealed", Maybe(_SEALED), "The subject, sealed to officers; exactly in tier identified."),
        Member(
            "follows", Maybe(id_of(MessageType.REFERRAL)), "The earlier referral of the same withdrawal, by its id."
        ),
    ),
    (
        OnlyWith("sealed", "tier", Tier.IDENTIFIED.word),
        OnlyWith("follows", "tier", Tier.IDENTIFIED.word, needed=False),
    ),
)


def write_referral(envelope: Envelope, referral: Referral) -> bytes:
    """The body to sign, keep and send. ValueError for a referral that no reader would take."""
    destination = referral.destination
    members = {
        "tier": referral.tier.word,
        "basis": referral.basis.value,
        "network": destination.network.value,
        "destination": {"address": destination.address, "memo": destination.memo},
        "campaign": _edition(referral.campaign),
        "pack": _edition(referral.pack),
        "typology": referral.typology and referral.typology.value,
        "asset": referral.asset and referral.asset.value,
        "amount_band": referral.amount_band and referral.amount_band.value,
        "date": referral.day and referral.day.isoformat(),
        "sealed": referral.sealed and _sealed(referral.sealed),
        "follows": referral.follows,
    }
    body = write_message(FORM, envelope, members)
    findings = [*_contradictions(envelope, referral), *_unsealed(referral.sealed)]
    if findings:
        raise ValueError("; ".join(str(finding) for finding in findings))
    return body


def read_referral(message: Message) -> Referral:
    """Raises Malformed with every finding. What the relay terms say of it is `check_referral`'s (domain)."""
    members = message.members
    read_members(FORM, WHAT, members)
    found = Referral(
        tier=Tier.from_word(members["tier"]),
        basis=ReferralBasis(members["basis"]),
        destination=Destination(Network(members["network"]), **members["destination"]),
        campaign=Edition(**members["campaign"]),
        pack=Edition(**members["pack"]),
        typology=None if members["typology"] is None else Typology(members["typology"]),
        asset=None if members["asset"] is None else Asset(members["asset"]),
        amount_band=None if members["amount_band"] is None else AmountBand(members["amount_band"]),
        day=None if members["date"] is None else date.fromisoformat(members["date"]),
        sealed=None if members["sealed"] is None else _read_sealed(members["sealed"]),
        follows=members["follows"],
    )
    findings = [*_contradictions(message.envelope, found), *_unsealed(found.sealed)]
    if findings:
        raise Malformed(WHAT, findings)
    return found


def _contradictions(envelope: Envelope, referral: Referral) -> list[Finding]:
    findings = []
    network = referral.destination.network
    if referral.asset is not None and decimals_of(referral.asset, network) is None:
        findings.append(Finding("/asset", "asset-network", f"{referral.asset} does not exist on {network}"))
    if referral.follows == envelope.id:
        findings.append(Finding("/follows", "follows-itself", "names this referral; an earlier one is right, or null"))
    return findings


def _unsealed(sealed: Sealed | None) -> list[Finding]:
    """A subject that somebody forgot to seal, or sealed to other keys than said, goes no further."""
    if sealed is None:
        return []
    count = recipients_of(sealed.ciphertext)
    if count is None:
        return [Finding("/sealed/ciphertext", "not-sealed", "is no age v1 file: seal it with breather.client")]
    if count != len(set(sealed.keys)) or len(set(sealed.keys)) != len(sealed.keys):
        message = f"names {len(sealed.keys)} keys, and the ciphertext is sealed to {count}"
        return [Finding("/sealed/keys", "other-keys", message)]
    return []


def _edition(edition: Edition) -> dict[str, object]:
    return {"id": edition.id, "version": edition.version}


def _sealed(sealed: Sealed) -> dict[str, object]:
    consent = sealed.consent
    return {
        "ciphertext": base64.b64encode(sealed.ciphertext).decode(),
        "keys": list(sealed.keys),
        "consent": {"id": consent.id, "at": format_instant(consent.at), "text": consent.text},
    }


def _read_sealed(members: Any) -> Sealed:
    given = cast("dict[str, Any]", members)
    consent = given["consent"]
    return Sealed(
        base64.b64decode(given["ciphertext"]),
        tuple(given["keys"]),
        Consent(consent["id"], parse_instant(consent["at"]), consent["text"]),
    )
