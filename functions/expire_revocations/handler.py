"""Trigger: schedule. Effect: revocations that no living session is under leave the list at the edge."""

from marquee.domain.media import Model
from marquee.entry.steps import step

from expire_revocations.wiring import wiring


class Nothing(Model):
    """The schedule says nothing."""


class Dropped(Model):
    """How many have left."""

    entries: int


@step(Nothing)
def lambda_handler(_: Nothing) -> Dropped:
    return Dropped(entries=wiring.drop_ended())
