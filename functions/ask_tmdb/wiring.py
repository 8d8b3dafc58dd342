"""What `ask_tmdb` works with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import Wiring
from marquee.services.run_errand import RunErrand

from ask_tmdb.settings import Settings


class AskTmdbWiring(Wiring[Settings]):
    """One way out, to one place."""

    @cached_property
    def run_errand(self) -> RunErrand:
        from marquee.adapters.tmdb_transport import Urllib3Transport

        return RunErrand(self.settings.tmdb_url, Urllib3Transport())


wiring = AskTmdbWiring(Settings)
