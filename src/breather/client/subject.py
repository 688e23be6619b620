"""What Breather asks for once a customer agreed that officers may know who she is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from breather.client.instant import parse_instant
from breather.client.sealing import Carrier, Subject, read_keys, seal_subject


@dataclass(frozen=True, slots=True)
class SubjectWanted:
    """Which referral will carry the subject, between whom, and the officers' keys: id to base64 of the raw X25519
    public key. `consented_at` in milliseconds UTC.
    """

    referral: str
    mode: str
    sender: str
    recipient: str
    keys: Mapping[str, str]
    consented_at: int

    @classmethod
    def read(cls, body: Mapping[str, Any], *, vasp: str, mode: str) -> Self | None:
        """From the reply about one withdrawal; None where nothing is wanted.

        Raises ValueError, KeyError or TypeError for what cannot be sealed to, or is wanted of somebody else.
        """
        wanted = body["subject_wanted"]
        if wanted is None:
            return None
        names = {name: wanted[name] for name in ("referral", "mode", "sender", "recipient")}
        if not all(isinstance(value, str) and value for value in names.values()):
            raise ValueError("subject_wanted does not name referral, mode, sender and recipient")
        if (names["sender"], names["mode"]) != (vasp, mode):
            raise ValueError(f"wanted of {names['sender']} in {names['mode']}; this client is {vasp} in {mode}")
        keys = {str(kid): str(key) for kid, key in wanted["keys"].items()}
        if not read_keys(keys):
            raise ValueError("subject_wanted names no key to seal to")
        return cls(**names, keys=keys, consented_at=parse_instant(wanted["consented_at"]))

    def seal(self, subject: Subject) -> str:
        """Seal it here, in this process: base64 for `send_subject`, which only these officers can open.

        Every sealing is different: keep what this gives until it has been taken, so that a retry is the same bytes.
        Raises ValueError for a subject that is too long, or that no officer could read.
        """
        carrier = Carrier(mode=self.mode, sender=self.sender, recipient=self.recipient, referral=self.referral)
        return seal_subject(subject, carrier, self.keys)
