"""Schedules (EventBridge Scheduler and rules) that call functions: `rate(…)`, `cron(…)` and `at(…)`."""

from __future__ import annotations

import asyncio
import calendar
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from local.model import Schedule

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_HORIZON_DAYS = 366 * 5

logger = logging.getLogger(__name__)


class ScheduleError(ValueError):
    """An expression that is not understood."""


def rate_seconds(expression: str) -> int | None:
    """The period of a `rate(…)` expression; None for the other kinds."""
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    return int(match[1]) * _UNITS[match[2]] if match else None


@dataclass(frozen=True)
class Cron:
    """`cron(minutes hours day-of-month month day-of-week year)`, days of week 1 (Sunday) to 7."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None  # None: `?`
    last_day: bool
    months: frozenset[int]
    weekdays: frozenset[int] | None
    years: frozenset[int]

    @classmethod
    def parse(cls, expression: str) -> Cron:
        """Raises ScheduleError. `W` and `#` are not known."""
        match = re.fullmatch(r"cron\((.+)\)", expression)
        fields = match[1].split() if match else []
        if len(fields) != 6:
            raise ScheduleError(f"{expression} is not a cron expression of six fields")
        minutes, hours, days, months, weekdays, years = fields
        return cls(
            minutes=_values(minutes, 0, 59),
            hours=_values(hours, 0, 23),
            days=None if days in {"?", "L"} else _values(days, 1, 31),
            last_day=days == "L",
            months=_values(months, 1, 12, _MONTHS),
            weekdays=None if weekdays == "?" else _values(weekdays, 1, 7, _DAYS),
            years=_values(years, 1970, 2199),
        )

    def next_after(self, moment: datetime) -> datetime | None:
        """The first time strictly after `moment`, in its time zone; None within the next five years."""
        start = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        for offset in range(_HORIZON_DAYS):
            day = start + timedelta(days=offset)
            if self._on(day):
                for time in self._times(day, start if offset == 0 else None):
                    return time
        return None

    def _times(self, day: datetime, earliest: datetime | None) -> Iterator[datetime]:
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                time = day.replace(hour=hour, minute=minute)
                if earliest is None or time >= earliest:
                    yield time

    def _on(self, day: datetime) -> bool:
        if day.year not in self.years or day.month not in self.months:
            return False
        if self.last_day:
            return day.day == calendar.monthrange(day.year, day.month)[1]
        if self.days is not None and day.day not in self.days:
            return False
        return self.weekdays is None or day.isoweekday() % 7 + 1 in self.weekdays


def _values(field: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        try:
            start = low if first == "*" else _number(first, names)
            end = _number(last, names) if last else (high if step or first == "*" else start)
            found.update(range(start, end + 1, int(step or 1)))
        except ValueError as error:
            raise ScheduleError(f"{field} is not understood") from error
    if not found or min(found) < low or max(found) > high:
        raise ScheduleError(f"{field} is not between {low} and {high}")
    return frozenset(found)


def _number(text: str, names: dict[str, int] | None) -> int:
    return names[text.upper()] if names and text.upper() in names else int(text)


class Schedules:
    """Calls `fire(schedule)` when a schedule is due.

    Rate schedules are also due at the start: what a crash left behind is put right at once, not a period later.
    """

    def __init__(self, schedules: Iterable[Schedule], fire: Callable[[Schedule], None]) -> None:
        self._schedules = [schedule for schedule in schedules if schedule.enabled]
        self._fire = fire
        self._tasks: list[asyncio.Task[None]] = []
        for schedule in self._schedules:
            if rate_seconds(schedule.expression) is None and not schedule.expression.startswith("at("):
                Cron.parse(schedule.expression)  # a mistake is told at the start, not at the first due time

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._run(s), name=f"schedule {s.name}") for s in self._schedules]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, schedule: Schedule) -> None:
        period = rate_seconds(schedule.expression)
        if period is not None:
            while True:
                self._fire_safely(schedule)
                await asyncio.sleep(period)
        while True:
            due = next_time(schedule, datetime.now(UTC))
            if due is None:
                return
            await _sleep_until(due)
            self._fire_safely(schedule)

    def _fire_safely(self, schedule: Schedule) -> None:
        try:
            self._fire(schedule)
        except Exception:
            logger.exception("schedule %s", schedule.name)


def next_time(schedule: Schedule, now: datetime) -> datetime | None:
    """When a `cron` or `at` schedule is due next, or None for never."""
    zone = ZoneInfo(schedule.timezone)
    if schedule.expression.startswith("at("):
        due = datetime.fromisoformat(schedule.expression[3:-1]).replace(tzinfo=zone)
        return due if due > now else None
    return Cron.parse(schedule.expression).next_after(now.astimezone(zone))


async def _sleep_until(due: datetime) -> None:
    # in steps: the machine may sleep, and a long timer would then be late
    while (left := (due - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110  (time is no event)
        await asyncio.sleep(min(left, 60))
