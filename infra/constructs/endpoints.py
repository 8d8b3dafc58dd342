"""Ways to AWS' services that pass no internet, and let nobody's credentials through but this account's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import Aws
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.bucket import all_buckets
from infra.environments import Environment

HTTPS = ec2.Port.tcp(443)
Service = ec2.InterfaceVpcEndpointAwsService

# What functions call besides S3. Lambda writes their logs and polls their queues from outside.
FOR_FUNCTIONS: Mapping[str, ec2.InterfaceVpcEndpointAwsService] = {
    "Secrets": Service.SECRETS_MANAGER,
    "StateMachines": Service.STEP_FUNCTIONS,
    "Queues": Service.SQS,
    "Posting": Service.LAMBDA_,
    "Events": Service.EVENTBRIDGE,
    "Accounts": Service.COGNITO_IDP,
}
# What Fargate itself calls in a task's name: where its image is, and where its log goes.
FOR_TASKS: Mapping[str, ec2.InterfaceVpcEndpointAwsService] = {
    "Registry": Service.ECR,
    "Images": Service.ECR_DOCKER,
    "Logs": Service.CLOUDWATCH_LOGS,
}


class Endpoints(Construct):
    """The endpoints of `services` in `subnets`, open to members of `groups`, who need a rule outwards of their own.

    They are the network's own constructs: their ids lie in `vpc`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.Vpc,
        subnets: Sequence[ec2.ISubnet],
        services: Mapping[str, ec2.InterfaceVpcEndpointAwsService],
        groups: Iterable[ec2.ISecurityGroup],
    ) -> None:
        super().__init__(scope, construct_id)
        members = list(groups)
        for name, service in services.items():
            endpoint = vpc.add_interface_endpoint(
                name, service=service, subnets=ec2.SubnetSelection(subnets=list(subnets)), open=False
            )
            endpoint.add_to_policy(
                iam.PolicyStatement(
                    principals=[iam.AnyPrincipal()],
                    actions=["*"],
                    resources=["*"],
                    conditions={"StringEquals": {"aws:PrincipalAccount": Aws.ACCOUNT_ID}},
                )
            )
            for group in members:
                endpoint.connections.allow_from(group, HTTPS)


def add_storage_endpoint(vpc: ec2.Vpc, environment: Environment, subnet_groups: Sequence[str]) -> None:
    """S3 for these subnets: free, so that films pass no NAT and its price.

    It leads to our own buckets, and to the one that the registry keeps images in: a worker that a film took over
    can carry nothing to a bucket of somebody else's.
    """
    endpoint = vpc.add_gateway_endpoint(
        "S3",
        service=ec2.GatewayVpcEndpointAwsService.S3,
        subnets=[ec2.SubnetSelection(subnet_group_name=name) for name in subnet_groups],
    )
    ours = all_buckets(environment)
    endpoint.add_to_policy(
        iam.PolicyStatement(
            sid="OurBuckets",
            principals=[iam.AnyPrincipal()],
            actions=["s3:*"],
            resources=[ours, f"{ours}/*"],
            conditions={"StringEquals": {"aws:PrincipalAccount": Aws.ACCOUNT_ID}},
        )
    )
    endpoint.add_to_policy(
        iam.PolicyStatement(
            sid="LayersOfImages",
            principals=[iam.AnyPrincipal()],
            actions=["s3:GetObject"],
            resources=[f"arn:{Aws.PARTITION}:s3:::prod-{Aws.REGION}-starport-layer-bucket/*"],
        )
    )
