"""Numbers as people read them: thousands apart, shares in per cent, and never a 0 that is not one."""

from breather.measurement.proportion import Proportion

_LEAST, _MOST = 0.0005, 0.9995


def whole(count: int) -> str:
    return f"{count:,}"


def rate(number: float) -> str:
    """So many in a thousand."""
    return "< 0.1" if 0 < number < 0.05 else f"{number:,.1f}"


def percent(count: int, of: int) -> str:
    """`of` is not 0. What is rounded to nothing or to all, and is neither, says so."""
    share = count / of
    if 0 < share < _LEAST:
        return "< 0.1 %"
    return "> 99.9 %" if _MOST <= share < 1 else f"{100 * share:.1f} %"


def interval(found: Proportion) -> str:
    """Its bounds, in per cent."""
    return f"{100 * found.low:.1f} to {100 * found.high:.1f}"


def best(found: Proportion) -> str:
    return "none" if found.share is None else percent(found.count, found.of)
