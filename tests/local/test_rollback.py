"""A release is taken back on a cloud that runs, and nothing is lost: functions and state machines in their aliases."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.ports import free_ports
from cli.control_plane import ControlPlane
from cli.releases import roll_back, show_versions
from local.cloud import Options
from local.differences import ACCESS_KEY, SECRET_KEY
from tests.local import tiny_app, tiny_code
from tests.local.conftest import RunningCloud, run_cloud

ECHO, MACHINE = "Tiny-App-Echo", "arn:aws:states:us-east-1:123456789012:stateMachine:Tiny-App-Made"


def release(name: str) -> dict[str, Any]:
    """A function and a machine, each in an alias, as the CDK writes them: another content is another logical id."""
    definition = json.dumps(
        {"StartAt": "Say", "States": {"Say": {"Type": "Pass", "Result": {"release": name}, "End": True}}}
    )
    version = f"EchoVersion{name}"
    return {
        version: {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Echo"}}},
        "EchoLive": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": "live",
                "FunctionName": {"Ref": "Echo"},
                "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
            },
        },
        "Made": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "DefinitionString": definition},
        },
        "MadeVersion": {
            "Type": "AWS::StepFunctions::StateMachineVersion",
            "Properties": {"StateMachineArn": {"Ref": "Made"}},
        },
        "MadeLive": {
            "Type": "AWS::StepFunctions::StateMachineAlias",
            "Properties": {"Name": "live", "DeploymentPreference": {"StateMachineVersionArn": {"Ref": "MadeVersion"}}},
        },
    }


@contextmanager
def deployed(folder: Path, name: str) -> Iterator[RunningCloud]:
    """A cloud of one release, on the state that the releases before have left."""
    home = folder / f"deployment{len(list(folder.iterdir()))}"
    assembly = tiny_app.build(home, folder / "seen", resources=release(name))
    code = assembly / "assembly-Tiny-dev" / "asset.code"
    (code / "app.py").write_text(tiny_code.FUNCTION.replace('"event": event', f'"event": "{name}"'))
    code.rename(code.with_name(f"asset.{name}"))  # the CDK names assets by their content
    manifest = assembly / "assembly-Tiny-dev" / "Data.assets.json"
    manifest.write_text(manifest.read_text().replace("asset.code", f"asset.{name}"))
    template = assembly / "assembly-Tiny-dev" / "App.template.json"
    outputs = {"MadeArn": {"Value": {"Ref": "Made"}}}
    template.write_text(json.dumps({**json.loads(template.read_text()), "Outputs": outputs}))
    options = Options(port=free_ports(), state_dir=folder / "state", assembly_dir=assembly, warm=False)
    clouds = run_cloud(options, folder / "seen")
    try:
        yield next(clouds)
    finally:
        next(clouds, None)


def says(cloud: RunningCloud, qualifier: str = "live") -> tuple[str, str]:
    """What the function's code is, and which version Lambda says that it was."""
    answer = cloud.client("lambda").invoke(FunctionName=ECHO, Qualifier=qualifier, Payload=b"{}")
    return json.loads(answer["Payload"].read())["event"], answer["ExecutedVersion"]


def runs(cloud: RunningCloud, execution: str) -> str:
    """What an execution says that is started in the alias."""
    states = cloud.client("stepfunctions")
    started = states.start_execution(stateMachineArn=f"{MACHINE}:live", name=execution, input="{}")
    assert started["executionArn"] == f"{MACHINE.replace(':stateMachine:', ':execution:')}:{execution}"
    while (found := states.describe_execution(executionArn=started["executionArn"]))["status"] == "RUNNING":
        time.sleep(0.05)
    return str(json.loads(found["output"])["release"])


def test_a_release_is_taken_back_without_a_restart_and_stays_so_over_one(tmp_path: Path) -> None:
    with deployed(tmp_path, "one") as cloud:
        assert (says(cloud), runs(cloud, "first")) == (("one", "1"), "one")
    with deployed(tmp_path, "two") as cloud:
        assert (says(cloud), runs(cloud, "second")) == (("two", "2"), "two")
        functions, states = cloud.client("lambda"), cloud.client("stepfunctions")

        functions.update_alias(FunctionName=ECHO, Name="live", FunctionVersion="1")
        first = [{"stateMachineVersionArn": f"{MACHINE}:1", "weight": 100}]
        states.update_state_machine_alias(stateMachineAliasArn=f"{MACHINE}:live", routingConfiguration=first)

        assert (says(cloud), runs(cloud, "third")) == (("one", "1"), "one")
        assert says(cloud, "$LATEST")[0] == "two"
        names = {found["name"] for found in states.list_executions(stateMachineArn=MACHINE)["executions"]}
        assert names == {"second", "third"}, "whichever version, they are the machine's"
    with deployed(tmp_path, "two") as cloud:
        assert says(cloud) == ("one", "1")
    with deployed(tmp_path, "three") as cloud:
        assert (says(cloud), says(cloud, "2")) == (("three", "3"), ("two", "2"))


def test_versions_and_aliases_are_listed_as_aws_lists_them(tmp_path: Path) -> None:
    with deployed(tmp_path, "one") as cloud:
        functions, states = cloud.client("lambda"), cloud.client("stepfunctions")
        assert [f["FunctionName"] for f in functions.list_functions()["Functions"]] == [ECHO]
        assert [v["Version"] for v in functions.list_versions_by_function(FunctionName=ECHO)["Versions"]] == ["1"]
        (alias,) = functions.list_aliases(FunctionName=ECHO)["Aliases"]
        assert (alias["Name"], alias["FunctionVersion"]) == ("live", "1")
        described = states.describe_state_machine_alias(stateMachineAliasArn=f"{MACHINE}:live")
        assert described["routingConfiguration"] == [{"stateMachineVersionArn": f"{MACHINE}:1", "weight": 100}]
        with pytest.raises(ClientError) as refused:
            functions.update_alias(FunctionName=ECHO, Name="live", FunctionVersion="7")
        assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_the_command_line_takes_a_whole_release_back_by_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with deployed(tmp_path, "one"):
        pass
    between = datetime.now(UTC)
    with deployed(tmp_path, "two") as cloud:
        for name, value in (
            ("AWS_ENDPOINT_URL", cloud.cloud.aws_url),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
            ("AWS_REGION", "us-east-1"),
        ):
            monkeypatch.setenv(name, value)
        control = ControlPlane("dev")
        control.prefix = "Tiny-"

        assert roll_back(control, [], to=None, before=between, as_json=True) == 0
        moved = [{"name": name, "from": 2, "to": 1} for name in ("Echo", "Made")]
        assert json.loads(capsys.readouterr().out) == moved
        assert (says(cloud), runs(cloud, "after")) == (("one", "1"), "one")

        assert roll_back(control, ["Echo"], to=2, before=None, as_json=True) == 0
        assert (says(cloud), runs(cloud, "later")) == (("two", "2"), "one")
        capsys.readouterr()
        assert show_versions(control, as_json=True) == 0
        assert {r["name"]: r["live"] for r in json.loads(capsys.readouterr().out)} == {"Echo": 2, "Made": 1}
        assert roll_back(control, ["Nobody"], to=None, before=None, as_json=True) == 1
