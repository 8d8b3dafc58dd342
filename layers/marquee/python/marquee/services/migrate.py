"""Bring the database to the form that this release reads."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from marquee.domain.clock import Clock, utc_now
from marquee.domain.media import Model
from marquee.domain.schema import Schema, Step

logger = logging.getLogger("marquee.migrate")


class Nothing(Model):
    """A deployment says nothing that a migration needs to know."""


class Migrated(Model):
    """What was done. `version`: the newest step that is done. `waiting`: contractions that the next release makes.

    `changed`: documents by step."""

    version: int
    indexes_created: tuple[str, ...]
    indexes_unavailable: tuple[str, ...]
    indexes_dropped: tuple[str, ...]
    changed: dict[str, int]
    waiting: tuple[str, ...]


@dataclass(frozen=True)
class Migrate:
    """Runs at each deployment, before the code that needs it serves. May run twice, at once, or again after it
    was interrupted: a step is recorded when it is done, and repeating one changes nothing."""

    schema: Schema
    clock: Clock = utc_now

    def __call__(self) -> Migrated:
        # What an earlier deployment left: only that may be built upon by contractions.
        before = self.schema.done()
        indexing = self.schema.create_missing_indexes()
        changed: dict[str, int] = {}
        waiting: list[str] = []
        for step in sorted(self.schema.steps, key=lambda step: step.number):
            if step.number in before:
                continue
            if step.kind == "contract" and step.after not in before:
                waiting.append(step.name)
                continue
            changed[step.name] = self._run(step)
        dropped = self.schema.drop_retired_indexes()
        return Migrated(
            version=max(self.schema.done(), default=0),
            indexes_created=indexing.created,
            indexes_unavailable=indexing.unavailable,
            indexes_dropped=tuple(dropped),
            changed=changed,
            waiting=tuple(waiting),
        )

    def _run(self, step: Step) -> int:
        count = step.run()
        self.schema.record(step, self.clock())
        logger.info("migrated", extra={"step": step.number, "step_name": step.name, "documents": count})
        return count
