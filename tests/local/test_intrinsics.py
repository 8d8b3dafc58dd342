"""Intrinsic functions give what CloudFormation gives."""

from __future__ import annotations

from typing import Any

import pytest

from local.intrinsics import Evaluator, TemplateError


def _resolve(value: Any) -> Any:
    names = {"AWS::Region": "eu-west-1", "Bucket": "films", "Flag": True, "Zones": ["a", "b"]}
    evaluator = Evaluator(
        ref=lambda name: names[name],
        get_att=lambda resource, attribute: f"{resource}#{attribute}",
        import_value=lambda name: f"imported {name}",
        stack_output=lambda stack, name: f"{stack}/{name}",
        mappings={"Sizes": {"dev": {"cpu": 1}}},
        conditions={
            "Always": {"Fn::Equals": ["a", "a"]},
            "Never": {"Fn::Not": [{"Condition": "Always"}]},
            "Both": {"Fn::And": [{"Condition": "Always"}, {"Condition": "Never"}]},
            "Either": {"Fn::Or": [{"Condition": "Always"}, {"Condition": "Never"}]},
        },
        zones=lambda region: [f"{region or 'here'}a"],
    )
    return evaluator.resolve(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Bucket"}, "films"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "Queue#Arn"),
        ({"Fn::GetAtt": "Cache.Endpoint.Address"}, "Cache#Endpoint.Address"),
        ({"Fn::Sub": "${Bucket}-${Queue.Arn}-${!Bucket}"}, "films-Queue#Arn-${Bucket}"),
        ({"Fn::Sub": ["${Own} ${Bucket}", {"Own": {"Ref": "AWS::Region"}}]}, "eu-west-1 films"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Bucket"}, 1, {"Ref": "Flag"}]]}, "a-films-1-true"),
        ({"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b"),
        ({"Fn::Select": [1, {"Fn::Split": ["/", "https://host/path"]}]}, ""),
        ({"Fn::Select": ["2", ["x", "y", "z"]]}, "z"),
        ({"Fn::ImportValue": {"Fn::Sub": "${Bucket}:Arn"}}, "imported films:Arn"),
        ({"Fn::GetStackOutput": {"StackName": "Data", "OutputName": "Arn"}}, "Data/Arn"),
        ({"Fn::If": ["Always", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Both", "yes", "no"]}, "no"),
        ({"Fn::If": ["Either", "yes", "no"]}, "yes"),
        ({"Fn::FindInMap": ["Sizes", "dev", "cpu"]}, 1),
        ({"Fn::FindInMap": ["Sizes", "prod", "cpu", {"DefaultValue": 4}]}, 4),
        ({"Fn::GetAZs": ""}, ["herea"]),
        ({"Fn::Base64": "film"}, "ZmlsbQ=="),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"a": [{"Ref": "AWS::NoValue"}, 1], "b": {"Ref": "AWS::NoValue"}}, {"a": [1]}),
        ({"a": {"Fn::If": ["Never", 1, {"Ref": "AWS::NoValue"}]}}, {}),
        ({"Condition": {"StringEquals": {"a": {"Ref": "Bucket"}}}}, {"Condition": {"StringEquals": {"a": "films"}}}),
    ],
)
def test_a_function_is_replaced_by_its_result(value: Any, expected: Any) -> None:
    assert _resolve(value) == expected


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"Fn::Transform": {}}, "Fn::Transform is not known"),
        ({"Fn::Select": [3, ["a"]]}, "Fn::Select 3"),
        ({"Fn::FindInMap": ["Sizes", "prod", "cpu"]}, "Sizes has no prod.cpu"),
        ({"Fn::If": ["Nowhere", 1, 2]}, "Nowhere is not defined"),
    ],
)
def test_what_cannot_be_resolved_is_told(value: Any, words: str) -> None:
    with pytest.raises(TemplateError, match=words):
        _resolve(value)
