"""A user pool and routes that ask for its tokens, to be put into the tiny app."""

from __future__ import annotations

from typing import Any

_POOL = {"Ref": "People"}


def _client(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Cognito::UserPoolClient", "Properties": {"UserPoolId": _POOL, **properties}}


def _route(key: str, scopes: list[str] | None = None) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "ApiId": {"Ref": "Api"},
        "RouteKey": key,
        "AuthorizationType": "JWT",
        "AuthorizerId": {"Ref": "Tokens"},
        "Target": {"Fn::Join": ["", ["integrations/", {"Ref": "Integration"}]]},
    }
    if scopes:
        properties["AuthorizationScopes"] = scopes
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}


def identity() -> dict[str, Any]:
    """`Page` and `Machine` count at the API, `Stranger` does not."""
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    password = {
        "MinimumLength": 12,
        "RequireLowercase": True,
        "RequireUppercase": False,
        "RequireNumbers": True,
        "RequireSymbols": False,
    }
    groups = {
        f"Group{name.capitalize()}": {
            "Type": "AWS::Cognito::UserPoolGroup",
            "Properties": {"UserPoolId": _POOL, "GroupName": name, "Precedence": precedence},
        }
        for precedence, name in enumerate(("admin", "premium", "free"))
    }
    return {
        "People": {
            "Type": "AWS::Cognito::UserPool",
            "Properties": {"UsernameAttributes": ["email"], "Policies": {"PasswordPolicy": password}},
        },
        **groups,
        "Domain": {"Type": "AWS::Cognito::UserPoolDomain", "Properties": {"UserPoolId": _POOL, "Domain": "tiny"}},
        "Page": _client(ExplicitAuthFlows=flows, AccessTokenValidity=5, TokenValidityUnits={"AccessToken": "minutes"}),
        "Stranger": _client(ExplicitAuthFlows=flows),
        "Machine": _client(
            GenerateSecret=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthScopes=["tiny/read", "tiny/admin"],
        ),
        "Tokens": {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "AuthorizerType": "JWT",
                "IdentitySource": ["$request.header.Authorization"],
                "JwtConfiguration": {
                    "Audience": [{"Ref": "Page"}, {"Ref": "Machine"}],
                    "Issuer": {"Fn::GetAtt": ["People", "ProviderURL"]},
                },
            },
        },
        "RouteMine": _route("GET /api/mine"),
        "RouteAdmin": _route("GET /api/admin", ["tiny/admin"]),
    }
