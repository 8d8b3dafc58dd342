"""Register, show, change and remove webhook endpoints; give them new secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from marquee.domain import ids
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.events import WebhookType
from marquee.domain.media import Model
from marquee.domain.signatures import new_secret
from marquee.domain.webhook_stores import EndpointStore, Sealer
from marquee.domain.webhook_targets import MAX_URL_LENGTH, TargetPolicy
from marquee.domain.webhooks import DisabledReason, Endpoint, EndpointStatus, SealedSecret
from marquee.services.paging import read_page

MAX_ENDPOINTS = 100
MAX_OVERLAP_HOURS = 168
RACES = 3

Url = Annotated[str, Field(min_length=1, max_length=MAX_URL_LENGTH)]
Description = Annotated[str, Field(max_length=200)]
EventTypes = Annotated[tuple[WebhookType, ...], Field(max_length=20)]


class NewEndpoint(Model):
    """Body of `POST /webhooks`. No `event_types` means all, those of the future too."""

    url: Url
    description: Description = ""
    event_types: EventTypes = ()


class EndpointChanges(Model):
    """Body of `PATCH /webhooks/{id}`: what is not named stays."""

    url: Url | None = None
    description: Description | None = None
    event_types: EventTypes | None = None
    enabled: bool | None = None


class Rotation(Model):
    """Body of `POST /webhooks/{id}/rotate`: how long the old secret signs beside the new one."""

    overlap_hours: Annotated[int, Field(ge=0, le=MAX_OVERLAP_HOURS)] = 24


class EndpointAnswer(Model):
    """An endpoint without its secrets. `old_secret_until`: two secrets sign until then."""

    id: str
    url: str
    description: str
    event_types: tuple[WebhookType, ...]
    status: EndpointStatus
    disabled_reason: DisabledReason | None
    disabled_at: datetime | None
    failing_since: datetime | None
    old_secret_until: datetime | None
    created_at: datetime
    updated_at: datetime


class EndpointWithSecret(EndpointAnswer):
    """The one time that a secret is shown."""

    secret: str


class EndpointsPage(Model):
    items: tuple[EndpointAnswer, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class WebhookEndpoints:
    """The use cases of `/webhooks`."""

    endpoints: EndpointStore
    sealer: Sealer
    policy: TargetPolicy
    clock: Clock = utc_now

    def create(self, new: NewEndpoint) -> EndpointWithSecret:
        self.policy.check_url(new.url)
        if len(self.endpoints.page(MAX_ENDPOINTS, None)) >= MAX_ENDPOINTS:
            raise Conflict(f"There are {MAX_ENDPOINTS} endpoints already.", code="too_many_endpoints")
        identity, secret, now = ids.new_webhook_endpoint_id(), new_secret(), self.clock()
        endpoint = Endpoint(
            id=identity,
            url=new.url,
            description=new.description,
            event_types=tuple(dict.fromkeys(new.event_types)),
            secrets=(self._sealed(secret, identity, now),),
            enabled_at=now,
            created_at=now,
            updated_at=now,
        )
        self.endpoints.add(endpoint)
        return self._with_secret(endpoint, secret)

    def show(self, endpoint_id: str) -> EndpointAnswer:
        return self._answer(self._get(endpoint_id))

    def list(self, limit: int, cursor: str | None) -> EndpointsPage:
        page, next_cursor = read_page(self.endpoints.page, limit, cursor)
        return EndpointsPage(items=tuple(self._answer(endpoint) for endpoint in page), next_cursor=next_cursor)

    def change(self, endpoint_id: str, changes: EndpointChanges) -> EndpointAnswer:
        if changes.url is not None:
            self.policy.check_url(changes.url)
        named = changes.model_dump(exclude_none=True, exclude={"enabled"})

        def changed(endpoint: Endpoint) -> Endpoint:
            now = self.clock()
            new = endpoint.model_copy(update={**named, "updated_at": now})
            if changes.enabled is None or changes.enabled == (new.status == "enabled"):
                return new
            return new.enabled(now) if changes.enabled else new.disabled("by_request", now)

        return self._answer(self._change(endpoint_id, changed))

    def rotate(self, endpoint_id: str, rotation: Rotation) -> EndpointWithSecret:
        """The newest secret goes on signing for the overlap; one that was on its way out is out."""
        secret = new_secret()

        def rotated(endpoint: Endpoint) -> Endpoint:
            now = self.clock()
            until = now + timedelta(hours=rotation.overlap_hours)
            old = [s.model_copy(update={"expires_at": until}) for s in endpoint.secrets if s.expires_at is None]
            secrets = (self._sealed(secret, endpoint.id, now), *(old if rotation.overlap_hours else ()))
            return endpoint.model_copy(update={"secrets": secrets, "updated_at": now})

        return self._with_secret(self._change(endpoint_id, rotated), secret)

    def delete(self, endpoint_id: str) -> None:
        if not self.endpoints.delete(endpoint_id):
            raise NotFound("There is no such endpoint.")

    def _change(self, endpoint_id: str, change: Callable[[Endpoint], Endpoint]) -> Endpoint:
        for _ in range(RACES):
            kept = self.endpoints.replace(change(self._get(endpoint_id)))
            if kept is not None:
                return kept
        raise Conflict("The endpoint is being changed by others.", code="endpoint_changed")

    def _get(self, endpoint_id: str) -> Endpoint:
        endpoint = self.endpoints.get(endpoint_id)
        if endpoint is None:
            raise NotFound("There is no such endpoint.")
        return endpoint

    def _sealed(self, secret: str, endpoint_id: str, now: datetime) -> SealedSecret:
        return SealedSecret(sealed=self.sealer.seal(secret, owner=endpoint_id), created_at=now)

    def _answer(self, endpoint: Endpoint) -> EndpointAnswer:
        ends = [s.expires_at for s in endpoint.valid_secrets(self.clock()) if s.expires_at is not None]
        known = endpoint.model_dump(include=set(EndpointAnswer.model_fields))
        return EndpointAnswer(**known, old_secret_until=max(ends, default=None))

    def _with_secret(self, endpoint: Endpoint, secret: str) -> EndpointWithSecret:
        return EndpointWithSecret(**self._answer(endpoint).model_dump(), secret=secret)
