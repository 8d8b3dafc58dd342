"""Accounts are hard to guess and to lose; only their own clients' tokens open the API."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from marquee.domain.identity import ROLES
from marquee.entry.access import ADMIN_SCOPE
from pydantic import ValidationError

from infra.build import build_app
from infra.environments import DEV, ENVIRONMENTS, Environment
from infra.identity import Identity, SocialProvider
from infra.network import Network
from infra.routes import PREFIX, routes_of
from infra.sources import Sources
from tests.infra.templates import Templates, plain

GOOGLE = SocialProvider(kind="google", client_id="at-google", secret_name="marquee/google")
APPLE = SocialProvider(kind="apple", client_id="at-apple", secret_name="marquee/apple", team_id="T", key_id="K")


def changed(**choices: Any) -> Environment:
    return Environment(**{**{name: getattr(DEV, name) for name in Environment.model_fields}, **choices})


def client(templates: Templates, name: str) -> dict[str, Any]:
    return next(
        properties
        for _, logical_id, properties in templates.resources("AWS::Cognito::UserPoolClient")
        if name in logical_id
    )


def test_accounts_need_long_passwords_and_may_have_a_second_factor(templates: Templates) -> None:
    pool = templates.one("AWS::Cognito::UserPool")
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"])
    assert pool["UsernameAttributes"] == pool["AutoVerifiedAttributes"] == ["email"]


def test_accounts_outlive_a_mistake_where_it_matters(dev: Templates, prod: Templates) -> None:
    assert dev.one("AWS::Cognito::UserPool")["DeletionProtection"] == "INACTIVE"
    assert prod.one("AWS::Cognito::UserPool")["DeletionProtection"] == "ACTIVE"


def test_groups_are_the_roles_in_their_order(templates: Templates) -> None:
    groups = [group for _, _, group in templates.resources("AWS::Cognito::UserPoolGroup")]
    assert tuple(g["GroupName"] for g in sorted(groups, key=lambda g: g["Precedence"])) == ROLES


def test_people_sign_in_without_a_secret_and_machines_only_with_one(templates: Templates) -> None:
    people, machine = client(templates, "People"), client(templates, "Machine")
    assert people["GenerateSecret"] is False
    assert people["PreventUserExistenceErrors"] == "ENABLED"
    assert "ALLOW_USER_PASSWORD_AUTH" in people["ExplicitAuthFlows"]
    assert people["AllowedOAuthFlowsUserPoolClient"] is False
    assert (machine["GenerateSecret"], machine["AllowedOAuthFlows"]) == (True, ["client_credentials"])


def test_the_scope_that_handlers_ask_for_is_one_that_machines_can_have(templates: Templates) -> None:
    server = templates.one("AWS::Cognito::UserPoolResourceServer")
    assert ADMIN_SCOPE in {f"{server['Identifier']}/{scope['ScopeName']}" for scope in server["Scopes"]}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_exactly_the_routes_that_are_not_public_ask_for_a_token(
    name: str, environments: Mapping[str, Templates]
) -> None:
    templates = environments[name]
    table = routes_of(
        open_metrics=ENVIRONMENTS[name].api.open_metrics,
        open_playback=ENVIRONMENTS[name].playback.access == "open",
    )
    routes = {r["RouteKey"]: r.get("AuthorizationType") for _, _, r in templates.resources("AWS::ApiGatewayV2::Route")}
    expected = {f"{r.method} {PREFIX}{r.path}" for r in table if r.access != "public"}
    # whoever may read may ask for the head of it, and is asked for the same token
    expected |= {key.replace("GET ", "HEAD ") for key in expected if key.startswith("GET ")}
    assert {key for key, kind in routes.items() if kind == "JWT"} == expected


def test_tokens_of_both_clients_count_and_no_others(templates: Templates) -> None:
    configuration = templates.one("AWS::ApiGatewayV2::Authorizer")["JwtConfiguration"]
    assert len(configuration["Audience"]) == 2
    assert "cognito-idp" in plain(configuration["Issuer"])


def test_the_page_may_call_where_people_sign_in(templates: Templates) -> None:
    policies = [plain(policy) for _, _, policy in templates.resources("AWS::CloudFront::ResponseHeadersPolicy")]
    assert any("https://cognito-idp." in policy for policy in policies)


def test_foreign_accounts_are_a_choice_with_their_secret_elsewhere(sources: Sources, tmp_path: Path) -> None:
    identity = Identity(social=(GOOGLE, APPLE), callback_urls=("https://films.example/",))
    build_app([changed(identity=identity)], sources, outdir=tmp_path).synth()
    templates = Templates.load(tmp_path, "dev")
    found = [p for _, _, p in templates.resources("AWS::Cognito::UserPoolIdentityProvider")]
    assert {p["ProviderType"] for p in found} == {"Google", "SignInWithApple"}
    assert all("{{resolve:secretsmanager:" in plain(p["ProviderDetails"]) for p in found)
    people = client(templates, "People")
    assert set(people["SupportedIdentityProviders"]) == {"COGNITO", "Google", "SignInWithApple"}
    assert (people["AllowedOAuthFlows"], people["CallbackURLs"]) == (["code"], ["https://films.example/"])


def test_no_provider_is_switched_on_by_itself(templates: Templates) -> None:
    assert not list(templates.resources("AWS::Cognito::UserPoolIdentityProvider"))


def test_a_pool_without_a_domain_is_reached_through_an_endpoint(without_nat: Templates) -> None:
    assert not list(without_nat.resources("AWS::Cognito::UserPoolDomain"))
    names = [plain(endpoint["ServiceName"]) for _, _, endpoint in without_nat.resources("AWS::EC2::VPCEndpoint")]
    assert any(name.endswith("cognito-idp") for name in names)
    assert len(without_nat.one("AWS::ApiGatewayV2::Authorizer")["JwtConfiguration"]["Audience"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: changed(network=Network(nat="none")),  # the pool's domain is not reached from there
        lambda: Identity(social=(GOOGLE,)),
        lambda: Identity(social=(GOOGLE,), callback_urls=("https://a.example/",), domain=False),
        lambda: Identity(social=(GOOGLE, GOOGLE), callback_urls=("https://a.example/",)),
        lambda: SocialProvider(kind="apple", client_id="a", secret_name="s"),
        lambda: SocialProvider(kind="google", client_id="a", secret_name="s", team_id="T", key_id="K"),
    ],
)
def test_what_could_not_be_deployed_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        wrong()
