"""All functions of the API behind one WSGI application, over stores in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from importlib import import_module
from itertools import count
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from marquee.domain.webhook_targets import TargetPolicy
from marquee.entry.cookies import CookieRules
from marquee.services.signed_in_user import SignedInUser
from marquee.services.webhook_deliveries import WebhookDeliveries
from marquee.services.webhook_endpoints import WebhookEndpoints

from infra.routes import PREFIX, ROUTES, Route
from tests.fakes_accounts import MemoryAccounts, MemoryPersonalData, MemoryUsers
from tests.fakes_operations import MemoryBreakers, MemoryQueues
from tests.fakes_playback import SITE, MemoryRevocations, new_keys, signed_rights, signer_of
from tests.fakes_watch import MemoryLiveWatch, MemoryMovieCards, MemoryWatch
from tests.fakes_webhooks import OpenSealer
from tests.platform import CONTEXT, Platform, authorizer_of, http_event
from tests.webhook_world import WebhookWorld

Environ = Mapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

ADMIN = "Bearer admin"

SETTINGS = SimpleNamespace(
    account_days=730,
    backup_days=14,
    continue_minimum_seconds=60.0,
    embed_origins=(),
    enrich_machine_arn="arn:aws:states:::stateMachine:e",
    enrich_tasks="images,captions,analysis",
    issuer="https://issuer.example/pool",
    log_days=30,
    media_bucket="media-bucket",
    metrics_access="admin",
    embedding_provider="",
    playback="closed",
    providers=(),
    self_sign_up=True,
    session_seconds=3600,
    sign_in_client_id="client",
    sign_in_domain="https://tokens.example",
    sign_in_endpoint="https://cognito.example",
    social_providers="",
    state_machine_arn="arn:aws:states:::stateMachine:m",
    terms_version="2",
    uploads_bucket="uploads-bucket",
    visibility="public",
)


class Here:
    """A dependency that answers."""

    def ping(self) -> None:
        return None


@contextmanager
def wired(platform: Platform) -> Iterator[None]:
    """Every function of the API over the stores of `platform`, and more of what only some need."""
    world, users = WebhookWorld(), MemoryUsers()
    stores = {
        "settings": SETTINGS,
        "database": Here(),
        "users": users,
        "accounts": MemoryAccounts(),
        "personal": (MemoryPersonalData(),),
        "user_of": SignedInUser(users, timedelta(days=730)),
        "live_watch": MemoryLiveWatch(),
        "watch_progress": MemoryWatch(),
        "movie_cards": MemoryMovieCards(),
        "rights": signed_rights(visibility="public"),
        "revoked": MemoryRevocations(),
        "signer": signer_of(new_keys()),
        "site": SITE,
        "health": None,  # of providers, of which there are none
        "cookies": CookieRules(),
        "endpoints": world.endpoints,
        "webhook_endpoints": WebhookEndpoints(world.endpoints, OpenSealer(), TargetPolicy(), world.clock),
        "queues": MemoryQueues(),
        "breakers": MemoryBreakers(),
        "webhook_deliveries": WebhookDeliveries(world.endpoints, world.deliveries, world.wakes, world.clock),
    }
    with ExitStack() as stack:
        for function in {route.function for route in ROUTES}:
            stack.enter_context(platform.within(import_module(f"{function}.wiring").wiring, **stores))
        yield


class WholeApi:
    """WSGI application that asks the functions as API Gateway does. A token is `Bearer {group}`, always of a
    new user: what one test deletes another does not miss."""

    def __init__(self) -> None:
        self._users = count(1)
        self._routes = [(route, _pattern(route.path)) for route in ROUTES]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._asked(environ)
        headers = [(name, str(value)) for name, value in answer["headers"].items()]
        headers += [("Set-Cookie", cookie) for cookie in answer.get("cookies", ())]
        start_response(f"{answer['statusCode']} -", headers)
        return [str(answer["body"]).encode()]

    def _asked(self, environ: Environ) -> dict[str, Any]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        route = self._route_of(method, path)
        size = int(environ.get("CONTENT_LENGTH") or 0)
        headers = {
            name.removeprefix("HTTP_").replace("_", "-"): value
            for name, value in environ.items()
            # schemathesis asks for gzip and does not unpack what a WSGI application answers
            if name.startswith("HTTP_") and name != "HTTP_ACCEPT_ENCODING"
        }
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        event = http_event(method, "/", environ["wsgi.input"].read(size) if size else None, headers)
        query = environ.get("QUERY_STRING", "")
        event["rawPath"] = event["requestContext"]["http"]["path"] = path
        event["rawQueryString"] = query
        event["queryStringParameters"] = _query(query)
        event["routeKey"] = f"{method} {PREFIX}{route.path}" if route else "$default"
        group = headers.get("AUTHORIZATION", "").removeprefix("Bearer ")
        if group in {"admin", "premium", "free"}:
            name = f"user-{next(self._users)}"
            event["requestContext"]["authorizer"] = authorizer_of(name, group)
        function = route.function if route else "health"
        answered: dict[str, Any] = import_module(f"{function}.handler").lambda_handler(event, CONTEXT)
        return answered

    def _route_of(self, method: str, path: str) -> Route | None:
        """As API Gateway chooses: fixed parts of a path before variable ones; other methods by the path alone."""
        found = [route for route, pattern in self._routes if pattern.fullmatch(path)]
        found.sort(key=lambda route: (route.path.count("{"), route.method != method))
        return found[0] if found else None


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(PREFIX) + re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))


def _query(text: str) -> dict[str, str] | None:
    """Repeated names with their values joined by commas."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found[name] = f"{found[name]},{value}" if name in found else value
    return found or None
