"""A small app as the CDK would synthesize it: two stacks of plain JSON, functions of a few lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.local.tiny_code import FUNCTION, SITE_HTML, WORKER
from tests.local.tiny_edge import api, delivery


def build(folder: Path, seen: Path, *, resources: dict[str, Any] | None = None) -> Path:
    """Writes `cdk.out` under `folder`; `seen` is the file that the queue's function writes to."""
    home = folder / "cdk.out" / "assembly-Tiny-dev"
    _write(home / "asset.code/app.py", FUNCTION)
    _write(home / "asset.layer/python/shared.py", "NAME = 'from the layer'\n")
    _write(home / "asset.image/worker.py", WORKER)
    _write(home / "asset.site/index.html", SITE_HTML)
    _write(home / "asset.site/oops.html", "<p>gone</p>")
    _write(home / "asset.site/film.mp4", "0123456789")
    _stack(home, "Data", _data(), {"code": "zip", "layer": "zip", "site": "zip"}, {})
    app = {**_functions(seen), **_pipeline(), **api(), **delivery(), **(resources or {})}
    _stack(home, "App", app, {}, {"image": "image"}, after=["Data"])
    root = {"artifacts": {"assembly-Tiny-dev": _nested("assembly-Tiny-dev")}}
    _write(folder / "cdk.out" / "manifest.json", json.dumps(root))
    return folder / "cdk.out"


def _nested(directory: str) -> dict[str, Any]:
    return {"type": "cdk:cloud-assembly", "properties": {"directoryName": directory}}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _stack(
    home: Path,
    name: str,
    resources: dict[str, Any],
    files: dict[str, str],
    images: dict[str, str],
    after: list[str] | None = None,
) -> None:
    outputs = {
        "Queue": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Export": {"Name": "Tiny:Queue"}},
        "Media": {"Value": {"Ref": "Media"}},
    }
    template = {"Resources": resources, "Outputs": outputs if name == "Data" else {}}
    _write(home / f"{name}.template.json", json.dumps(template))
    assets = {
        "files": {
            f"{key}hash": {
                "source": {"path": f"asset.{key}", "packaging": kind},
                "destinations": {"d": {"objectKey": f"{key}hash.zip"}},
            }
            for key, kind in files.items()
        },
        "dockerImages": {
            f"{key}hash": {
                "source": {"directory": f"asset.{key}"},
                "destinations": {"d": {"imageTag": f"{key}hash"}},
            }
            for key in images
        },
    }
    _write(home / f"{name}.assets.json", json.dumps(assets))
    manifest = home / "manifest.json"
    artifacts = json.loads(manifest.read_text())["artifacts"] if manifest.exists() else {}
    artifacts[f"{name}.assets"] = {"type": "cdk:asset-manifest", "properties": {"file": f"{name}.assets.json"}}
    artifacts[name] = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "dependencies": [f"{name}.assets", *(after or [])],
        "properties": {"templateFile": f"{name}.template.json", "stackName": f"Tiny-{name}"},
    }
    # stacks are listed in the wrong order: only their dependencies say which comes first
    _write(manifest, json.dumps({"artifacts": dict(reversed(artifacts.items()))}))


def _data() -> dict[str, Any]:
    return {
        "Dead": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "VisibilityTimeout": 1,
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]},
                    "maxReceiveCount": 2,
                },
            },
        },
        "Uploads": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "NotificationConfiguration": {
                    "QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": ["Queue", "Arn"]}}]
                }
            },
        },
        "Media": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "tiny-media"}},
        "Token": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"GenerateSecretString": {"PasswordLength": 20, "ExcludePunctuation": True}},
        },
    }


_ECHO_VARIABLES = {
    "WORD": {"Fn::Sub": "in ${AWS::Region}"},
    "TOKEN": "{{resolve:secretsmanager:Tiny-Data-Token:SecretString:::}}",
}


def _function(handler: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"S3Bucket": "assets", "S3Key": "codehash.zip"},
            "Handler": handler,
            "Runtime": "python3.13",
            "Layers": [{"Ref": "Layer"}],
            "Timeout": 20,
            **more,
        },
    }


def _functions(seen: Path) -> dict[str, Any]:
    return {
        "Layer": {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {"Content": {"S3Bucket": "assets", "S3Key": "layerhash.zip"}},
        },
        "Echo": _function("app.handler", Environment={"Variables": _ECHO_VARIABLES}),
        "Short": _function("app.handler", Timeout=1),
        "Single": _function("app.handler", ReservedConcurrentExecutions=1),
        "Broken": _function("nowhere.handler"),
        "Http": _function("app.http"),
        "Consumer": _function("app.queue", Environment={"Variables": {"SEEN": str(seen)}}),
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::ImportValue": "Tiny:Queue"},
                "FunctionName": {"Ref": "Consumer"},
                "BatchSize": 10,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        },
        "Cold": {
            "Type": "AWS::Scheduler::Schedule",
            "Properties": {
                "ScheduleExpression": "rate(1 day)",
                "Target": {
                    "Arn": {"Fn::GetAtt": ["Echo", "Arn"]},
                    "Input": json.dumps({"do": "count", "file": f"{seen}.schedule"}),
                },
            },
        },
        "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
    }


def _lambda_step(function: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "${" + function + "}", "Payload.$": "$"},
        **more,
    }


def _run_task(**more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::ecs:runTask.sync",
        "TimeoutSeconds": 30,
        "Parameters": {
            "Cluster": "tiny",
            "TaskDefinition": "tiny-task",
            "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT"}],
            "Overrides": {
                "ContainerOverrides": [{"Name": "worker", "Environment": [{"Name": "ORDER", "Value.$": "$.order"}]}]
            },
        },
        **more,
    }


def _machine(start: str, states: dict[str, Any]) -> dict[str, Any]:
    definition = json.dumps({"StartAt": start, "States": states})
    pieces: list[Any] = [definition]
    for name in ("Echo", "Short"):
        marker = "${" + name + "}"
        split: list[Any] = []
        for piece in pieces:
            parts = piece.split(marker) if isinstance(piece, str) else [piece]
            for number, part in enumerate(parts):
                split += ([{"Fn::GetAtt": [name, "Arn"]}] if number else []) + [part]
        pieces = split
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "DefinitionString": {"Fn::Join": ["", pieces]},
        },
    }


def _pipeline() -> dict[str, Any]:
    map_state = {
        "Type": "Map",
        "Label": "Items",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": "tiny-media", "Key.$": "$.key"},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "One",
            "States": {"One": _lambda_step("Echo", End=True)},
        },
        "End": True,
    }
    caught = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Told"}
    return {
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "tiny"}},
        "Task": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "Family": "tiny-task",
                "Cpu": "256",
                "Memory": "512",
                "ContainerDefinitions": [
                    {
                        "Name": "worker",
                        "Image": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/a:imagehash"},
                        "EntryPoint": ["python", "/app/worker.py"],
                        "WorkingDirectory": "/app",
                        "Environment": [{"Name": "COLOUR", "Value": "blue"}],
                        "StopTimeout": 2,
                        "LogConfiguration": {
                            "LogDriver": "awslogs",
                            "Options": {"awslogs-group": {"Ref": "TaskLogs"}, "awslogs-stream-prefix": "worker"},
                        },
                    }
                ],
            },
        },
        "TaskLogs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}},
        "Tasks": _machine(
            "Run",
            {"Run": _run_task(End=True, Catch=[caught]), "Told": {"Type": "Pass", "End": True}},
        ),
        "Maps": _machine("Each", {"Each": map_state}),
        "Steps": _machine(
            "First", {"First": _lambda_step("Short", End=True, Catch=[caught]), "Told": {"Type": "Pass", "End": True}}
        ),
    }
