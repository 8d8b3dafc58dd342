"""What the routes of `tracks` work with, built on first use."""

from functools import cached_property, partial

from marquee.entry.spoken_wiring import SpokenWiring
from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring
from marquee.services.edit_tracks import EditTracks

from tracks.settings import Settings


class TracksWiring(SpokenWiring[Settings], CacheWiring[Settings]):
    """Use cases of text tracks."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def edit_tracks(self) -> EditTracks:
        bucket = self.settings.media_bucket
        return EditTracks(self.assets, self.objects, bucket, changed=partial(self.text_changed, bucket))


wiring = TracksWiring(Settings)
