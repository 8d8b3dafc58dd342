"""The system as the templates describe it, in types. Built by `local.system`, run by the other modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.releases import FunctionAlias, FunctionVersion


@dataclass(frozen=True)
class Bucket:
    """`cors`, `notifications` and `lifecycle` are CloudFormation's structures; None when there are none.

    `edge_may_list`: its policy lets CloudFront list it, so that a missing object is 404 there and not 403.
    """

    name: str
    cors: Mapping[str, Any] | None
    notifications: Mapping[str, Any] | None
    lifecycle: Mapping[str, Any] | None
    edge_may_list: bool


@dataclass(frozen=True)
class Queue:
    """`attributes` are those of SQS CreateQueue, as strings."""

    name: str
    arn: str
    url: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class EventRule:
    """What of a bus goes to which queues. `pattern` is EventBridge's, as JSON."""

    name: str
    bus_name: str
    pattern: str
    queue_arns: tuple[str, ...]


@dataclass(frozen=True)
class Function:
    """A Lambda function as a process: what to run where. `reserved_concurrency` None: not limited.

    `heavy` functions share the machine's compute slots with Fargate tasks; those in the `background` have slots of
    their own, and run in what the others leave of the processors.
    """

    name: str
    arn: str
    argv: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]
    handler: str
    timeout_seconds: int
    memory_mib: int
    reserved_concurrency: int | None
    heavy: bool
    background: bool = False


@dataclass(frozen=True)
class EventSource:
    """A queue that feeds a function."""

    queue_arn: str
    function_arn: str
    batch_size: int
    batching_window_seconds: int
    reports_failures: bool
    maximum_concurrency: int | None


@dataclass(frozen=True)
class StateMachine:
    name: str
    arn: str
    definition: str
    role_arn: str
    type: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Container:
    """One container of a task definition as a process: `entry` and then `command`, which a task may override."""

    name: str
    entry: tuple[str, ...]
    command: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]
    secrets: Mapping[str, str]  # variable → secret ARN, perhaps with `:key::`
    essential: bool
    stop_seconds: int
    log_group: str  # where its lines go; empty: nowhere that the definition names


@dataclass(frozen=True)
class TaskDefinition:
    """What RunTask starts. `cpu` (1024 a core) and `memory` (MiB) as the template writes them."""

    family: str
    arn: str
    containers: tuple[Container, ...]
    cpu: str
    memory: str


@dataclass(frozen=True)
class JwtAuthorizer:
    """Whose tokens count, and for which clients or audiences."""

    issuer: str
    audience: frozenset[str]


@dataclass(frozen=True)
class Route:
    """`key` is `METHOD /path/{parameter}` or `$default`; a token must have one of `scopes`, if there are any."""

    key: str
    function_arn: str
    timeout_seconds: float
    authorizer: JwtAuthorizer | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Throttle:
    """A token bucket: `burst` at most, filled at `rate` a second."""

    rate: float
    burst: int


@dataclass(frozen=True)
class HttpApi:
    id: str
    routes: tuple[Route, ...]
    stage: str
    stage_variables: Mapping[str, str]
    throttle: Throttle | None
    route_throttles: Mapping[str, Throttle]


@dataclass(frozen=True)
class Schedule:
    """`expression` is `rate(…)`, `cron(…)` or `at(…)`; `input` is the JSON text given to the function."""

    name: str
    expression: str
    function_arn: str
    input: str
    timezone: str
    enabled: bool


@dataclass(frozen=True)
class Secret:
    """`generate` is CloudFormation's GenerateSecretString."""

    name: str
    arn: str
    value: str | None
    generate: Mapping[str, Any] | None


@dataclass(frozen=True)
class Deployment:
    """Files that are put into a bucket when the stacks are deployed (CDK's BucketDeployment)."""

    bucket: str
    prefix: str
    sources: tuple[Path, ...]
    prune: bool
    cache_control: str | None
    content_type: str | None
    include: tuple[str, ...]
    exclude: tuple[str, ...]


@dataclass(frozen=True)
class EdgeCode:
    """A CloudFront Function; `store` is the ARN of its key-value store."""

    arn: str
    name: str
    source: str
    runtime: str
    store: str | None


@dataclass(frozen=True)
class CustomResource:
    """A resource that a function of this app makes; `properties` are what it is told."""

    id: str
    type: str
    function_arn: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Distribution:
    """`config` is CloudFormation's DistributionConfig; `policies` are the policies' configurations by id, keys and
    key groups among them."""

    id: str
    config: Mapping[str, Any]
    policies: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class PoolClient:
    """An app client of a user pool, with CloudFormation's properties."""

    id: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class UserPool:
    """`properties` and `groups` are CloudFormation's. `has_domain`: it answers for tokens itself."""

    id: str
    properties: Mapping[str, Any]
    groups: tuple[Mapping[str, Any], ...]
    clients: tuple[PoolClient, ...]
    has_domain: bool


@dataclass(frozen=True)
class Trigger:
    """A function that is called when the stacks are deployed. `function` is a name or an ARN.

    `waits`: nothing serves before it has ended well. `calls` False: it is only asked whether it could be called.
    """

    name: str
    function: str
    waits: bool
    calls: bool


@dataclass(frozen=True)
class System:
    """Everything that runs. `uses_cache` and `uses_database`: whether templates have, or refer to, such a store."""

    buckets: tuple[Bucket, ...]
    queues: tuple[Queue, ...]
    functions: Mapping[str, Function]  # by name
    event_sources: tuple[EventSource, ...]
    state_machines: tuple[StateMachine, ...]
    clusters: tuple[str, ...]
    task_definitions: Mapping[str, TaskDefinition]  # by ARN
    apis: tuple[HttpApi, ...]
    distributions: tuple[Distribution, ...]
    schedules: tuple[Schedule, ...]
    secrets: tuple[Secret, ...]
    parameters: Mapping[str, str]
    deployments: tuple[Deployment, ...]
    triggers: tuple[Trigger, ...]
    uses_cache: bool
    user_pools: tuple[UserPool, ...]
    database_secrets: frozenset[str]  # ARNs of secrets that tell functions where the database is
    edge_functions: tuple[EdgeCode, ...] = ()
    key_value_stores: tuple[str, ...] = ()  # ARNs
    custom_resources: tuple[CustomResource, ...] = ()
    event_buses: tuple[str, ...] = ()  # names
    event_rules: tuple[EventRule, ...] = ()
    tmdb_secrets: frozenset[str] = frozenset()  # ARNs of secrets with the token for the TMDB that is asked from here
    function_versions: tuple[FunctionVersion, ...] = ()
    function_aliases: tuple[FunctionAlias, ...] = ()
    outputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by stack, then name
