"""One made-up address for each network, in its canonical spelling. Nobody has their keys."""

from collections.abc import Mapping

from breather.domain.asset import Network

EVM = "0x52908400098527886E0F7030069857D2E4169EE7"

ADDRESSES: Mapping[Network, str] = {
    Network.TRON: "TN9RRaXkCFtTXRso2GdTZxSxxwufzxLQPP",
    Network.ETHEREUM: EVM,
    Network.BSC: EVM,
    Network.POLYGON: EVM,
    Network.ARBITRUM: EVM,
    Network.OPTIMISM: EVM,
    Network.BASE: EVM,
    Network.AVALANCHE: EVM,
    Network.BITCOIN: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    Network.SOLANA: "DhZuYCfyLD3Drj3gnkTTFY4ru4cFpmvnnMPvb2tLWoFh",
    Network.LITECOIN: "ltc1qpy76aq6qmxg8d7azxx4fktuvhvxw8erfzfly6w",
    Network.DOGECOIN: "DCidp7L7SbzVJ2GW94DrvSzuK1pt6ySRN8",
    Network.BITCOIN_CASH: "qrkk5st4mrewmylhujs7ykem67uc9e0ktyexq32pma",
    Network.XRP: "rfP6ngm8yA8HMCzMy14hNs1XHHDm515E7k",
    Network.TON: "UQDDJb-S5tlMqS5SH7i-b8c8Nw81Bg9viIZFe-JX-ktEQg-f",
    Network.CARDANO: (
        "addr1qypje82fg26gdd9jgrrf4408p7wqgstn2ldyjlucukz0l348uqw7qkkuyjrdu7s6fj49tqynzyklcjlj4yjxvrjsje0qmtr473"
    ),
    Network.STELLAR: "GAHUNQWQXZCNFYKSZNEV7UROEHJUTO3HKQHJ66X4ZF7ILZOK3FXBNH2M",
    Network.COSMOS: "cosmos13d4l5zm3uleddqaj2jau8826zpxwq6f4n38kx9",
    Network.POLKADOT: "13M7N3KtsTDYfzuYq4EdByfeA82ymxLH88x6XoQc1Qy3wSmN",
}
