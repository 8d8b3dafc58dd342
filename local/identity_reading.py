"""Reads user pools with all that belongs to them, and authorizers, from the templates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from local.intrinsics import TemplateError
from local.model import JwtAuthorizer, PoolClient, UserPool
from local.resources import Resource


class Resources(Protocol):
    """All resources of an assembly."""

    def of_type(self, *types: str) -> Iterable[Resource]: ...


def read_pools(resources: Resources) -> tuple[UserPool, ...]:
    def of_pool(kind: str, pool: Resource) -> list[Resource]:
        found = resources.of_type(f"AWS::Cognito::{kind}")
        return [resource for resource in found if resource.properties["UserPoolId"] == pool.name]

    return tuple(
        UserPool(
            id=pool.name,
            properties=pool.properties,
            groups=tuple(group.properties for group in of_pool("UserPoolGroup", pool)),
            clients=tuple(PoolClient(client.name, client.properties) for client in of_pool("UserPoolClient", pool)),
            has_domain=bool(of_pool("UserPoolDomain", pool)),
        )
        for pool in resources.of_type("AWS::Cognito::UserPool")
    )


def read_authorizers(resources: Resources) -> dict[str, JwtAuthorizer]:
    """By id. Raises TemplateError for kinds that are not run here."""
    return {r.name: _authorizer(r) for r in resources.of_type("AWS::ApiGatewayV2::Authorizer")}


def _authorizer(resource: Resource) -> JwtAuthorizer:
    properties = resource.properties
    if properties["AuthorizerType"] != "JWT":
        raise TemplateError(f"{resource.logical_id} is no JWT authorizer, and others are not run here")
    if list(properties.get("IdentitySource", ())) != ["$request.header.Authorization"]:
        raise TemplateError(f"{resource.logical_id} looks for tokens elsewhere than in the Authorization header")
    configuration = properties["JwtConfiguration"]
    return JwtAuthorizer(issuer=configuration["Issuer"], audience=frozenset(configuration["Audience"]))
