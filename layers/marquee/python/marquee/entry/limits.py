"""The gate before every HTTP function: who comes past the distribution, too often, or after too much mischief
is refused before anything is done for him; every refusal that he brings upon himself is remembered.

It costs one question to Valkey a request, and a second one when the answer is a client's error.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol, cast

from marquee.domain.abuse import Watch, counted_address, networks, suspicion_of
from marquee.domain.errors import InvalidRequest
from marquee.domain.identity import Principal
from marquee.domain.limits import QUOTAS, Admission, Limiter, Quota, RouteClass, class_of
from marquee.domain.metrics import Metrics
from marquee.domain.origin import ORIGIN_VERIFY_HEADER, VIEWER_ADDRESS_HEADER
from marquee.entry.access import principal_of
from marquee.entry.problems import problem

logger = logging.getLogger("marquee.limits")

PREFIX = "/api/v1"
# Problem types of draft-ietf-httpapi-ratelimit-headers-11, section 5.
QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"
ABNORMAL_USAGE = "https://iana.org/assignments/http-problem-types#abnormal-usage-detected"

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as limits care. `address`: as it is counted; `trusted`: never blocked nor suspected."""

    principal: Principal
    address: str
    trusted: bool

    @property
    def key(self) -> str:
        """A person or machine has one quota wherever they are; of nobody only the address is known."""
        return f"address:{self.address}" if self.principal.subject is None else f"subject:{self.principal.subject}"


class Gated(Protocol):
    """A wiring whose function stands behind a gate."""

    @property
    def gate(self) -> Gate: ...


def guarded(
    wiring: object,
    event: Mapping[str, Any],
    respond: Callable[[], Answer],
    *,
    metrics: Callable[[], Metrics],
    request_id: str,
) -> Answer:
    """What `respond` answers behind the wiring's gate; a function whose wiring has none is open."""
    # Asked of the class: what goes wrong while the gate is built must not open it.
    if not hasattr(type(wiring), "gate"):
        return respond()
    gate = cast(Gated, wiring).gate
    return gate.answer(event, respond, metrics=metrics(), request_id=request_id)


class Gate:
    """`origin_secret`: what the distribution sends with every request; empty: there is none, and its headers
    mean nothing. `trusted`: networks, with commas between. `factor`: how many times the table's quotas hold."""

    def __init__(
        self, limiter: Limiter, watch: Watch, *, origin_secret: str = "", trusted: str = "", factor: int = 1
    ) -> None:
        self._limiter = limiter
        self._watch = watch
        self._secret = origin_secret.encode()
        self._trusted = networks(trusted)
        self._factor = factor

    def answer(
        self, event: Mapping[str, Any], respond: Callable[[], Answer], *, metrics: Metrics, request_id: str
    ) -> Answer:
        """What `respond` answers, with the state of the caller's quota; or why he is not listened to."""
        if not self._came_through_the_distribution(event):
            metrics.count("requests_around_edge")
            return _refusal(HTTPStatus.FORBIDDEN, "forbidden", "Ask at the site's own address.", request_id=request_id)
        caller = self._caller(event)
        method, path = event["requestContext"]["http"]["method"], str(event.get("rawPath", ""))
        route_class = class_of(method, path.removeprefix(PREFIX))
        answer = (
            respond() if route_class is None else self._within_limits(caller, route_class, respond, metrics, request_id)
        )
        if not caller.trusted:
            self._remember(caller, int(answer["statusCode"]), path, metrics)
        return answer

    def _came_through_the_distribution(self, event: Mapping[str, Any]) -> bool:
        sent = str(event.get("headers", {}).get(ORIGIN_VERIFY_HEADER, ""))
        return not self._secret or hmac.compare_digest(sent.encode(), self._secret)

    def _caller(self, event: Mapping[str, Any]) -> Caller:
        # X-Forwarded-For is not looked at: its beginning is whatever a viewer writes into it.
        seen = str(event["requestContext"]["http"].get("sourceIp", ""))
        said = str(event.get("headers", {}).get(VIEWER_ADDRESS_HEADER, "")) if self._secret else ""
        principal = principal_of(event)
        for text in (said, seen):
            try:
                return Caller(principal, counted_address(text), self._trusts(text))
            except InvalidRequest:
                continue
        return Caller(principal, "unknown", trusted=False)

    def _trusts(self, text: str) -> bool:
        address = ipaddress.ip_address(text.strip())
        return any(address in network for network in self._trusted)

    def _within_limits(
        self,
        caller: Caller,
        route_class: RouteClass,
        respond: Callable[[], Answer],
        metrics: Metrics,
        request_id: str,
    ) -> Answer:
        tier = caller.principal.tier
        quota = QUOTAS[tier][route_class].times(self._factor)
        admission = self._limiter.admit(f"{tier}:{route_class}:{caller.key}", quota, caller.address)
        # An administrator gets in from everywhere: he may have to open the door again.
        if admission.blocked_ms and not (caller.trusted or caller.principal.is_admin):
            metrics.count("requests_blocked")
            return _too_many(ABNORMAL_USAGE, "blocked", _BLOCKED, admission.blocked_ms, route_class, request_id)
        if admission.admitted:
            answer = respond()
        else:
            metrics.count("requests_limited", {"tier": tier, "class": route_class})
            detail = f"At most {quota.limit} requests of this kind in {quota.window_seconds} seconds."
            answer = _too_many(QUOTA_EXCEEDED, "too_many_requests", detail, admission.wait_ms, route_class, request_id)
        answer["headers"] = {**(answer.get("headers") or {}), **rate_limit_headers(route_class, quota, admission)}
        return answer

    def _remember(self, caller: Caller, status: int, path: str, metrics: Metrics) -> None:
        suspicion = suspicion_of(status, path)
        if suspicion is None or caller.principal.is_admin:
            return
        block = self._watch.report(caller.address, suspicion)
        if block is not None:
            metrics.count("addresses_blocked", {"reason": block.reason})
            logger.warning(
                "address %s is blocked until %s for %s (strike %d)",
                block.address,
                block.until.isoformat(),
                block.reason,
                block.strike,
            )


_BLOCKED = "Requests from this address look like an attack; it is shut out for a while."


def rate_limit_headers(name: str, quota: Quota, admission: Admission) -> dict[str, str]:
    """`RateLimit` and `RateLimit-Policy` as structured fields (draft-ietf-httpapi-ratelimit-headers-11)."""
    return {
        "RateLimit-Policy": f'"{name}";q={quota.limit};w={quota.window_seconds}',
        "RateLimit": f'"{name}";r={admission.remaining};t={_seconds(admission.wait_ms)}',
    }


def _seconds(milliseconds: int) -> int:
    """Rounded up: whoever comes back then is not early."""
    return -(-milliseconds // 1000)


def _too_many(kind: str, code: str, detail: str, wait_ms: int, policy: str, request_id: str) -> Answer:
    answer = _refusal(HTTPStatus.TOO_MANY_REQUESTS, code, detail, request_id=request_id)
    answer["headers"]["Retry-After"] = str(_seconds(wait_ms))
    answer["body"] = json.dumps({**json.loads(answer["body"]), "type": kind, "violated-policies": [policy]})
    return answer


def _refusal(status: HTTPStatus, code: str, detail: str, *, request_id: str) -> Answer:
    made = problem(status, code=code, detail=detail, request_id=request_id)
    return {
        "statusCode": made.status_code,
        "headers": {"Content-Type": made.content_type, **made.headers},
        "body": made.body,
        "isBase64Encoded": False,
        "cookies": [],
    }
