"""Prometheus metrics of one service process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from enablement_ext.service.runtime.run_metrics import RunMetrics

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """What is counted. Safe from any thread; a registry of its own, so that several can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._latency = Histogram(
            "enablement_request_seconds",
            "Time to answer, by operation and status.",
            ["operation", "status"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._children: dict[tuple[str, int], Histogram] = {}
        self._refusals = Counter(
            "enablement_refusals_total",
            "Requests that were refused, by the error's code.",
            ["code"],
            registry=self.registry,
        )
        self._events = Counter(
            "enablement_events_total", "Events seen, by kind; every replica sees all.", ["kind"], registry=self.registry
        )
        self._cache = Counter(
            "enablement_notebook_cache_total", "Look-ups of stored notebooks.", ["result"], registry=self.registry
        )
        self.streams = Gauge("enablement_streams", "Open event streams.", registry=self.registry)
        self.unclaimed = Gauge(
            "enablement_submissions_unclaimed", "Submissions nobody is on, counted to 1,000.", registry=self.registry
        )
        self.in_queue = Gauge(
            "enablement_submissions_waiting",
            "Submissions that wait on a track, counted to 1,000.",
            registry=self.registry,
        )
        self.runs = RunMetrics(self.registry)
        self.oldest = Gauge("enablement_queue_age_seconds", "How long the oldest has waited.", registry=self.registry)

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """One request was answered."""
        child = self._children.get((operation, status))
        if child is None:
            child = self._latency.labels(operation, str(status))
            self._children[operation, status] = child
        child.observe(seconds)

    def refused(self, code: str) -> None:
        """One request was refused; `code` is one of the errors'."""
        self._refusals.labels(code).inc()

    def happened(self, kind: str) -> None:
        """One event was appended, here or by another process."""
        self._events.labels(kind).inc()

    def looked_up(self, hit: bool) -> None:
        """One look-up of a stored notebook."""
        self._cache.labels("hit" if hit else "miss").inc()

    def text(self) -> bytes:
        """The exposition."""
        return bytes(generate_latest(self.registry))
