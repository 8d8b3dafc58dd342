"""What the route of `health` works with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import CacheWiring, DatabaseWiring
from marquee.services.check_health import CheckHealth

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


wiring = HealthWiring(Settings)
