"""The demo exchange's own words, by locale. The alert's words are not here: they are the agency's."""

import tomllib
from collections.abc import Mapping
from importlib import resources

LOCALES = ("en", "zh-Hant", "zh-Hans", "pt")
FALLBACK = "en"


def read_texts() -> Mapping[str, Mapping[str, str]]:
    """Key to locale to text."""
    file = resources.files("breather.demo").joinpath("texts.toml")
    found: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def texts_of(vasp: str) -> Mapping[str, Mapping[str, str]]:
    """The texts of one exchange: those that differ stand under `<key>@<vasp>`."""
    texts = read_texts()
    own = {key.partition("@")[0]: text for key, text in texts.items() if key.endswith(f"@{vasp}")}
    return {**texts, **own}


class Texts:
    """The texts in one locale: `say("withdraw")`. A key that does not exist is a KeyError, a mistake in a
    template.
    """

    def __init__(self, texts: Mapping[str, Mapping[str, str]], locale: str) -> None:
        self._texts = texts
        self.locale = locale if locale in LOCALES else FALLBACK

    def __call__(self, key: str) -> str:
        return self._texts[key][self.locale]

    def has(self, key: str) -> bool:
        return key in self._texts
