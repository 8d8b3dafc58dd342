"""What `plan` works with, built on first use."""

from functools import cached_property

from marquee.domain.events import Events
from marquee.domain.media import MediaInfo, Plan
from marquee.domain.pipeline import Execution
from marquee.entry.wiring import DatabaseWiring
from marquee.media.planner import build_plan
from marquee.services.plan_job import Enrichers, PlanJob

from plan.settings import Settings


def plan_film(media: MediaInfo, execution: Execution) -> Plan:
    """The plan of one version of an asset."""
    source = execution.source
    return build_plan(execution.job_id, execution.asset_id, execution.version, source.bucket, source.key, media)


class PlanWiring(DatabaseWiring[Settings]):
    """The use case of plan."""

    @cached_property
    def events(self) -> Events:
        from marquee.adapters.delivering import LaterDeliverer
        from marquee.adapters.outbox import OutboxEvents

        # the first second of the film waits for the plan; when it is there, whoever delivers is woken
        return OutboxEvents(self.database, LaterDeliverer)

    @cached_property
    def plan_job(self) -> PlanJob:
        settings = self.settings
        offered = Enrichers(captions=settings.captions_provider != "off", analysis=settings.analysis_provider != "off")
        return PlanJob(self.jobs, self.assets, self.objects, plan_film, self.events, offered)


wiring = PlanWiring(Settings)
