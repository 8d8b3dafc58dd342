"""Where a viewer is in a movie, and which of several reports of it counts.

A player reports every ten seconds. Reports come late, twice, out of order, from several devices at once and
from clocks that are wrong. Two rules bring them to one state:

- Within a playback session only a report with a later `client_ms` than any before it counts: one clock, one
  order, so that a repeated or overtaken report changes nothing and seeking back does.
- Between sessions the server's order decides: every report that counts gets the next `sequence`, and the
  session that holds the highest one is where the viewer is. No device's clock is compared with another's.

States of the same viewer and movie can be joined in any order and as often as one likes (`join`): what is in
Valkey, what is in the database, and what was written to one while the other was away become one state.
The rule for one report is here for the database and the tests, and once more as a script for Valkey
(`adapters/live_watch_scripts.py`); a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from marquee.domain.media import Model

COMPLETED_FROM = 0.9
# A session that goes back before this part of a movie begins it again; from there on its end counts once more.
BEGINS_AGAIN_BELOW = 0.5
MAX_PLAYBACKS = 8
# More ends of one movie than these are not told apart.
MAX_COMPLETIONS = 100

WatchStatus = Literal["unwatched", "in_progress", "completed"]


class Report(Model):
    """What a player says. Times in milliseconds since 1970: `client_ms` by the device's clock, which only has
    to go forward within the session."""

    session_id: str
    started_ms: int
    client_ms: int
    position_seconds: float
    duration_seconds: float
    device: str

    @property
    def fraction(self) -> float:
        return self.position_seconds / self.duration_seconds

    @property
    def is_at_the_end(self) -> bool:
        return self.fraction >= COMPLETED_FROM


class Playback(Report):
    """The last word of one session. `lap` counts how often it began the movie again; `counted`: the end of
    this lap is known."""

    sequence: int
    lap: int = 0
    counted: bool = False


class Watched(Model):
    """A viewer's state in one movie.

    `completions`: when the end was reached (server's milliseconds) by session and lap, so that the same end
    known twice is one. `unsure`: ends reported by sessions that began beyond the mark before anybody could say
    whether the movie was completed then; `judged`: up to where that has been decided. `whole`: all that the
    database knows is in it.
    """

    sequence: int = 0
    whole: bool = False
    playbacks: Mapping[str, Playback] = {}
    completions: Mapping[str, int] = {}
    unsure: Mapping[str, int] = {}
    judged: int = 0

    @property
    def current(self) -> Playback | None:
        """Where the viewer is; None when nothing was ever reported."""
        return max(self.playbacks.values(), key=_by_sequence, default=None)

    @property
    def status(self) -> WatchStatus:
        current = self.current
        if current is None:
            return "unwatched"
        return "completed" if current.is_at_the_end else "in_progress"

    @property
    def ends(self) -> Mapping[str, int]:
        return {**self.unsure, **self.completions}

    @property
    def times_completed(self) -> int:
        return len(self.ends)

    @property
    def completed_ms(self) -> int | None:
        """When the end was last reached, while the viewer is there."""
        return max(self.ends.values(), default=None) if self.status == "completed" else None


# What Valkey starts from, and what the database starts from: one may have forgotten, the other has not.
NOTHING_KNOWN = Watched()
NEVER_WATCHED = Watched(whole=True)


@dataclass(frozen=True, slots=True)
class ContinueRule:
    """Which movies are offered to go on with: begun, not completed, and not too short to be worth it."""

    minimum_duration_seconds: float
    from_fraction: float = 0.05
    below_fraction: float = COMPLETED_FROM

    def takes(self, playback: Playback) -> bool:
        long_enough = playback.duration_seconds >= self.minimum_duration_seconds
        return long_enough and self.from_fraction <= playback.fraction < self.below_fraction


def accept(state: Watched, report: Report, now_ms: int) -> Watched | None:
    """`state` after a report that came at `now_ms` by the server's clock; None when it is no news."""
    before = state.playbacks.get(report.session_id)
    if before is not None and report.client_ms <= before.client_ms:
        return None
    sequence = max(state.sequence + 1, now_ms)
    lap, counted = _lap_of(before, report)
    completions, unsure = dict(state.completions), dict(state.unsure)
    if report.is_at_the_end and not counted:
        counted, end = True, f"{report.session_id}/{lap}"
        if before is not None or state.status == "in_progress":
            completions.setdefault(end, sequence)
        elif state.status == "unwatched":
            (completions if state.whole else unsure).setdefault(end, sequence)
    playback = Playback(**report.model_dump(), sequence=sequence, lap=lap, counted=counted)
    return state.model_copy(
        update={
            "sequence": sequence,
            "playbacks": _latest([*_others(state, report.session_id), playback]),
            "completions": _newest(completions),
            "unsure": unsure,
        }
    )


def join(base: Watched, news: Watched) -> Watched:
    """Everything that `base` (the database) and `news` (Valkey) know; whole, because `base` is."""
    playbacks = dict(base.playbacks)
    for session_id, playback in news.playbacks.items():
        known = playbacks.get(session_id)
        if known is None or _is_later(playback, known):
            playbacks[session_id] = playback
    completions = dict(base.completions)
    ends = [*news.completions.items(), *_decided(base, news)]
    for end, at_ms in ends:
        completions[end] = min(at_ms, completions.get(end, at_ms))
    return Watched(
        sequence=max(base.sequence, news.sequence),
        whole=True,
        playbacks=_latest(playbacks.values()),
        completions=_newest(completions),
        judged=max(base.judged, news.judged, *news.unsure.values(), 0),
    )


def _lap_of(before: Playback | None, report: Report) -> tuple[int, bool]:
    if before is None:
        return 0, False
    if before.counted and report.fraction < BEGINS_AGAIN_BELOW:
        return before.lap + 1, False
    return before.lap, before.counted


def _decided(base: Watched, news: Watched) -> Iterable[tuple[str, int]]:
    """Of the ends that Valkey was unsure of: those of movies that were not completed just before, unless the
    report that told of it was a late repetition."""
    for end, at_ms in news.unsure.items():
        earlier = [playback for playback in base.playbacks.values() if playback.sequence < at_ms]
        last = max(earlier, key=_by_sequence, default=None)
        session_id = end.rpartition("/")[0]
        stale = session_id in base.playbacks and not _is_news(news.playbacks.get(session_id), base, session_id)
        if at_ms > base.judged and not stale and (last is None or not last.is_at_the_end):
            yield end, at_ms


def _is_news(playback: Playback | None, base: Watched, session_id: str) -> bool:
    return playback is not None and _is_later(playback, base.playbacks[session_id])


def _is_later(playback: Playback, known: Playback) -> bool:
    """Of the same report, taken twice because one of two stores had forgotten it, the first counts."""
    return (playback.client_ms, -playback.sequence) > (known.client_ms, -known.sequence)


def _others(state: Watched, session_id: str) -> list[Playback]:
    return [playback for key, playback in state.playbacks.items() if key != session_id]


def _latest(playbacks: Iterable[Playback]) -> dict[str, Playback]:
    kept = sorted(playbacks, key=_by_sequence)[-MAX_PLAYBACKS:]
    return {playback.session_id: playback for playback in kept}


def _newest(completions: Mapping[str, int]) -> dict[str, int]:
    kept = sorted(completions.items(), key=lambda item: (item[1], item[0]))[-MAX_COMPLETIONS:]
    return dict(kept)


def _by_sequence(playback: Playback) -> tuple[int, str]:
    return playback.sequence, playback.session_id
