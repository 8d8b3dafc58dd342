"""Who may call a route: the one place where tokens become principals and roles are asked for.

API Gateway has verified the token before a function sees the call; what it found in it comes with the event.
`@api.post(path, middlewares=[admins])` opens a route to administrators alone, `[signed_in]` to whoever shows a
token; a route without either is open to everybody. The route table in `infra` says the same to API Gateway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from marquee.domain.errors import Forbidden, Unauthenticated
from marquee.domain.identity import NOBODY, ROLES, Principal, Role

GROUPS_CLAIM = "cognito:groups"
ADMIN_SCOPE = "marquee/admin"

Next = Callable[[APIGatewayHttpResolver], Response[Any]]
Middleware = Callable[[APIGatewayHttpResolver, Next], Response[Any]]


def principal_of(event: Mapping[str, Any]) -> Principal:
    """The caller of an HTTP API event (payload format 2.0); nobody on a route without authorizer."""
    claims = event.get("requestContext", {}).get("authorizer", {}).get("jwt", {}).get("claims", {})
    if "sub" not in claims:
        return NOBODY
    subject = str(claims["sub"])
    # A machine's token is its client's own: there is no user in it.
    machine = "username" not in claims and "cognito:username" not in claims
    if machine:
        scopes = str(claims.get("scope", "")).split()
        return Principal(subject, frozenset({"admin"} if ADMIN_SCOPE in scopes else ()), machine=True)
    return Principal(subject, _roles(claims.get(GROUPS_CLAIM, "")))


def _roles(groups: object) -> frozenset[Role]:
    """API Gateway turns the claim's list into one text: `[admin premium]`."""
    names = groups.strip("[]").replace(",", " ").split() if isinstance(groups, str) else groups
    return frozenset(role for role in ROLES if isinstance(names, list) and role in names)


def signed_in(app: APIGatewayHttpResolver, proceed: Next) -> Response[Any]:
    """Only callers with a token."""
    if principal_of(app.current_event.raw_event).subject is None:
        raise Unauthenticated("Sign in first.")
    return proceed(app)


def admins(app: APIGatewayHttpResolver, proceed: Next) -> Response[Any]:
    """Only administrators, and machines that were given their scope."""
    principal = principal_of(app.current_event.raw_event)
    if principal.subject is None:
        raise Unauthenticated("Sign in first.")
    if not principal.is_admin:
        raise Forbidden("This takes an administrator.")
    return proceed(app)


def unless(is_open: Callable[[], bool], asked: Middleware) -> Middleware:
    """`admins` or `signed_in`, where the environment does not open the route to everybody."""

    def asked_unless_open(app: APIGatewayHttpResolver, proceed: Next) -> Response[Any]:
        return proceed(app) if is_open() else asked(app, proceed)

    return asked_unless_open
