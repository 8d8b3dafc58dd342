"""A small app as the CDK would synthesize it: two stacks of plain JSON, functions of a few lines."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

FUNCTION = textwrap.dedent(
    """
    import json, os, sys, time

    def handler(event, context):
        do = event.get("do", "echo") if isinstance(event, dict) else "echo"
        return globals()["do_" + do](event, context)

    def do_echo(event, context):
        import shared
        return {"event": event, "word": os.environ.get("WORD"), "shared": shared.NAME, "pid": os.getpid(),
                "remaining": context.get_remaining_time_in_millis(), "request_id": context.aws_request_id}

    def do_sleep(event, context):
        time.sleep(event["seconds"])

    def do_raise(event, context):
        class Wrong(Exception):
            pass
        raise Wrong("it is wrong")

    def do_exit(event, context):
        os._exit(event["code"])

    def do_large(event, context):
        return "x" * event["bytes"]

    def do_count(event, context):
        with open(event["file"], "a") as file:
            file.write(json.dumps(event) + "\\n")
        if event.get("fail"):
            raise RuntimeError("as told")
        return {"counted": event["file"]}

    def http(event, context):
        if event["rawPath"].endswith("/plain"):
            return {"hello": "there"}
        if event["rawPath"].endswith("/bytes"):
            return {"statusCode": 201, "isBase64Encoded": True, "body": "AP8=", "cookies": ["a=1", "b=2"],
                    "headers": {"content-type": "application/x-thing"}}
        if event["rawPath"].endswith("/broken"):
            raise RuntimeError("broken")
        if event["rawPath"].endswith("/late"):
            time.sleep(30)
        return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}

    def queue(event, context):
        failures = []
        for record in event["Records"]:
            body = json.loads(record["body"])
            with open(os.environ["SEEN"], "a") as file:
                file.write(json.dumps(body) + "\\n")
            if "poison" in json.dumps(body):
                failures.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failures}
    """
)

WORKER = textwrap.dedent(
    """
    import os, signal, sys, time
    order = os.environ.get("ORDER", "0")
    print("worker", order, os.environ["COLOUR"], os.getcwd(), flush=True)
    if order == "wait":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        time.sleep(60)
    sys.exit(int(order))
    """
)

SITE_HTML = "<!doctype html><title>tiny</title>" + "<p>text that is repeated</p>" * 60


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
    app = {**_functions(seen), **_pipeline(), **_api(), **_delivery(), **(resources or {})}
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
        "Echo": _function("app.handler", Environment={"Variables": {"WORD": {"Fn::Sub": "in ${AWS::Region}"}}}),
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
                        "StopTimeout": 5,
                    }
                ],
            },
        },
        "Tasks": _machine(
            "Run",
            {"Run": _run_task(End=True, Catch=[caught]), "Told": {"Type": "Pass", "End": True}},
        ),
        "Maps": _machine("Each", {"Each": map_state}),
        "Steps": _machine(
            "First", {"First": _lambda_step("Short", End=True, Catch=[caught]), "Told": {"Type": "Pass", "End": True}}
        ),
    }


def _api() -> dict[str, Any]:
    def route(key: str) -> dict[str, Any]:
        return {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "RouteKey": key,
                "Target": {"Fn::Join": ["", ["integrations/", {"Ref": "Integration"}]]},
            },
        }

    return {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}},
        "Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "IntegrationUri": {"Fn::GetAtt": ["Http", "Arn"]},
                "PayloadFormatVersion": "2.0",
                "TimeoutInMillis": 2000,
            },
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "StageName": "$default",
                "DefaultRouteSettings": {"ThrottlingRateLimit": 1000, "ThrottlingBurstLimit": 1000},
                "RouteSettings": {"GET /api/scarce": {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 2}},
            },
        },
        "RouteAny": route("ANY /api/{proxy+}"),
        "RouteThing": route("GET /api/things/{thing_id}"),
        "RouteScarce": route("GET /api/scarce"),
    }


def _delivery() -> dict[str, Any]:
    api_domain = {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["Api", "ApiEndpoint"]}]}]}
    all_methods = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
    secret = "{{resolve:secretsmanager:Tiny-Data-Token:SecretString:::}}"
    return {
        "Site": {"Type": "AWS::S3::Bucket", "Properties": {}},
        "SitePolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Site"},
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": ["s3:GetObject", "s3:ListBucket"],
                            "Principal": {"Service": "cloudfront.amazonaws.com"},
                        }
                    ]
                },
            },
        },
        "Publish": {
            "Type": "Custom::CDKBucketDeployment",
            "Properties": {
                "DestinationBucketName": {"Ref": "Site"},
                "SourceObjectKeys": ["sitehash.zip"],
                "SystemMetadata": {"cache-control": "max-age=60"},
            },
        },
        "Headers": {
            "Type": "AWS::CloudFront::ResponseHeadersPolicy",
            "Properties": {
                "ResponseHeadersPolicyConfig": {
                    "Name": "h",
                    "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}},
                    "CorsConfig": {
                        "AccessControlAllowCredentials": False,
                        "AccessControlAllowHeaders": {"Items": ["*"]},
                        "AccessControlAllowMethods": {"Items": ["GET", "HEAD"]},
                        "AccessControlAllowOrigins": {"Items": ["https://other.example"]},
                        "OriginOverride": True,
                    },
                }
            },
        },
        "Edge": {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {
                "DistributionConfig": {
                    "DefaultRootObject": "index.html",
                    "DefaultCacheBehavior": {
                        "TargetOriginId": "site",
                        "Compress": True,
                        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                        "AllowedMethods": ["GET", "HEAD", "OPTIONS"],
                        "ResponseHeadersPolicyId": {"Ref": "Headers"},
                        "ViewerProtocolPolicy": "redirect-to-https",
                    },
                    "CacheBehaviors": [
                        {
                            "PathPattern": "/api/*",
                            "TargetOriginId": "api",
                            "AllowedMethods": all_methods,
                            "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
                            "ViewerProtocolPolicy": "https-only",
                        },
                        {
                            "PathPattern": "/media/*",
                            "TargetOriginId": "media",
                            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                            "ViewerProtocolPolicy": "https-only",
                        },
                    ],
                    "CustomErrorResponses": [{"ErrorCode": 404, "ResponseCode": 404, "ResponsePagePath": "/oops.html"}],
                    "Origins": [
                        {"Id": "site", "DomainName": {"Fn::GetAtt": ["Site", "RegionalDomainName"]}},
                        {
                            "Id": "media",
                            "DomainName": "tiny-media.s3.us-east-1.amazonaws.com",
                            "S3OriginConfig": {},
                        },
                        {
                            "Id": "api",
                            "DomainName": api_domain,
                            "OriginCustomHeaders": [{"HeaderName": "X-Origin-Verify", "HeaderValue": secret}],
                        },
                    ],
                }
            },
        },
    }
