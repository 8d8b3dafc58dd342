"""The bus on which everything that happens to films is said, for whoever in the account wants to listen."""

from __future__ import annotations

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.environments import Environment


class FactsBus(events.EventBus):
    """Subscribers bring their own rules, queues and rights; they know the bus by its name, `marquee-{environment}`."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        super().__init__(
            scope,
            construct_id,
            event_bus_name=f"marquee-{environment.name}",
            description="What happens to Marquee's films: docs/extending.md",
        )

    def publish_from(self, function: lambda_.Function) -> None:
        """Let a function put events on this bus, and on no other."""
        function.add_environment("EVENT_BUS_NAME", self.event_bus_name)
        self.grant_put_events_to(function)
