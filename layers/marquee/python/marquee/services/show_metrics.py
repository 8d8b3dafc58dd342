"""Write what was counted, for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marquee.domain.errors import TransientError
from marquee.domain.metrics import Counters, series
from marquee.services.check_health import CheckHealth
from marquee.services.exposition import OPENMETRICS, PROMETHEUS, Format, exposition


@dataclass(frozen=True)
class ShowMetrics:
    """`GET /metrics`: counters of all processes, and which dependencies answer now."""

    counters: Counters
    check_health: CheckHealth

    def __call__(self, accept: str) -> tuple[str, str]:
        """Text and its media type, in the newer of two forms for those whose `accept` names it."""
        form: Format = OPENMETRICS if "application/openmetrics-text" in accept else PROMETHEUS
        return exposition({**self._counted(), **self._dependencies()}, form), form.media_type

    def _counted(self) -> Mapping[str, float]:
        try:
            return self.counters.read()
        except TransientError:
            return {}  # the gauges below say that the cache is away

    def _dependencies(self) -> Mapping[str, float]:
        gauges: dict[str, float] = {}
        for name, seconds in self.check_health().seconds.items():
            gauges[series("dependency_up", {"dependency": name})] = float(seconds is not None)
            if seconds is not None:
                gauges[series("dependency_answer_seconds", {"dependency": name})] = seconds
        return gauges
