"""The secret by which the API knows that a request came through the distribution."""

from __future__ import annotations

from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.findings import accept


class OriginVerify(Construct):
    """`value` is a dynamic reference: CloudFormation puts the secret into what is deployed, and into no template.

    The distribution's configuration shows it to whoever may read that, and so may the functions' environments
    to theirs: reading it at run time would hide nothing, and cost each cold start a call.
    """

    header = "x-origin-verify"  # as in marquee.domain.origin; a test compares them
    value: str

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        secret = secretsmanager.Secret(
            self,
            "Secret",
            description="Sent by the distribution with each request to the API, which refuses others",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=48, exclude_punctuation=True),
        )
        accept(
            secret,
            "A new value has to reach the distribution and the functions together: a deployment does that "
            "(docs/runbooks/signing-keys.md), a rotation cannot.",
            "AwsSolutions-SMG4",
        )
        self.value = secret.secret_value.unsafe_unwrap()
