"""What can be sent where, and at which invented prices: the networks of addresses and the assets on each."""

from collections.abc import Mapping

import numpy as np

from breather.domain.asset import Asset, Network
from breather.simulation.addresses import BITCOIN, EVM, TRON
from breather.simulation.dice import Dice, Ints

# Shares of addresses by network, and of assets on it; invented, with the weight on what scams are paid in.
_NETWORK_WEIGHTS: Mapping[Network, int] = {
    Network.TRON: 560,
    Network.ETHEREUM: 170,
    Network.BSC: 140,
    Network.POLYGON: 30,
    Network.ARBITRUM: 25,
    Network.OPTIMISM: 15,
    Network.BASE: 15,
    Network.AVALANCHE: 15,
    Network.BITCOIN: 30,
}
_ASSET_WEIGHTS: Mapping[Network, Mapping[Asset, int]] = {
    Network.TRON: {Asset.USDT: 92, Asset.TRX: 8},
    Network.ETHEREUM: {Asset.USDT: 50, Asset.USDC: 22, Asset.ETH: 26, Asset.DAI: 2},
    Network.BSC: {Asset.USDT: 60, Asset.USDC: 10, Asset.BNB: 30},
    Network.POLYGON: {Asset.USDT: 40, Asset.USDC: 40, Asset.POL: 20},
    Network.ARBITRUM: {Asset.USDT: 30, Asset.USDC: 45, Asset.ETH: 25},
    Network.OPTIMISM: {Asset.USDT: 20, Asset.USDC: 50, Asset.ETH: 30},
    Network.BASE: {Asset.USDC: 70, Asset.ETH: 30},
    Network.AVALANCHE: {Asset.USDT: 30, Asset.USDC: 40, Asset.AVAX: 30},
    Network.BITCOIN: {Asset.BTC: 1},
}
# US cents for one whole unit; they stand still, for nothing here is about prices.
_PRICES: Mapping[Asset, int] = {
    Asset.USDT: 100,
    Asset.USDC: 100,
    Asset.DAI: 100,
    Asset.BTC: 9_000_000,
    Asset.ETH: 300_000,
    Asset.TRX: 25,
    Asset.BNB: 60_000,
    Asset.POL: 40,
    Asset.AVAX: 2_500,
}
# Networks that Breather knows and nobody here uses would only move every drawn number.
NETWORKS: tuple[Network, ...] = tuple(_NETWORK_WEIGHTS)
ASSETS: tuple[Asset, ...] = tuple(_PRICES)
# The fraction of a whole unit in which amounts are counted: no asset has fewer decimals, and dollars stay in 64 bits.
AMOUNT_DECIMALS = 6

_FAMILIES = np.array([{Network.TRON: TRON, Network.BITCOIN: BITCOIN}.get(each, EVM) for each in NETWORKS], np.int64)
_CENTS = np.array([_PRICES[each] for each in ASSETS], np.int64)
_STABLE = (Asset.USDT, Asset.USDC)


def families(networks: Ints) -> Ints:
    """How the addresses of these networks (indices of NETWORKS) are written."""
    found: Ints = _FAMILIES[networks]
    return found


def some_networks(dice: Dice, count: int) -> Ints:
    return dice.weighted([_NETWORK_WEIGHTS[each] for each in NETWORKS], count)


def some_assets(dice: Dice, networks: Ints) -> Ints:
    """For each network (an index of NETWORKS) an asset that exists there (an index of ASSETS)."""
    drawn = dice.of("assets").below(10_000, len(networks))
    found = np.zeros(len(networks), np.int64)
    for number, network in enumerate(NETWORKS):
        rows = np.flatnonzero(networks == number)
        weights = _ASSET_WEIGHTS[network]
        ends = np.cumsum(np.array(list(weights.values()), np.int64)) * 10_000 // sum(weights.values())
        choices = np.array([ASSETS.index(asset) for asset in weights], np.int64)
        found[rows] = choices[np.searchsorted(ends, drawn[rows], side="right")]
    return found


def stablecoins(networks: Ints) -> Ints:
    """What a scam is paid in on each of these networks: a dollar token where there is one."""
    by_network = [
        ASSETS.index(next((each for each in _STABLE if each in _ASSET_WEIGHTS[network]), Asset.BTC))
        for network in NETWORKS
    ]
    found: Ints = np.array(by_network, np.int64)[networks]
    return found


def amounts(cents: Ints, assets: Ints) -> Ints:
    """Dollar cents to millionths of the asset, rounded down: never more than she has. At least one."""
    found: Ints = np.maximum(cents * 10**AMOUNT_DECIMALS // _CENTS[assets], 1)
    return found
