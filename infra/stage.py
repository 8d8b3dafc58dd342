"""One deployable Marquee: all stacks of one environment, stateful apart from stateless.

Ids of the stage and the stacks are part of every deployed resource's identity: they never change.
"""

from __future__ import annotations

from aws_cdk import Environment as AwsEnvironment
from aws_cdk import Stack, Stage, Tags
from constructs import Construct

from infra.constructs.findings import accept_helpers
from infra.environments import Environment
from infra.functions.films import Machines
from infra.sources import Sources
from infra.stacks.api import ApiStack
from infra.stacks.data import DataStack
from infra.stacks.delivery import DeliveryStack
from infra.stacks.edge_security import REGION as EDGE_REGION
from infra.stacks.edge_security import EdgeSecurityStack
from infra.stacks.identity import IdentityStack
from infra.stacks.network import NetworkStack
from infra.stacks.observability import ObservabilityStack
from infra.stacks.pipeline import PipelineStack
from infra.watched import Watched


class MarqueeStage(Stage):
    """Network ← data ← pipeline ← api ← delivery, identity ← api: each uses only those before it."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment, sources: Sources) -> None:
        super().__init__(
            scope, construct_id, env=AwsEnvironment(account=environment.account, region=environment.region)
        )
        keep = environment.retention.protect
        network = NetworkStack(self, "Network", environment=environment, termination_protection=keep)
        data = DataStack(self, "Data", environment=environment, network=network, termination_protection=keep)
        pipeline = PipelineStack(self, "Pipeline", environment=environment, sources=sources, network=network, data=data)
        identity = IdentityStack(self, "Identity", environment=environment, termination_protection=keep)
        api = ApiStack(
            self,
            "Api",
            environment=environment,
            sources=sources,
            network=network,
            data=data,
            identity=identity,
            machines=Machines(transcode=pipeline.state_machine, enrich=pipeline.enrich_machine),
        )
        delivery = DeliveryStack(self, "Delivery", environment=environment, sources=sources, data=data, api=api)
        if (mode := environment.protection.firewall) != "off":
            elsewhere = AwsEnvironment(account=environment.account, region=EDGE_REGION)
            delivery.add_stack_dependency(
                EdgeSecurityStack(self, "EdgeSecurity", environment=environment, mode=mode, env=elsewhere)
            )
        watched = Watched(
            environment=environment,
            queues={"ingest": data.ingest_queue, "webhooks": data.webhooks.queue},
            machines={
                "transcode": pipeline.state_machine.state_machine_arn,
                "enrich": pipeline.enrich_machine.state_machine_arn,
            },
            api_id=api.api.api_id,
            distribution_id=delivery.distribution.distribution_id,
            media_bucket=data.media.bucket_name,
            database=data.database.cluster_name,
            cache=data.cache.name,
        )
        ObservabilityStack(self, "Observability", watched=watched)
        for stack in self.node.children:
            if isinstance(stack, Stack):
                accept_helpers(stack)
        Tags.of(self).add("application", "marquee")
        Tags.of(self).add("environment", environment.name)
