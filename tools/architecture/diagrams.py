"""Stacks, the edge, what happens without being asked for, and the network."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from tools.architecture.functions import ours, reached
from tools.architecture.mermaid import Flowchart
from tools.architecture.templates import Resource, Templates
from tools.architecture.words import SHAPE_OF, kind_and_title, rate, title, words

# What a stack is made for; the rest of its resources serves these.
_TELLING = {
    "AWS::EC2::VPC": "VPC",
    "AWS::EC2::VPCEndpoint": "VPC endpoints",
    "AWS::EC2::NatGateway": "NAT gateways",
    "AWS::AutoScaling::AutoScalingGroup": "NAT machine",
    "AWS::S3::Bucket": "buckets",
    "AWS::SQS::Queue": "queues",
    "AWS::DocDB::DBCluster": "database",
    "AWS::ElastiCache::ServerlessCache": "cache",
    "AWS::Events::EventBus": "event bus",
    "AWS::KMS::Key": "key",
    "AWS::Backup::BackupVault": "backups",
    "AWS::StepFunctions::StateMachine": "state machines",
    "AWS::ECS::TaskDefinition": "tasks",
    "AWS::Lambda::Function": "functions",
    "AWS::Scheduler::Schedule": "schedules",
    "AWS::ApiGatewayV2::Api": "HTTP API",
    "AWS::Cognito::UserPool": "user pool",
    "AWS::CloudFront::Distribution": "distribution",
    "AWS::WAFv2::WebACL": "firewall",
    "AWS::CodeDeploy::DeploymentGroup": "canaries",
    "AWS::CloudWatch::Alarm": "alarms",
    "AWS::CloudWatch::Dashboard": "dashboards",
    "AWS::Budgets::Budget": "budget",
}


def stacks(templates: Templates) -> str:
    """An arrow leads from a stack to one that is deployed before it."""
    chart = Flowchart("TD")
    for name in templates.depends_on:
        found = {resource.type for resource in templates.resources if resource.stack == name}
        holds = [told for kind, told in _TELLING.items() if kind in found]
        chart.node(name, f"<b>{name}</b><br>{'<br>'.join(holds)}")
    for name, needed in templates.depends_on.items():
        for other in _nearest(templates, needed):
            chart.edge(name, other)
    return str(chart)


def _nearest(templates: Templates, needed: tuple[str, ...]) -> list[str]:
    """Without those that another of them needs anyhow."""
    behind: set[str] = set()
    waiting = [other for name in needed for other in templates.depends_on[name]]
    while waiting:
        name = waiting.pop()
        if name not in behind:
            behind.add(name)
            waiting.extend(templates.depends_on[name])
    return [name for name in needed if name not in behind]


def edge(templates: Templates) -> str:
    """Paths at the distribution, in the order in which they are tried, and what answers them."""
    (distribution,) = templates.of("AWS::CloudFront::Distribution")
    config = distribution.properties["DistributionConfig"]
    chart = Flowchart()
    chart.node("viewer", "viewer", "end")
    chart.node("edge", "CloudFront")
    chart.edge("viewer", "edge")
    for behaviour in (*config["CacheBehaviors"], {**config["DefaultCacheBehavior"], "PathPattern": "everything else"}):
        origin = next(o for o in config["Origins"] if o["Id"] == behaviour["TargetOriginId"])
        name = _origin(chart, templates, distribution.stack, origin)
        signed = "<br>signed cookies" if behaviour.get("TrustedKeyGroups") else ""
        chart.edge("edge", name, f"{behaviour['PathPattern']}{signed}")
    for function in ours(templates):
        if any(_answers(templates, integration, function) for integration in templates.of(_INTEGRATION)):
            _nodes(chart, function)
            chart.edge("HTTP API", key(function))
    return str(chart)


_INTEGRATION = "AWS::ApiGatewayV2::Integration"


def _answers(templates: Templates, integration: Resource, function: Resource) -> bool:
    return templates.one(integration.stack, integration.properties["IntegrationUri"]) == function


def _origin(chart: Flowchart, templates: Templates, stack: str, origin: Any) -> str:
    """Adds what a distribution's origin is; its name in the chart."""
    domain = origin["DomainName"]
    if isinstance(domain, str):
        chart.node(domain)
        return domain
    found = [r for r in templates.referred(stack, domain) if r.type in {"AWS::S3::Bucket", "AWS::ApiGatewayV2::Api"}]
    if found and found[0].type == "AWS::S3::Bucket":
        _nodes(chart, found[0])
        return key(found[0])
    chart.node("HTTP API")
    return "HTTP API"


def events(templates: Templates) -> str:
    """What is done without a caller who waits: for what lies in queues, and by the clock."""
    chart = Flowchart()
    for bucket in templates.of("AWS::S3::Bucket"):
        told = bucket.properties.get("NotificationConfiguration", {})
        for queue in templates.referred(bucket.stack, told):
            _joined(chart, bucket, queue, "object created")
    for source in sorted(templates.of("AWS::Lambda::EventSourceMapping"), key=lambda source: source.path):
        queue = templates.one(source.stack, source.properties["EventSourceArn"])
        _fed(chart, templates, queue, templates.one(source.stack, source.properties["FunctionName"]))
    for queue in templates.of("AWS::SQS::Queue"):
        redrive = queue.properties.get("RedrivePolicy", {})
        for dead in templates.referred(queue.stack, redrive):
            _joined(chart, queue, dead, f"{redrive['maxReceiveCount']} times in vain", dotted=True)
    chart.node("clock", "EventBridge Scheduler", "end")
    for schedule in sorted(templates.of("AWS::Scheduler::Schedule"), key=lambda schedule: schedule.path):
        function = templates.one(schedule.stack, schedule.properties["Target"]["Arn"])
        _nodes(chart, function)
        chart.edge("clock", key(function), rate(schedule.properties["ScheduleExpression"]))
    return str(chart)


def _fed(chart: Flowchart, templates: Templates, queue: Resource, function: Resource) -> None:
    """A queue's function, and whom that hands on to."""
    _joined(chart, queue, function)
    for found in reached(templates, function):
        if found.type in {"AWS::StepFunctions::StateMachine", "AWS::Events::EventBus", "AWS::Lambda::Function"}:
            _joined(chart, function, found)


def _joined(chart: Flowchart, first: Resource, second: Resource, label: str = "", *, dotted: bool = False) -> None:
    _nodes(chart, first, second)
    chart.edge(key(first), key(second), label, dotted=dotted)


def _nodes(chart: Flowchart, *resources: Resource) -> None:
    for resource in resources:
        name = title(resource) if resource.type == "AWS::Lambda::Function" else kind_and_title(resource)
        chart.node(key(resource), name, SHAPE_OF[resource.type])


def key(resource: Resource) -> str:
    """Its name in a chart: constructs of two stacks may be called alike."""
    return f"{resource.stack}/{resource.path}"


def network(templates: Templates) -> str:
    """Security groups: who may begin to talk to whom, on which port."""
    chart = Flowchart()
    groups = {group.logical_id: group for group in templates.of("AWS::EC2::SecurityGroup")}
    names = {logical_id: key(group) for logical_id, group in groups.items()} | {_INTERNET: _INTERNET}
    talks = _talks(templates)
    for logical_id in sorted(groups, key=lambda name: names[name]):
        if any(logical_id in pair for pair in talks):
            chart.node(names[logical_id], _place(groups[logical_id]), _shape(groups[logical_id]))
    chart.node(_INTERNET, "HTTPS, as far as a route leads", "end")
    for source, target in sorted(talks, key=lambda pair: (names[pair[0]], names[pair[1]])):
        chart.edge(names[source], names[target], ", ".join(sorted(talks[source, target])))
    return str(chart)


_INTERNET = "internet"


def _place(group: Resource) -> str:
    name = group.path.replace("/SecurityGroup", "").replace("/Cluster", "")
    return words(re.sub(r"^Vpc/(\w+)$", r"endpoint \1", name))


def _shape(group: Resource) -> str:
    return "round" if group.stack == "Network" else "store"


def _talks(templates: Templates) -> dict[tuple[str, str], set[str]]:
    """Pairs of security groups by logical id, `_INTERNET` for any address, with ports."""
    talks: dict[tuple[str, str], set[str]] = defaultdict(set)
    for rule in templates.of("AWS::EC2::SecurityGroupIngress"):
        if "SourceSecurityGroupId" in rule.properties:
            source = templates.one(rule.stack, rule.properties["SourceSecurityGroupId"])
            target = templates.one(rule.stack, rule.properties["GroupId"])
            talks[source.logical_id, target.logical_id].add(_port(rule.properties))
    for group in templates.of("AWS::EC2::SecurityGroup"):
        for rule in group.properties.get("SecurityGroupEgress", ()):
            if rule.get("CidrIp") == "0.0.0.0/0" and rule.get("FromPort") is not None:
                talks[group.logical_id, _INTERNET].add(_port(rule))
    return talks


def _port(rule: Any) -> str:
    first, last = rule.get("FromPort"), rule.get("ToPort")
    if not isinstance(first, int):
        return "the store's port"
    return str(first) if first == last else f"{first}–{last}"
