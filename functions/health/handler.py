"""Trigger: HTTP, /api/v1/health and /api/v1/metrics. Effect: none; tells how serving goes and what it depends on."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins, unless
from marquee.entry.http import PREFIX, Api, texts
from marquee.services.check_health import Alive, Health

from health.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle
operators = unless(lambda: wiring.settings.metrics_access == "open", admins)


@api.get(f"{PREFIX}/health")
def check_health() -> Response[Health]:
    """Which dependencies answer; 503 when nothing can be served without those that do not."""
    health = wiring.check_health()
    return api.unavailable_if(not health.can_serve, health)


@api.get(f"{PREFIX}/health/live")
def check_liveness() -> Response[Alive]:
    """Whether this process answers at all. Asks nobody."""
    return api.unavailable_if(False, Alive())


@api.get(f"{PREFIX}/metrics", middlewares=[operators], responses=texts("text/plain", "application/openmetrics-text"))
def show_metrics() -> Response[str]:
    """Counters for Prometheus, as text 0.0.4 or as OpenMetrics for those who accept it."""
    return api.text(*wiring.show_metrics(api.accept), {"Cache-Control": "no-store", "Vary": "Accept"})
