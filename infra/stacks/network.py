"""The VPC, and who may talk to whom in it."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.constructs.endpoints import FOR_FUNCTIONS, FOR_TASKS, HTTPS, Endpoints, add_storage_endpoint
from infra.constructs.nat_instance import OwnNat
from infra.constructs.placement import Placement
from infra.constructs.retention import RetainedLogs
from infra.databases import ExternalDatabase
from infra.environments import Environment


class NetworkStack(Stack):
    """Who runs where, as whom. Stores are in isolated subnets.

    `functions` get out as the environment's choice says. `workers` are the tasks that open strangers' films, and
    `confined` the functions that do: these have no way out but S3's, whatever the choice. `enrichers` are confined,
    too, unless they ask services of Amazon's. No security group opens anything inwards to the internet; outwards
    they reach HTTPS, as far as a route leads, and whatever a store opens to them.
    """

    vpc: ec2.Vpc
    functions: Placement
    workers: Placement
    confined: Placement
    enrichers: Placement
    store_subnets: ec2.SubnetSelection

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, termination_protection: bool
    ) -> None:
        super().__init__(scope, construct_id, termination_protection=termination_protection)
        self._choice = environment.network
        self.vpc = self._create_vpc(environment)
        self.store_subnets = ec2.SubnetSelection(subnet_group_name="stores")
        self.functions = self._place("Functions", "Lambda functions", subnets="functions")
        self.workers = self._place_workers()
        self.confined = self._place("Confined", "Functions that open films", subnets="workers")
        self.enrichers = self._place(
            "Enrichers",
            "Functions that look at films",
            subnets="functions" if environment.enrichment.looks_by_amazon else "workers",
        )
        add_storage_endpoint(self.vpc, environment, ("functions", "workers"))
        if self._choice.nat == "instance":
            self._add_own_nat(environment)
        if self._choice.nat == "none":
            Endpoints(
                self,
                "ForFunctions",
                vpc=self.vpc,
                subnets=self._endpoint_subnets("functions"),
                services=FOR_FUNCTIONS,
                groups=[self.functions.security_group],
            )
        if self._choice.worker_egress == "isolated":
            Endpoints(
                self,
                "ForTasks",
                vpc=self.vpc,
                subnets=self._endpoint_subnets("workers"),
                services=FOR_TASKS,
                groups=[self.workers.security_group],
            )

    def _create_vpc(self, environment: Environment) -> ec2.Vpc:
        isolated = ec2.SubnetType.PRIVATE_ISOLATED
        # The same groups in the same order whatever the choice: changing it later moves no address range.
        subnets = [
            ec2.SubnetConfiguration(name=name, subnet_type=subnet_type, cidr_mask=20)
            for name, subnet_type in (
                ("public", ec2.SubnetType.PUBLIC),
                ("functions", isolated if self._choice.nat == "none" else ec2.SubnetType.PRIVATE_WITH_EGRESS),
                ("stores", isolated),
                ("workers", isolated),
            )
        ]
        vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=self._choice.zone_count,
            nat_gateways=self._choice.nat_gateway_count,
            subnet_configuration=subnets,
            restrict_default_security_group=True,
        )
        vpc.add_flow_log(
            "Rejected",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(
                RetainedLogs(self, "RejectedLogs", retention=environment.retention)
            ),
            traffic_type=ec2.FlowLogTrafficType.REJECT,
        )
        return vpc

    def _place_workers(self) -> Placement:
        if self._choice.worker_egress == "isolated":
            return self._place("Workers", "Encoding workers", subnets="workers")
        alone = self._choice.nat == "none"
        return self._place(
            "Workers", "Encoding workers", subnets="public" if alone else "functions", public_address=alone
        )

    def _place(self, construct_id: str, description: str, *, subnets: str, public_address: bool = False) -> Placement:
        group = ec2.SecurityGroup(self, construct_id, vpc=self.vpc, description=description, allow_all_outbound=False)
        group.add_egress_rule(ec2.Peer.any_ipv4(), HTTPS, "AWS services")
        return Placement(
            vpc=self.vpc,
            subnets=ec2.SubnetSelection(subnet_group_name=subnets),
            security_group=group,
            public_address=public_address,
        )

    def _add_own_nat(self, environment: Environment) -> None:
        database = environment.database
        OwnNat(
            self,
            "Nat",
            vpc=self.vpc,
            subnets=self.vpc.select_subnets(subnet_group_name="functions").subnets,
            ports=(443, *((database.port,) if isinstance(database, ExternalDatabase) else ())),
            choice=self._choice.nat_instance,
        )

    def _endpoint_subnets(self, group: str) -> list[ec2.ISubnet]:
        return self.vpc.select_subnets(subnet_group_name=group).subnets[: self._choice.endpoint_zone_count]
