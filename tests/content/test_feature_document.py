"""docs/features.md says what the catalogue says: every feature, its meaning, when it is unknown, what is behind it.

python -m tests.content.test_feature_document      writes it again
"""

from collections.abc import Iterator
from pathlib import Path

from breather.domain.catalogue import CATALOGUE
from breather.domain.feature import Feature, Phase
from breather.domain.indicator import BEHIND, Source

DOCUMENT = Path(__file__).parents[2] / "docs" / "features.md"

HEAD = """# Features

Written from `breather/domain/catalogue.py` and `indicator.py` by `python -m tests.content.test_feature_document`; do
not edit. These are all the facts that a rule may name. A feature's meaning never changes: a new meaning is a new name,
and `features.lock` holds every name that was ever published. Neither age, sex, nationality nor language is a feature.

Unknown is not false. A value that is not known has a class: `not_provided` (the exchange did not send what it needs),
`no_history` (there is no past to compare with), `not_yet` (a later phase brings it), `failed` (it could not be
computed; only this makes a decision *degraded*). Any feature of any kind may be `failed`.

A rule runs from the latest phase that it names: `submit` when a withdrawal is asked for, `answer` when she has answered
the questions, `confirm` when she confirms after the pause. Numbers are finite doubles. *Sent* is what was broadcast,
*asked* whatever became of it; *the last 64* are hers.
"""

PHASES = {
    Phase.SUBMIT: "Known when a withdrawal is submitted",
    Phase.ANSWER: "Known when the questions are answered",
    Phase.CONFIRM: "Known when the customer confirms",
}
TABLE = ("| feature | type | unit | meaning | unknown | indicator |", "|---|---|---|---|---|---|")


def document() -> str:
    lines = [HEAD]
    for phase, title in PHASES.items():
        features = [feature for feature in CATALOGUE.values() if feature.phase is phase]
        if features:
            lines += [f"## {title}\n", *TABLE, *(row(feature) for feature in features)]
            lines.append("")
    lines.append("## Words that a text may be\n")
    lines += [f"- `{feature.name}`: {', '.join(feature.values)}" for feature in CATALOGUE.values() if feature.values]
    lines += ["\n## Sources of the indicators\n", *sources()]
    return "\n".join(lines) + "\n"


def row(feature: Feature) -> str:
    behind = "; ".join(f"{words} ({source.name})" for source, words in BEHIND.get(feature.name, ()))
    kind, _, when = feature.unknown_when.partition(": ")
    unknown = f"`{kind}`: {when}" if when else kind
    cells = (f"`{feature.name}`", feature.type.value, feature.unit, feature.meaning, unknown, behind)
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def sources() -> Iterator[str]:
    yield "A feature without an indicator gives a number its measure, or rests on our own reading of published cases.\n"
    for source in Source:
        yield f"- {source.name}: {source.value}"


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text("utf-8") == document(), "run: python -m tests.content.test_feature_document"


def test_every_indicator_is_behind_a_feature_and_from_a_named_source() -> None:
    assert BEHIND.keys() <= CATALOGUE.keys()
    assert {source for behind in BEHIND.values() for source, _ in behind} == set(Source)
    assert len(BEHIND) > len(CATALOGUE) // 3


def test_no_cell_breaks_its_table() -> None:
    for feature in CATALOGUE.values():
        assert row(feature).count("|") == 7


def test_there_are_as_many_features_as_promised() -> None:
    assert len(CATALOGUE) >= 40


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
