"""The other spellings of each network's addresses, and what each network refuses by name."""

import pytest

from breather.domain.asset import Network
from breather.intelligence.address import LONGEST, canonical_address
from breather.intelligence.bad_address import AddressFault, BadAddress
from tests.addresses import ADDRESSES

N = Network
LITECOIN, CASH = ADDRESSES[N.LITECOIN], ADDRESSES[N.BITCOIN_CASH]
CARDANO, STELLAR, COSMOS = ADDRESSES[N.CARDANO], ADDRESSES[N.STELLAR], ADDRESSES[N.COSMOS]
TON, XRP = ADDRESSES[N.TON], ADDRESSES[N.XRP]
TON_RAW = "c325bf92e6d94ca92e521fb8be6fc73c370f35060f6f8886457be257fa4b4442"
MUXED = "MAHUNQWQXZCNFYKSZNEV7UROEHJUTO3HKQHJ66X4ZF7ILZOK3FXBMAAAAAAAAEWWQ4TEA"
BYRON = "Ae2tdPwUPEYw88iniHLWYm6wrGLAuN9aPk6S1sKvLk75kQSjcsc3ZcdRq1m"
OLD_BYRON = "DdzFFzCqrhseCK27uKPmbB9iDMxgn6q9gzmMqz5d3PsQKSd52phMD6CEUZMZprBPEhsh8qggGjzA1F89MkZfoTUY1QDsjCBHnAQQjWDd"
ENTERPRISE = "addr1vypje82fg26gdd9jgrrf4408p7wqgstn2ldyjlucukz0l3skfpped"
SCRIPT_32 = "p0kk5st4mrewmylhujs7ykem67uc9e0ktxaqm6uaj6syjfnwlvsg2skdta6mm"

SPELLINGS = [
    *((network, address, address) for network, address in ADDRESSES.items()),
    (N.LITECOIN, "LL4pEf9KBDhFDtFTswLJhR6vkNdAZQJ39R", "LL4pEf9KBDhFDtFTswLJhR6vkNdAZQJ39R"),
    (N.LITECOIN, "MFZHDLeeaZpKFDnzYgFRWYEG1eYDoUXnqR", "MFZHDLeeaZpKFDnzYgFRWYEG1eYDoUXnqR"),
    (N.LITECOIN, LITECOIN.upper(), LITECOIN),
    (N.DOGECOIN, "9z1owEwomAHUkZ9owhZK3SpcGymLQJLVrk", "9z1owEwomAHUkZ9owhZK3SpcGymLQJLVrk"),
    (N.BITCOIN_CASH, f"bitcoincash:{CASH}", CASH),
    (N.BITCOIN_CASH, f"BITCOINCASH:{CASH.upper()}", CASH),
    (N.BITCOIN_CASH, CASH.upper(), CASH),
    # CashTokens: the same scripts, announced as able to take tokens.
    (N.BITCOIN_CASH, "bitcoincash:zrkk5st4mrewmylhujs7ykem67uc9e0kty7vn0y8yw", CASH),
    (
        N.BITCOIN_CASH,
        "rrkk5st4mrewmylhujs7ykem67uc9e0ktyffwqryln",
        "prkk5st4mrewmylhujs7ykem67uc9e0ktywra7dzqq",
    ),
    (N.BITCOIN_CASH, f"bitcoincash:{SCRIPT_32}", SCRIPT_32),
    (N.XRP, "X7F4jRwCNTgVsnHgHKizaVCNK64ZKF99JqfBsF8QoeStJtF", XRP),
    (N.TON, "EQDDJb-S5tlMqS5SH7i-b8c8Nw81Bg9viIZFe-JX-ktEQlJa", TON),
    (N.TON, "EQDDJb+S5tlMqS5SH7i+b8c8Nw81Bg9viIZFe+JX+ktEQlJa", TON),
    (
        N.TON,
        "Ef_DJb-S5tlMqS5SH7i-b8c8Nw81Bg9viIZFe-JX-ktEQq0S",
        "Uf_DJb-S5tlMqS5SH7i-b8c8Nw81Bg9viIZFe-JX-ktEQvDX",
    ),
    (N.CARDANO, CARDANO.upper(), CARDANO),
    (N.CARDANO, ENTERPRISE, ENTERPRISE),
    (N.CARDANO, BYRON, BYRON),
    (N.CARDANO, OLD_BYRON, OLD_BYRON),
    (N.STELLAR, MUXED, MUXED),
    (N.COSMOS, COSMOS.upper(), COSMOS),
    # Bytes of zeros at the front.
    (N.SOLANA, "11112wZcEcLgE1X3oBLf6T6nCyhDZKG2zXDGJBP1ma6", "11112wZcEcLgE1X3oBLf6T6nCyhDZKG2zXDGJBP1ma6"),
]

TEST_NETWORKS = [
    (N.LITECOIN, "mgMpGVvTuatSkC2vRNKPFKFVQ9rbQqxjQq", "Litecoin"),
    (N.LITECOIN, "QMSr5k8CH2L1QDeL88fVYfpo3RCbdp9FbZ", "Litecoin"),
    (N.LITECOIN, "tltc1qpy76aq6qmxg8d7azxx4fktuvhvxw8erf4mudfy", "Litecoin"),
    (N.DOGECOIN, "nbmhY852NaTDAzqhAssKArbCYtDB8vCNKf", "Dogecoin"),
    (N.BITCOIN_CASH, "bchtest:qrkk5st4mrewmylhujs7ykem67uc9e0ktya5ykgkup", "Bitcoin Cash"),
    (N.XRP, "T7ju9XKeaRNW7bhHZ3bkzVR3o3uMqPoBGrhdMWrAQDCQb11", "XRP Ledger"),
    (N.TON, "0QDDJb-S5tlMqS5SH7i-b8c8Nw81Bg9viIZFe-JX-ktEQrQV", "TON"),
    (N.TON, "kQDDJb-S5tlMqS5SH7i-b8c8Nw81Bg9viIZFe-JX-ktEQunQ", "TON"),
    (
        N.CARDANO,
        "addr_test1qqpje82fg26gdd9jgrrf4408p7wqgstn2ldyjlucukz0l348uqw7qkkuyjrdu7s6fj49tqynzyklcjlj4yjxvrjsje0qca74jw",
        "Cardano",
    ),
    (
        N.CARDANO,
        "addr1qqpje82fg26gdd9jgrrf4408p7wqgstn2ldyjlucukz0l348uqw7qkkuyjrdu7s6fj49tqynzyklcjlj4yjxvrjsje0q2a2jvv",
        "Cardano",
    ),
    (N.CARDANO, "2cWKMJemoBahBV3NSUQp4P7ymgewW5VbYgokH3tgbMgqwCenPAzY5mY6DYY1vtNnht19y", "Cardano"),
]

WRONG = [
    # network, text, code, part of the message, suggestion
    (N.SOLANA, ADDRESSES[N.SOLANA][:-2], AddressFault.LENGTH, "a Solana address holds 32", ""),
    (N.SOLANA, "D" * 31, AddressFault.LENGTH, "this one has 31", ""),
    (N.SOLANA, "0" + ADDRESSES[N.SOLANA][1:], AddressFault.CHARACTER, "never 0, O, I or l", ""),
    (N.LITECOIN, "3" + LITECOIN, AddressFault.FORM, "begins with L, M or ltc1; this one begins with '3'", ""),
    (N.LITECOIN, "39M8uTEgdSxtSiX6SoG5gtyrgwwmjWKfZ1", AddressFault.NETWORK, "this is a Bitcoin address", ""),
    (N.LITECOIN, "ltcmweb1qq" + "q" * 60, AddressFault.UNPAYABLE, "extension blocks", ""),
    (N.LITECOIN, LITECOIN[:-1] + "q", AddressFault.CHECKSUM, "it seems character 43", ""),
    (N.LITECOIN, LITECOIN[:6] + LITECOIN[7] + LITECOIN[6] + LITECOIN[8:], AddressFault.CHECKSUM, "at least one", ""),
    (N.DOGECOIN, "DCidp7L7SbzVJ2GW94DrvSzuK1pt6ySRN9", AddressFault.CHECKSUM, "at least one character is wrong", ""),
    (N.DOGECOIN, "LL4pEf9KBDhFDtFTswLJhR6vkNdAZQJ39R", AddressFault.NETWORK, "this is a Litecoin address", ""),
    (N.BITCOIN_CASH, "1NeLSEtxiyBHd3kUYPrcXRSj1S5toNrPBa", AddressFault.NETWORK, "this is a Bitcoin address", ""),
    (N.BITCOIN_CASH, f"ecash:{CASH}", AddressFault.FORM, "begins with bitcoincash:", ""),
    (N.BITCOIN_CASH, "bitcoincash:" + CASH.upper(), AddressFault.FORM, "capital letters are mixed", ""),
    (N.BITCOIN_CASH, f"bitcoincash:{CASH[:9]}q{CASH[10:]}", AddressFault.CHECKSUM, "it seems character 22", ""),
    (N.BITCOIN_CASH, f"{CASH[:9]}q{CASH[10:]}", AddressFault.CHECKSUM, "it seems character 10", ""),
    (N.BITCOIN_CASH, CASH[:-1], AddressFault.LENGTH, "this one has 41", ""),
    (N.BITCOIN_CASH, CASH[:8] + "o" + CASH[9:], AddressFault.CHARACTER, "character 9 is 'o'", ""),
    (N.BITCOIN_CASH, "q0kk5st4mrewmylhujs7ykem67uc9e0ktxaqm6uaj6syjfnwlvsg2etrl9wr2", AddressFault.FORM, "0x03", ""),
    (
        N.XRP,
        "X7F4jRwCNTgVsnHgHKizaVCNK64ZKFNmpJ2SBjuNM217NV2",
        AddressFault.FORM,
        f"the tag 104233; write it as {XRP}",
        "",
    ),
    (N.XRP, "X7F4jRwCNTgVsnHgHKizaVCNK64ZKFJuwogXuekve45WcDo", AddressFault.FORM, "a kind that is not in use", ""),
    (N.XRP, "X7F4jRwCNTgVsnHgHKizaVCNK64ZKF9GyUdMYKbH7nMxjR4", AddressFault.FORM, "a kind that is not in use", ""),
    (N.XRP, "X7F4jRwCNTgVsnHgHKizaVCNK64ZKFDyWfZ8j2upeSP7r6M", AddressFault.FORM, "a kind that is not in use", ""),
    (N.XRP, "X7F4jRwCNTgVsnHgHKizaVCNK64ZKF99JqfBsF8QoeStJtE", AddressFault.CHECKSUM, "does not match", ""),
    (N.XRP, XRP[:-1] + "j", AddressFault.CHECKSUM, "at least one character is wrong", ""),
    (N.XRP, "R" + XRP[1:], AddressFault.FORM, "begins with r", ""),
    (N.XRP, "r" * 36, AddressFault.LENGTH, "this one has 36", ""),
    (N.TON, f"0:{TON_RAW}", AddressFault.FORM, "this is the raw form", TON),
    (
        N.TON,
        f"-1:{TON_RAW.upper()}",
        AddressFault.FORM,
        "raw form",
        "Uf_DJb-S5tlMqS5SH7i-b8c8Nw81Bg9viIZFe-JX-ktEQvDX",
    ),
    (N.TON, TON[:-1], AddressFault.LENGTH, "this one has 47", ""),
    (N.TON, TON[:-1] + "g", AddressFault.CHECKSUM, "at least one character is wrong", ""),
    (N.TON, TON[:-1] + "*", AddressFault.CHARACTER, "letters, digits, - and _", ""),
    (N.TON, TON[:9] + "+" + TON[10:], AddressFault.CHARACTER, "letters, digits, - and _", ""),
    (N.TON, "AAAA" + TON[4:], AddressFault.FORM, "this one begins with AA", ""),
    (N.TON, "UQHDJb-S5tlMqS5SH7i-b8c8Nw81Bg9viIZFe-JX-ktEQoJD", AddressFault.FORM, "its workchain is 1", ""),
    (
        N.CARDANO,
        "stake1uxn7q80qttwzfpk70gdye2j4szf3zt0uf0e2jfrxpegfvhslcrmgn",
        AddressFault.UNPAYABLE,
        "takes rewards and no payments",
        "",
    ),
    (
        N.CARDANO,
        "addr1gypje82fg26gdd9jgrrf4408p7wqgstn2ldyjlucukz0l3spqgpsa0a3kh",
        AddressFault.UNPAYABLE,
        "pointer address",
        "",
    ),
    (
        N.CARDANO,
        "addr1qypje82fg26gdd9jgrrf4408p7wqgstn2ldyjlucukz0l348uqw7qkkuyjrdu7s6fj49tqynzyklcjlj4yjxvrjsjczfr8ru",
        AddressFault.LENGTH,
        "holds 57 bytes; this one holds 56",
        "",
    ),
    (N.CARDANO, "addr1q", AddressFault.LENGTH, "is longer", ""),
    (N.CARDANO, CARDANO[:50] + "q" + CARDANO[51:], AddressFault.CHECKSUM, "it seems character 51", ""),
    (N.CARDANO, "cddr1" + CARDANO[5:], AddressFault.FORM, "begins with 'cddr1'", ""),
    (N.CARDANO, BYRON[:-1] + "n", AddressFault.CHECKSUM, "does not match", ""),
    (
        N.CARDANO,
        "Ae2tdPwUPEYw88iniHLWYm6wrGLAuN9aPk6S1sKvLk75kQSjcsc44WrGjxu",
        AddressFault.FORM,
        "holds something else",
        "",
    ),
    (N.CARDANO, "Ae2", AddressFault.FORM, "holds something else", ""),
    (N.STELLAR, STELLAR[:-1] + "N", AddressFault.CHECKSUM, "at least one character is wrong", ""),
    (N.STELLAR, STELLAR.lower(), AddressFault.FORM, "this one begins with 'g'", ""),
    (N.STELLAR, STELLAR[:-1], AddressFault.LENGTH, "this one has 55", ""),
    (N.STELLAR, STELLAR[:9] + "8" + STELLAR[10:], AddressFault.CHARACTER, "character 10 is '8'", ""),
    (N.STELLAR, MUXED[:-1] + "B", AddressFault.FORM, "holds something else", ""),
    (
        N.STELLAR,
        "GDEO7PK6IOHALNCI22LUDVOFESP7PJNGZURCK22IAWBVWZD7JNET5Y7Z",
        AddressFault.UNPAYABLE,
        "no key can belong to this account",
        "",
    ),
    (
        N.STELLAR,
        "CAJYXTFAENHXNQL6GGPKZYEYDDR6DB35FK4GL4KV7KU4SDO3ABCWRKGT",
        AddressFault.UNPAYABLE,
        "this is a contract",
        "",
    ),
    (
        N.COSMOS,
        "cosmosvaloper13d4l5zm3uleddqaj2jau8826zpxwq6f4k9nr2k",
        AddressFault.UNPAYABLE,
        "names a validator",
        "",
    ),
    (
        N.COSMOS,
        "cosmos13d4l5zm3uleddqaj2jau8826zpxwq6f4dvy9kdk8drn57lw9pqfsdhjax3",
        AddressFault.UNPAYABLE,
        "a module or a contract",
        "",
    ),
    (N.COSMOS, "osmo13d4l5zm3uleddqaj2jau8826zpxwq6f4m25xsh", AddressFault.FORM, "this one begins with 'osmo13d'", ""),
    (N.COSMOS, COSMOS[:20] + "p" + COSMOS[21:], AddressFault.CHECKSUM, "it seems character 21", ""),
    (N.POLKADOT, "EvRt2Qhe2xzz7iUe7zfwnCVT6KZtKbKW24MmAhCw8A2W6V6", AddressFault.NETWORK, "an address of Kusama", ""),
    (
        N.POLKADOT,
        "5EQpDi4q1fx5ETu2sRBd3pqVJW3L5en93eDcNWRFTKwXm2td",
        AddressFault.NETWORK,
        "the form of no particular network",
        "",
    ),
    (N.POLKADOT, "ctrDcP5ooTet9JhSC1EiBZJPWVqc2shdriXMUkPWURnzZkc9c", AddressFault.NETWORK, "number 70;", ""),
    (N.POLKADOT, "VdssdqSVnzAweN3e2j1AySQMhmgHSKV5ttC5Y5hBBxDKLPVZb", AddressFault.NETWORK, "number 1284;", ""),
    (N.POLKADOT, ADDRESSES[N.POLKADOT][:-1] + "P", AddressFault.CHECKSUM, "does not match", ""),
    (N.POLKADOT, "15JjAdK73Up5N9VDQ364xdx4Nz", AddressFault.LENGTH, "this one has 26", ""),
]

SECRET = "SDDXCNMBH5VFKJNUDFI62ZYLX3C5ADZ5ZE64T2NC2JUKY3KP33HTBWTO"


def refusal(network: Network, text: str) -> BadAddress:
    with pytest.raises(BadAddress) as caught:
        canonical_address(network, text)
    return caught.value


def test_nothing_shows_that_a_character_of_solanas_is_wrong_or_lost() -> None:
    """It has no checksum; docs/addresses.md says so."""
    address = ADDRESSES[N.SOLANA]
    for text in (address[:-1] + "i", address[:-1]):
        assert canonical_address(N.SOLANA, text) == text


def test_there_is_a_sample_of_every_network() -> None:
    assert set(ADDRESSES) == set(Network)


@pytest.mark.parametrize(("network", "text", "canonical"), SPELLINGS)
def test_every_spelling_comes_to_the_canonical_one(network: Network, text: str, canonical: str) -> None:
    assert canonical_address(network, text) == canonical
    assert canonical_address(network, canonical) == canonical


@pytest.mark.parametrize(("network", "text", "canonical"), SPELLINGS)
def test_a_canonical_spelling_fits_into_a_key_and_a_referral(network: Network, text: str, canonical: str) -> None:
    """`Destination.key` separates with colons; a referral takes 128 plain characters."""
    assert ":" not in canonical
    assert len(canonical) <= LONGEST
    assert canonical.isascii()
    assert canonical.isprintable()


@pytest.mark.parametrize(("network", "text", "name"), TEST_NETWORKS)
def test_test_networks_are_refused_by_name(network: Network, text: str, name: str) -> None:
    found = refusal(network, text)
    assert (found.code, found.suggestion) == (AddressFault.NETWORK, "")
    assert f"a {name} test network" in found.message


@pytest.mark.parametrize(("network", "text", "code", "part", "suggestion"), WRONG)
def test_what_is_wrong_is_named(network: Network, text: str, code: AddressFault, part: str, suggestion: str) -> None:
    found = refusal(network, text)
    assert (found.code, found.suggestion) == (code, suggestion)
    assert part in found.message


@pytest.mark.parametrize("tried", list(Network))
@pytest.mark.parametrize("network", [each for each in Network if ADDRESSES[each][:2] != "0x"] + [Network.ETHEREUM])
def test_an_address_of_another_network_is_refused_by_that_networks_name(network: Network, tried: Network) -> None:
    if ADDRESSES[tried] == ADDRESSES[network]:
        return
    found = refusal(tried, ADDRESSES[network])
    assert found.code is AddressFault.NETWORK
    assert found.message.startswith("this is a")
    assert found.message.endswith(f", but the network is {tried}")


@pytest.mark.parametrize("network", list(Network))
def test_a_secret_key_is_known_on_every_network_and_never_repeated(network: Network) -> None:
    found = refusal(network, SECRET)
    assert (found.code, found.suggestion) == (AddressFault.KEY, "")
    assert SECRET not in found.message
