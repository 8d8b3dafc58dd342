"""What viewers reach: one CloudFront distribution for site, API and media."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.constructs.distribution import ViewerDistribution
from infra.constructs.site import Site
from infra.environments import Environment
from infra.sources import Sources
from infra.stacks.api import ApiStack
from infra.stacks.data import DataStack
from infra.stacks.edge_security import ElsewhereParameter, parameter_name


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
        )
        CfnOutput(self, "Url", value=f"https://{self.distribution.distribution_domain_name}")

    def _web_acl(self, environment: Environment) -> str | None:
        if environment.protection.firewall == "off":
            return None
        name = parameter_name(environment)
        return ElsewhereParameter(self, "WebAcl", name=name, environment=environment).value
