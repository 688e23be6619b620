"""Histories written for a test: one row a withdrawal, ordinary but for what the test says of it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from breather.domain.campaign import Campaign
from breather.domain.catalogue import CATALOGUE, NOT_YET
from breather.domain.feature import FeatureValue, Unknown, ValueType
from breather.exchange.campaign_file import CAMPAIGN, read_campaign
from breather.samples import sample_campaign

START = 1_767_225_600_000  # 2026-01-01T00:00:00Z, eight in the morning in Macau
HOUR = 3_600_000
TYPES = {ValueType.NUMBER: pa.float64(), ValueType.BOOLEAN: pa.bool_(), ValueType.TEXT: pa.string()}
PLAIN: Mapping[ValueType, FeatureValue] = {ValueType.NUMBER: 0.0, ValueType.BOOLEAN: False, ValueType.TEXT: ""}
ORDINARY: Mapping[str, FeatureValue] = {
    **{name: feature.values[0] if feature.values else PLAIN[feature.type] for name, feature in CATALOGUE.items()},
    "kind": "interactive",
    "days_since_notice": 1.0,
    **NOT_YET,
}
Row = Mapping[str, Any]


def row(number: int, features: Mapping[str, FeatureValue], **submitted: Any) -> Row:
    """A withdrawal an hour after the last, of a customer of its own, in Macau, unless `submitted` says otherwise."""
    values: dict[str, Any] = {"at": START + number * HOUR, "id": f"wd-{number}", "customer_ref": f"c-{number}"}
    values |= {"residence_kyc": "MO", "residence_document": None, "residence_phone": None, "residence_ip": None}
    values |= submitted
    for name, value in {**ORDINARY, **features}.items():
        unknown = isinstance(value, Unknown)
        values[f"feature_{name}"] = None if unknown else float(value) if _is_number(name) else value
        values[f"feature_{name}__unknown"] = value.value if isinstance(value, Unknown) else None
    return values


def schema() -> Any:
    fields = [("at", pa.int64()), ("id", pa.string()), ("customer_ref", pa.string())]
    fields += [(f"residence_{source}", pa.string()) for source in ("kyc", "document", "phone", "ip")]
    for name, feature in CATALOGUE.items():
        fields += [(f"feature_{name}", TYPES[feature.type]), (f"feature_{name}__unknown", pa.string())]
    return pa.schema(fields)


def history(file: Path, rows: Iterable[Row]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(rows), schema()), file)
    return file


def campaign(rules: Mapping[str, tuple[str, str]], change: Mapping[str, str] | None = None) -> Campaign:
    """The sample with these rules instead of its own: by id, the friction and the condition; and with parts of its
    text changed.
    """
    text = sample_campaign("macau-pj-trial").joinpath(CAMPAIGN).read_text("utf-8")
    text = text[: text.index("[[rule]]")]
    for one, other in (change or {}).items():
        assert one in text, one
        text = text.replace(one, other)
    for name, (friction, when) in rules.items():
        text += f'[[rule]]\nid = "{name}"\nwhen = """{when}"""\nfriction = "{friction}"\n'
        text += 'typology = "general"\nwhy = "x"\nbecause = "x"\n'
    return read_campaign({CAMPAIGN: text.encode()})


def _is_number(name: str) -> bool:
    return CATALOGUE[name].type is ValueType.NUMBER
