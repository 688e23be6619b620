"""`/metrics` in the text format of Prometheus, on a port of its own.

Not on the service's port: what stands there is reached through a proxy by customers and officers, and how many are
interrupted, and when, is worth something to whoever tries to slip through. A token would have to be guarded; a port
that listens on the machine itself does not.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from breather.clock import Clock
from breather.storage.database import Database
from breather.storage.failure import StorageFailure
from breather.tally import Tally


class Service(Protocol):
    """What either running service can say of itself."""

    @property
    def clock(self) -> Clock: ...

    @property
    def database(self) -> Database: ...

    @property
    def waiting(self) -> int: ...

    @property
    def batches(self) -> Tally: ...

    @property
    def noted(self) -> Mapping[str, str]: ...

    def unready(self) -> Mapping[str, str]: ...


class ServiceMetrics(Collector):
    """Computed when somebody asks; nothing is kept up to date meanwhile. `more` are the metrics of one service alone.

    A database out of reach leaves out what would be asked of it, and `breather_ready` says why.
    """

    def __init__(self, service: Service, more: Callable[[], Iterator[Metric]] = lambda: iter(())) -> None:
        self._service = service
        self._more = more

    def collect(self) -> Iterator[Metric]:
        service = self._service
        yield gauge("ready", "1 if it can decide now (an agency: take a referral)", not service.unready())
        yield gauge("time_suspect", "1 if wall clock and monotonic clock are apart", service.clock.suspect())
        notes = service.noted
        yield gauge("recovering", "1 while the database is behind: nothing is cleared or sealed", "recovering" in notes)
        yield gauge("witness_missing", "1 if no witness of the database can be left", "witness-not-kept" in notes)
        yield gauge("queue_depth", "Commands waiting for the writer", service.waiting)
        sizes = HistogramMetricFamily("breather_batch_size", "Commands that shared one commit")
        sizes.add_metric([], service.batches.buckets(), service.batches.total)
        yield sizes
        try:
            # First, because it begins with what needs no database.
            yield from self._more()
            yield gauge("database_bytes", "Size of the database, without what SQLite's WAL holds", _size(service))
        except StorageFailure:
            return


def gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"breather_{name}", says, value=float(value))


def gauge_by(name: str, says: str, label: str, values: Mapping[str, float]) -> Metric:
    found = GaugeMetricFamily(f"breather_{name}", says, labels=[label])
    for each, value in values.items():
        found.add_metric([each], float(value))
    return found


def start_metrics(collector: Collector, host: str, port: int) -> Callable[[], None]:
    """Listens in a thread of its own until the returned function is called. OSError where the port is taken."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    server, thread = start_http_server(port, addr=host, registry=registry)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop


def _size(service: Service) -> int:
    with service.database.reading() as reader:
        row = reader.one("database_bytes")
    assert row is not None, "a size is one row"
    size: int = row["bytes"]
    return size
