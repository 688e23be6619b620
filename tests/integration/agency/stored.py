"""What lies in the agency's database, read past the service."""

from typing import Any

from breather.bootstrap import agency_schema
from breather.storage.table import Table
from tests.agency_process import AgencyProcess
from tests.integration.exchange.withdrawals import query

TABLES = ("journal", "referral", "destination", "disposition", "change", "counter", "lookup")


def counts(agency: AgencyProcess) -> dict[str, int]:
    """How many rows each table of the flow has."""
    database = agency.settings.database
    return {table: query(database, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def rows(agency: AgencyProcess, sql: str) -> list[tuple[Any, ...]]:
    return query(agency.settings.database, sql)


def assert_journal_has_no_gap(agency: AgencyProcess) -> None:
    least, most, count = rows(agency, "SELECT min(number), max(number), count(*) FROM journal")[0]
    assert (least, most) == (1, count)


def contents(agency: AgencyProcess) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the schema, for *nothing was stored* to mean nothing."""
    tables = [part.name for part in agency_schema(agency.settings).parts if isinstance(part, Table)]
    return {table: sorted(rows(agency, f"SELECT * FROM {table}"), key=repr) for table in tables}
