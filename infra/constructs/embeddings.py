"""Who makes vectors of texts, for a search by meaning; by default nobody."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from infra.environments import Environment

TITAN = "amazon.titan-embed-text-v2:0"


def let_embed(function: lambda_.Function, environment: Environment) -> None:
    """The function is told the environment's choice, and may ask that one model."""
    provider = environment.enrichment.embedding_provider
    if provider is None:
        return
    function.add_environment("EMBEDDING_PROVIDER", provider)
    function.add_environment("EMBEDDING_MODEL", TITAN)
    iam.Grant.add_to_principal(
        grantee=function,
        actions=["bedrock:InvokeModel"],
        resource_arns=[f"arn:{Aws.PARTITION}:bedrock:{Aws.REGION}::foundation-model/{TITAN}"],
    )
