"""`breather intel` as an operator uses it: what it says, what it refuses, and with which exit status."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from breather import cli
from tests.lists import addresses_text, btc, eth, tron, written


class Operator:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "BREATHER_DATABASE": f"sqlite:///{folder / 'exchange.db'}",
            "BREATHER_INTELLIGENCE": str(folder / "lists"),
            "COLUMNS": "200",
        }

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli.app, ["intel", *arguments], env=self.environment)

    def done(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, status: int, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.exit_code == status, result.output
        assert isinstance(result.exception, SystemExit), result.exception
        return result.stderr

    def sanctions(self, *numbers: int) -> str:
        return str(written(self.folder, "sanctioned_addresses_ETH.txt", addresses_text(numbers)))


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def test_an_import_says_what_it_came_to(operator: Operator) -> None:
    path = written(operator.folder, "sanctioned_addresses_ETH.txt", f"{eth(1)}\n{eth(1)}\n0x0\n{tron(2)}\n")
    said = operator.done("import", "ofac", str(path), "--source", "ofac", "--expires", "90d")
    assert "ofac: 2 entries in force, until " in said
    assert "rows read 4, entries 3: 2 different, 1 said before" in said
    assert "added 2, removed 0, as before 0" in said
    assert "bad-address: 1" in said
    assert "sanctioned_addresses_ETH.txt:3  0x0: an address on this network" in said
    again = operator.done("import", "ofac", str(path), "--source", "ofac", "--expires", "90d")
    assert again.startswith("ofac: nothing changed")


def test_who_says_what_about_an_address(operator: Operator) -> None:
    operator.done("import", "ofac", operator.sanctions(1), "--source", "ofac")
    labels = written(
        operator.folder, "labels.csv", f"address,kind,who\n{eth(1)},exchange,Northern\n{btc(2)},exchange,B\n"
    )
    columns = ["--map", "address=address", "--map", "category=kind", "--map", "label=who", "--map", "network:=ETH"]
    operator.done("import", "csv", str(labels), "--source", "labels", *columns)
    said = operator.done("explain", eth(1).lower())
    assert "ofac" in said
    assert "sanctioned" in said
    assert "Northern" in said
    assert "contradict each other" in said
    operator.done("withdraw", "labels", eth(1), "--because", "it is not theirs")
    assert "contradict" not in operator.done("explain", eth(1), "--network", "ETH")
    assert operator.refused(1, "explain", eth(1), "--network", "BSC").startswith("no list says anything")
    assert operator.refused(1, "explain", "nobody.example").startswith("no list says anything")
    assert operator.refused(2, "explain", "nobody").startswith("refused: ")


def test_hosts_and_actors_are_explained_too(operator: Operator) -> None:
    text = "title: x\nactors:\n- id: northern\n  label: Northern\n  categories: [exchange]\n  jurisdictions: [NO]\n"
    path = written(operator.folder, "actors.yaml", text + "  uri: northern.example\n")
    operator.done("import", "actorpack", str(path), "--source", "actors")
    assert "exchange" in operator.done("explain", "https://northern.example")
    assert "(NO)" in operator.done("explain", "actor:northern")


def test_a_site_is_explained_by_what_its_owner_registered_and_not_by_its_neighbours(operator: Operator) -> None:
    path = written(operator.folder, "sites.csv", "host\nevil.example\nfake.pages.dev\n")
    terms = ("--map", "host=host", "--map", "category:=phishing")
    operator.done("import", "csv", str(path), "--source", "sites", *terms)
    for text in ("hxxps://login[.]evil[.]example/page?x=1", "evil.example", "a.fake.pages.dev"):
        said = operator.done("explain", text)
        assert "phishing" in said
        assert ("evil.example  (host)" in said) != ("fake.pages.dev  (host)" in said)
    for text in ("https://other.pages.dev/", "pages.dev", "notevil.example"):
        assert operator.refused(1, "explain", text).startswith("no list says anything")
    # What is ruled on is what is named: not the whole domain for the sake of one host.
    assert operator.refused(1, "withdraw", "sites", "login.evil.example", "--because", "x").startswith("refused: ")


def test_a_site_that_reads_like_a_known_service_is_explained_as_that(operator: Operator) -> None:
    services = written(operator.folder, "services.csv", "host\nwww.examplecoin.com\nexamplecoin.us\nwarmbank.test\n")
    terms = ("--map", "host=host", "--map", "category:=exchange", "--map", "allow:=yes")
    operator.done("import", "csv", str(services), "--source", "ours", *terms)
    for text, said in (
        ("https://login.exаmplecoin.com/", "login.exаmplecoin.com can be read as examplecoin.com, which ours names"),
        ("xn--exmplecoin-0qi.com", "exаmplecoin.com has letters of scripts that nobody writes together"),
        ("examplec0in.com", "examplec0in.com can be read as examplecoin.com"),
        ("warmbank.pages.dev", "warmbank.pages.dev has the name of warmbank.test, which ours names as a service"),
        ("binаnce.example", "binаnce.example has letters of scripts that nobody writes together"),
    ):
        assert said in operator.done("explain", text)
    for text in ("examplecoins.com", "pages.dev", "москва.example"):
        assert operator.refused(1, "explain", text).startswith("no list says anything")
    assert "can be read" not in operator.done("explain", "www.examplecoin.com")
    operator.done("withdraw", "ours", "warmbank.test", "--because", "it has closed")
    assert operator.refused(1, "explain", "warmbank.pages.dev").startswith("no list says anything")


def test_withdraw_contest_reinstate_and_drop(operator: Operator) -> None:
    operator.done("import", "ofac", operator.sanctions(1, 2), "--source", "ofac")
    said = operator.done("withdraw", "ofac", eth(1), "--because", "a hot wallet of ours")
    assert said == f"what ofac says about {eth(1)} (ETH) is withdrawn\n"
    assert "withdrawn: a hot wallet of ours" in operator.done("explain", eth(1))
    assert "withdrawn: ofac about" in operator.done("list")
    operator.done("contest", "ofac", eth(2), "--because", "the owner wrote")
    assert "contested: the owner wrote" in operator.done("explain", eth(2))
    operator.done("reinstate", "ofac", eth(1))
    assert "withdrawn" not in operator.done("explain", eth(1))
    assert "says nothing about" in operator.refused(1, "withdraw", "ofac", eth(3), "--because", "x")
    operator.done("drop", "ofac")
    assert operator.done("list").startswith("no list is in force")
    assert "there is no list 'ofac'" in operator.refused(1, "drop", "ofac")


def test_which_network_is_asked_where_a_list_speaks_of_two(operator: Operator) -> None:
    table = written(operator.folder, "a.csv", f"a,n\n{eth(1)},ETH\n{eth(1)},BSC\n")
    operator.done("import", "csv", str(table), "--source", "a", "--map", "address=a", "--map", "network=n")
    assert "ETH, BSC; say --network" in operator.refused(1, "contest", "a", eth(1), "--because", "x")
    operator.done("contest", "a", eth(1), "--because", "x", "--network", "BSC")
    assert operator.done("explain", eth(1)).count("contested") == 1


def test_the_lists_in_force(operator: Operator) -> None:
    operator.done(
        "import", "ofac", operator.sanctions(1), "--source", "ofac", "--expires", "36h", "--map", "dated:=2026-01-31"
    )
    said = operator.done("list")
    assert all(word in said for word in ("ofac", "2026-01-31", "entries"))


def test_what_is_questioned_exits_with_1_and_says_how_to_mean_it(operator: Operator) -> None:
    operator.done("import", "ofac", operator.sanctions(*range(50)), "--source", "ofac")
    small = operator.sanctions(1)
    said = operator.refused(1, "import", "ofac", small, "--source", "ofac")
    assert "1 entries where 50 are in force; if that is meant, say --accept size" in said
    assert "removed 49" in operator.done("import", "ofac", small, "--source", "ofac", "--accept", "size")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--source", "OFAC"], 2, "small letters"),
        (["--source", "ofac", "--expires", "soon"], 2, "90d or 36h"),
        (["--source", "ofac", "--map", "adress=x"], 1, "did you mean 'address'"),
        (["--source", "ofac", "--accept", "everything"], 2, "older"),
    ],
)
def test_bad_words_are_named(operator: Operator, arguments: list[str], status: int, said: str) -> None:
    assert said in operator.refused(status, "import", "ofac", operator.sanctions(1), *arguments)


def test_a_wrong_format_and_a_missing_file(operator: Operator) -> None:
    assert "like ofac" in operator.refused(1, "import", "forta", operator.sanctions(1, 2), "--source", "x")
    assert "no file" in operator.refused(2, "import", "ofac", "nowhere.txt", "--source", "x")
    assert "there is no such command" not in operator.refused(2, "import", "pdf", "x", "--source", "x")


def test_the_doctor_names_a_list_that_has_expired(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    operator.done("import", "ofac", operator.sanctions(1), "--source", "ofac", "--expires", "1h")
    soon = CliRunner().invoke(cli.app, ["doctor"], env=operator.environment)
    assert "the list ofac expires at" in soon.stdout
    monkeypatch.setattr("breather.clock.SystemClock.now", lambda self: 4_000_000_000_000)
    late = CliRunner().invoke(cli.app, ["doctor"], env=operator.environment)
    assert "the list ofac expired at" in late.stdout
