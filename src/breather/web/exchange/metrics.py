"""The exchange's own metrics: its decisions, and what its relay owes."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from breather.domain.instant import SECOND, Millis
from breather.exchange.running import RunningExchange
from breather.exchange.standby import Standby
from breather.storage.reader import Reader
from breather.web.exchange.figures import STEPS, Figures
from breather.web.metrics import gauge, gauge_by


def exchange_metrics(exchange: RunningExchange, figures: Figures) -> Iterator[Metric]:
    yield from counted(figures)
    yield from _standing_by(exchange.standby)
    yield from exchange.read(_owed)


def counted(figures: Figures) -> Iterator[Metric]:
    """Of this process since it began."""
    labels = ["decision", "friction", "campaign"]
    decisions = CounterMetricFamily("breather_decisions", "Withdrawals decided, without repeats", labels=labels)
    for key, count in list(figures.decisions.items()):
        decisions.add_metric(list(key), count)
    yield decisions
    yield CounterMetricFamily("breather_repeats", "Requests answered with an earlier decision", value=figures.repeats)
    degraded = "Decisions with a rule undetermined because an input failed"
    yield CounterMetricFamily("breather_degraded_decisions", degraded, value=figures.degraded)
    labels = ["decision", "why"]
    stand_ins = CounterMetricFamily("breather_stand_ins", "Withdrawals answered by a stand-in", labels=labels)
    for stood, count in list(figures.stand_ins.items()):
        stand_ins.add_metric(list(stood), count)
    yield stand_ins
    undecided = CounterMetricFamily(
        "breather_undecided", "Requests that got no answer but to ask again", labels=["why"]
    )
    for code, count in list(figures.undecided.items()):
        undecided.add_metric([code], count)
    yield undecided
    steps = HistogramMetricFamily("breather_step_seconds", "How long each step of a decision took", labels=["step"])
    for step, tally in zip(STEPS, figures.steps, strict=True):
        steps.add_metric([step], tally.buckets(), tally.total)
    yield steps


def _standing_by(standby: Standby) -> Iterator[Metric]:
    """Of this process, and told also while the database is away."""
    age = standby.guards.age()
    yield gauge("spool_depth", "Stand-ins that the database has not got yet", len(standby))
    yield gauge("spool_free", "Stand-ins that the spool still has room for", standby.free)
    yield gauge("guard_pairs", "Pairs of customer and destination with something open, in memory", len(standby.guards))
    yield gauge("known_payees", "Pairs of customer and destination that was sent to, in memory", len(standby.payees))
    if age is not None:
        yield gauge("guard_age_seconds", "Since when the guards were not read; over 10, every stand-in is a hold", age)


def _owed(reader: Reader, now: Millis) -> list[Metric]:
    """What stands in the database, the same from every process."""
    oldest = reader.one("oldest_pending")
    promised_at = None if oldest is None else oldest["promised_at"]
    overdue = {row["addressee"]: max(0, now - row["due_at"]) / SECOND for row in reader.all("most_overdue", now=now)}
    waiting = {row["addressee"]: row["count"] for row in reader.all("pending_addressees")}
    ages = {row["agency"]: (now - row["pulled_at"]) / SECOND for row in reader.all("all_streams") if row["pulled_at"]}
    age = 0 if promised_at is None else max(0, now - promised_at) / SECOND
    lags = {name: overdue.get(name, 0.0) for name in waiting}
    stood = reader.one("stand_in_counts", since=now)
    assert stood is not None, "counts are one row"
    return [
        gauge("stand_in_conflicts", "Stand-ins that met another decision", stood["conflicts"]),
        gauge("stand_ins_aside", "Records of a spool that could not be stored", stood["aside"]),
        gauge("oldest_promise_seconds", "Age of the oldest referral not yet delivered; 0 if there is none", age),
        gauge_by("relay_pending", "Referrals promised and not yet delivered", "agency", waiting),
        gauge_by("relay_lag_seconds", "By how much the delivery due longest is late", "agency", lags),
        gauge_by("list_age_seconds", "Since when an agency's changes were not taken", "agency", ages),
    ]
