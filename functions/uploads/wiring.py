"""What the routes of `uploads` work with, built on first use."""

from functools import cached_property

from marquee.entry.catalogue_wiring import CatalogueWiring
from marquee.entry.replay import Replay
from marquee.entry.wiring import ANSWERING_SECONDS, EventsWiring
from marquee.services.abort_upload import AbortUpload
from marquee.services.complete_upload import CompleteUpload
from marquee.services.create_upload import CreateUpload
from marquee.services.show_upload import ShowUpload
from marquee.services.sign_parts import SignParts

from uploads.settings import Settings


class UploadsWiring(EventsWiring[Settings], CatalogueWiring[Settings]):
    """Use cases of uploads."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def replay(self) -> Replay:
        return Replay(self.answers)

    @cached_property
    def create_upload(self) -> CreateUpload:
        return CreateUpload(
            self.uploads, self.assets, self.jobs, self.multipart, self.settings.uploads_bucket, self.link_movie
        )

    @cached_property
    def sign_parts(self) -> SignParts:
        return SignParts(self.uploads, self.multipart, self.settings.uploads_bucket)

    @cached_property
    def show_upload(self) -> ShowUpload:
        return ShowUpload(self.uploads, self.multipart, self.settings.uploads_bucket)

    @cached_property
    def complete_upload(self) -> CompleteUpload:
        return CompleteUpload(self.uploads, self.multipart, self.objects, self.events, self.settings.uploads_bucket)

    @cached_property
    def abort_upload(self) -> AbortUpload:
        return AbortUpload(
            self.uploads, self.assets, self.jobs, self.multipart, self.events, self.settings.uploads_bucket
        )


wiring = UploadsWiring(Settings)
