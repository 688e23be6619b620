"""Step 4, once more and beside: what a shadow would have asked for, on the very same features, without effect.

It answers with what is to be kept, and nobody who decides reads that. Whatever goes wrong in a shadow's rules is
written down as its word; the decision never learns of it.
"""

from hashlib import blake2b

import msgspec

from breather.domain.feature import Features, Phase
from breather.domain.intervention import Intervention
from breather.domain.ruling import Ruling
from breather.domain.shadow import Marked, Word, ask, change_of, word_of
from breather.exchange.snapshot import Shadow
from breather.storage.transaction import Transaction

_ALIKE = 16  # bytes of the hash under which words are stored


class Words(msgspec.Struct, frozen=True, omit_defaults=True):
    """What both asked for. Without `shadow`, its rules failed with `problem`, the name of an exception."""

    active: Word
    shadow: Word | None = None
    problem: str = ""


_words = msgspec.json.Decoder(Words)


def decode_words(stored: bytes) -> Words:
    return _words.decode(stored)


def mark_beside(
    tx: Transaction, shadow: Shadow | None, ruling: Ruling, wanted: Intervention, features: Features, phase: Phase
) -> Marked | None:
    """Ask the shadow, and count what the two said: one row, written or raised. None, at once, where no shadow runs.

    `ruling` and `wanted` are the active version's.
    """
    if shadow is None:
        return None
    words = _ask(shadow, word_of(ruling, wanted), features, phase)
    stored = msgspec.json.encode(words)
    said = blake2b(stored, digest_size=_ALIKE).hexdigest()
    tx.run("count_words", shadow=shadow.number, phase=phase.word, said=said, words=stored)
    change = None if words.shadow is None else change_of(wanted.friction, words.shadow.friction)
    return Marked(shadow.number, said, change)


def _ask(shadow: Shadow, active: Word, features: Features, phase: Phase) -> Words:
    try:
        return Words(active, ask(shadow.campaign, features, phase))
    except Exception as wrong:  # noqa: BLE001  whatever it is, it is the shadow's alone: the decision stands
        return Words(active, problem=type(wrong).__name__)
