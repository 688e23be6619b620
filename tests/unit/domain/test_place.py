"""Step 2: the strongest evidence decides; weaker evidence is recorded and never overrules."""

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from breather.domain.place import STRENGTH, place
from breather.domain.withdrawal import Residence

CODE = st.sampled_from(["MO", "HK", "PT", None])
RESIDENCE = st.builds(Residence, kyc=CODE, document=CODE, phone=CODE, ip=CODE)


def test_every_kind_of_evidence_has_a_strength() -> None:
    assert tuple(field.name for field in fields(Residence)) == STRENGTH


def test_residence_outweighs_telephone_and_address() -> None:
    found = place(Residence(kyc="MO", phone="HK", ip="MO"))
    assert (found.code, found.because, found.conflicts) == ("MO", "kyc", ("phone",))


def test_no_evidence_is_no_place() -> None:
    found = place(Residence())
    assert (found.code, found.because, dict(found.evidence), found.conflicts) == (None, None, {}, ())


@given(RESIDENCE)
def test_the_strongest_that_is_there_decides(residence: Residence) -> None:
    found = place(residence)
    given_codes = {source: getattr(residence, source) for source in STRENGTH}
    assert dict(found.evidence) == {source: code for source, code in given_codes.items() if code}
    if found.because is None:
        assert not found.evidence
        return
    stronger = STRENGTH[: STRENGTH.index(found.because)]
    assert all(given_codes[source] is None for source in stronger)
    assert found.code == given_codes[found.because]
    assert set(found.conflicts) == {source for source, code in found.evidence.items() if code != found.code}


@given(RESIDENCE, CODE)
def test_weaker_evidence_never_changes_the_place(residence: Residence, other: str | None) -> None:
    if residence.kyc is None:
        return
    changed = Residence(residence.kyc, other, other, other)
    assert place(changed).code == place(residence).code == residence.kyc
