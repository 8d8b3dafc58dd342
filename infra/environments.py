"""`dev`, `staging`, `prod`: the only place where environments differ.

Everything below this file takes these values and asks for no environment's name. A choice that could be made
twice is made here once; a value that would fail in AWS only after minutes of deploying is refused here at once.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from infra.backups import Backups
from infra.choice import Choice
from infra.databases import Database, ExternalDatabase, InstanceDatabase, ServerlessDatabase
from infra.enrichment import Enrichment
from infra.identity import Identity
from infra.network import NatInstance, Network
from infra.observability import Observability
from infra.playback import Playback
from infra.plugins import Plugins
from infra.rollout import Rollout
from infra.worker import Worker

EnvironmentName = Literal["dev", "staging", "prod"]
LogRetentionDays = Literal[7, 30, 90, 365]


class ValkeyLimits(Choice):
    """ElastiCache Serverless refuses to grow, and to cost, beyond these."""

    maximum_storage_gb: int = Field(default=1, ge=1, le=5000)
    maximum_ecpu_per_second: int = Field(default=1000, ge=1000, le=15_000_000)


class Api(Choice):
    """Requests a second over all clients, and the origins whose pages may send parts to the uploads bucket.

    `open_metrics`: whether everybody may read the service's counters, or only administrators and machines with
    their scope (Prometheus gets its token by `oauth2`).
    """

    throttle_rate: int = Field(ge=1, le=10_000)
    throttle_burst: int = Field(ge=1, le=5_000)
    upload_origins: tuple[str, ...] = ("*",)
    open_metrics: bool = False


class Webhooks(Choice):
    """Where webhooks may be sent besides public https: with `loopback` to receivers on the developer's machine."""

    loopback: bool = False


class Protection(Choice):
    """How hard abuse is met.

    `limit_factor`: how many times the API's quotas hold. Addresses in `trusted_networks` are never blocked.
    `firewall`: AWS WAF before the distribution; `count` only says what `block` would stop, `off` costs nothing.
    """

    limit_factor: int = Field(default=1, ge=1, le=1000)
    trusted_networks: tuple[str, ...] = ()
    firewall: Literal["off", "count", "block"] = "block"


class Watching(Choice):
    """Movies shorter than `continue_minimum_seconds` are not offered to go on with."""

    continue_minimum_seconds: float = Field(default=120.0, gt=0)


class Retention(Choice):
    """How long things stay, and whether they outlive the stack that made them.

    `source_archive_days`: until a source goes to where keeping is cheap and reading dear. `published_tiering_days`:
    until S3 looks which films nobody watches and asks less for these; to look costs a little, so not from the start.
    """

    log_days: LogRetentionDays
    work_days: int = Field(default=3, ge=1)
    source_archive_days: int | None = Field(default=None, ge=1)
    source_expiry_days: int | None = Field(default=None, ge=1)
    published_tiering_days: int | None = Field(default=None, ge=0)
    protect: bool


class Environment(Choice):
    """One deployable Marquee. Without `account` and `region` it goes wherever the credentials point."""

    name: EnvironmentName
    account: str | None = Field(default=None, pattern=r"^\d{12}$")
    region: str | None = Field(default=None, pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    network: Network
    database: Database
    valkey: ValkeyLimits = ValkeyLimits()
    worker: Worker
    api: Api
    identity: Identity = Identity()
    webhooks: Webhooks = Webhooks()
    protection: Protection = Protection()
    watching: Watching = Watching()
    playback: Playback = Playback()
    enrichment: Enrichment = Enrichment()
    plugins: Plugins = Plugins()
    observability: Observability
    # `local`: the local cloud's own TMDB, and none where it is deployed
    tmdb: Literal["local", "live"] = "live"
    # whether what people entrust to us is encrypted with a key of our own, or with those that AWS keeps for us
    own_key: bool = True
    retention: Retention
    # None: what the database keeps itself is enough
    backups: Backups | None = None
    rollout: Rollout = Rollout()
    function_memory_mib: int = Field(default=512, ge=128, le=10_240)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def watched_early(self) -> bool:
        """Whether a film can be watched while it is encoded: not where somebody has to agree to it first."""
        return self.enrichment.moderation == "allow" and self.plugins.before_publish is None

    @model_validator(mode="after")
    def _database_is_reachable(self) -> Self:
        if isinstance(self.database, ExternalDatabase) and self.network.nat == "none":
            raise ValueError("an external database is outside the VPC: it needs a NAT")
        return self

    @model_validator(mode="after")
    def _list_is_reachable(self) -> Self:
        if self.playback.access == "closed" and self.network.nat == "none":
            raise ValueError("a key-value store is not reached through endpoints: closed playback needs a NAT")
        return self

    @model_validator(mode="after")
    def _nobody_watches_before_the_verdict(self) -> Self:
        if self.enrichment.moderation != "allow" and self.playback.access != "closed":
            raise ValueError("open playback keeps nobody out: moderation by hold or block needs it closed")
        if self.enrichment.moderation != "allow" and self.enrichment.analysis_provider == "off":
            raise ValueError("moderation by hold or block needs an analysis_provider")
        return self

    @model_validator(mode="after")
    def _plugins_are_asked_in_time(self) -> Self:
        if self.plugins.before_publish and self.playback.access != "closed":
            raise ValueError("open playback keeps nobody out: plugins.before_publish needs it closed")
        if self.plugins.after_ready and self.enrichment.moderation != "allow":
            raise ValueError("a held film is released after its job: instead of plugins.after_ready hear asset.ready")
        return self

    @model_validator(mode="after")
    def _enrichers_are_reachable(self) -> Self:
        if self.enrichment.asks_amazon and self.network.nat == "none":
            raise ValueError("Transcribe, Rekognition and Bedrock are outside the VPC: they need a NAT")
        return self

    @model_validator(mode="after")
    def _accounts_are_reachable(self) -> Self:
        if self.identity.domain and self.network.nat == "none":
            raise ValueError("a user pool with a domain is not reached through endpoints: it needs a NAT")
        return self


DEV = Environment(
    name="dev",
    # A gateway, and endpoints for the workers, would cost more than all the rest together.
    network=Network(nat="instance", nat_instance=NatInstance(spot=True), worker_egress="https"),
    database=ServerlessDatabase(),
    worker=Worker(
        lambda_memory_mib=3008,  # the most that a new account may use
        fargate_cpu_units=2048,
        fargate_memory_mib=4096,
        shard_concurrency=10,
        jobs_at_once=12,
        jobs_at_once_each=8,
        fargate_vcpu_quota=256,
    ),
    api=Api(throttle_rate=200, throttle_burst=400, open_metrics=True),
    webhooks=Webhooks(loopback=True),
    # All who develop and test here come from one address, and mean to fail.
    protection=Protection(limit_factor=200, trusted_networks=("127.0.0.0/8", "::1/128"), firewall="off"),
    watching=Watching(continue_minimum_seconds=3.0),  # films to try things with are short
    playback=Playback(visibility="public"),  # watched without an account; sessions are asked for all the same
    enrichment=Enrichment(captions_provider="sphinx", analysis_provider="local"),
    tmdb="local",
    own_key=False,  # a dollar a month, and one for each year's turn, to guard films to try things with
    observability=Observability(monthly_budget_usd=60, early_alarms=False),  # ten metrics under alarm are free
    retention=Retention(log_days=7, source_expiry_days=30, protect=False),
)

STAGING = Environment(
    name="staging",
    network=Network(nat="gateway", nat_gateway_count=1),
    database=ServerlessDatabase(maximum_units=8),
    valkey=ValkeyLimits(maximum_storage_gb=2, maximum_ecpu_per_second=5000),
    worker=Worker(
        lambda_memory_mib=7076,
        fargate_cpu_units=4096,
        fargate_memory_mib=8192,
        shard_concurrency=40,
        jobs_at_once=6,
        jobs_at_once_each=4,
        fargate_vcpu_quota=1000,
        reserved_lambdas=40,
    ),
    api=Api(throttle_rate=200, throttle_burst=400),
    protection=Protection(firewall="count"),
    enrichment=Enrichment(captions_provider="transcribe", analysis_provider="amazon"),
    backups=Backups(nightly_days=14, monthly_days=14),
    rollout=Rollout(canary_minutes=5),
    observability=Observability(monthly_budget_usd=400),
    retention=Retention(log_days=30, source_archive_days=30, protect=True),
)

PROD = Environment(
    name="prod",
    network=Network(nat="gateway", nat_gateway_count=2, endpoint_zone_count=2),
    database=InstanceDatabase(instance_type="r8g.large", instance_count=2, backup_days=14),
    valkey=ValkeyLimits(maximum_storage_gb=10, maximum_ecpu_per_second=50_000),
    worker=Worker(
        lambda_memory_mib=7076,
        fargate_cpu_units=4096,
        fargate_memory_mib=8192,
        shard_concurrency=100,  # a film of an hour and a half has ninety shards
        jobs_at_once=20,
        jobs_at_once_each=8,
        fargate_vcpu_quota=8000,
        reserved_lambdas=100,
    ),
    api=Api(throttle_rate=1000, throttle_burst=2000),
    enrichment=Enrichment(captions_provider="transcribe", analysis_provider="amazon", chunk_concurrency=20),
    backups=Backups(),
    rollout=Rollout(canary_minutes=10),
    observability=Observability(monthly_budget_usd=3000),
    retention=Retention(log_days=365, source_archive_days=90, published_tiering_days=30, protect=True),
    function_memory_mib=1024,
)

ENVIRONMENTS: dict[str, Environment] = {e.name: e for e in (DEV, STAGING, PROD)}
