"""Players that report as real ones do: mostly in order, sometimes twice, overtaken, or from another device."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from marquee.services.record_progress import NewProgress

DURATION_SECONDS = 5400.0
EVERY_SECONDS = 10.0
# Of all reports: sent twice, held back until the next has arrived, after a jump in the film, from a new device.
TWICE, OVERTAKEN, JUMP, DEVICE = 0.02, 0.02, 0.03, 0.01


@dataclass
class Player:
    """One viewer of one movie, and where a faithful memory would have him: `session` and `position`.

    Every device's clock is wrong by up to a day.
    """

    number: int
    chance: random.Random
    session: str = ""
    position: float = 0.0
    ends: int = 0
    _sessions: int = 0
    _counted: bool = False
    _clock: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    _held: list[NewProgress] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Some begin shortly before the end: within ten minutes nobody would reach it otherwise.
        self.position = self.chance.uniform(0, 0.95) * DURATION_SECONDS
        self._begin()

    @property
    def viewer(self) -> str:
        return f"viewer-{self.number:05d}"

    @property
    def movie(self) -> str:
        return f"mov_{self.number % 40}"

    def reports(self) -> list[NewProgress]:
        """What arrives next, in the order in which it arrives."""
        draw = self.chance.random()
        if draw < DEVICE:
            self._begin()
        elif draw < DEVICE + JUMP:
            self.position = self.chance.uniform(0, 0.97) * DURATION_SECONDS
        self.position = min(self.position + EVERY_SECONDS, DURATION_SECONDS)
        held, self._held = self._held, []
        current = self._report()
        if self.chance.random() < OVERTAKEN:
            # The one after it comes first: this one will be old when it comes.
            self._held = [current]
            self.position = min(self.position + EVERY_SECONDS, DURATION_SECONDS)
            current = self._report()
        self._remember()
        return [current, *held, *([current] if self.chance.random() < TWICE else [])]

    def _begin(self) -> None:
        """Go on with another device, whose clock has nothing to do with the last one's."""
        self._sessions += 1
        self._counted = self._sessions > 1 and self.position >= 0.9 * DURATION_SECONDS
        self.session = f"s{self.number}-{self._sessions}"
        self._clock = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.chance.uniform(-86400, 86400))

    def _report(self) -> NewProgress:
        self._clock += timedelta(seconds=EVERY_SECONDS)
        return NewProgress(
            session_id=self.session,
            session_started_at=self._clock,
            position_seconds=self.position,
            duration_seconds=DURATION_SECONDS,
            device="a player",
            client_time=self._clock,
        )

    def _remember(self) -> None:
        fraction = round(self.position, 3) / DURATION_SECONDS
        if self._counted and fraction < 0.5:
            self._counted = False
        if fraction >= 0.9 and not self._counted:
            self.ends, self._counted = self.ends + 1, True
