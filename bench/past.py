"""A generated past for the backtest, twenty rules that run at submission, and the same as a person would write them.

DuckDB generates by hash of the row's number: the same rows each time. A tenth of what can be unknown is.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from bench.policy import RULES
from breather.domain.campaign import Campaign
from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Feature, Phase, ValueType
from breather.domain.friction import WORDS
from breather.domain.rules import read_expression
from breather.exchange.campaign_file import CAMPAIGN, read_campaign
from breather.samples import sample_campaign
from breather.storage.backtest.version import Version, unknown_column, value_column

START = 1_735_689_600_000
YEAR = 365 * 86_400_000
CUSTOMERS = 1_000_000
# Instead of those three of `policy` that wait for answers.
MORE = {
    "dear-for-the-day": "sum_usd_24h >= 20000 AND (account_age_days < 90 OR balance_share > 0.7)",
    "steps-to-a-collector": "destination_customers >= 2 AND payee_rising_steps >= 1 AND amount_usd > 100",
    "night-of-the-device": "new_device AND hours_since_security_change < 6 AND NOT asset_is_stablecoin",
}
# Of each unit, from a number `u` between 0 and 1.
_NUMBERS: Mapping[str, str] = {
    "USD": "round(exp(u * 6 + 2), 2)",
    "ratio": "exp(u * 4 - 2)",
    "0..1": "round(u, 4)",
    "count": "floor(u * 5)",
    "days": "u * 300",
    "hours": "u * 200",
}


def rules() -> dict[str, str]:
    at_once = {name: text for name, text in RULES.items() if read_expression(text, CATALOGUE).phase is Phase.SUBMIT}
    return {**at_once, **MORE}


def campaign() -> Campaign:
    text = sample_campaign("macau-pj-trial").joinpath(CAMPAIGN).read_text("utf-8")
    text = text[: text.index("[[rule]]")]
    for number, (name, when) in enumerate(rules().items()):
        text += f'[[rule]]\nid = "{name}"\nwhen = """{when}"""\nfriction = "{WORDS[1 + number % 4]}"\n'
        text += 'typology = "general"\nwhy = "x"\nbecause = "x"\n'
    return read_campaign({CAMPAIGN: text.encode()})


def by_hand(file: Path) -> str:
    """Hits by rule and day as somebody who knows the file would ask for them: no casts, nothing that is not finite."""
    sums = []
    for text in rules().values():
        written = text.replace("ratio(amount_usd, sum_usd_7d)", "amount_usd / nullif(sum_usd_7d, 0)")
        for name in sorted(read_expression(text, CATALOGUE).features, key=len, reverse=True):
            written = written.replace(name, f"{name.upper()}!")
        for name in read_expression(text, CATALOGUE).features:
            written = written.replace(f"{name.upper()}!", value_column(name))
        sums.append(f"sum(CASE WHEN {written} THEN 1 ELSE 0 END)")
    return (
        f"SELECT (\"at\" + 28800000) // 86400000 AS day, count(*), {', '.join(sums)} FROM read_parquet('{file}')"
        " WHERE coalesce(residence_kyc, residence_document, residence_phone, residence_ip) = 'MO'"
        " GROUP BY day ORDER BY day"
    )


def write(file: Path, count: int) -> None:
    columns = [
        f'CAST({START} + n * {YEAR} // {count} AS BIGINT) AS "at"',
        "'wd-' || n AS id",
        f"'c-' || hash(n) % {CUSTOMERS} AS customer_ref",
        "CASE WHEN n % 20 < 18 THEN 'MO' END AS residence_kyc",
        "CAST(NULL AS VARCHAR) AS residence_document",
        "'MO' AS residence_phone",
        "'HK' AS residence_ip",
    ]
    for number, feature in enumerate(Version(campaign(), "c").features):
        known = "TRUE" if feature.unknown_when == "never" else f"{_uniform(2 * number)} >= 0.1"
        columns += [
            f"CASE WHEN {known} THEN {_value(feature, _uniform(2 * number + 1))} END AS {value_column(feature.name)}",
            f"CASE WHEN NOT ({known}) THEN 'no_history' END AS {unknown_column(feature.name)}",
        ]
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            f"COPY (SELECT {', '.join(columns)} FROM range({count}) AS t(n)) TO '{file}' (FORMAT parquet)"
        )


def _uniform(seed: int) -> str:
    return f"((hash(n * 1000 + {seed}) >> 11) / 9007199254740992.0)"


def _value(feature: Feature, uniform: str) -> str:
    if feature.type is ValueType.BOOLEAN:
        return f"{uniform} < 0.2"
    if feature.type is ValueType.TEXT:
        words = ", ".join(f"'{word}'" for word in feature.values)
        return f"[{words}][1 + CAST(floor({uniform} * {len(feature.values)}) AS INTEGER)]"
    return f"CAST({_NUMBERS[feature.unit].replace('u ', uniform + ' ').replace('(u,', f'({uniform},')} AS DOUBLE)"
