"""Networks as lists call them, to ours. A name that is none of ours is None: its rows are rejected by that name.

Tickers are not networks: USDT is on ten of them. An address that comes with a token only is placed by its form
(`listed_address`).
"""

from breather.domain.asset import STABLECOINS, Network

# Each line: names for one network. Which of them is the value in `Network` does not matter here, so that a network
# that is added there is known here.
_SYNONYMS = tuple(
    frozenset(line.split())
    for line in (
        "BTC XBT BITCOIN",
        "ETH ETHEREUM ERC20 ERC-20 MAINNET",
        "TRON TRX TRC20 TRC-20",
        "BSC BEP20 BEP-20 BNB BINANCE-SMART-CHAIN BINANCESMARTCHAIN",
        "POLYGON MATIC POL",
        "ARBITRUM ARB ARBITRUM-ONE",
        "OPTIMISM OP",
        "BASE",
        "AVALANCHE AVAX AVAXC AVAX-C",
        "SOLANA SOL",
        "LITECOIN LTC",
        "DOGECOIN DOGE",
        "BITCOIN-CASH BITCOINCASH BITCOIN_CASH BCH",
        "XRP RIPPLE XRPL",
        "TON TONCOIN",
        "CARDANO ADA",
        "STELLAR XLM",
        "COSMOS ATOM",
        "POLKADOT DOT",
    )
)


def network_of(name: str) -> Network | None:
    """The network that a list means by `name`, in any case; None if it is none of ours, or only a token's."""
    wanted = name.strip().upper()
    names = next((line for line in _SYNONYMS if wanted in line), frozenset({wanted}))
    return next((network for network in Network if network.value in names or network.name in names), None)


def is_token(name: str) -> bool:
    """A token that lives on several networks: its name says nothing about where an address is."""
    return name.strip().upper() in {asset.value for asset in STABLECOINS}


# An address whose asset is all that is known is looked for in these, in this order. All 0x networks have one form;
# the stablecoins were issued on Ethereum first, and sanctions lists that say USDT mean that.
FOR_TOKENS = (Network.TRON, Network.ETHEREUM, Network.BITCOIN)
