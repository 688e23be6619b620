"""The tree of refusals is the drawn one; codes are stable, distinct, and all in the README."""

from breather.protocol import refusal
from breather.protocol.refusal import Refusal
from tests.unit.protocol.documents import FOLDER


def kinds() -> dict[str, type[Refusal]]:
    return {name: kind for name, kind in vars(refusal).items() if isinstance(kind, type) and issubclass(kind, Refusal)}


def test_the_drawing_is_the_tree() -> None:
    drawn: dict[str, str] = {"Refusal": "Exception"}
    above = ["Refusal"]
    for line in (refusal.__doc__ or "").splitlines():
        plain = line.replace("|--", "   ").replace("`--", "   ").replace("|", " ")
        if line.startswith(("|", "`", "    ")) and plain.split()[0] in kinds():
            depth = (len(plain) - len(plain.lstrip())) // 4
            above[depth:] = [plain.split()[0]]
            drawn[above[depth]] = above[depth - 1]
    assert drawn == {name: kind.__mro__[1].__name__ for name, kind in kinds().items()}


def test_each_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in kinds().values()]
    assert len(set(codes)) == len(codes)


def test_the_readme_says_what_each_code_means_and_whether_to_try_again() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for kind in kinds().values():
        if kind.__subclasses__():
            continue
        again = "yes" if kind.retryable else "no"
        rows = [line for line in text.splitlines() if line.startswith(f"| `{kind.code}` | {again} |")]
        assert len(rows) == 1, kind.code


def test_only_a_clock_or_a_key_list_can_make_it_good_later() -> None:
    again = {kind.code for kind in kinds().values() if kind.retryable}
    assert again == {"outside-replay-window", "stale-key-list", "unknown-key", "not-yet-valid"}
