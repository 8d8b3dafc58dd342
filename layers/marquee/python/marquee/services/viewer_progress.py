"""Everything that is kept of where one viewer was: to hand it out, and to remove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marquee.domain.watch_stores import LiveWatch, WatchStore
from marquee.domain.watching import NEVER_WATCHED, join
from marquee.services.show_progress import ProgressAnswer, answer_of


@dataclass(frozen=True)
class ViewerProgress:
    """For the export of an account and for its deletion. Both raise `TransientError` when a store is away:
    half an export is none, and a deletion is begun again."""

    live: LiveWatch
    store: WatchStore

    def export(self, viewer: str) -> Sequence[ProgressAnswer]:
        """Every movie the viewer has begun, by id."""
        states = {kept.key.movie_id: kept.state for kept in self.store.of_viewer(viewer)}
        for movie_id, news in self.live.of_viewer(viewer).items():
            states[movie_id] = join(states.get(movie_id, NEVER_WATCHED), news)
        return [answer_of(movie_id, states[movie_id]) for movie_id in sorted(states)]

    def delete(self, viewer: str) -> int:
        """Valkey first, so that no flush brings back what the database has lost; how many the database had."""
        self.live.forget(viewer)
        return self.store.delete(viewer)
