"""What can be withdrawn, on which network, and how finely it divides.

Decimals are those of the token contract on that network (the same token differs: USDT has 6 on TRON and 18 on BSC);
those of a network's own coin are in its protocol. docs/addresses.md has the sources.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Network(StrEnum):
    TRON = "TRON"
    ETHEREUM = "ETH"
    BSC = "BSC"
    POLYGON = "POLYGON"
    ARBITRUM = "ARBITRUM"
    OPTIMISM = "OPTIMISM"
    BASE = "BASE"
    AVALANCHE = "AVALANCHE"
    BITCOIN = "BTC"
    SOLANA = "SOL"
    LITECOIN = "LTC"
    DOGECOIN = "DOGE"
    BITCOIN_CASH = "BCH"
    XRP = "XRP"
    TON = "TON"
    CARDANO = "ADA"
    STELLAR = "XLM"
    COSMOS = "ATOM"
    POLKADOT = "DOT"


class Asset(StrEnum):
    USDT = "USDT"
    USDC = "USDC"
    DAI = "DAI"
    BTC = "BTC"
    ETH = "ETH"
    TRX = "TRX"
    BNB = "BNB"
    POL = "POL"
    AVAX = "AVAX"
    SOL = "SOL"
    LTC = "LTC"
    DOGE = "DOGE"
    BCH = "BCH"
    XRP = "XRP"
    TON = "TON"
    ADA = "ADA"
    XLM = "XLM"
    ATOM = "ATOM"
    DOT = "DOT"


STABLECOINS = frozenset({Asset.USDT, Asset.USDC, Asset.DAI})

_N = Network
DECIMALS: Mapping[Asset, Mapping[Network, int]] = MappingProxyType(
    {
        Asset.USDT: {
            _N.TRON: 6,
            _N.ETHEREUM: 6,
            _N.BSC: 18,
            _N.POLYGON: 6,
            _N.ARBITRUM: 6,
            _N.OPTIMISM: 6,
            _N.AVALANCHE: 6,
            _N.SOLANA: 6,
            _N.TON: 6,
        },
        Asset.USDC: {
            _N.ETHEREUM: 6,
            _N.BSC: 18,
            _N.POLYGON: 6,
            _N.ARBITRUM: 6,
            _N.OPTIMISM: 6,
            _N.BASE: 6,
            _N.AVALANCHE: 6,
            _N.SOLANA: 6,
            _N.STELLAR: 7,
        },
        Asset.DAI: {_N.ETHEREUM: 18},
        Asset.BTC: {_N.BITCOIN: 8},
        Asset.ETH: {_N.ETHEREUM: 18, _N.ARBITRUM: 18, _N.OPTIMISM: 18, _N.BASE: 18},
        Asset.TRX: {_N.TRON: 6},
        Asset.BNB: {_N.BSC: 18},
        Asset.POL: {_N.POLYGON: 18},
        Asset.AVAX: {_N.AVALANCHE: 18},
        Asset.SOL: {_N.SOLANA: 9},
        Asset.LTC: {_N.LITECOIN: 8},
        Asset.DOGE: {_N.DOGECOIN: 8},
        Asset.BCH: {_N.BITCOIN_CASH: 8},
        Asset.XRP: {_N.XRP: 6},
        Asset.TON: {_N.TON: 9},
        Asset.ADA: {_N.CARDANO: 6},
        Asset.XLM: {_N.STELLAR: 7},
        Asset.ATOM: {_N.COSMOS: 6},
        Asset.DOT: {_N.POLKADOT: 10},
    }
)


def decimals_of(asset: Asset, network: Network) -> int | None:
    """How many decimals the asset has on that network; None where it does not exist there."""
    return DECIMALS[asset].get(network)
