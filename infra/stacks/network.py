"""The VPC, and who may talk to whom in it."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.constructs.placement import Placement
from infra.constructs.retention import RetainedLogs
from infra.environments import Environment

HTTPS = ec2.Port.tcp(443)


class NetworkStack(Stack):
    """Functions and workers in subnets that the environment's choice asks for, stores in isolated ones.

    The security groups of `functions` and `workers` open nothing inwards; outwards they reach HTTPS and
    whatever a store opens to them.
    """

    vpc: ec2.Vpc
    functions: Placement
    workers: Placement
    store_subnets: ec2.SubnetSelection

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, termination_protection: bool
    ) -> None:
        super().__init__(scope, construct_id, termination_protection=termination_protection)
        self._choice = environment.network
        with_nat = self._choice.nat == "gateway"
        self.vpc = self._create_vpc(environment)
        self.store_subnets = ec2.SubnetSelection(subnet_group_name="stores")
        self.functions = self._place("Functions", "Lambda functions", subnets="functions")
        self.workers = self._place(
            "Workers",
            "Encoding workers",
            subnets="functions" if with_nat else "public",
            public_address=not with_nat,
        )
        if not with_nat:
            self._add_endpoints()

    def _create_vpc(self, environment: Environment) -> ec2.Vpc:
        with_nat = self._choice.nat == "gateway"
        private = ec2.SubnetType.PRIVATE_WITH_EGRESS if with_nat else ec2.SubnetType.PRIVATE_ISOLATED
        # The same groups in the same order whatever the choice: changing it later moves no address range.
        subnets = [
            ec2.SubnetConfiguration(name=name, subnet_type=subnet_type, cidr_mask=20)
            for name, subnet_type in (
                ("public", ec2.SubnetType.PUBLIC),
                ("functions", private),
                ("stores", ec2.SubnetType.PRIVATE_ISOLATED),
            )
        ]
        vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=self._choice.zone_count,
            nat_gateways=self._choice.nat_gateway_count,
            subnet_configuration=subnets,
            restrict_default_security_group=True,
            # films never pass a NAT gateway nor its price
            gateway_endpoints={"S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)},
        )
        vpc.add_flow_log(
            "Rejected",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(
                RetainedLogs(self, "RejectedLogs", retention=environment.retention)
            ),
            traffic_type=ec2.FlowLogTrafficType.REJECT,
        )
        return vpc

    def _place(self, construct_id: str, description: str, *, subnets: str, public_address: bool = False) -> Placement:
        group = ec2.SecurityGroup(self, construct_id, vpc=self.vpc, description=description, allow_all_outbound=False)
        group.add_egress_rule(ec2.Peer.any_ipv4(), HTTPS, "AWS services")
        return Placement(
            vpc=self.vpc,
            subnets=ec2.SubnetSelection(subnet_group_name=subnets),
            security_group=group,
            public_address=public_address,
        )

    def _add_endpoints(self) -> None:
        """What functions call besides S3. Lambda writes their logs and polls their queues from outside."""
        subnets = self.vpc.select_subnets(subnet_group_name="functions").subnets
        for name, service in (
            ("Secrets", ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER),
            ("StateMachines", ec2.InterfaceVpcEndpointAwsService.STEP_FUNCTIONS),
            ("Queues", ec2.InterfaceVpcEndpointAwsService.SQS),
            ("Posting", ec2.InterfaceVpcEndpointAwsService.LAMBDA_),
            ("Events", ec2.InterfaceVpcEndpointAwsService.EVENTBRIDGE),
            ("Accounts", ec2.InterfaceVpcEndpointAwsService.COGNITO_IDP),
        ):
            endpoint = self.vpc.add_interface_endpoint(
                name,
                service=service,
                subnets=ec2.SubnetSelection(subnets=subnets[: self._choice.endpoint_zone_count]),
                open=False,
            )
            endpoint.connections.allow_from(self.functions.security_group, HTTPS)
