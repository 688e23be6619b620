"""An officer's key: what age itself reads, and never a second one in the place of the first."""

from pathlib import Path

import pyrage
import pytest
from pyrage import x25519

from breather.protocol.key_list import Purpose
from breather.protocol.officer_key import age_recipient, create_officer_key, read_recipient
from tests.unit.protocol.documents import officer
from tests.unit.protocol.samples import AGENCY, public

RAW, IDENTITY = public(AGENCY, Purpose.SEALING), officer()


def test_it_is_the_key_of_an_age_identity() -> None:
    assert age_recipient(RAW) == str(x25519.Identity.from_str(IDENTITY).to_public())
    assert read_recipient(age_recipient(RAW)) == RAW


def test_what_is_made_opens_what_is_sealed_to_it(tmp_path: Path) -> None:
    file = tmp_path / "officer.key"
    made = create_officer_key(file)
    said, secret = file.read_text("ascii").splitlines()
    assert said == f"# public key: {made}"
    sealed = pyrage.encrypt(b"who she is", [x25519.Recipient.from_str(made)])
    assert pyrage.decrypt(sealed, [x25519.Identity.from_str(secret)]) == b"who she is"


def test_it_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "officer.key"
    create_officer_key(file)
    before = file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        create_officer_key(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "text", ["", "age1nonsense", age_recipient(RAW)[:-1], "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"]
)
def test_what_is_no_public_key_is_refused_with_where_to_find_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"officer-key create.*age-keygen"):
        read_recipient(text)


def test_a_raw_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="31 bytes"):
        age_recipient(RAW[:-1])
