"""A pack is read strictly: each mistake has its place, its code and, where one is near, a suggestion."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breather.domain.finding import Refused
from breather.domain.typology import Typology
from breather.protocol.pack import read_pack
from tests.unit.pack.builders import codes, findings_of, sample, sample_files, with_text

# file | what stands there | what is put there instead | every finding: its place in the file and its code
CHANGES = r"""
pack.toml | format = 1 | format = "1" | format wrong-type
pack.toml | format = 1 | fromat = 1 | format missing-key, fromat unknown-key
pack.toml | format = 1 | format = 2 | format later-format
pack.toml | version = 1 | version = 0 | version wrong-type
pack.toml | version = 1 | version = "? a number" | version to-fill-in
contacts.toml | as_of = 2026-01-14 | as_of = "? the day" | contact[1].as_of to-fill-in
texts/en.toml | "Put the phone | "? Put the phone | tips.general[1] to-fill-in
texts/en.toml | heading = "Jud | heading = "? Jud | heading to-fill-in
texts/en.toml | subject = "One month later" | subject = "After the scam" | reminder.four-weeks.subject telling-subject
texts/pt.toml | subject = "Um | subject = "A polícia: um | reminder.two-weeks.subject telling-subject
pack.toml | version = 1 | version = true | version wrong-type
pack.toml | version = 1 | version = "1" | version wrong-type
pack.toml | version = 1 | verzion = 1 | version missing-key, verzion unknown-key
pack.toml | id = "macau-pj" | id = "Macau PJ" | id bad-id
pack.toml | jurisdiction = "MO" | jurisdiction = "XX" | jurisdiction unknown-jurisdiction
pack.toml | jurisdiction = "MO" | jurisdiction = "mo" | jurisdiction unknown-jurisdiction
pack.toml | sample = true | sample = "yes" | sample wrong-type
pack.toml | default_locale = "zh-Hant" | default_locale = "zh-Hnat" | default_locale unknown-word
pack.toml | zh-MO = "zh-Hant" | zh-MO = "de" | locale_fallbacks.zh-MO unknown-word
pack.toml | zh-MO = "zh-Hant" | zh-Hant = "zh-Hant" | locale_fallbacks.zh-Hant bad-locale
pack.toml | "pt", "en"] | "pt", "pt", "en"] | locales repeated
pack.toml | 2026-02-01T00:00:00+08:00 | 2026-02-01T00:00:00 | valid_from wrong-type
pack.toml | 2026-02-01T00:00:00+08:00 | 2026-02-01 | valid_from wrong-type
pack.toml | 2026-02-01T00:00:00+08:00 | 2030-02-01T00:00:00+08:00 | expires bad-period
contacts.toml | number = "993" | number = "tel:993" | contact[2].number bad-number
contacts.toml | number = "993" | number = "9\u0000" | contact[2].number bad-number
contacts.toml | number = "993" | number = 993 | contact[2].number wrong-type
contacts.toml | takes_reports = true | takes_reports = "yes" | contact[2].takes_reports wrong-type
contacts.toml | timezone = "Asia/Macau" | timezone = "GMT+8" | contact[1].timezone bad-timezone
contacts.toml | source = "Judiciary | source = "see www.example.org Judiciary | contact[1].source link
contacts.toml | expires = 2028-12-31 | expires = 2026-01-14 | contact[1].expires bad-period
contacts.toml | expires = 2028-12-31 | expires = "2028-12-31" | contact[1].expires wrong-type
contacts.toml | expires = 2028-12-31 | expires = 9999-12-31 | contact[1].expires wrong-type
questions.toml | kind = "yes_no" | kind = "yesno" | question[1].kind unknown-word
questions.toml | answer_paid_tasks | answer_payed_tasks | question[10].feature unknown-word
questions.toml | answer_paid_tasks | answer_met_online | question repeated
questions.toml | ["task-job"] | ["task-jobs"] | question[10].typologies unknown-typology
questions.toml | ["task-job"] | ["mule"] | question[10].typologies refused-typology
questions.toml | ["task-job"] | [] | question[10].typologies wrong-type
questions.toml | ["*"] | ["general"] | question no-coaching-question
questions.toml | ["general"] | ["investment"] | question no-sounds-like-question
texts/en.toml | heading = | headline = | heading missing-key, headline unknown-key
texts/en.toml | hang_up = "Hang up now, or leave the chat." | hang_up = "" | watched.hang_up empty
texts/en.toml | hang_up = "Hang | hang_up = " Hang | watched.hang_up spaces
"""
ROWS = [[cell.strip() for cell in line.split(" | ")] for line in CHANGES.strip().splitlines()]


@pytest.mark.parametrize(("file", "old", "new", "found"), ROWS)
def test_a_mistake_gives_exactly_its_findings(file: str, old: str, new: str, found: str) -> None:
    expected = [f"{file}:{finding}" for finding in found.split(", ")]
    actual = [f"{pointer} {code}" for pointer, code in codes(findings_of(with_text(file, old, new)))]
    assert sorted(actual) == sorted(expected)


def test_a_misspelt_key_is_both_missing_and_unknown() -> None:
    files = with_text("contacts.toml", "takes_reports = true", "takes_report = true")
    place = "contacts.toml:contact[2]"
    assert codes(findings_of(files)) == [
        (f"{place}.takes_reports", "missing-key"),
        (f"{place}.takes_report", "unknown-key"),
    ]


def test_a_kind_that_does_not_fit_its_feature_names_the_right_one() -> None:
    findings = findings_of(with_text("questions.toml", 'kind = "yes_no"', 'kind = "choice"'))
    assert [finding.code for finding in findings] == ["wrong-kind", "missing-key"]
    assert findings[0].suggestion == "yes_no"


def test_an_option_without_words_and_words_without_an_option() -> None:
    files = with_text("texts/pt.toml", 'none = "Nenhuma destas."', 'other = "Nenhuma."')
    place = "texts/pt.toml:question.sounds-like.options"
    assert codes(findings_of(files)) == [(f"{place}.none", "missing-key"), (f"{place}.other", "unknown-key")]


def test_a_contact_without_words_and_words_without_a_contact() -> None:
    found = codes(findings_of(with_text("texts/pt.toml", "[contact.pj-report]", "[contact.pj-reports]")))
    assert found[0] == ("texts/pt.toml:contact.pj-report", "missing-key")
    assert found[-1] == ("texts/pt.toml:contact.pj-reports", "unknown-key")


def test_a_reason_of_one_locale_only_is_missing_in_all_others() -> None:
    found = codes(findings_of(with_text("texts/pt.toml", "long-idle-account = ", "long-idle = ")))
    assert sorted(found) == [
        ("texts/en.toml:why.long-idle", "missing-key"),
        ("texts/pt.toml:why.long-idle-account", "missing-key"),
        ("texts/zh-Hans.toml:why.long-idle", "missing-key"),
        ("texts/zh-Hant.toml:why.long-idle", "missing-key"),
    ]


def test_the_sample_itself_gives_none() -> None:
    assert findings_of(sample_files()) == []


def test_several_mistakes_in_several_files_are_all_reported() -> None:
    files = {
        **with_text("pack.toml", "version = 1", "version = -1"),
        "questions.toml": with_text("questions.toml", "answer_paid_tasks", "answer_payed_tasks")["questions.toml"],
        "texts/pt.toml": with_text("texts/pt.toml", "Nada foi enviado.", "Nada\\u202e foi enviado.")["texts/pt.toml"],
    }
    assert sorted(codes(findings_of(files))) == [
        ("pack.toml:version", "wrong-type"),
        ("questions.toml:question[10].feature", "unknown-word"),
        ("texts/pt.toml:watched.nothing_sent", "control-character"),
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "suggestion"),
    [
        ("pack.toml", "version = 1", "verzion = 1", "version"),
        ("questions.toml", "answer_paid_tasks", "answer_payed_tasks", "answer_paid_tasks"),
        ("questions.toml", '["task-job"]', '["task-jobs"]', "task-job"),
        ("questions.toml", 'kind = "yes_no"', 'kind = "yesno"', "yes_no"),
        ("texts/en.toml", "[[alert.investment.variants]]", "[[alert.investments.variants]]", "investment"),
        ("pack.toml", 'default_locale = "zh-Hant"', 'default_locale = "zh-Hnat"', "zh-Hant"),
    ],
)
def test_a_misspelt_word_gets_the_nearest_as_a_suggestion(file: str, old: str, new: str, suggestion: str) -> None:
    assert suggestion in [finding.suggestion for finding in findings_of(with_text(file, old, new))]


def test_a_key_missing_in_one_locale_names_the_key_and_the_locale() -> None:
    [finding] = findings_of(with_text("texts/zh-Hans.toml", 'desk-review = "', '# "'))
    assert finding.pointer == "texts/zh-Hans.toml:why.desk-review"
    assert finding.message == "zh-Hans has no why.desk-review, which zh-Hant has"


def test_a_missing_tip_names_its_list_and_the_locale() -> None:
    [finding] = findings_of(with_text("texts/en.toml", '"Put the phone down first. Nobody', '# "Nobody'))
    assert finding.message == "en has 3 tips of tips.general, and zh-Hant has 4"


def test_two_variants_are_too_few_and_unlike_the_other_locales() -> None:
    en = sample_files()["texts/en.toml"].decode()
    without_one = re.sub(r"\[\[alert\.general\.variants\]\]\ntitle = .*\nbody = .*\n", "", en, count=1)
    found = codes(findings_of({**sample_files(), "texts/en.toml": without_one.encode()}))
    assert found == [
        ("texts/en.toml:alert.general.variants", "too-few"),
        ("texts/en.toml:alert.general", "missing-key"),
    ]


@pytest.mark.parametrize("typology", list(Typology))
def test_every_typology_needs_its_alert_in_every_locale(typology: Typology) -> None:
    """A rule may ask for any of them, and nobody is to be shown the wrong one."""
    en = sample_files()["texts/en.toml"].decode()
    without = re.sub(rf"\[\[alert\.{typology}\.variants\]\]\ntitle = .*\nbody = .*\n", "", en)
    found = codes(findings_of({**sample_files(), "texts/en.toml": without.encode()}))
    assert found[0] == (f"texts/en.toml:alert.{typology}", "missing-key")


def test_general_tips_are_needed_in_every_locale() -> None:
    files = dict(sample_files())
    for locale in sample().locales:
        name = f"texts/{locale}.toml"
        files[name] = files[name].replace(b"general = [", b"# [", 1)
        files[name] = re.sub(rb"# \[\n(    .*\n)+\]\n", b"", files[name])
    found = codes(findings_of(files))
    assert found == [(f"texts/{locale}.toml:tips.general", "missing-key") for locale in sample().locales]


@pytest.mark.parametrize("place", ["alert", "tips", "options"])
def test_mule_is_refused_wherever_a_typology_may_stand(place: str) -> None:
    changes = {
        "alert": ("texts/en.toml", "[[alert.task-job.variants]]", "[[alert.mule.variants]]"),
        "tips": ("texts/en.toml", "task-job = [", "mule = ["),
        "options": ("questions.toml", '    "task-job",', '    "mule",'),
    }
    assert "refused-typology" in [code for _, code in codes(findings_of(with_text(*changes[place])))]


def test_a_choice_always_offers_none() -> None:
    found = codes(findings_of(with_text("questions.toml", '    "none",\n', "")))
    assert ("questions.toml:question[3].options", "missing-option") in found


def test_the_sample_mark_is_for_samples_only() -> None:
    found = codes(findings_of(with_text("pack.toml", "sample = true", "sample = false")))
    assert found == [(f"texts/{locale}.toml:sample_mark", "not-a-sample") for locale in sample().locales]


def test_a_pack_that_is_no_sample_needs_no_mark() -> None:
    files = with_text("pack.toml", "sample = true", "sample = false")
    for locale in sample().locales:
        name = f"texts/{locale}.toml"
        files[name] = re.sub(rb"sample_mark = .*\n", b"", files[name])
    pack = read_pack(files)
    assert not pack.sample
    assert pack.text("en").sample_mark == ""


def test_a_sample_without_its_mark_is_refused() -> None:
    files = {
        **sample_files(),
        "texts/en.toml": re.sub(rb"sample_mark = .*\n", b"", sample_files()["texts/en.toml"]),
    }
    assert codes(findings_of(files)) == [("texts/en.toml:sample_mark", "missing-key")]


def test_missing_and_unknown_files_are_named() -> None:
    files = dict(sample_files())
    del files["texts/pt.toml"]
    files["text/pt.toml"] = b""
    found = findings_of(files)
    assert codes(found) == [("text/pt.toml", "unknown-file"), ("texts/pt.toml", "missing-file")]
    assert found[0].suggestion == "texts/pt.toml"


@pytest.mark.parametrize("name", ["pack.toml", "contacts.toml", "questions.toml", "texts/en.toml"])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a = ", "not-toml"),
        (b"\xff", "not-utf-8"),
        (b"a = " + b"[" * 50_000, "not-toml"),
        (b"a = " + b"9" * 5000, "not-toml"),
    ],
)
def test_what_is_no_toml_is_one_finding_and_no_crash(name: str, content: bytes, code: str) -> None:
    found = codes(findings_of({**sample_files(), name: content}))
    assert (name, code) in found
    assert all(not pointer.startswith(f"{name}:") for pointer, _ in found)


def test_an_empty_set_of_files_names_all_that_is_missing() -> None:
    assert codes(findings_of({})) == [
        (name, "missing-file") for name in ("pack.toml", "contacts.toml", "questions.toml")
    ]


def test_a_hostile_table_of_20_000_keys_is_cut_short() -> None:
    flood = "\n".join(f"k{number} = 1" for number in range(20_000))
    found = findings_of(with_text("texts/en.toml", "[why]", f"[why]\n{flood}"))
    assert ("texts/en.toml:why", "too-many") in codes(found)
    assert len(found) < 1000


@settings(max_examples=40)
@given(st.data())
def test_no_damaged_file_crashes_the_reader(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["pack.toml", "contacts.toml", "questions.toml", "texts/en.toml"]))
    lines = sample_files()[name].decode().splitlines()
    start = data.draw(st.integers(0, len(lines) - 1))
    junk = data.draw(
        st.sampled_from(["", "x = 1", "[[contact]]", "[why]", "id = []", "locales = {a = 1}", "alert = 3"])
    )
    damaged = [*lines[:start], junk, *lines[start + data.draw(st.integers(0, 3)) :]]
    try:
        read_pack({**sample_files(), name: "\n".join(damaged).encode()})
    except Refused as refused:
        assert refused.findings
