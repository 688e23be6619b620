"""The words in which lists say what an address is, to ours. Sources: the INTERPOL dark web and virtual assets taxonomy
(which TagPacks use), the labels of block explorers, and the threat types of STIX and MISP.

A word that is not here is OTHER, and one that accuses is ABUSE: never a guess at something worse or better.
"""

from collections.abc import Mapping
from types import MappingProxyType

from breather.domain.entry import HARMFUL, Category, Confidence
from breather.domain.typology import Typology

_C = Category
_WORDS: Mapping[Category, str] = MappingProxyType(
    {
        _C.SCAM: "scam scamming fraud ponzi ponzi_scheme pyramid_scheme investment_fraud hyip fake_ico trust_trading "
        "romance_scam giveaway fake_exchange rug_pull",
        _C.PHISHING: "phishing phish phish_hack fake_phishing fake_website",
        _C.THEFT: "theft hack hacks service_hack wallet_hack heist exploit stolen hacking drainer",
        _C.RANSOMWARE: "ransomware ransom",
        _C.EXTORTION: "extortion sextortion blackmail",
        _C.DARKNET_MARKET: "dark_market darknet_market darknet darknet_crime dark_web_market",
        _C.TERRORISM: "terrorism terrorism_financing",
        _C.SANCTIONED: "sanctioned sanction sanctions ofac sdn",
        _C.BLOCKED: "blocked black_list blacklist blacklisted frozen",
        _C.EXCHANGE: "exchange exchanges vasp cex centralized_exchange hosted_exchange",
        _C.MIXER: "mixer mixing mixing_service tumbler coinjoin",
        _C.BRIDGE: "bridge defi_bridge cross_chain bridges",
        _C.GAMBLING: "gambling casino betting",
        _C.DEFI: "defi dex defi_dex defi_lending defi_aggregator defi_derivatives defi_staking lending",
        _C.CUSTODIAN: "wallet_service hosted_wallet custodian wallet custody",
        _C.PAYMENT: "payment payment_processor shop merchant atm",
        _C.MINER: "miner mining mining_pool validator",
        _C.SERVICE: "service organization market marketplace nft_marketplace token_contract contract",
        _C.SELF_HOSTED: "self_hosted unhosted unhosted_wallet",
    }
)
_CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {word: category for category, words in _WORDS.items() for word in words.split()}
    | {category.value.replace("-", "_"): category for category in Category}
)
_INVESTMENT = frozenset({"ponzi", "ponzi_scheme", "pyramid_scheme", "investment_fraud", "hyip", "fake_ico"})
_SAID_OF: Mapping[Confidence, str] = MappingProxyType(
    {
        Confidence.HIGH: "ownership ledger_immanent authority_data service_data service_api override",
        Confidence.MEDIUM: "manual_transaction forensic forensic_investigation trusted_provider",
        Confidence.LOW: "untrusted_transaction web_crawl heuristic unknown",
    }
)
_CONFIDENCE: Mapping[str, Confidence] = MappingProxyType(
    {word: confidence for confidence, words in _SAID_OF.items() for word in [*words.split(), confidence.value]}
)
_TYPOLOGIES: Mapping[str, Typology] = MappingProxyType({each.value.replace("-", "_"): each for each in Typology})


def category_of(word: str) -> Category:
    """OTHER for a word that is not known."""
    return _CATEGORIES.get(_plain(word), Category.OTHER)


def accusation_of(word: str) -> Category:
    """For a place that holds accusations only: ABUSE for a word that is not known, or that accuses nobody."""
    found = _CATEGORIES.get(_plain(word), Category.ABUSE)
    return found if found in HARMFUL else Category.ABUSE


def typology_of(word: str) -> Typology | None:
    """The typology, where the word or one of ours names it."""
    plain = _plain(word)
    if plain in _INVESTMENT:
        return Typology.INVESTMENT
    return _TYPOLOGIES.get(plain)


def confidence_of(word: str) -> Confidence | None:
    """From a word of TagPacks, one of ours, or a number from 0 to 100 on STIX's scale; None if it says nothing."""
    if not word:
        return None
    plain = _plain(word)
    if plain.isascii() and plain.isdigit() and len(plain) <= 3:
        return confidence_in_percent(int(plain))
    return _CONFIDENCE.get(plain)


def confidence_in_percent(value: int) -> Confidence | None:
    """STIX 2.1, appendix A: 1 to 29 low, 30 to 69 medium, 70 to 100 high; 0 says nothing."""
    if not 1 <= value <= 100:
        return None
    return Confidence.LOW if value < 30 else Confidence.MEDIUM if value < 70 else Confidence.HIGH


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_")
