"""Every environment deployed by the CDK's own command line, changed, and set back: see `tests/infra/deployment`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.build import build_app
from infra.environments import ENVIRONMENTS
from infra.sources import Sources
from infra.stacks.edge_security import REGION as EDGE_REGION
from tests.infra.deployment.command_line import Aws, running_aws
from tests.infra.templates import Templates

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def aws(every_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """One account with both of its regions bootstrapped, for all environments."""
    with running_aws(tmp_path_factory.mktemp("deployment")) as made:
        made.bootstrap()
        made.bootstrap(EDGE_REGION)
        made.put_images(every_environment)
        yield made


def functions(aws: Aws, templates: Templates, environment: str) -> dict[tuple[str, str], str]:
    """Hashes of the code of our functions, as they are deployed, by stack and logical id."""
    lister, lambda_ = aws.client("cloudformation").get_paginator("list_stack_resources"), aws.client("lambda")
    wanted = {(s, i) for s, i, f in templates.resources("AWS::Lambda::Function") if "S3Key" in f["Code"]}
    return {
        (stack, resource["LogicalResourceId"]): lambda_.get_function_configuration(
            FunctionName=resource["PhysicalResourceId"]
        )["CodeSha256"]
        for stack in {stack for stack, _ in wanted}
        for page in lister.paginate(StackName=f"Marquee-{environment}-{stack}")
        for resource in page["StackResourceSummaries"]
        if (stack, resource["LogicalResourceId"]) in wanted
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_is_deployed_whole_and_a_second_time_not_at_all(
    aws: Aws, every_environment: Path, environment: str
) -> None:
    stacks = Templates.load(every_environment, environment).by_stack
    assembly = every_environment / f"assembly-Marquee-{environment}"
    aws.deploy(assembly)
    for stack in stacks:
        region = {"region": EDGE_REGION} if stack == "EdgeSecurity" else {}
        (found,) = aws.client("cloudformation", **region).describe_stacks(StackName=f"Marquee-{environment}-{stack}")[
            "Stacks"
        ]
        assert found["StackStatus"] == "CREATE_COMPLETE"
    assert aws.deploy(assembly).count("(no changes)") == len(stacks)


def test_a_change_of_one_function_deploys_that_one_and_going_back_undoes_it(
    aws: Aws, every_environment: Path, sources: Sources, tmp_path: Path
) -> None:
    before = every_environment / "assembly-Marquee-dev"
    changed = _with_another_handler(sources, tmp_path)
    templates = Templates.load(every_environment, "dev")
    aws.deploy(before)
    first = functions(aws, templates, "dev")

    aws.deploy(changed, changed=True)
    second = functions(aws, templates, "dev")
    (touched,) = (name for name in first if first[name] != second[name])
    assert touched[0] == "Api"

    aws.deploy(before, changed=True)
    assert functions(aws, templates, "dev") == first


def _with_another_handler(sources: Sources, folder: Path) -> Path:
    """Assembly of dev with a change to one function."""
    code = folder / "functions"
    shutil.copytree(sources.functions, code)
    with (code / "movies" / "handler.py").open("a") as file:
        file.write("# changed\n")
    build_app([ENVIRONMENTS["dev"]], replace(sources, functions=code), outdir=folder / "changed").synth()
    return folder / "changed" / "assembly-Marquee-dev"
