"""Builds the typed system from resolved resources. Each resource type is read in exactly one place here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TypeVar

from local import model
from local.assembly import Assembly
from local.compute import read_function, read_task_definition
from local.deployments import read_deployment
from local.differences import here
from local.functions.published import split_reference
from local.harmless import is_harmless
from local.identity_reading import read_authorizers, read_pools
from local.intrinsics import TemplateError
from local.late import is_made_by_function
from local.properties import (
    lets_edge_list,
    read_edge_function,
    read_event_rule,
    read_queue_attributes,
    read_route,
    read_rule,
    read_schedule,
    read_throttle,
)
from local.references import Platform, secret_arn_suffix
from local.releases import FunctionAlias, FunctionVersion
from local.resources import ResolvedStacks, Resource
from local.runnable import READ
from local.secret_uses import database_secrets, tmdb_secrets
from local.targets import check_targets
from local.triggers import read_trigger

_T = TypeVar("_T")


class UnknownResourcesError(Exception):
    """The templates have resources that this cloud cannot run."""


def build_system(assembly: Assembly, platform: Platform) -> model.System:
    """Raises UnknownResourcesError, naming all of them, and TemplateError."""
    stacks = ResolvedStacks(assembly, platform)
    # CDK's own providers are no Python, and are not run here
    ours = frozenset(
        f"arn:aws:lambda:{platform.region}:{platform.account}:function:{f.name}"
        for f in stacks.of_type("AWS::Lambda::Function")
        if f.properties.get("Runtime", "").startswith("python")
    )
    unknown = sorted({r.type for r in stacks.resources if not _is_known(r, ours)})
    if unknown:
        raise UnknownResourcesError(
            f"the local cloud does not know how to run {', '.join(unknown)}: teach local/system.py, "
            "or name it in local/harmless.py with the reason"
        )
    system = _Reader(assembly, platform, stacks).system()
    check_targets(system)
    return system


def _is_known(resource: Resource, functions: frozenset[str]) -> bool:
    if is_made_by_function(resource.type):
        return resource.properties.get("ServiceToken") in functions
    return resource.type in READ or is_harmless(resource.type)


class _Reader:
    def __init__(self, assembly: Assembly, platform: Platform, stacks: ResolvedStacks) -> None:
        self._assembly = assembly
        self._platform = platform
        self._stacks = stacks

    def system(self) -> model.System:
        functions = {f.name: f for f in self._all("AWS::Lambda::Function", self._function)}
        tasks = self._all("AWS::ECS::TaskDefinition", self._task_definition)
        return model.System(
            buckets=self._all("AWS::S3::Bucket", self._bucket),
            queues=self._all("AWS::SQS::Queue", self._queue),
            functions=functions,
            event_sources=self._all("AWS::Lambda::EventSourceMapping", self._event_source),
            state_machines=self._all("AWS::StepFunctions::StateMachine", self._state_machine),
            clusters=tuple(resource.name for resource in self._stacks.of_type("AWS::ECS::Cluster")),
            task_definitions={task.arn: task for task in tasks},
            apis=self._all("AWS::ApiGatewayV2::Api", self._api),
            distributions=self._all("AWS::CloudFront::Distribution", self._distribution),
            schedules=(
                *self._all("AWS::Scheduler::Schedule", read_schedule),
                *(s for rule in self._stacks.of_type("AWS::Events::Rule") for s in read_rule(rule)),
            ),
            secrets=self._all("AWS::SecretsManager::Secret", self._secret),
            parameters={r.name: str(r.properties["Value"]) for r in self._stacks.of_type("AWS::SSM::Parameter")},
            deployments=self._all("Custom::CDKBucketDeployment", lambda r: read_deployment(r, self._assembly)),
            triggers=self._all("Custom::Trigger", read_trigger),
            uses_cache=any(self._stacks.of_type("AWS::ElastiCache::ServerlessCache")),
            user_pools=read_pools(self._stacks),
            database_secrets=database_secrets(functions.values()),
            tmdb_secrets=tmdb_secrets(functions.values(), self._platform),
            edge_functions=tuple(
                read_edge_function(r, self._global_arn("function", r)) for r in self._of("AWS::CloudFront::Function")
            ),
            key_value_stores=tuple(
                self._global_arn("key-value-store", r) for r in self._of("AWS::CloudFront::KeyValueStore")
            ),
            event_buses=tuple(resource.name for resource in self._of("AWS::Events::EventBus")),
            event_rules=tuple(rule for r in self._of("AWS::Events::Rule") for rule in read_event_rule(r)),
            outputs=self._outputs(),
            function_versions=self._all("AWS::Lambda::Version", _function_version),
            function_aliases=self._all("AWS::Lambda::Alias", _function_alias),
            custom_resources=tuple(
                model.CustomResource(r.name, r.type, r.properties["ServiceToken"], r.properties)
                for r in self._stacks.resources
                if is_made_by_function(r.type)
            ),
        )

    def _outputs(self) -> dict[str, dict[str, str]]:
        """Of every stack, also of those that say nothing."""
        found: dict[str, dict[str, str]] = {stack.name: {} for stack in self._assembly.stacks}
        for (stack, name), value in self._stacks.outputs.items():
            found[stack][name] = here(str(value), self._platform)
        return found

    def _all(self, kind: str, read: Callable[[Resource], _T]) -> tuple[_T, ...]:
        return tuple(read(resource) for resource in self._stacks.of_type(kind))

    def _of(self, kind: str) -> Iterator[Resource]:
        return self._stacks.of_type(kind)

    def _global_arn(self, kind: str, resource: Resource) -> str:
        return f"arn:aws:cloudfront::{self._platform.account}:{kind}/{resource.name}"

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self._platform.region}:{self._platform.account}:{resource}"

    def _function(self, resource: Resource) -> model.Function:
        layers = {
            self._arn("lambda", f"layer:{layer.name}:1"): self._assembly.asset(
                layer.properties["Content"]["S3Key"]
            ).path
            for layer in self._stacks.of_type("AWS::Lambda::LayerVersion")
        }
        return read_function(
            resource, self._arn("lambda", f"function:{resource.name}"), self._assembly, layers, self._platform
        )

    def _task_definition(self, resource: Resource) -> model.TaskDefinition:
        arn = self._arn("ecs", f"task-definition/{resource.name}:1")
        return read_task_definition(resource, arn, self._assembly, self._platform)

    def _bucket(self, resource: Resource) -> model.Bucket:
        properties = resource.properties
        policies = [
            policy.properties["PolicyDocument"]
            for policy in self._stacks.of_type("AWS::S3::BucketPolicy")
            if policy.properties["Bucket"] == resource.name
        ]
        if properties.get("VersioningConfiguration", {}).get("Status") == "Enabled":
            raise TemplateError(f"{resource.logical_id} keeps versions, which the local object store does not")
        return model.Bucket(
            name=resource.name,
            cors=properties.get("CorsConfiguration"),
            notifications=properties.get("NotificationConfiguration"),
            lifecycle=properties.get("LifecycleConfiguration"),
            edge_may_list=any(lets_edge_list(policy) for policy in policies),
        )

    def _queue(self, resource: Resource) -> model.Queue:
        return model.Queue(
            name=resource.name,
            arn=self._arn("sqs", resource.name),
            url=f"{self._platform.aws_endpoint}/{self._platform.account}/{resource.name}",
            attributes=read_queue_attributes(resource.properties),
        )

    def _event_source(self, resource: Resource) -> model.EventSource:
        properties = resource.properties
        if properties.get("FilterCriteria"):
            raise TemplateError(f"{resource.logical_id} filters its messages, which is not done here")
        return model.EventSource(
            queue_arn=properties["EventSourceArn"],
            function_arn=self._function_arn(properties["FunctionName"]),
            batch_size=int(properties.get("BatchSize", 10)),
            batching_window_seconds=int(properties.get("MaximumBatchingWindowInSeconds", 0)),
            reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
            maximum_concurrency=properties.get("ScalingConfig", {}).get("MaximumConcurrency"),
        )

    def _function_arn(self, name_or_arn: str) -> str:
        return name_or_arn if name_or_arn.startswith("arn:") else self._arn("lambda", f"function:{name_or_arn}")

    def _state_machine(self, resource: Resource) -> model.StateMachine:
        properties = resource.properties
        definition = properties.get("DefinitionString")
        if definition is None and "DefinitionS3Location" in properties:
            definition = self._assembly.asset(properties["DefinitionS3Location"]["Key"]).path.read_text()
        if definition is None:
            definition = json.dumps(properties["Definition"])
        for name, value in properties.get("DefinitionSubstitutions", {}).items():
            definition = definition.replace("${" + name + "}", str(value))
        return model.StateMachine(
            name=resource.name,
            arn=self._arn("states", f"stateMachine:{resource.name}"),
            definition=definition,
            role_arn=properties["RoleArn"],
            type=properties.get("StateMachineType", "STANDARD"),
            aliases=tuple(
                alias.properties["Name"]
                for alias in self._of("AWS::StepFunctions::StateMachineAlias")
                if f"stateMachine:{resource.name}:"
                in alias.properties["DeploymentPreference"]["StateMachineVersionArn"]
            ),
        )

    def _api(self, resource: Resource) -> model.HttpApi:
        if resource.properties.get("CorsConfiguration"):
            raise TemplateError(f"{resource.logical_id} answers CORS itself, which the local API does not")

        def of_api(kind: str) -> list[Resource]:
            return [r for r in self._stacks.of_type(kind) if r.properties["ApiId"] == resource.name]

        stages = of_api("AWS::ApiGatewayV2::Stage")
        stage = stages[0].properties if stages else {}
        integrations = {r.name: r.properties for r in of_api("AWS::ApiGatewayV2::Integration")}
        throttles = {key: read_throttle(settings) for key, settings in stage.get("RouteSettings", {}).items()}
        return model.HttpApi(
            id=resource.name,
            routes=tuple(
                read_route(r, integrations, read_authorizers(self._stacks)) for r in of_api("AWS::ApiGatewayV2::Route")
            ),
            stage=stage.get("StageName", "$default"),
            stage_variables=stage.get("StageVariables", {}),
            throttle=read_throttle(stage.get("DefaultRouteSettings", {})),
            route_throttles={key: throttle for key, throttle in throttles.items() if throttle},
        )

    def _distribution(self, resource: Resource) -> model.Distribution:
        kinds = ("CachePolicy", "OriginRequestPolicy", "ResponseHeadersPolicy", "KeyGroup", "PublicKey")
        return model.Distribution(
            id=resource.name,
            config=resource.properties["DistributionConfig"],
            policies={
                r.name: r.properties[f"{kind}Config"]
                for kind in kinds
                for r in self._stacks.of_type(f"AWS::CloudFront::{kind}")
            },
        )

    def _secret(self, resource: Resource) -> model.Secret:
        return model.Secret(
            name=resource.name,
            arn=self._arn("secretsmanager", secret_arn_suffix(resource.name)),
            value=resource.properties.get("SecretString"),
            generate=resource.properties.get("GenerateSecretString"),
        )


def _function_version(resource: Resource) -> FunctionVersion:
    return FunctionVersion(resource.name, split_reference(resource.properties["FunctionName"])[0])


def _function_alias(resource: Resource) -> FunctionAlias:
    properties = resource.properties
    function, _ = split_reference(properties["FunctionName"])
    return FunctionAlias(properties["Name"], function, properties["FunctionVersion"])
