"""Known addresses are read, and each way of getting one wrong is named."""

import pytest

from breather.domain.asset import Network
from breather.intelligence.address import READERS, canonical_address
from breather.intelligence.bad_address import AddressFault, BadAddress, spelled

TRON_USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
ETHEREUM_USDT = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
P2SH = "3P14159f73E4gFr7JterCCQh9QjiTjiZrG"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
SEGWIT_SCRIPT = "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3"
TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"

EVM_NETWORKS = [
    Network.ETHEREUM,
    Network.BSC,
    Network.POLYGON,
    Network.ARBITRUM,
    Network.OPTIMISM,
    Network.BASE,
    Network.AVALANCHE,
]


def refusal(network: Network, text: str) -> BadAddress:
    with pytest.raises(BadAddress) as caught:
        canonical_address(network, text)
    return caught.value


def test_every_network_has_a_reader() -> None:
    assert set(READERS) == set(Network)


@pytest.mark.parametrize("text", [GENESIS, P2SH, SEGWIT, SEGWIT_SCRIPT, TAPROOT])
def test_the_forms_of_bitcoin_are_read_as_given(text: str) -> None:
    assert canonical_address(Network.BITCOIN, text) == text


def test_a_tron_address_is_read_as_given() -> None:
    assert canonical_address(Network.TRON, TRON_USDT) == TRON_USDT


@pytest.mark.parametrize("network", EVM_NETWORKS)
@pytest.mark.parametrize(
    "spelling",
    [ETHEREUM_USDT, ETHEREUM_USDT.lower(), "0x" + ETHEREUM_USDT[2:].upper()],
    ids=["mixed", "small", "capital"],
)
def test_all_spellings_of_a_0x_address_become_the_one_with_a_checksum(network: Network, spelling: str) -> None:
    assert canonical_address(network, spelling) == ETHEREUM_USDT


# From the text of EIP-55.
@pytest.mark.parametrize(
    "text",
    [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ],
)
def test_the_examples_of_eip_55_are_canonical(text: str) -> None:
    assert canonical_address(Network.ETHEREUM, text) == text


def test_bech32_in_capitals_is_the_same_address() -> None:
    assert canonical_address(Network.BITCOIN, SEGWIT.upper()) == SEGWIT


WRONG = [
    # network, text, code, part of the message, suggestion
    ("TRON", "", AddressFault.EMPTY, "is empty", ""),
    ("TRON", "  \n", AddressFault.EMPTY, "is empty", ""),
    ("TRON", "T" * 129, AddressFault.LENGTH, "at most 128 characters; this has 129", ""),
    ("TRON", f" {TRON_USDT}\n", AddressFault.CHARACTER, "white space around", TRON_USDT),
    ("TRON", TRON_USDT[:9] + " " + TRON_USDT[9:], AddressFault.CHARACTER, "character 10 is a space", ""),
    ("TRON", TRON_USDT[:4] + "\0" + TRON_USDT[5:], AddressFault.CHARACTER, "character 5 is U+0000;", ""),
    ("TRON", TRON_USDT[:4] + "\u202e" + TRON_USDT[5:], AddressFault.CHARACTER, "character 5 is U+202E;", ""),
    ("TRON", TRON_USDT[:4] + "Н" + TRON_USDT[5:], AddressFault.CHARACTER, "character 5 is U+041D 'Н'", ""),
    ("TRON", TRON_USDT[:33] + "l", AddressFault.CHARACTER, "character 34 is 'l'", ""),
    ("TRON", TRON_USDT[:33] + "0", AddressFault.CHARACTER, "never 0, O, I or l", ""),
    ("TRON", TRON_USDT[:-1], AddressFault.LENGTH, "has 34 characters and begins with T; this one has 33", ""),
    ("TRON", TRON_USDT + "1", AddressFault.LENGTH, "this one has 35", ""),
    ("TRON", TRON_USDT[:-1] + "u", AddressFault.CHECKSUM, "at least one character is wrong", ""),
    ("TRON", "X" + TRON_USDT[1:], AddressFault.FORM, "this one begins with 'X'", ""),
    ("TRON", "41a614f803b6fd780986a42c78ec9c7f77e6ded13c", AddressFault.FORM, "hexadecimal form", TRON_USDT),
    ("TRON", "0x41a614f803b6fd780986a42c78ec9c7f77e6ded13c", AddressFault.FORM, "hexadecimal", TRON_USDT),
    ("TRON", SEGWIT, AddressFault.NETWORK, "this is a Bitcoin address, but the network is TRON", ""),
    (
        "TRON",
        ETHEREUM_USDT,
        AddressFault.NETWORK,
        "an Ethereum-style address (0x...), but the network is TRON",
        "",
    ),
    ("BTC", TRON_USDT, AddressFault.NETWORK, "this is a TRON address, but the network is BTC", ""),
    ("BSC", TRON_USDT, AddressFault.NETWORK, "this is a TRON address, but the network is BSC", ""),
    ("ETH", "0X" + ETHEREUM_USDT[2:], AddressFault.FORM, "the x is a small letter", ETHEREUM_USDT),
    ("ETH", ETHEREUM_USDT[2:], AddressFault.FORM, "does not begin with 0x", ""),
    ("ETH", ETHEREUM_USDT[:-1], AddressFault.LENGTH, "40 hexadecimal digits; this one has 39 digits", ""),
    ("ETH", ETHEREUM_USDT[:-1] + "g", AddressFault.CHARACTER, "'g'; after 0x only 0 to 9 and a to f", ""),
    ("ETH", ETHEREUM_USDT.replace("dAC", "DAC"), AddressFault.CHECKSUM, "checksum does not match", ""),
    ("BTC", GENESIS[:-1] + "b", AddressFault.CHECKSUM, "at least one character is wrong", ""),
    ("BTC", GENESIS[:20], AddressFault.LENGTH, "26 to 34 characters; this one has 20", ""),
    ("BTC", "xyz", AddressFault.FORM, "begins with 1, 3 or bc1; this one begins with 'x'", ""),
    ("BTC", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", AddressFault.NETWORK, "test network", ""),
    ("BTC", "2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc", AddressFault.NETWORK, "test network", ""),
    ("BTC", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", AddressFault.NETWORK, "test network", ""),
    ("BTC", SEGWIT[:20].upper() + SEGWIT[20:], AddressFault.FORM, "small and capital letters are mixed", ""),
    ("BTC", SEGWIT[:-1], AddressFault.LENGTH, "42 or 62 characters; this one has 41", ""),
    ("BTC", SEGWIT[:-1] + "b", AddressFault.CHARACTER, "character 42 is 'b'; after bc1", ""),
    ("BTC", SEGWIT[:-1] + "5", AddressFault.CHECKSUM, "one character is wrong, it seems character 42", ""),
    ("BTC", SEGWIT[:-2] + "55", AddressFault.CHECKSUM, "at least one character is wrong", ""),
    ("BTC", "bc1z" + SEGWIT[4:], AddressFault.FORM, "witness version 2 is not in use", ""),
    # BIP-350: Taproot's version with the checksum of version 0.
    (
        "BTC",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        AddressFault.CHECKSUM,
        "checksum",
        "",
    ),
]


@pytest.mark.parametrize(("network", "text", "code", "part", "suggestion"), WRONG)
def test_what_is_wrong_is_named(network: str, text: str, code: AddressFault, part: str, suggestion: str) -> None:
    found = refusal(Network(network), text)
    assert (found.code, found.suggestion) == (code, suggestion)
    assert part in found.message
    assert str(found) == found.message


def test_a_good_checksum_over_a_payload_of_another_kind_is_no_address() -> None:
    dash = "XoUHQFXCahbXSdGjcQPKtVUG21iXmUJehj"
    assert refusal(Network.BITCOIN, dash).code == AddressFault.FORM
    assert refusal(Network.DOGECOIN, dash).code == AddressFault.FORM
    private_key = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
    assert refusal(Network.BITCOIN, private_key).code == AddressFault.FORM


def test_a_suggestion_can_be_used_as_it_stands() -> None:
    for network, text, _, _, suggestion in WRONG:
        if suggestion:
            assert canonical_address(Network(network), suggestion) == suggestion, text


def test_a_wrong_checksum_is_never_repaired_for_the_writer() -> None:
    assert not [row for row in WRONG if row[2] == AddressFault.CHECKSUM and row[4]]


@pytest.mark.parametrize(
    ("character", "words"),
    [
        (" ", "a space"),
        ("\r", "a line break"),
        ("O", "'O'"),
        ("\x7f", "U+007F"),
        ("\u200b", "U+200B"),
        ("é", "U+00E9 'é'"),
    ],
)
def test_a_character_is_spelled_so_that_it_can_be_seen(character: str, words: str) -> None:
    assert spelled(character) == words
