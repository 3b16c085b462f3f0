"""Every metric of Kith, declared in one place and read by Prometheus at /metrics.

A set of metrics belongs to one application, so that several may live in one process. What other parts
count anyway, the offloads and the queue, is read from them when it is asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from kith.kit.offload import Offload

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

# From a database read to a large picture on a slow machine, in seconds.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_REQUEST = ("surface", "method", "route", "status")


@dataclass(frozen=True, slots=True)
class JobCount:
    """How many jobs of a kind are in a state."""

    kind: str
    state: str
    count: int


class Metrics:
    """Counts requests; `render` adds what the offloads and the queue say at that moment."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "kith_http_requests", "Requests answered.", _REQUEST, registry=self._registry
        )
        self._seconds = Histogram(
            "kith_http_request_seconds", "From a request's arrival to the end of its answer.",
            _REQUEST[:3], registry=self._registry, buckets=_BUCKETS,
        )  # fmt: skip

    def request(self, surface: str, method: str, route: str, *, status: int, seconds: float) -> None:
        """Count a request under the template of its route, never under its path."""
        self._requests.labels(surface, method, route, str(status)).inc()
        self._seconds.labels(surface, method, route).observe(seconds)

    def render(self, offloads: Sequence[Offload], jobs: Iterable[JobCount]) -> bytes:
        """Everything in Prometheus' text format."""
        now = CollectorRegistry()
        now.register(_Work(offloads))
        now.register(_Queue(jobs))
        return generate_latest(self._registry) + generate_latest(now)


class _Work(Collector):
    """What runs off the event loop: decoding, the networks and the index, by the name of the call."""

    def __init__(self, offloads: Sequence[Offload]) -> None:
        self._offloads = offloads

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        depth = GaugeMetricFamily(
            "kith_work_depth", "Calls that run or wait off the event loop.", labels=("pool",)
        )
        calls = CounterMetricFamily("kith_work_calls", "Calls that have ended.", labels=("pool", "call"))
        seconds = CounterMetricFamily(
            "kith_work_seconds", "How long they ran, waiting not counted.", labels=("pool", "call")
        )
        for offload in self._offloads:
            depth.add_metric((offload.name,), offload.depth)
            for name, spent in sorted(offload.spent.items()):
                calls.add_metric((offload.name, name), spent.calls)
                seconds.add_metric((offload.name, name), spent.seconds)
        yield from (depth, calls, seconds)


class _Queue(Collector):
    def __init__(self, jobs: Iterable[JobCount]) -> None:
        self._jobs = jobs

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauge = GaugeMetricFamily("kith_jobs", "Jobs in the queue.", labels=("kind", "state"))
        for job in self._jobs:
            gauge.add_metric((job.kind, job.state), job.count)
        yield gauge
