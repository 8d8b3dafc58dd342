"""What the routes of `tracks` work with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring, DatabaseWiring
from marquee.services.edit_tracks import EditTracks

from tracks.settings import Settings


class TracksWiring(DatabaseWiring[Settings], CacheWiring[Settings]):
    """Use cases of text tracks."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def edit_tracks(self) -> EditTracks:
        return EditTracks(self.assets, self.objects, self.settings.media_bucket)


wiring = TracksWiring(Settings)
