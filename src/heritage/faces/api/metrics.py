"""What a server counts, for Prometheus. Labels are few and known beforehand; none names a record or a person."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from heritage.domain.hits import SearchResult

_REQUEST_BUCKETS = (0.005, 0.02, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60)
_STAGE_BUCKETS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5)


class Metrics:
    """What this process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "heritage_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "heritage_request_seconds", "Time to answer", ["route"], registry=self.registry, buckets=_REQUEST_BUCKETS
        )
        self._stages = Histogram(
            "heritage_search_stage_seconds",
            "Stages of a search",
            ["stage"],
            registry=self.registry,
            buckets=_STAGE_BUCKETS,
        )
        self._verdicts = Counter("heritage_searches", "Searches by verdict", ["verdict"], registry=self.registry)
        self._waiting = Gauge("heritage_waiting", "Requests waiting for their turn", registry=self.registry)
        self._images = Gauge("heritage_gallery_images", "Images searched by the last search", registry=self.registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def searched(self, result: SearchResult) -> None:
        self._verdicts.labels(result.verdict.value).inc()
        self._images.set(result.coverage.image_count)
        for stage, ms in result.latency_ms:
            self._stages.labels(stage).observe(ms / 1000)

    def text(self, waiting_count: int) -> bytes:
        self._waiting.set(waiting_count)
        return generate_latest(self.registry)
