"""Every word of a pack on one page that needs nothing else: for whoever writes, translates or approves it.

It shows the words at the width of a phone and of a desktop, not the exchange's buttons and clock around them. The page
has no script and loads nothing, so that it can be sent and printed.
"""

from dataclasses import dataclass

from babel.core import Locale

from breather.domain.pack import AlertText, LocaleText, Pack
from breather.domain.typology import Typology
from breather.web.pages import environment

# The narrowest phones in use, and a column of comfortable reading.
WIDTHS = (360, 720)


@dataclass(frozen=True, slots=True)
class Shown:
    """One alert as it will be read; `number` counts the variants from 1, as the check and the difference do."""

    typology: Typology
    number: int
    alert: AlertText
    tips: tuple[str, ...]


def render_preview(pack: Pack) -> str:
    """The page as HTML."""
    return (
        environment()
        .get_template("pack/preview.html")
        .render(
            pack=pack,
            widths=WIDTHS,
            locales=[(pack.text(locale), direction(locale), _alerts(pack.text(locale))) for locale in pack.locales],
        )
    )


def direction(locale: str) -> str:
    """`ltr` or `rtl`, by CLDR."""
    return str(Locale.parse(locale, sep="-").text_direction)


def _alerts(text: LocaleText) -> list[Shown]:
    return [
        Shown(typology, number, alert, text.tips_for(typology))
        for typology in Typology
        for number, alert in enumerate(text.alerts[typology], 1)
    ]
