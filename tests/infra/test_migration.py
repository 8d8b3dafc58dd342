"""The database is in a release's form before the release serves."""

from __future__ import annotations

import json

from tests.infra.templates import Templates, plain


def test_a_deployment_waits_for_the_migration_and_fails_with_it(templates: Templates) -> None:
    trigger = templates.one("Custom::Trigger", "Pipeline")

    assert trigger["InvocationType"] == "RequestResponse"
    assert plain(trigger["HandlerArn"]).startswith("MigrationFunctionCurrentVersion")
    assert int(trigger["Timeout"]) <= 900_000


def test_new_code_of_the_layer_is_a_new_version_and_runs_the_migration_again(templates: Templates) -> None:
    trigger = templates.one("Custom::Trigger", "Pipeline")
    versions = {name: version for _, name, version in templates.resources("AWS::Lambda::Version")}

    assert trigger["ExecuteOnHandlerChange"] is True
    assert plain(versions[trigger["HandlerArn"]["Ref"]]["FunctionName"]).startswith("MigrationFunction")


def test_the_api_is_deployed_after_the_migration(templates: Templates) -> None:
    manifest = json.loads((templates.folder / "manifest.json").read_text())["artifacts"]
    names = {artifact.get("displayName", "").split("/")[-1].split(" ")[0]: name for name, artifact in manifest.items()}

    assert names["Pipeline"] in manifest[names["Api"]]["dependencies"]


def test_the_migration_may_do_nothing_but_reach_the_database(templates: Templates) -> None:
    granted = templates.grants(templates.functions()["migrate"]["Role"])

    assert {action for action, _ in granted if not action.startswith(("logs:", "ec2:", "xray:"))} - {"kms:Decrypt"} == {
        "secretsmanager:GetSecretValue",
        "secretsmanager:DescribeSecret",
    }
