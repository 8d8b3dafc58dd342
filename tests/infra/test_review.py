"""cdk-nag finds nothing that is not explained, and no explanation is left for what is gone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from infra.constructs.findings import ACCEPTED, ANY, accept
from infra.review import review

PACKS = ("AwsSolutions", "Serverless")


def reports(assembly: Path) -> dict[str, dict[str, Any]]:
    """What each pack has reported."""
    report = json.loads((assembly / "validation-report.json").read_text())
    return {found["pluginName"]: found for found in report["pluginReports"] if found["pluginName"] in PACKS}


def found(report: dict[str, Any], kind: str = "violations") -> dict[str, list[str]]:
    """Paths of constructs by the rules that they break."""
    return {
        violation["ruleName"]: [resource["constructPath"] for resource in violation["violatingConstructs"]]
        for violation in report.get(kind, [])
    }


def accepted(assembly: Path) -> Iterator[tuple[str, str]]:
    """Rule and reason of every acceptance in the app."""
    for file in assembly.glob("assembly-*/*.metadata.json"):
        for entries in json.loads(file.read_text()).values():
            yield from ((e["data"]["rule"], e["data"]["reason"]) for e in entries if e["type"] == ACCEPTED)


@pytest.mark.parametrize("pack", PACKS)
def test_nothing_is_found_that_nobody_has_explained(pack: str, assembly: Path) -> None:
    assert found(reports(assembly)[pack]) == {}


def test_every_explanation_still_explains_something(assembly: Path) -> None:
    explained = {
        (violation["ruleName"], violation["reason"])
        for report in reports(assembly).values()
        for violation in report["suppressedViolations"]
    }
    unused = [
        (rule, reason)
        for rule, reason in set(accepted(assembly))
        if not any(why == reason and fits(rule, name) for name, why in explained)
    ]
    assert unused == []


def fits(rule: str, name: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in rule.split(ANY)), name) is not None


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    app = App(outdir=str(tmp_path), analytics_reporting=False)
    review(app)
    return Stack(app, "Reviewed")


def reviewed(stack: Stack) -> dict[str, dict[str, Any]]:
    app = stack.node.root
    assert isinstance(app, App)
    try:
        app.synth()
    except RuntimeError as error:
        assert "ValidationFailed" in str(error)  # noqa: PT017  (whether it is raised depends on what is found)
    return reports(Path(app.outdir))


def test_what_nobody_explains_stops_the_synthesis(stack: Stack) -> None:
    sqs.Queue(stack, "Queue")
    app = stack.node.root
    assert isinstance(app, App)
    with pytest.raises(RuntimeError, match="AwsSolutions-SQS4"):
        app.synth()


def test_an_explanation_holds_for_its_construct_alone_and_keeps_its_reason(stack: Stack) -> None:
    accept(sqs.Queue(stack, "Meant"), "It is only for this test.", "AwsSolutions-SQS4")
    sqs.Queue(stack, "Forgotten")
    report = reviewed(stack)["AwsSolutions"]
    assert found(report)["AwsSolutions-SQS4"] == ["Reviewed/Forgotten/Resource"]
    assert found(report, "suppressedViolations")["AwsSolutions-SQS4"] == ["Reviewed/Meant/Resource"]
    assert report["suppressedViolations"][0]["reason"] == "It is only for this test."


def test_a_pattern_stands_for_names_and_a_star_for_itself(stack: Stack) -> None:
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    accept(role, "Films are named later.", "AwsSolutions-IAM5[Resource::<any>/films/*]")
    for resource in ("arn:aws:s3:::bucket/films/*", "arn:aws:s3:::bucket/*", "*"):
        role.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[resource]))
    report = reviewed(stack)["AwsSolutions"]
    assert set(found(report)) == {
        "AwsSolutions-IAM5[Resource::*]",
        "AwsSolutions-IAM5[Resource::arn:aws:s3:::bucket/*]",
    }
    assert set(found(report, "suppressedViolations")) == {"AwsSolutions-IAM5[Resource::arn:aws:s3:::bucket/films/*]"}
