"""What this process counts of itself, in Prometheus' words, with a registry of its own.

Every label is one of our own words (operation, status, problem code, stage), never a platform's
text, so that no sender can make the series grow.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from simulator.regulator.timing import Measured

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the buckets of every latency."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """Something that is read when somebody asks."""

    name: str
    meaning: str
    read: Callable[[], float]


class Metrics:
    """Counts from the start of the process; `gauges` are read anew for every `text`."""

    def __init__(self, gauges: Iterable[Gauge] = ()) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "reinspect_requests",
            "Requests that the regulator answered; status 0 where a fault left no answer.",
            ("operation", "status", "refusal"),
            registry=self._registry,
        )
        self._latency = Histogram(
            "reinspect_request_seconds",
            "From the first look at a request until its entry was on disk.",
            ("operation",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._stages = Histogram(
            "reinspect_stage_seconds",
            "The stages of a request, as Server-Timing tells them: hear, verify, decide, commit.",
            ("stage",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._entries = Counter(
            "reinspect_journal_entries", "Journal entries committed.", registry=self._registry
        )
        self._commits = Histogram(
            "reinspect_journal_commit_seconds",
            "Commits of the journal; one covers every entry that waited.",
            buckets=SECONDS,
            registry=self._registry,
        )
        self._registry.register(_Gauges(tuple(gauges)))

    def request(self, measured: Measured) -> None:
        """Counts one request that was answered."""
        operation = measured.operation
        self._requests.labels(operation, str(measured.status), measured.refusal).inc()
        self._latency.labels(operation).observe(measured.timing.whole_s)
        for stage, seconds in measured.timing.stages.items():
            self._stages.labels(stage).observe(seconds)

    def commit(self, entries: int, seconds: float) -> None:
        """Counts one commit; called by the journal's own thread."""
        self._entries.inc(entries)
        self._commits.observe(seconds)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self._registry)


class _Gauges(Collector):
    """The gauges, read when they are asked for."""

    def __init__(self, gauges: tuple[Gauge, ...]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        for gauge in self._gauges:
            yield GaugeMetricFamily(gauge.name, gauge.meaning, value=gauge.read())
