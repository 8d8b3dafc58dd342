"""Plugin writes the job's document, and nothing else."""

from marquee.entry.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """Settings of the `plugin` function."""
