"""What the routes of `progress` work with, built on first use."""

from functools import cached_property

from marquee.domain.watch_stores import MovieCards, WatchStore
from marquee.domain.watching import ContinueRule
from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring, DatabaseWiring
from marquee.services.continue_watching import ContinueWatching
from marquee.services.record_progress import RecordProgress
from marquee.services.show_progress import ShowProgress

from progress.settings import Settings

# A viewer waits: better without what a database that hangs would have said, or with a word that it does.
ANSWER_WITHIN_SECONDS = 1.5


class ProgressWiring(DatabaseWiring[Settings], CacheWiring[Settings]):
    """Use cases of watch progress."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def watch_progress(self) -> WatchStore:
        from marquee.adapters.watch_progress import DatabaseWatch

        return DatabaseWatch(self.database, within_seconds=ANSWER_WITHIN_SECONDS)

    @cached_property
    def movie_cards(self) -> MovieCards:
        from marquee.adapters.movie_cards import DatabaseMovieCards

        return DatabaseMovieCards(self.database)

    @cached_property
    def record_progress(self) -> RecordProgress:
        return RecordProgress(self.live_watch, lambda: self.watch_progress, self.metrics)

    @cached_property
    def show_progress(self) -> ShowProgress:
        return ShowProgress(self.live_watch, lambda: self.watch_progress)

    @cached_property
    def continue_watching(self) -> ContinueWatching:
        rule = ContinueRule(minimum_duration_seconds=self.settings.continue_minimum_seconds)
        return ContinueWatching(self.live_watch, self.watch_progress, self.movie_cards, rule)


wiring = ProgressWiring(Settings)
