"""Address and memo together, to the one spelling of a payee.

Two texts that name the same payee become the same destination: an X-address of the XRP Ledger is its account with its
tag. Where the parts contradict each other, or nobody could ever have the money again, it is refused.
"""

from breather.domain.asset import Network
from breather.domain.withdrawal import Destination
from breather.intelligence.address import canonical_account, canonical_address
from breather.intelligence.bad_address import AddressFault, BadAddress
from breather.intelligence.memo import BadMemo, MemoFault, canonical_memo
from breather.intelligence.stellar import account_of

# All bits zero, in each network's spelling: what a program leaves behind that forgot to fill the field in.
NULL_ADDRESSES = frozenset(
    {
        "0x0000000000000000000000000000000000000000",
        "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb",
        "1111111111111111111114oLvT2",
        "bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq9e75rs",
        "11111111111111111111111111111111",
        "LKDxGDJq5fF4FohAB8zJH24mDDNHDNtqsE",
        "D596YFweJQuHY1BbjazZYmAbt8jJPbKehC",
        "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqfnhks603",
        "rrrrrrrrrrrrrrrrrrrrrhoLvTp",
        "UQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAJKZ",
        "GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWHF",
        "ltc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqp9ysmq",
        "cosmos1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqnrql8a",
        "111111111111111111111111111111111HC1",
    }
)


def canonical_destination(network: Network, address: str, memo: str | None) -> Destination:
    """The payee in its one spelling. Raises BadAddress, BadMemo."""
    if network is Network.XRP:
        found = _with_tag(address, memo)
    else:
        found = Destination(network, canonical_address(network, address), canonical_memo(network, memo))
    if found.address in NULL_ADDRESSES:
        raise BadAddress(AddressFault.UNPAYABLE, "this is the null address, which is nobody's")
    if found.memo is not None and network is Network.STELLAR and found.address != account_of(found.address):
        message = "a Stellar address that begins with M carries its number itself; leave the memo out"
        raise BadMemo(MemoFault.FORBIDDEN, message)
    return found


def _with_tag(address: str, memo: str | None) -> Destination:
    account = canonical_account(address)
    said = canonical_memo(Network.XRP, memo)
    carried = None if account.tag is None else str(account.tag)
    if account.extended and said is not None and said != carried:
        holds = "says that there is no tag" if carried is None else f"carries the tag {carried}"
        raise BadMemo(
            MemoFault.DIFFERS, f"the X-address {holds}, the memo says {said}; ask the receiver which is right"
        )
    return Destination(Network.XRP, account.classic, said if carried is None else carried)
