"""Forta's labelled data set of Ethereum addresses: `address,etherscan_tag,etherscan_labels,is_contract`.

Source: https://github.com/forta-network/labelled-datasets. The labels are a block explorer's.
"""

from collections.abc import Iterator

from breather.domain.asset import Network
from breather.domain.entry import Category, Claim
from breather.intelligence.importers.finding import Dated, NotThisFormat, Rejected, Row, Terms
from breather.intelligence.importers.list_file import ListFile
from breather.intelligence.importers.said import Said, about_address
from breather.intelligence.importers.table import read_table
from breather.intelligence.vocabulary import category_of

COLUMNS = ("address", "etherscan_tag", "etherscan_labels", "is_contract")


def read(file: ListFile, terms: Terms) -> Iterator[Row | Claim | Rejected | Dated]:
    """Raises NotThisFormat for other columns."""
    for found in read_table(file):
        if isinstance(found, Rejected):
            yield found
            continue
        if missing := [column for column in COLUMNS[:3] if column not in found.cells]:
            raise NotThisFormat(f"{file.name} has no column {missing[0]!r}; one of Forta's has {', '.join(COLUMNS)}")
        yield Row(found.line)
        said = Said(_category(found.cells["etherscan_labels"]), label=found.cells["etherscan_tag"])
        yield about_address(said, found.line, found.cells["address"], Network.ETHEREUM, terms)


def _category(labels: str) -> Category:
    """The first of the labels that accuses; ABUSE where none of them is known, because the list is one of scams."""
    for label in labels.replace(";", ",").split(","):
        category = category_of(label)
        if category is not Category.OTHER:
            return category
    return Category.ABUSE
