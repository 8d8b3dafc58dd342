"""What the routes of `health` work with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import CacheWiring, DatabaseWiring
from marquee.services.check_health import CheckHealth
from marquee.services.show_metrics import ShowMetrics

from health.settings import Settings


class HealthWiring(DatabaseWiring[Settings], CacheWiring[Settings]):
    """Whom to ask, by name; building a client counts as asking."""

    @cached_property
    def check_health(self) -> CheckHealth:
        return CheckHealth(
            {
                "database": lambda: self.database.ping(),
                "cache": lambda: self.progress.ping(),
                # Any answer will do, also that there is nothing of that name.
                "storage": lambda: list(self.objects.list(self.settings.media_bucket, "health")),
            }
        )

    @cached_property
    def show_metrics(self) -> ShowMetrics:
        return ShowMetrics(self.counters, self.check_health)


wiring = HealthWiring(Settings)
