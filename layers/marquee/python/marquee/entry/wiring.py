"""Adapters of a process, each built when it is first used.

A function that only answers a question must not pay for the import of a client it does not call: pymongo,
boto3 and valkey are imported by the properties that need them. Tests put fakes in the properties' place.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from marquee.domain.events import Events
from marquee.domain.metrics import Counters, Metrics
from marquee.domain.ports import Executions, LiveProgress, MultipartStore, ObjectStore
from marquee.domain.spoken import SpokenStore
from marquee.domain.stores import AnswerStore, AssetStore, JobStore, UploadStore
from marquee.domain.watch_stores import LiveWatch, WatchStore
from marquee.domain.webhook_stores import Deliverer
from marquee.entry.settings import CacheSettings, DatabaseSettings, EventsSettings, ProcessSettings

if TYPE_CHECKING:
    from valkey import Valkey

    from marquee.adapters.database import Database
    from marquee.adapters.limits import ValkeyLimits
    from marquee.adapters.valkey_attempts import Attempts
    from marquee.entry.limits import Gate

# An answer is given within 2.5 s, also that there is none.
ANSWERING_SECONDS = 1.5
# Where there is the cache to answer instead.
SERVING_SECONDS = 1.2

S = TypeVar("S", bound=ProcessSettings)
D = TypeVar("D", bound=DatabaseSettings)
C = TypeVar("C", bound=CacheSettings)
E = TypeVar("E", bound=EventsSettings)


class Wiring(Generic[S]):
    """Settings, read when first asked for, and storage, which needs none."""

    def __init__(self, settings_type: type[S]) -> None:
        self._settings_type = settings_type

    @cached_property
    def settings(self) -> S:
        return self._settings_type.read()

    @cached_property
    def objects(self) -> ObjectStore:
        from marquee.adapters.objects import S3Objects

        return S3Objects()

    @cached_property
    def multipart(self) -> MultipartStore:
        from marquee.adapters.multipart import S3Multipart

        return S3Multipart()

    def executions_of(self, state_machine_arn: str) -> Executions:
        from marquee.adapters.executions import StepFunctionsExecutions

        return StepFunctionsExecutions(state_machine_arn)


class DatabaseWiring(Wiring[D]):
    """The documents' stores over one connection.

    `patience_seconds`: how long one operation may take where somebody waits for an answer; None: as long as the
    connection itself allows, where nobody does.
    """

    patience_seconds: ClassVar[float | None] = None

    @cached_property
    def database(self) -> Database:
        from marquee.adapters.database import Database, secret_uri

        read_uri, name = partial(secret_uri, self.settings.database_secret_arn), self.settings.database_name
        if self.patience_seconds is None:
            return Database(read_uri, name)
        from marquee.adapters.impatient_database import ImpatientDatabase

        return ImpatientDatabase(read_uri, name, patience_seconds=self.patience_seconds)

    @cached_property
    def uploads(self) -> UploadStore:
        from marquee.adapters.uploads import DatabaseUploads

        return DatabaseUploads(self.database)

    @cached_property
    def assets(self) -> AssetStore:
        from marquee.adapters.assets import DatabaseAssets

        return DatabaseAssets(self.database)

    @cached_property
    def jobs(self) -> JobStore:
        from marquee.adapters.jobs import DatabaseJobs

        return DatabaseJobs(self.database)

    @cached_property
    def watch_progress(self) -> WatchStore:
        from marquee.adapters.watch_progress import DatabaseWatch

        return DatabaseWatch(self.database)

    @cached_property
    def spoken(self) -> SpokenStore:
        from marquee.adapters.spoken import DatabaseSpoken

        return DatabaseSpoken(self.database)

    @cached_property
    def answers(self) -> AnswerStore:
        from marquee.adapters.answers import DatabaseAnswers

        return DatabaseAnswers(self.database)


class EventsWiring(DatabaseWiring[E]):
    """Where facts are said."""

    @cached_property
    def deliverer(self) -> Deliverer:
        from marquee.adapters.delivering import QueueDeliverer

        return QueueDeliverer(self.settings.webhooks_queue_url)

    @cached_property
    def events(self) -> Events:
        from marquee.adapters.outbox import OutboxEvents

        return OutboxEvents(self.database, lambda: self.deliverer)


class CacheWiring(Wiring[C]):
    """One connection to Valkey, and what lives in it."""

    @cached_property
    def valkey(self) -> Valkey:
        from marquee.adapters.valkey_connection import connect

        return connect(self.settings.valkey_endpoint, tls=self.settings.valkey_tls)

    @cached_property
    def metrics(self) -> Metrics:
        from marquee.adapters.metrics import ValkeyMetrics

        return ValkeyMetrics(self.valkey)

    @cached_property
    def attempts(self) -> Attempts:
        """One for all that waits for Valkey: while it is away, one of them pays for finding out."""
        from marquee.adapters.valkey_attempts import Attempts

        return Attempts()

    @cached_property
    def limits(self) -> ValkeyLimits:
        from marquee.adapters.limits import ValkeyLimits

        return ValkeyLimits(self.valkey, attempts=self.attempts)

    @cached_property
    def gate(self) -> Gate:
        """What every request of an HTTP function passes first."""
        from marquee.entry.limits import Gate

        settings = self.settings
        return Gate(
            self.limits,
            self.limits,
            origin_secret=settings.origin_secret,
            trusted=settings.trusted_networks,
            factor=settings.limit_factor,
        )

    @cached_property
    def counters(self) -> Counters:
        from marquee.adapters.metrics import ValkeyMetrics

        return ValkeyMetrics(self.valkey)

    @cached_property
    def live_watch(self) -> LiveWatch:
        from marquee.adapters.live_watch import ValkeyLiveWatch

        return ValkeyLiveWatch(self.valkey)

    @cached_property
    def progress(self) -> LiveProgress:
        from marquee.adapters.progress import ValkeyProgress

        return ValkeyProgress(self.valkey)
