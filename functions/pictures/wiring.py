"""What the routes of `pictures` work with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring, DatabaseWiring
from marquee.media.reencode import reencode_picture
from marquee.services.choose_poster import ChoosePoster
from marquee.services.show_image import ShowImage

from pictures.settings import Settings


class PicturesWiring(DatabaseWiring[Settings], CacheWiring[Settings]):
    """Use cases of pictures."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def choose_poster(self) -> ChoosePoster:
        return ChoosePoster(self.assets, self.objects, self.settings.media_bucket, reencode_picture)

    @cached_property
    def show_image(self) -> ShowImage:
        return ShowImage(self.objects, self.settings.media_bucket)


wiring = PicturesWiring(Settings)
