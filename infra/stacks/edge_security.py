"""What protects the distribution and, by CloudFront's rule, lives in us-east-1 wherever the rest is."""

from __future__ import annotations

from aws_cdk import Aws, Stack, custom_resources
from aws_cdk import Environment as AwsEnvironment
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.constructs.retention import RetainedLogs
from infra.constructs.web_acl import DistributionAcl, FirewallMode
from infra.environments import Environment

REGION = "us-east-1"


def parameter_name(environment: Environment) -> str:
    return f"/marquee/{environment.name}/web-acl"


class EdgeSecurityStack(Stack):
    """The web ACL, and a parameter with its ARN: another region's stack cannot import what this one exports."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        mode: FirewallMode,
        env: AwsEnvironment,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        acl = DistributionAcl(self, "Firewall", description=f"Marquee {environment.name}", mode=mode)
        ssm.StringParameter(
            self,
            "WebAclArn",
            parameter_name=parameter_name(environment),
            string_value=acl.arn,
            description="Read by the delivery stack when it is deployed",
        )


class ElsewhereParameter(Construct):
    """A parameter of us-east-1, read by a stack that may be in any region."""

    value: str

    def __init__(self, scope: Construct, construct_id: str, *, name: str, environment: Environment) -> None:
        super().__init__(scope, construct_id)
        call = custom_resources.AwsSdkCall(
            service="SSM",
            action="GetParameter",
            parameters={"Name": name},
            region=REGION,
            # read once: changes to the ACL never replace it, so its ARN stays
            physical_resource_id=custom_resources.PhysicalResourceId.of(name),
        )
        resource = f"arn:{Aws.PARTITION}:ssm:{REGION}:{Aws.ACCOUNT_ID}:parameter{name}"
        read = custom_resources.AwsCustomResource(
            self,
            "Read",
            on_update=call,
            policy=custom_resources.AwsCustomResourcePolicy.from_statements(
                [iam.PolicyStatement(actions=["ssm:GetParameter"], resources=[resource])]
            ),
            install_latest_aws_sdk=False,
            log_group=RetainedLogs(self, "Logs", retention=environment.retention),
        )
        self.value = read.get_response_field("Parameter.Value")
