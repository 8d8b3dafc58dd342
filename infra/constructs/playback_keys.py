"""The keys that playback sessions are signed with, and the list of sessions that were revoked."""

from __future__ import annotations

from aws_cdk import CustomResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.findings import accept
from infra.constructs.python_function import FunctionPlatform, PythonFunction
from infra.constructs.secret_access import let_read, let_write

MAKE_WITHIN = Duration.seconds(60)


class PlaybackKeys(Construct):
    """Two keys, the current one and the one before, made by the function `signing_keys`.

    A public key can never be changed, so each generation is a resource of its own; the group stays and is given
    the next pair. `revocations` lies here because those who write it are in the same stack as those who sign.
    """

    secret: secretsmanager.Secret
    key_group: cloudfront.CfnKeyGroup
    revocations: cloudfront.KeyValueStore

    def __init__(
        self, scope: Construct, construct_id: str, *, platform: FunctionPlatform, generation: int, key: kms.IKey | None
    ) -> None:
        super().__init__(scope, construct_id)
        self.secret = self._create_secret(key)
        accept(
            self.secret,
            "Keys are turned over by generation, with their public halves in the distribution: "
            "docs/runbooks/signing-keys.md.",
            "AwsSolutions-SMG4",
        )
        made = self._make(platform, generation)
        self._key_ids = {str(number): self._public_key(number, made).attr_id for number in (generation - 1, generation)}
        self.key_group = cloudfront.CfnKeyGroup(
            self,
            "Group",
            key_group_config=cloudfront.CfnKeyGroup.KeyGroupConfigProperty(
                name=f"{self.node.addr[:8]}-playback", items=list(self._key_ids.values())
            ),
        )
        self.revocations = cloudfront.KeyValueStore(self, "Revocations", comment="Playback sessions that were ended")

    @property
    def key_ids(self) -> str:
        """CloudFront's names of the public keys by generation, as JSON."""
        return Stack.of(self).to_json_string(self._key_ids)

    def allow_signing(self, function: PythonFunction) -> None:
        let_read(self.secret, function)

    def allow_looking(self, function: PythonFunction) -> None:
        """Let `function` read the revocation list."""
        self._allow(function, "DescribeKeyValueStore", "GetKey")

    def allow_revoking(self, function: PythonFunction) -> None:
        """Let `function` read and change the revocation list."""
        self._allow(function, "DescribeKeyValueStore", "GetKey", "ListKeys", "UpdateKeys")

    def _allow(self, function: PythonFunction, *actions: str) -> None:
        iam.Grant.add_to_principal(
            grantee=function,
            actions=[f"cloudfront-keyvaluestore:{action}" for action in actions],
            resource_arns=[self.revocations.key_value_store_arn],
        )

    def _create_secret(self, key: kms.IKey | None) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            "Secret",
            description="Private keys of playback sessions: current, previous, retired",
            encryption_key=key,
            # what is there before the first key is made
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template="{}",  # noqa: S106  (there is none in it)
                generate_string_key="unused",
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _make(self, platform: FunctionPlatform, generation: int) -> CustomResource:
        maker = PythonFunction(
            self,
            "SigningKeys",
            folder="signing_keys",
            description="Makes the keys that playback sessions are signed with",
            platform=platform,
            timeout=MAKE_WITHIN,
            variables={"SIGNING_SECRET_ARN": self.secret.secret_arn},
            # CloudFormation takes its answer in a bucket of its own, which our network's way to S3 does not lead to
            outside=True,
        )
        let_read(self.secret, maker)
        let_write(self.secret, maker)
        made = CustomResource(
            self,
            "Keys",
            resource_type="Custom::SigningKeys",
            service_token=maker.function_arn,
            properties={"Generation": generation},
        )
        made.node.add_dependency(maker)  # and the rights of its role
        return made

    def _public_key(self, generation: int, made: CustomResource) -> cloudfront.CfnPublicKey:
        return cloudfront.CfnPublicKey(
            self,
            f"PublicKey{generation}",
            public_key_config=cloudfront.CfnPublicKey.PublicKeyConfigProperty(
                caller_reference=f"{self.node.addr[:16]}-{generation}",
                name=f"{self.node.addr[:8]}-playback-{generation}",
                encoded_key=made.get_att_string(f"PublicKey{generation}"),
            ),
        )
