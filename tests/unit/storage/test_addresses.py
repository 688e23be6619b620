"""What a database address may be, and what is said about one that is not."""

from pathlib import Path

import pytest

from breather.domain.instant import Millis
from breather.storage.database import Database, open_database
from breather.storage.failure import WrongDatabase
from breather.storage.query import Queries

QUERIES = Queries({}, {})


def opened(url: str) -> Database:
    return open_database(url, QUERIES, lambda: Millis(0))


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite:///exchange.db", "SQLite exchange.db"),
        ("sqlite:///data/exchange.db", "SQLite data/exchange.db"),
        ("sqlite:////srv/exchange.db", "SQLite /srv/exchange.db"),
        ("postgresql://breather@db.example/exchange", "PostgreSQL exchange at db.example"),
        ("postgres://breather:secret@db.example/exchange", "PostgreSQL exchange at db.example"),
        ("postgresql:///exchange", "PostgreSQL exchange at the local socket"),
    ],
)
def test_an_address_names_a_place_without_its_password(url: str, place: str) -> None:
    assert opened(url).place == place


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "begins with sqlite or postgresql"),
        ("exchange.db", "begins with sqlite or postgresql"),
        ("sqlite:exchange.db", "begins with sqlite or postgresql"),
        ("sqlit:///exchange.db", "did you mean sqlite://"),
        ("postgre://host/x", "did you mean postgresql://"),
        ("mysql://host/x", "not 'mysql'"),
        ("sqlite://exchange.db", "sqlite:///relative.db or sqlite:////absolute.db"),
        ("sqlite:///", "an SQLite database is a file"),
        ("sqlite:///:memory:", "an SQLite database is a file"),
        ("sqlite:///a.db?mode=ro", "an SQLite database is a file"),
    ],
)
def test_a_wrong_address_is_told_what_would_be_right(url: str, told: str) -> None:
    with pytest.raises(WrongDatabase, match=told):
        opened(url)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path / 'missing' / 'a.db'}")
    told = r"there is no folder .*missing for the database; create it"
    with pytest.raises(WrongDatabase, match=told), database.writing():
        pass
    database.close()


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path}")
    with pytest.raises(WrongDatabase, match="cannot be opened"), database.writing():
        pass
    database.close()


def test_a_file_of_another_kind_is_not_a_database(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear customer, " * 500, encoding="utf-8")
    database = opened(f"sqlite:///{tmp_path / 'letter.db'}")
    with pytest.raises(WrongDatabase, match="is not a database"), database.writing():
        pass
    database.close()
