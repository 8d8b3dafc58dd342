"""Movies are read from the database, the cache and TMDB, and written to the database."""

from typing import Literal

from marquee.domain.playback import Visibility
from marquee.entry.settings import CatalogueSettings, TmdbSettings
from marquee.entry.spoken_wiring import SpokenSettings


class Settings(CatalogueSettings, TmdbSettings, SpokenSettings):
    """Settings of the `movies` function. `visibility`: of films that say nothing else, where playback is closed."""

    playback: Literal["closed", "open"]
    visibility: Visibility
