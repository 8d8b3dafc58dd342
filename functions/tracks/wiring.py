"""What the routes of `tracks` work with, built on first use."""

from functools import cached_property, partial

from marquee.domain.ports import Executions
from marquee.entry.replay import Replay
from marquee.entry.spoken_wiring import SpokenWiring
from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring
from marquee.services.edit_tracks import EditTracks
from marquee.services.retry_task import RetryTask
from marquee.services.supply_transcript import ShowTranscript, SupplyTranscript

from tracks.settings import Settings


class TracksWiring(SpokenWiring[Settings], CacheWiring[Settings]):
    """Use cases of text tracks."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def edit_tracks(self) -> EditTracks:
        bucket = self.settings.media_bucket
        return EditTracks(self.assets, self.objects, bucket, changed=partial(self.text_changed, bucket))

    @cached_property
    def enrich_executions(self) -> Executions:
        return self.executions_of(self.settings.enrich_machine_arn)

    @cached_property
    def supply_transcript(self) -> SupplyTranscript:
        offered = frozenset(self.settings.enrich_tasks.split(","))
        retry = RetryTask(self.jobs, self.objects, self.enrich_executions, self.progress, offered)
        return SupplyTranscript(self.assets, self.objects, self.settings.media_bucket, retry)

    @cached_property
    def show_transcript(self) -> ShowTranscript:
        return ShowTranscript(self.assets, self.objects, self.settings.media_bucket)

    @cached_property
    def replay(self) -> Replay:
        return Replay(self.answers)


wiring = TracksWiring(Settings)
