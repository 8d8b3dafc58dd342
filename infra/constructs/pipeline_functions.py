"""The functions that are the pipeline's steps."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_


@dataclass(frozen=True)
class PipelineFunctions:
    """Steps that make the film itself, by what they do."""

    probe: lambda_.Function
    plan: lambda_.Function
    publish: lambda_.Function
    package: lambda_.Function
    plugin: lambda_.Function
    release: lambda_.Function
    finish: lambda_.Function
    fail: lambda_.Function
