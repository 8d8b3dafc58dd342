"""What viewers reach: one CloudFront distribution for site, API and media."""

from __future__ import annotations

from typing import TypedDict

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.constructs.distribution import EDGE_CODE, ViewerDistribution
from infra.constructs.playback_keys import PlaybackKeys
from infra.constructs.site import Site
from infra.environments import Environment
from infra.functions.playback import site_parameter
from infra.sources import Sources
from infra.stacks.api import ApiStack
from infra.stacks.data import DataStack
from infra.stacks.edge_security import ElsewhereParameter, parameter_name


class MediaGuards(TypedDict, total=False):
    """Arguments of `ViewerDistribution`."""

    media_key_groups: list[cloudfront.IKeyGroup]
    media_guard: cloudfront.Function


class DeliveryStack(Stack):
    """Stateless: the site's bucket is filled from the assembly at each deployment."""

    distribution: ViewerDistribution

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        sources: Sources,
        data: DataStack,
        api: ApiStack,
    ) -> None:
        super().__init__(scope, construct_id)
        site = Site(self, "Site", environment=environment, content=sources.site, access_logs=data.access_logs)
        self.distribution = ViewerDistribution(
            self,
            "Distribution",
            site_bucket=site.bucket,
            media_bucket=data.media,
            uploads_bucket=data.uploads,
            api=api.api,
            sign_in_addresses=api.identity.page_addresses,
            origin_verify=api.origin,
            web_acl_arn=self._web_acl(environment),
            comment=f"Marquee {environment.name}",
            **self._guards(environment, api.playback_keys),
        )
        ssm.StringParameter(
            self,
            "SiteAddress",
            parameter_name=site_parameter(environment),
            description="Where viewers are: sessions are signed for this address",
            string_value=f"https://{self.distribution.distribution_domain_name}",
        )
        CfnOutput(self, "Url", value=f"https://{self.distribution.distribution_domain_name}")

    def _guards(self, environment: Environment, keys: PlaybackKeys) -> MediaGuards:
        """What closes the films to all but holders of a session; nothing where playback is open."""
        if environment.playback.access == "open":
            return {}
        group = cloudfront.KeyGroup.from_key_group_id(self, "PlaybackKeys", keys.key_group.attr_id)
        guard = cloudfront.Function(
            self,
            "Revocations",
            code=cloudfront.FunctionCode.from_inline((EDGE_CODE / "revocations.js").read_text()),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            key_value_store=keys.revocations,
            comment="Refuses playback sessions that were ended",
        )
        return {"media_key_groups": [group], "media_guard": guard}

    def _web_acl(self, environment: Environment) -> str | None:
        if environment.protection.firewall == "off":
            return None
        name = parameter_name(environment)
        return ElsewhereParameter(self, "WebAcl", name=name, environment=environment).value
