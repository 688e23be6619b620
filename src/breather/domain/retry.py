"""When a delivery that failed is tried again (`docs/relay.md`, held to this table by a test).

Quickly at first, because most failures are over in a minute; then seldom, for about three days, because a server that
is down over a weekend must not cost a referral. After the last wait it is dead: an item on somebody's list.
"""

from breather.domain.instant import DAY, HOUR, MINUTE, SECOND

# After the first failure, the second, ...: milliseconds.
WAITS = (
    SECOND,
    5 * SECOND,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    DAY,
)
# Each wait is shorter or longer by up to a fifth, so that what failed together does not come back together.
SPREAD_PERCENT = 20


def wait_after(failures: int, share: float) -> int | None:
    """How long (ms) to wait after that many failures, 1 or more; None once it is given up.

    `share` in [0, 1) is the caller's randomness: 0 gives the shortest wait, 0.5 the one in the table.
    """
    if failures < 1 or not 0 <= share < 1:
        raise ValueError(f"{failures} failures and a share of {share}: at least 1, and from 0 up to 1, are right")
    if failures > len(WAITS):
        return None
    percent = 100 - SPREAD_PERCENT + 2 * SPREAD_PERCENT * share
    return round(WAITS[failures - 1] * percent / 100)
