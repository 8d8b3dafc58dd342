"""Ask TMDB knows where TMDB is, and nothing of anybody else."""

from marquee.entry.settings import ProcessSettings


class Settings(ProcessSettings):
    """Settings of the `ask_tmdb` function. `tmdb_url`: below it lies all that may be asked."""

    tmdb_url: str
