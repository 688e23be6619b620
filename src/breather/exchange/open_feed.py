"""Step 0: what has to hold of an agency's feed before one entry of it is read (guarantees F2 and F3)."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from breather.domain.finding import Finding, Refused, nearest
from breather.domain.instant import Millis
from breather.protocol.envelope import EVERYONE, MessageType
from breather.protocol.feed import Feed, read_feed, signature_headers
from breather.protocol.json_text import LARGEST
from breather.protocol.message import Receiver, open_message
from breather.protocol.trust import Peer

_LONGEST_LINE = 400


def open_feed(path: Path, agency: str, receiving: tuple[str, Mapping[str, Peer]], now: Millis) -> Feed:
    """The head of the feed in this file, if `agency` signed exactly these entries for everyone.

    `receiving`: the mode, and the peers that are pinned, by name. How old the signature is, is not asked: a file is
    fresh by its number, which `take_list` compares. Raises what `open_message` raises, Malformed, and Refused for
    another's feed and for other entries than the signed ones.
    """
    mode, peers = receiving
    if agency not in peers:
        near = nearest(agency, peers)
        hint = f"; did you mean {near!r}?" if near else "; `breather peer add` pins one"
        finding = Finding("--source", "unknown-agency", f"no agency {agency!r} is pinned here{hint}")
        raise Refused("a feed is imported under the name of the agency that signed it", [finding])
    with path.open("rb") as file:
        headers = signature_headers(file.readline(_LONGEST_LINE).rstrip(b"\r\n"))
        body = file.readline(LARGEST + 1).removesuffix(b"\n")
        found = hashlib.file_digest(file, "sha256").hexdigest()
    receiver = Receiver(EVERYONE, mode, peers, window=None)
    feed = read_feed(open_message(receiver, headers, body, now, (MessageType.FEED,)))
    if feed.sender != agency:
        finding = Finding("--source", "other-agency", f"this is the feed of {feed.sender}")
        raise Refused("a feed is imported under the name of the agency that signed it", [finding])
    if feed.sha256 != found:
        finding = Finding(path.name, "altered", "the entries were altered or cut off: others were signed")
        raise Refused("the feed was not taken, and what was in force is", [finding])
    return feed
