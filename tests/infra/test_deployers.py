"""Who may deploy from GitHub: which jobs take which role, and what those may do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from infra.environments import DEV, ENVIRONMENTS, PROD
from infra.layout import placed


@pytest.fixture(scope="module")
def roles(assembly: Path) -> dict[str, dict[str, Any]]:
    template = json.loads((assembly / "Marquee-deployers.template.json").read_text())
    return {
        name[:-8]: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    }


def trust(role: dict[str, Any]) -> dict[str, Any]:
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert set(statement["Condition"]) == {"StringEquals"}, "no pattern: a pattern lets somebody else's name fit"
    return dict(statement["Condition"]["StringEquals"])


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [s for policy in role["Policies"] for s in policy["PolicyDocument"]["Statement"]]


def test_each_role_is_taken_by_jobs_of_its_own_environment_in_one_repository(roles: dict[str, dict[str, Any]]) -> None:
    for name in ENVIRONMENTS:
        wanted = trust(roles[f"Deploy{name.capitalize()}"])
        subject, values = wanted["token.actions.githubusercontent.com:sub"]["Fn::Sub"]
        assert subject == f"repo:${{Repository}}:environment:{name}"
        assert values == {"Repository": {"Ref": "Repository"}}
        assert wanted["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"


def test_a_pull_request_only_looks(roles: dict[str, dict[str, Any]]) -> None:
    assert "pull_request" in json.dumps(trust(roles["Compare"]))
    (statement,) = statements(roles["Compare"])
    assert statement["Action"] == "sts:AssumeRole"
    assert "-lookup-role-" in json.dumps(statement["Resource"])
    assert "deploy" not in json.dumps(statement["Resource"])


def test_nobody_makes_rights_and_no_environment_touches_another(roles: dict[str, dict[str, Any]]) -> None:
    for name, role in roles.items():
        assert "ManagedPolicyArns" not in role, name
        for statement in statements(role):
            text = json.dumps(statement)
            assert "iam:" not in json.dumps(statement["Action"])
            others = [other for other in ENVIRONMENTS if f"Deploy{other.capitalize()}" != name]
            assert not any(f"Marquee-{other}-" in text for other in others)


def test_environments_go_where_the_layout_says() -> None:
    layout = {"layout": {"prod": {"account": "222222222222", "region": "eu-west-1"}}}
    dev, prod = placed([DEV, PROD], layout)
    assert dev == DEV
    assert (prod.account, prod.region, prod.network) == ("222222222222", "eu-west-1", PROD.network)


@pytest.mark.parametrize("layout", [{"test": {}}, {"prod": {"account": "12"}}, {"prod": {"zone": "a"}}])
def test_a_layout_that_cannot_be_is_refused(layout: object) -> None:
    with pytest.raises(ValidationError):
        placed([PROD], {"layout": layout})
