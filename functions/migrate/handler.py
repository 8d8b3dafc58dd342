"""Trigger: each deployment, before the API is replaced, and each start of the local cloud. Effect: the database has
the indexes and the documents that this release reads."""

from marquee.entry.steps import step
from marquee.services.migrate import Migrated, Nothing

from migrate.wiring import wiring


@step(Nothing)
def lambda_handler(_: Nothing) -> Migrated:
    return wiring.migrate()
