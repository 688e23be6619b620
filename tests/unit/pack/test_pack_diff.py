"""What changed between two versions of a pack, in words, at its place, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.finding import Refused
from breather.protocol.pack_diff import Change, marked, pack_changes
from tests.unit.pack.builders import sample_files, with_text

# file | what stands there | what is put there instead | the change, as it is said
CHANGES = """
texts/en.toml | title = "Take a breath. | title = "Breathe. | \
alert.general.variants[3].title: [-Take a breath.-]{+Breathe.+} Was this your own idea?
texts/zh-Hant.toml | 轉出之前，請先停一停 | 轉出前，請停一停 | \
alert.general.variants[1].title: 轉出[-之-]前，請[-先-]停一停
texts/en.toml | "Put the phone down first. | "Put it down first. | \
tips.general[1]: Put [-the phone-]{+it+} down first. Nobody honest minds if you ring back later.
texts/pt.toml | "Nenhuma destas." | "Nenhuma." | question.sounds-like.options.none: [-Nenhuma destas.-]{+Nenhuma.+}
contacts.toml | number = "993" | number = "994" | contact[pj-report].number: [-993-]{+994+}
contacts.toml | takes_reports = true | takes_reports = false | contact[pj-report].takes_reports: [-True-]{+False+}
questions.toml | ["general"] | ["general", "investment"] | \
question[sounds-like].typologies: [-general-]{+general, investment+}
pack.toml | zh-HK = "zh-Hant" | zh-HK = "en" | locale_fallbacks.zh-HK: [-zh-Hant-]{+en+}
texts/en.toml | [why] | [why] # approved | only comments or spaces
"""
ROWS = [line.split(" | ") for line in CHANGES.strip().splitlines()]


@pytest.mark.parametrize(("file", "old", "new", "said"), ROWS)
def test_one_change_is_said_once_in_words(file: str, old: str, new: str, said: str) -> None:
    changes = [str(change) for change in pack_changes(sample_files(), with_text(file, old, new))]
    assert changes == [f"{file}: {said}" if said.startswith("only") else f"{file}:{said}"]


def test_a_pack_does_not_differ_from_itself_nor_by_its_signature() -> None:
    assert pack_changes(sample_files(), {**sample_files(), "SIGNATURE": b"another"}) == []


def test_what_is_new_and_what_is_gone_are_told_apart() -> None:
    without = {file: content for file, content in sample_files().items() if file != "texts/pt.toml"}
    gone = pack_changes(sample_files(), without)
    assert len(gone) > 100
    assert gone[0] == Change("texts/pt.toml", "agency_name", "Polícia Judiciária de Macau", None)
    assert str(gone[0]) == "texts/pt.toml:agency_name: gone: Polícia Judiciária de Macau"
    assert str(pack_changes(without, sample_files())[0]).startswith("texts/pt.toml:agency_name: new: ")


def test_a_contact_that_only_moved_is_the_same_contact() -> None:
    head, first, second = sample_files()["contacts.toml"].decode().split("[[contact]]")
    moved = f"{head}[[contact]]{second}\n[[contact]]{first}".encode()
    assert [str(change) for change in pack_changes(sample_files(), {**sample_files(), "contacts.toml": moved})] == [
        "contacts.toml: only comments or spaces"
    ]


def test_what_cannot_be_read_cannot_be_compared() -> None:
    with pytest.raises(Refused, match=r"texts/en\.toml: is not TOML"):
        pack_changes(sample_files(), {**sample_files(), "texts/en.toml": b"a = "})


@settings(max_examples=60)
@given(st.text("ab 停請.", max_size=12), st.text("ab 停請.", max_size=12))
def test_both_texts_can_be_read_off_the_marks(before: str, after: str) -> None:
    said = marked(before, after)
    kept, came = said, said
    for inside in _between(said, "[-", "-]"):
        kept, came = kept.replace(f"[-{inside}-]", inside, 1), came.replace(f"[-{inside}-]", "", 1)
    for inside in _between(said, "{+", "+}"):
        kept, came = kept.replace(f"{{+{inside}+}}", "", 1), came.replace(f"{{+{inside}+}}", inside, 1)
    assert (kept, came) == (before, after)


def _between(text: str, start: str, end: str) -> list[str]:
    return [part.partition(end)[0] for part in text.split(start)[1:]]
