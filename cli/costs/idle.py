"""What a month costs in which nobody uploads and nobody watches: each resource of the templates has its price.

A resource of a type that is nowhere here stops the estimate. So what is new is thought of once: it has a price while
it only stands there (`PRICED`), or it has none (`FREE`), or its use is priced in `usage`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from cli.costs.assembly import Assembly, Resource
from cli.costs.clocks import clock_lines, poll_lines
from cli.costs.lines import Line, gathered
from cli.costs.network import address, endpoint, machines, nat_gateway
from cli.costs.prices import Assumptions, Prices, Unpriced
from cli.costs.stores import cache, cluster, database_instance, key, secret
from cli.costs.watching import alarm, dashboard, firewall

Rule = Callable[[Resource, Prices, Assumptions], Iterable[Line]]

PRICED: Mapping[str, Rule] = {
    "AWS::AutoScaling::AutoScalingGroup": machines,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::DocDB::DBCluster": cluster,
    "AWS::DocDB::DBInstance": database_instance,
    "AWS::EC2::EIP": address,
    "AWS::EC2::NatGateway": nat_gateway,
    "AWS::EC2::VPCEndpoint": endpoint,
    "AWS::ElastiCache::ServerlessCache": cache,
    "AWS::KMS::Key": key,
    "AWS::Lambda::EventSourceMapping": poll_lines,
    "AWS::Scheduler::Schedule": clock_lines,
    "AWS::SecretsManager::Secret": secret,
    "AWS::WAFv2::WebACL": firewall,
}

# Whole services, by the word after `AWS::`, whose resources cost nothing or only what is done with them.
FREE_SERVICES = frozenset(
    {"ApiGatewayV2", "CDK", "CloudFormation", "CloudFront", "CodeDeploy", "Cognito", "Events", "IAM", "Logs", "SNS"}
)
FREE = frozenset(
    {
        "AWS::Backup::BackupPlan",  # its copies of a database of a GB are cents
        "AWS::Backup::BackupSelection",
        "AWS::Backup::BackupVault",
        "AWS::Budgets::Budget",  # those that only tell
        "AWS::DocDB::DBClusterParameterGroup",
        "AWS::DocDB::DBSubnetGroup",
        "AWS::EC2::FlowLog",  # what it writes is counted by `_logs`
        "AWS::EC2::InternetGateway",
        "AWS::EC2::LaunchTemplate",  # its machines are the group's
        "AWS::EC2::NetworkInterface",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::Subnet",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPC",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::ECS::Cluster",  # its insights are metrics of tasks that run
        "AWS::ECS::ClusterCapacityProviderAssociations",
        "AWS::ECS::TaskDefinition",
        "AWS::KMS::Alias",
        "AWS::Lambda::Alias",  # with provisioned concurrency it would not be: `_refuse_provisioned`
        "AWS::Lambda::Function",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Version",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::SSM::Parameter",
        "AWS::SecretsManager::ResourcePolicy",
        "AWS::SecretsManager::RotationSchedule",
        "AWS::SecretsManager::SecretTargetAttachment",
        "AWS::StepFunctions::StateMachine",
        "AWS::StepFunctions::StateMachineAlias",
        "AWS::StepFunctions::StateMachineVersion",
        "AWS::WAFv2::WebACLAssociation",
    }
)


def idle_lines(assembly: Assembly, prices: Prices, assumed: Assumptions) -> list[Line]:
    """The month's lines, the dearest first. Raises Unpriced for a resource that nobody thought of."""
    lines = [line for resource in assembly.resources for line in _of(resource, prices, assumed)]
    lines += _images(assembly, prices, assumed)
    lines += _logs(prices, assumed)
    return gathered(lines)


def _of(resource: Resource, prices: Prices, assumed: Assumptions) -> Iterable[Line]:
    _refuse_provisioned(resource)
    rule = PRICED.get(resource.type)
    if rule is not None:
        return rule(resource, prices, assumed)
    parts = resource.type.split("::")
    if resource.type not in FREE and parts[0] != "Custom" and parts[1] not in FREE_SERVICES:
        raise Unpriced(f"{resource.stack}/{resource.logical_id}: {resource.type} has no price here, nor stands as free")
    return ()


def _refuse_provisioned(resource: Resource) -> None:
    if "ProvisionedConcurrencyConfig" in resource.properties:
        raise Unpriced(f"{resource.stack}/{resource.logical_id}: provisioned concurrency has no price here")


def _images(assembly: Assembly, prices: Prices, assumed: Assumptions) -> Iterator[Line]:
    gigabytes = assembly.image_count * assumed["image_gb"]
    yield Line("ECR", "images of the workers", gigabytes, "GB", prices.of("ecr", "gb_month"))


def _logs(prices: Prices, assumed: Assumptions) -> Iterator[Line]:
    price, free = prices.of("cloudwatch", "log_gb"), prices.of("cloudwatch", "free_log_gb")
    yield Line("CloudWatch", "log", assumed["rejected_log_gb"], "GB", price, free)
    # JobsRunning, which the reconciler tells every minute
    metric, free_metrics = prices.of("cloudwatch", "metric_month"), prices.of("cloudwatch", "free_metrics")
    yield Line("CloudWatch", "metrics of ours", 1, "metrics", metric, free_metrics)
