"""Custom resources are made by the app's own functions, once, and the edge is told what they answer."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.ports import free_ports
from local.assembly import load_assembly
from local.cloud import Options
from local.custom_resources import CustomResourceError
from local.intrinsics import TemplateError
from local.references import Platform
from local.system import UnknownResourcesError, build_system
from tests.local import tiny_app
from tests.local.conftest import RunningCloud, run_cloud
from tests.local.edge.signing import cookies, policy, public_pem

ARN = {"Fn::GetAtt": ["Maker", "Arn"]}
# Answers with what it is told; counts its calls in the folder it is told.
MAKER = """
import json, os, pathlib, urllib.request

def handler(event, context):
    given = event["ResourceProperties"]
    calls = pathlib.Path(given["Calls"])
    before = json.loads(calls.read_text()) if calls.exists() else []
    calls.write_text(json.dumps([*before, event]))
    if given.get("Silent"):
        return
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"PhysicalResourceId": "made", "Status": given.get("Status", "SUCCESS"), "Reason": "as told",
               "Data": {"Key": given.get("Pem", "")}}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request, timeout=10).close()
"""
REVOCATIONS = (Path(__file__).parents[2] / "infra/edge/revocations.js").read_text()


def maker() -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"S3Bucket": "assets", "S3Key": "codehash.zip"},
            "Handler": "maker.handler",
            "Runtime": "python3.13",
            "Timeout": 20,
        },
    }


def made(calls: Path, **more: Any) -> dict[str, Any]:
    return {"Type": "Custom::Key", "Properties": {"ServiceToken": ARN, "Calls": str(calls), **more}}


def guarded() -> dict[str, Any]:
    """A distribution whose films take a signature by the key that the custom resource makes, and pass a list."""
    resources = tiny_app.delivery()
    config = resources["Edge"]["Properties"]["DistributionConfig"]
    (media,) = (b for b in config["CacheBehaviors"] if b["PathPattern"] == "/media/*")
    media["TrustedKeyGroups"] = [{"Ref": "Group"}]
    association = {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Guard", "FunctionARN"]}}
    media["FunctionAssociations"] = [association]
    key = {"CallerReference": "k", "Name": "k", "EncodedKey": {"Fn::GetAtt": ["Made", "Key"]}}
    return {
        **resources,
        "PublicKey": {"Type": "AWS::CloudFront::PublicKey", "Properties": {"PublicKeyConfig": key}},
        "Group": {
            "Type": "AWS::CloudFront::KeyGroup",
            "Properties": {"KeyGroupConfig": {"Name": "g", "Items": [{"Ref": "PublicKey"}]}},
        },
        "List": {"Type": "AWS::CloudFront::KeyValueStore", "Properties": {"Name": "list"}},
        "Guard": {
            "Type": "AWS::CloudFront::Function",
            "Properties": {
                "Name": "guard",
                "FunctionCode": REVOCATIONS,
                "FunctionConfig": {
                    "Comment": "",
                    "Runtime": "cloudfront-js-2.0",
                    "KeyValueStoreAssociations": [{"KeyValueStoreARN": {"Fn::GetAtt": ["List", "Arn"]}}],
                },
            },
        },
    }


class Tiny:
    """An app with a custom resource, and the folder it keeps its state in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls.json"

    def options(self, **resources: Any) -> Options:
        assembly = tiny_app.build(self.folder, self.folder / "seen", resources={"Maker": maker(), **resources})
        (self.folder / "cdk.out/assembly-Tiny-dev/asset.code/maker.py").write_text(MAKER)
        return Options(port=free_ports(), state_dir=self.folder / "state", assembly_dir=assembly, warm=False)

    def start(self, **resources: Any) -> None:
        for _ in run_cloud(self.options(**resources), self.folder / "seen"):
            pass

    def events(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.calls.read_text())
        return found


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path)


def status(running: RunningCloud, path: str, sent: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", running.cloud.options.port, timeout=30)
    connection.request("GET", path, headers={"Cookie": "; ".join(f"{n}={v}" for n, v in sent.items())})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content


def test_a_key_that_a_function_makes_guards_the_films(tiny: Tiny) -> None:
    key, stranger = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    options = tiny.options(**guarded(), Made=made(tiny.calls, Pem=public_pem(key)))
    for running in run_cloud(options, tiny.folder / "seen"):
        running.client("s3").put_object(Bucket="tiny-media", Key="media/ast_1/film.m4s", Body=b"film")
        (distribution,) = running.cloud.system.distributions
        (key_id,) = (i for i, p in distribution.policies.items() if "EncodedKey" in p)
        host, ends = f"https://127.0.0.1:{options.port}", int(time.time()) + 600
        text = policy(f"{host}/media/ast_1/*", ends, DateGreaterThan=7)
        film = "/media/ast_1/film.m4s"

        assert status(running, film, cookies(key, key_id, text)) == (200, b"film")
        code, body = status(running, film, {})
        assert (code, body.count(b"<Code>MissingKey</Code>")) == (403, 1)
        assert status(running, film, cookies(stranger, key_id, text))[0] == 403
        assert status(running, "/media/ast_2/film.m4s", cookies(key, key_id, text))[0] == 403
        ended = policy(f"{host}/media/ast_1/*", ends - 700, DateGreaterThan=7)
        assert b"<Code>AccessDenied</Code>" in status(running, film, cookies(key, key_id, ended))[1]
        assert status(running, "/index.html", {})[0] == 200


def test_what_is_made_is_not_made_again_until_it_changes(tiny: Tiny) -> None:
    tiny.start(Made=made(tiny.calls, Size=1, On=True))
    tiny.start(Made=made(tiny.calls, Size=1, On=True))
    (first,) = tiny.events()
    assert first["RequestType"] == "Create"
    given = {name: first["ResourceProperties"][name] for name in ("Size", "On")}
    assert given == {"Size": "1", "On": "true"}  # CloudFormation knows only text

    tiny.start(Made=made(tiny.calls, Size=2, On=True))
    second = tiny.events()[-1]
    assert (second["RequestType"], second["PhysicalResourceId"]) == ("Update", "made")
    assert second["OldResourceProperties"]["Size"] == "1"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"Status": "FAILED"}, "could not be made: as told"),
        ({"Silent": True}, "did not answer"),
    ],
)
def test_a_resource_that_cannot_be_made_stops_the_start(tiny: Tiny, more: dict[str, Any], told: str) -> None:
    with pytest.raises(CustomResourceError, match=told):
        tiny.start(Made=made(tiny.calls, **more))


def test_an_answer_that_was_not_given_stops_the_start(tiny: Tiny) -> None:
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::GetAtt": ["Made", "Other"]}}}
    with pytest.raises(TemplateError, match="did not answer Other"):
        tiny.start(Made=made(tiny.calls), Parameter=parameter)


def system_of(tiny: Tiny, **resources: Any) -> None:
    options = tiny.options(**resources)
    build_system(load_assembly(options.assembly_dir, "dev"), Platform(1, 2, 3, 4))


def test_a_function_s_environment_cannot_wait_for_an_answer(tiny: Tiny) -> None:
    late = maker()
    late["Properties"]["Environment"] = {"Variables": {"KEY": {"Fn::GetAtt": ["Made", "Key"]}}}
    with pytest.raises(TemplateError, match=r"KEY of .* too late"):
        system_of(tiny, Made=made(tiny.calls), Late=late)


def test_a_custom_resource_of_somebody_else_s_function_stops_the_start(tiny: Tiny) -> None:
    elsewhere = {"Type": "Custom::Thing", "Properties": {"ServiceToken": "arn:aws:sns:us-east-1:1:topic"}}
    with pytest.raises(UnknownResourcesError, match="Custom::Thing"):
        system_of(tiny, Thing=elsewhere)


def test_a_signed_api_is_not_guarded_here_and_says_so(tiny: Tiny) -> None:
    resources = guarded()
    config = resources["Edge"]["Properties"]["DistributionConfig"]
    config["CacheBehaviors"][0]["TrustedKeyGroups"] = [{"Ref": "Group"}]
    key = public_pem(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(TemplateError, match="guards buckets"):
        tiny.start(**resources, Made=made(tiny.calls, Pem=key))


def test_a_key_that_is_none_stops_the_start(tiny: Tiny) -> None:
    with pytest.raises(TemplateError, match="no public key"):
        tiny.start(**guarded(), Made=made(tiny.calls, Pem="nonsense"))
