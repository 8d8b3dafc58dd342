"""What stands between the world and the API: one way in, a word on who asks, and a firewall."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from marquee.domain.limits import QUOTAS
from marquee.domain.origin import ORIGIN_VERIFY_HEADER, VIEWER_ADDRESS_HEADER
from marquee.entry.wiring import CacheWiring

from infra.constructs.origin_verify import OriginVerify
from infra.constructs.web_acl import FLOOD_REQUESTS, GUESSING_REQUESTS, RATE_WINDOW_SECONDS
from infra.routes import ROUTES
from local.edge.functions import EdgeFunction
from tests.infra.templates import Templates, plain, variables_of

ANSWERING = {route.function for route in ROUTES}


def api_behavior(templates: Templates) -> tuple[dict[str, Any], dict[str, Any]]:
    """The behaviour of `/api/*`, and its origin."""
    config = templates.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    (behavior,) = (b for b in config["CacheBehaviors"] if b["PathPattern"] == "/api/*")
    (origin,) = (o for o in config["Origins"] if o["Id"] == behavior["TargetOriginId"])
    return behavior, origin


def secret_in(reference: Any) -> str:
    """Logical id of the secret that a dynamic reference asks for."""
    text = plain(reference)
    assert text.startswith("{{resolve:secretsmanager:")
    assert text.endswith(":SecretString:::}}")
    return text.split("secretsmanager:")[1].split(":SecretString")[0].removeprefix("Ref")


def test_the_distribution_sends_the_api_s_functions_a_secret_that_all_of_them_know(templates: Templates) -> None:
    _, origin = api_behavior(templates)
    (header,) = origin["OriginCustomHeaders"]
    assert header["HeaderName"] == ORIGIN_VERIFY_HEADER == OriginVerify.header
    sent = secret_in(header["HeaderValue"])
    functions = templates.functions()
    known = {secret_in(variables_of(functions[name])["ORIGIN_SECRET"]) for name in ANSWERING}

    assert len(known) == 1
    assert sent.startswith(known.pop())
    generated = [s for _, name, s in templates.resources("AWS::SecretsManager::Secret") if "OriginVerify" in name]
    assert [secret["GenerateSecretString"]["PasswordLength"] for secret in generated] == [48]


def test_only_functions_behind_the_api_know_it(templates: Templates) -> None:
    knowing = {name for name, function in templates.functions().items() if "ORIGIN_SECRET" in variables_of(function)}
    assert knowing >= ANSWERING
    assert not knowing & {"ingest", "encode", "probe", "plan", "publish", "finish", "fail", "reconcile"}


def test_every_answering_function_counts_in_valkey(templates: Templates) -> None:
    for name in ANSWERING:
        assert "VALKEY_ENDPOINT" in variables_of(templates.functions()[name]), name


def test_only_where_one_develops_is_a_network_trusted_and_much_allowed(environments: Mapping[str, Templates]) -> None:
    given = {
        name: {
            (variables["TRUSTED_NETWORKS"], variables["LIMIT_FACTOR"])
            for variables in (variables_of(templates.functions()[function]) for function in ANSWERING)
        }
        for name, templates in environments.items()
    }
    assert given == {"dev": {("127.0.0.0/8,::1/128", "200")}, "staging": {("", "1")}, "prod": {("", "1")}}


def test_the_edge_says_who_asks_whatever_the_viewer_claims(templates: Templates) -> None:
    behavior, _ = api_behavior(templates)
    (association,) = behavior["FunctionAssociations"]
    logical_id = association["FunctionARN"]["Fn::GetAtt"][0]
    (code,) = (
        f["FunctionCode"] for _, name, f in templates.resources("AWS::CloudFront::Function") if name == logical_id
    )
    request = {"headers": {VIEWER_ADDRESS_HEADER: {"value": "192.0.2.66"}}, "uri": "/api/v1/movies"}

    function = EdgeFunction("viewer_address", code, "cloudfront-js-2.0")
    answer = function.run({"viewer": {"ip": "198.51.100.7"}, "request": request})

    assert association["EventType"] == "viewer-request"
    assert answer == {"headers": {VIEWER_ADDRESS_HEADER: {"value": "198.51.100.7"}}, "uri": "/api/v1/movies"}


def rules_of(templates: Templates) -> dict[str, dict[str, Any]]:
    acl = templates.one("AWS::WAFv2::WebACL", "EdgeSecurity")
    assert acl["Scope"] == "CLOUDFRONT"
    assert acl["DefaultAction"] == {"Allow": {}}
    return {rule["Name"]: rule for rule in acl["Rules"]}


def test_a_firewall_costs_nothing_in_dev(dev: Templates) -> None:
    assert list(dev.resources("AWS::WAFv2::WebACL")) == []
    assert "WebACLId" not in dev.one("AWS::CloudFront::Distribution")["DistributionConfig"]


@pytest.mark.parametrize(("name", "verdict"), [("staging", "Count"), ("prod", "Block")])
def test_floods_are_counted_before_they_are_blocked(
    environments: Mapping[str, Templates], name: str, verdict: str
) -> None:
    rules = rules_of(environments[name])
    for rate, limit in (("Flood", FLOOD_REQUESTS), ("Guessing", GUESSING_REQUESTS)):
        assert rules[rate]["Action"] == {verdict: {}}
        counted = rules[rate]["Statement"]["RateBasedStatement"]
        assert (counted["Limit"], counted["EvaluationWindowSec"]) == (limit, RATE_WINDOW_SECONDS)
    managed = {rule["Statement"]["ManagedRuleGroupStatement"]["Name"]: rule for rule in list(rules.values())[2:]}
    assert set(managed) == {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    }
    override = {"Count": {}} if verdict == "Count" else {"None": {}}
    assert all(rule["OverrideAction"] == override for rule in managed.values())


@pytest.mark.parametrize(("name", "verdict"), [("staging", "Count"), ("prod", "Block")])
def test_who_tries_passwords_at_the_user_pool_itself_is_stopped_there(
    environments: Mapping[str, Templates], name: str, verdict: str
) -> None:
    templates = environments[name]
    acl = templates.one("AWS::WAFv2::WebACL", "Identity")
    association = templates.one("AWS::WAFv2::WebACLAssociation", "Identity")

    assert acl["Scope"] == "REGIONAL"
    assert acl["Rules"][0]["Action"] == {verdict: {}}
    assert acl["Rules"][0]["Statement"]["RateBasedStatement"]["Limit"] == GUESSING_REQUESTS
    assert "Accounts" in plain(association["ResourceArn"])


def test_long_lists_of_parts_pass_the_firewall(prod: Templates) -> None:
    group = rules_of(prod)["CommonRuleSet"]["Statement"]["ManagedRuleGroupStatement"]
    assert group["RuleActionOverrides"] == [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}]


def test_the_firewall_lets_through_what_quotas_allow() -> None:
    transfers = QUOTAS["anonymous"]["transfer"]
    assert transfers.limit * RATE_WINDOW_SECONDS / transfers.window_seconds <= FLOOD_REQUESTS


def test_the_firewall_lives_where_cloudfront_looks_for_it_and_is_there_first(assembly: Path) -> None:
    manifest = json.loads((assembly / "assembly-Marquee-prod" / "manifest.json").read_text())
    stacks = {
        artifact["displayName"].split("/")[1].split(" ")[0]: (name, artifact)
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    firewall, artifact = stacks["EdgeSecurity"]
    assert artifact["environment"] == "aws://unknown-account/us-east-1"
    assert firewall in stacks["Delivery"][1]["dependencies"]


def test_the_distribution_takes_the_firewall_s_name_from_the_parameter_that_holds_it(prod: Templates) -> None:
    parameter = prod.one("AWS::SSM::Parameter", "EdgeSecurity")
    config = prod.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    reader, field = config["WebACLId"]["Fn::GetAtt"]
    call = json.loads(prod.by_stack["Delivery"]["Resources"][reader]["Properties"]["Create"])

    assert field == "Parameter.Value"
    assert (call["action"], call["region"], call["parameters"]) == (
        "GetParameter",
        "us-east-1",
        {"Name": parameter["Name"]},
    )
    allowed = [
        (statement["Action"], plain(statement["Resource"]))
        for _, name, policy in prod.resources("AWS::IAM::Policy")
        if name.startswith("WebAclRead")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert [action for action, _ in allowed] == ["ssm:GetParameter"]
    assert allowed[0][1].endswith(":parameter/marquee/prod/web-acl")


@pytest.mark.parametrize("function", sorted(ANSWERING))
def test_every_handler_stands_behind_a_gate(function: str) -> None:
    wiring = import_module(f"{function}.wiring").wiring
    handler = import_module(f"{function}.handler")

    assert isinstance(wiring, CacheWiring)
    assert handler.api._wiring is wiring
