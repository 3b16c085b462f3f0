"""The metrics of this surface's contract, each under its bare name and with the prefix `facepass_`."""

import time

from fastapi.routing import APIRoute
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFIXES = ("", "facepass_")
_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
# What the last step of a route's address counts as.
_ACTS = {"search": "search", "search-session": "search", "index": "index", "batch": "index"}


class SessionMetrics:
    """Counts searches and calls that index; what is stored is told when it is asked for."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = {act: self._counters(act) for act in ("search", "index")}
        self._seconds = {act: self._histograms(act) for act in ("search", "index")}
        self._embeddings = self._gauges("embeddings_total", "Embeddings of sessions that are stored.")
        self._connections = self._gauges("db_connections_active", "Database connections in use.")

    def count(self, act: str, *, is_success: bool, seconds: float) -> None:
        for counter in self._requests[act]:
            counter.labels("success" if is_success else "error").inc()
        for histogram in self._seconds[act]:
            histogram.observe(seconds)

    def render(self, *, embeddings: int, connections: int) -> bytes:
        """Everything in Prometheus' text format."""
        for gauge in self._embeddings:
            gauge.set(embeddings)
        for gauge in self._connections:
            gauge.set(connections)
        return generate_latest(self._registry)

    def _counters(self, act: str) -> list[Counter]:
        return [
            Counter(f"{prefix}{act}_requests", f"Calls of {act}.", ("status",), registry=self._registry)
            for prefix in _PREFIXES
        ]

    def _histograms(self, act: str) -> list[Histogram]:
        return [
            Histogram(
                f"{prefix}{act}_duration_seconds", f"How long calls of {act} took.",
                registry=self._registry, buckets=_BUCKETS,
            )
            for prefix in _PREFIXES
        ]  # fmt: skip

    def _gauges(self, name: str, what: str) -> list[Gauge]:
        return [Gauge(f"{prefix}{name}", what, registry=self._registry) for prefix in _PREFIXES]


class Counting:
    """Counts each call by its route and its status."""

    def __init__(self, app: ASGIApp, metrics: SessionMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = scope.get("route")
            act = _ACTS.get(route.path.rpartition("/")[2]) if isinstance(route, APIRoute) else None
            if act is not None:
                self._metrics.count(act, is_success=status < 400, seconds=time.perf_counter() - start)
