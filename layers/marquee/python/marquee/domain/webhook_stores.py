"""What webhooks keep and use; adapters implement these, tests in memory.

As in `domain.stores`: changes are compare-and-set, methods may be called again, and all raise
`TransientError` when the store is away.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from marquee.domain.events import Event
from marquee.domain.webhooks import Answered, Delivery, Endpoint


class EndpointStore(Protocol):
    """Endpoints by id."""

    def add(self, endpoint: Endpoint) -> None: ...

    def get(self, endpoint_id: str) -> Endpoint | None: ...

    def page(self, limit: int, before: str | None) -> Sequence[Endpoint]:
        """Newest first; `before`: only those older than that id."""
        ...

    def enabled(self) -> Sequence[Endpoint]:
        """All that want to be told, oldest first."""
        ...

    def replace(self, endpoint: Endpoint) -> Endpoint | None:
        """Keep it when the stored one is of its revision; gives it with the next one, or None."""
        ...

    def delete(self, endpoint_id: str) -> bool:
        """Whether there was one."""
        ...


class Outbox(Protocol):
    """Events that were said, until each is turned into deliveries and then published on the bus."""

    def put(self, event: Event) -> bool:
        """Keep it; False when it was said before."""
        ...

    def known(self, event_ids: Collection[str]) -> frozenset[str]:
        """Which of these were said."""
        ...

    def waiting(self, limit: int) -> Sequence[Event]:
        """Those that are not turned into deliveries, oldest first."""
        ...

    def done(self, event_id: str) -> None:
        """It has its deliveries, and can be published."""
        ...

    def drop(self, event_id: str) -> None:
        """It never came about: nobody is told."""
        ...

    def unpublished(self, limit: int) -> Sequence[Event]:
        """Those that are done and not published, oldest first."""
        ...

    def published(self, event_ids: Collection[str]) -> None:
        """The bus has them."""
        ...

    def swept_until(self) -> datetime | None:
        """Until when the sweep has compared facts and events."""
        ...

    def set_swept_until(self, moment: datetime) -> None: ...


class EventBus(Protocol):
    """Where everybody in the account may listen."""

    def put(self, events: Sequence[Event]) -> frozenset[str]:
        """The ids of those that it took; the rest may be tried again. Raises `TransientError`."""
        ...


class DeliveryStore(Protocol):
    """Deliveries by id."""

    def add(self, delivery: Delivery) -> None:
        """Keep it; one that is there already stays as it is."""
        ...

    def get(self, delivery_id: str) -> Delivery | None: ...

    def page(self, endpoint_id: str, limit: int, before: str | None) -> Sequence[Delivery]:
        """Those of an endpoint, newest first."""
        ...

    def due(self, now: datetime, limit: int, without: Collection[str]) -> Sequence[Delivery]:
        """Pending and due, longest first, but those of the endpoints `without`."""
        ...

    def take(self, delivery: Delivery, taken: Delivery) -> bool:
        """Keep `taken` when the stored one is still due as `delivery` was and under the same lease."""
        ...

    def release(self, delivery: Delivery, *, lease: str) -> bool:
        """Keep it when the stored one is still under this lease."""
        ...


class Sealer(Protocol):
    """Encrypts signing secrets for the database. `owner`: the endpoint that one belongs to, and no other."""

    def seal(self, secret: str, *, owner: str) -> str: ...

    def open(self, sealed: str, *, owner: str) -> str: ...


class WebhookPost(Protocol):
    """One HTTP attempt from where nothing of ours can be reached."""

    def __call__(self, url: str, headers: Mapping[str, str], body: str) -> Answered:
        """Never raises for what the receiver does; that it could not be tried is an answer with `error`."""
        ...


class Deliverer(Protocol):
    """Whoever delivers what is due."""

    def wake(self, after_seconds: float = 0.0) -> None:
        """Let it look, at most 15 minutes from now. Never raises: it looks every minute anyway."""
        ...
