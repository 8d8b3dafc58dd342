"""Valkey, by ElastiCache Serverless."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.environments import Environment

PORTS = ec2.Port.tcp_range(6379, 6380)  # 6380 reads from replicas; clients try both


class ValkeyCache(Construct):
    """Encrypted at rest and in transit (ElastiCache Serverless knows nothing else), bounded in cost.

    `endpoint` is `host:port`.
    """

    name: str
    endpoint: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, construct_id)
        limits = environment.valkey
        self.name = f"marquee-{environment.name}"
        self._security_group = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=vpc, description="Valkey", allow_all_outbound=False
        )
        cache = elasticache.CfnServerlessCache(
            self,
            "Cache",
            engine="valkey",
            major_engine_version="8",
            kms_key_id=key.key_arn if key else None,
            serverless_cache_name=self.name,
            cache_usage_limits=elasticache.CfnServerlessCache.CacheUsageLimitsProperty(
                data_storage=elasticache.CfnServerlessCache.DataStorageProperty(
                    unit="GB", maximum=limits.maximum_storage_gb
                ),
                ecpu_per_second=elasticache.CfnServerlessCache.ECPUPerSecondProperty(
                    maximum=limits.maximum_ecpu_per_second
                ),
            ),
            security_group_ids=[self._security_group.security_group_id],
            subnet_ids=vpc.select_subnets(subnet_group_name=subnets.subnet_group_name).subnet_ids,
        )
        self.endpoint = f"{cache.attr_endpoint_address}:{cache.attr_endpoint_port}"

    def open_to(self, security_group: ec2.ISecurityGroup) -> None:
        """Let members of `security_group` reach the ports."""
        self._security_group.connections.allow_from(security_group, PORTS)
