"""Everything that is kept of where one viewer was: to hand it out, and to remove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marquee.domain.watch_stores import LiveWatch, WatchStore
from marquee.domain.watching import NEVER_WATCHED, join
from marquee.services.show_progress import answer_of

# Of an answer, not of a person: where it came from.
NOT_PERSONAL = {"source", "degraded"}


@dataclass(frozen=True)
class ViewerProgress:
    """`domain.accounts.PersonalData` of watch progress. Both methods raise `TransientError` when a store is away:
    half an export is none, and a deletion is begun again."""

    live: LiveWatch
    store: WatchStore
    name: str = "watch_progress"

    def export(self, subject: str) -> Sequence[Mapping[str, Any]]:
        """Every movie the viewer has begun, by id, as `GET /streaming/progress/{movie_id}` shows it."""
        states = {kept.key.movie_id: kept.state for kept in self.store.of_viewer(subject)}
        for movie_id, news in self.live.of_viewer(subject).items():
            states[movie_id] = join(states.get(movie_id, NEVER_WATCHED), news)
        answers = [answer_of(movie_id, states[movie_id]) for movie_id in sorted(states)]
        return [answer.model_dump(mode="json", exclude=NOT_PERSONAL) for answer in answers]

    def erase(self, subject: str) -> int:
        """Valkey first, so that no flush brings back what the database has lost; how many movies those were."""
        known = {*self.live.of_viewer(subject), *(kept.key.movie_id for kept in self.store.of_viewer(subject))}
        self.live.forget(subject)
        self.store.delete(subject)
        return len(known)
