"""What a process is told by its environment: one frozen model per process, read once.

Field `uploads_bucket` is variable `UPLOADS_BUCKET`. `infra` reads the models to give every function
exactly the variables it needs; a test holds the templates to it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from marquee.domain.enrichment import CaptionsProvider, ModerationPolicy
from marquee.domain.turns import TurnLimits


class ProcessSettings(BaseModel):
    """Base of all settings: what every function is given. `sentry_dsn`: where errors are told besides the log.

    Each `functions/{name}/settings.py` has one class `Settings`.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=str.upper, validate_by_name=True, validate_by_alias=True
    )

    environment: Literal["dev", "staging", "prod"]
    powertools_service_name: str
    log_level: str = "INFO"
    sentry_dsn: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings in `environment`, by default the process's own; a missing variable is an error."""
        return cls.model_validate(dict(os.environ if environment is None else environment))

    @classmethod
    def variables(cls) -> frozenset[str]:
        """Names of all environment variables this process reads."""
        return frozenset(name.upper() for name in cls.model_fields)

    @classmethod
    def required_variables(cls) -> frozenset[str]:
        """Names of the environment variables this process cannot start without."""
        return frozenset(name.upper() for name, field in cls.model_fields.items() if field.is_required())


class DatabaseSettings(ProcessSettings):
    """For processes that use the database: the secret holds its address and password."""

    database_secret_arn: str
    database_name: str = "marquee"


class EventsSettings(DatabaseSettings):
    """For processes that say facts: the queue wakes whoever tells them on."""

    webhooks_queue_url: str


class TurnSettings(ProcessSettings):
    """For processes that begin jobs: how many make a film at once, of all and of one owner; 0: any number."""

    jobs_at_once: int = 0
    jobs_at_once_each: int = 0

    @property
    def turn_limits(self) -> TurnLimits:
        return TurnLimits(self.jobs_at_once, self.jobs_at_once_each)


class EnrichersSettings(ProcessSettings):
    """For processes that decide what is made besides the film itself."""

    captions_provider: CaptionsProvider = "off"
    analysis_provider: Literal["off", "local", "amazon"] = "off"


class ModerationSettings(ProcessSettings):
    """For processes that let viewers in: whether a film waits for its verdict first."""

    moderation_policy: ModerationPolicy = "allow"


class EarlySettings(ProcessSettings):
    """For processes that make a film watchable while it grows. Not where somebody has to agree to it first."""

    watched_early: bool = True


class WebhookSettings(EventsSettings):
    """For processes that keep webhooks' secrets: what their key is derived from."""

    webhooks_key_secret_arn: str


class CacheSettings(ProcessSettings):
    """For processes that use Valkey. `valkey_endpoint` is `host:port`.

    The rest is for the gate of those that answer HTTP (`entry.limits.Gate`): the secret that the distribution
    sends, networks that are never blocked (with commas between), and how many times the quotas hold.
    """

    valkey_endpoint: str
    valkey_tls: bool = True
    origin_secret: str = ""
    trusted_networks: str = ""
    limit_factor: int = 1


class CatalogueSettings(DatabaseSettings, CacheSettings):
    """For processes that write what is read of movies through the cache."""


class TmdbSettings(CacheSettings):
    """For processes that ask TMDB. `tmdb_url`: of its API; without one, or with `local` where no local cloud has
    put its own in that place, Marquee has its own films alone. The secret holds `{"token": "…"}`.
    `tmdb_function_name`: of the function that asks in our place, where there is no way out."""

    tmdb_url: str = ""
    tmdb_secret_arn: str = ""
    tmdb_function_name: str = ""
