"""A code that is confirmed and one that is not are written out by the same work (guarantee G4)."""

from dataclasses import replace

import pytest

from breather.agency.confirm import Confirmation
from breather.domain.instant import Millis
from breather.web.agency import verify_page
from breather.web.agency.verify_page import VerifyView, render_verify
from breather.web.texts import Texts
from tests.alert_views import LOCALES, NOW

ASKED = VerifyView("Judiciary Police", "test", "Asia/Macau", "en", asked=True)
FOUND = Confirmation("Demo Exchange", NOW, {"en": "A reminder", "pt": "Um aviso"}, Millis(NOW - 60_000))


def calls(monkeypatch: pytest.MonkeyPatch, view: VerifyView) -> list[str]:
    """The names of what was formatted for one rendering, in its order."""
    seen: list[str] = []
    with monkeypatch.context() as patch:
        for owner, name in ((Texts, "moment"), (verify_page, "heading_of"), (Texts, "place")):
            real = getattr(owner, name)

            def counted(*given: object, _real: object = real, _name: str = name) -> object:
                seen.append(_name)
                assert callable(_real)
                return _real(*given)

            patch.setattr(owner, name, counted)
        render_verify(view)
    return seen


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("found", [FOUND, replace(FOUND, before=None)], ids=["again", "first"])
def test_the_same_is_formatted_for_both(monkeypatch: pytest.MonkeyPatch, found: Confirmation, locale: str) -> None:
    right = calls(monkeypatch, replace(ASKED, locale=locale, found=found))
    wrong = calls(monkeypatch, replace(ASKED, locale=locale))
    assert right == wrong
    assert right.count("moment") == 2


def test_what_is_formatted_for_nobody_is_not_shown() -> None:
    page = render_verify(ASKED).decode()
    assert "1970" not in page
    assert "January" not in page
    assert page.count("<dd>not known</dd>") == 3
