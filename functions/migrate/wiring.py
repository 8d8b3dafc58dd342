"""What `migrate` works with, built on first use."""

from functools import cached_property

from marquee.domain.schema import Schema
from marquee.entry.wiring import DatabaseWiring
from marquee.services.migrate import Migrate

from migrate.settings import Settings


class MigrateWiring(DatabaseWiring[Settings]):
    """The use case of migrate."""

    @cached_property
    def schema(self) -> Schema:
        from marquee.adapters.schema import DatabaseSchema

        return DatabaseSchema(self.database)

    @cached_property
    def migrate(self) -> Migrate:
        return Migrate(self.schema)


wiring = MigrateWiring(Settings)
