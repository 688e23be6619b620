"""Replies of the service, made up."""

from breather.client import Assessment, Friction, Word


def assessment(jurisdiction: str | None, locale: str) -> Assessment:
    return Assessment(
        id="wd-1",
        decision=Word.INTERVENE,
        friction=Friction.NOTICE,
        jurisdiction=jurisdiction,
        locale=locale,
        alert={"title": f"{jurisdiction} {locale}"},
    )
