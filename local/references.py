"""What `Ref` and the attributes of each resource type are, here: names and addresses on this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.late import is_made_by_function, later

ACCOUNT = "123456789012"
REGION = "us-east-1"


@dataclass(frozen=True)
class Platform:
    """Where things are on this machine. Ports of 127.0.0.1."""

    aws_port: int
    edge_port: int
    valkey_port: int
    database_port: int
    tmdb_port: int = 0
    # for the real TMDB in the place of ours
    tmdb_token: str | None = field(default=None, repr=False)
    account: str = ACCOUNT
    region: str = REGION

    def arn(self, service: str) -> str:
        """What the ARNs of a service begin with here."""
        return f"arn:aws:{service}:{self.region}:{self.account}"

    @property
    def aws_endpoint(self) -> str:
        return f"http://127.0.0.1:{self.aws_port}"


@dataclass(frozen=True)
class Subject:
    """A resource as far as others can refer to it. `properties` are only those that names are made of."""

    platform: Platform
    type: str
    name: str
    properties: Mapping[str, Any]

    def arn(self, service: str, resource: str, *, regional: bool = True) -> str:
        region = self.platform.region if regional else ""
        return f"arn:aws:{service}:{region}:{self.platform.account}:{resource}"


def short_hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


# where a type's physical name is written; others are named after stack and logical id
NAME_PROPERTIES = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::Scheduler::ScheduleGroup": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::Events::EventBus": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::ElastiCache::ServerlessCache": "ServerlessCacheName",
    "AWS::SSM::Parameter": "Name",
    "AWS::Cognito::UserPoolResourceServer": "Identifier",
    "AWS::Cognito::UserPoolDomain": "Domain",
    "AWS::SNS::Topic": "TopicName",
    "AWS::ECR::Repository": "RepositoryName",
}


# what else a type's `Ref` and attributes are made of
REFERRED_PROPERTIES = {
    "AWS::Lambda::Alias": ("FunctionName", "Name"),
    "AWS::Lambda::Version": ("FunctionName",),
    "AWS::SecretsManager::SecretTargetAttachment": ("SecretId",),
    "AWS::StepFunctions::StateMachineAlias": ("DeploymentPreference", "Name"),
    "AWS::StepFunctions::StateMachineVersion": ("StateMachineArn",),
}


def _queue_url(s: Subject) -> str:
    return f"{s.platform.aws_endpoint}/{s.platform.account}/{s.name}"


def _task_definition_arn(s: Subject) -> str:
    return s.arn("ecs", f"task-definition/{s.name}:1")


def _state_machine_arn(s: Subject) -> str:
    return s.arn("states", f"stateMachine:{s.name}")


def secret_arn_suffix(name: str) -> str:
    """Secrets Manager adds six characters to a secret's name; ours are always the same."""
    return f"secret:{name}-{short_hash(name, 6)}"


def _secret_arn(s: Subject) -> str:
    return s.arn("secretsmanager", secret_arn_suffix(s.name))


def _function_arn(s: Subject) -> str:
    return s.arn("lambda", f"function:{s.name}")


def _function_version_arn(s: Subject) -> str:
    """Its number is known when it is published; until then, and afterwards too, the templates' name is good."""
    return s.arn("lambda", f"function:{_name_of_function(s)}:{s.name}")


def _function_alias_arn(s: Subject) -> str:
    return s.arn("lambda", f"function:{_name_of_function(s)}:{s.properties['Name']}")


def _name_of_function(s: Subject) -> str:
    return str(s.properties["FunctionName"]).rpartition("function:")[2]


def _machine_version_arn(s: Subject) -> str:
    return f"{s.properties['StateMachineArn']}:{s.name}"


def _machine_alias_arn(s: Subject) -> str:
    version: str = s.properties["DeploymentPreference"]["StateMachineVersionArn"]
    return f"{version.rpartition(':')[0]}:{s.properties['Name']}"


def _attached_secret(s: Subject) -> str:
    return str(s.properties["SecretId"])


def _log_group_arn(s: Subject) -> str:
    return s.arn("logs", f"log-group:{s.name}:*")


def _edge_function_arn(s: Subject) -> str:
    return s.arn("cloudfront", f"function/{s.name}", regional=False)


def _key_value_store_arn(s: Subject) -> str:
    return s.arn("cloudfront", f"key-value-store/{s.name}", regional=False)


def _issuer(s: Subject) -> str:
    """A pool's issuer, without the scheme."""
    return f"cognito-idp.{s.platform.region}.amazonaws.com/{s.name}"


_REFS: Mapping[str, Callable[[Subject], str]] = {
    "AWS::SQS::Queue": _queue_url,
    "AWS::StepFunctions::StateMachine": _state_machine_arn,
    "AWS::ECS::TaskDefinition": _task_definition_arn,
    "AWS::SecretsManager::Secret": _secret_arn,
    "AWS::SecretsManager::SecretTargetAttachment": _attached_secret,
    "AWS::Lambda::Alias": _function_alias_arn,
    "AWS::Lambda::Version": _function_version_arn,
    "AWS::Lambda::LayerVersion": lambda s: s.arn("lambda", f"layer:{s.name}:1"),
    "AWS::SNS::Topic": lambda s: s.arn("sns", s.name),
    "AWS::StepFunctions::StateMachineAlias": _machine_alias_arn,
    "AWS::StepFunctions::StateMachineVersion": _machine_version_arn,
    "AWS::CloudFront::Function": _edge_function_arn,
}

_ARNS: Mapping[str, Callable[[Subject], str]] = {
    "AWS::Cognito::UserPool": lambda s: s.arn("cognito-idp", f"userpool/{s.name}"),
    "AWS::S3::Bucket": lambda s: f"arn:aws:s3:::{s.name}",
    "AWS::SQS::Queue": lambda s: s.arn("sqs", s.name),
    "AWS::Lambda::Function": _function_arn,
    "AWS::StepFunctions::StateMachine": _state_machine_arn,
    "AWS::ECS::Cluster": lambda s: s.arn("ecs", f"cluster/{s.name}"),
    "AWS::IAM::Role": lambda s: s.arn("iam", f"role/{s.name}", regional=False),
    "AWS::Logs::LogGroup": _log_group_arn,
    "AWS::Scheduler::ScheduleGroup": lambda s: s.arn("scheduler", f"schedule-group/{s.name}"),
    "AWS::Events::Rule": lambda s: s.arn("events", f"rule/{s.name}"),
    "AWS::Events::EventBus": lambda s: s.arn("events", f"event-bus/{s.name}"),
}

_ATTRIBUTES: Mapping[tuple[str, str], Callable[[Subject], str]] = {
    ("AWS::Cognito::UserPool", "ProviderName"): _issuer,
    ("AWS::Cognito::UserPool", "ProviderURL"): lambda s: f"https://{_issuer(s)}",
    ("AWS::Cognito::UserPool", "UserPoolId"): lambda s: s.name,
    ("AWS::Cognito::UserPoolClient", "ClientId"): lambda s: s.name,
    ("AWS::S3::Bucket", "DomainName"): lambda s: f"{s.name}.s3.amazonaws.com",
    ("AWS::S3::Bucket", "RegionalDomainName"): lambda s: f"{s.name}.s3.{s.platform.region}.amazonaws.com",
    ("AWS::SQS::Queue", "QueueName"): lambda s: s.name,
    ("AWS::SQS::Queue", "QueueUrl"): _queue_url,
    ("AWS::StepFunctions::StateMachine", "Name"): lambda s: s.name,
    ("AWS::ElastiCache::ServerlessCache", "Endpoint.Address"): lambda s: "127.0.0.1",
    ("AWS::ElastiCache::ServerlessCache", "Endpoint.Port"): lambda s: str(s.platform.valkey_port),
    ("AWS::DocDB::DBCluster", "Endpoint"): lambda s: "127.0.0.1",
    ("AWS::DocDB::DBCluster", "ReadEndpoint"): lambda s: "127.0.0.1",
    ("AWS::DocDB::DBCluster", "Port"): lambda s: str(s.platform.database_port),
    ("AWS::ApiGatewayV2::Api", "ApiEndpoint"): (
        lambda s: f"https://{s.name}.execute-api.{s.platform.region}.amazonaws.com"
    ),
    ("AWS::ApiGatewayV2::Api", "ApiId"): lambda s: s.name,
    ("AWS::CloudFront::Distribution", "DomainName"): lambda s: f"127.0.0.1:{s.platform.edge_port}",
    ("AWS::CloudFront::Function", "FunctionARN"): _edge_function_arn,
    ("AWS::CloudFront::KeyValueStore", "Arn"): _key_value_store_arn,
    ("AWS::Lambda::Version", "Version"): lambda s: s.name,
}


def ref_of(subject: Subject) -> str:
    """What `Ref` gives."""
    if is_made_by_function(subject.type):
        return later(subject.name)
    ref = _REFS.get(subject.type)
    return ref(subject) if ref is not None else subject.name


def attribute_of(subject: Subject, attribute: str) -> str:
    """What `Fn::GetAtt` gives."""
    if is_made_by_function(subject.type):
        return later(subject.name, attribute)
    known = _ATTRIBUTES.get((subject.type, attribute))
    if known is not None:
        return known(subject)
    if attribute in {"Arn", "ARN"}:
        arn = _ARNS.get(subject.type) or _REFS.get(subject.type)
        service = subject.type.split("::")[1].lower() if "::" in subject.type else "custom"
        return arn(subject) if arn else subject.arn(service, subject.name)
    # identifiers that only other cloud resources read (`GroupId`, `Id`, …)
    return subject.name if attribute in {"Id", "Name"} else f"{subject.name}.{attribute}"
