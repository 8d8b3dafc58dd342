"""TMDB: where its API is for an environment, and the secret that its owner puts the token into."""

from __future__ import annotations

import json

from aws_cdk import SecretValue
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.findings import accept
from infra.constructs.retention import removal_policy
from infra.constructs.secret_access import let_read
from infra.environments import Environment

API = "https://api.themoviedb.org/3"
IMAGES = "image.tmdb.org"
# Stands for the local cloud's own server. Deployed, it is nowhere: there are our own films alone.
LOCAL = "local"


class TmdbAccess(Construct):
    """`secret` holds `{"token": ""}` until somebody puts in theirs (the API read access token of an account).

    Deployments leave it alone: CloudFormation writes only what differs from its last template.
    """

    secret: secretsmanager.Secret

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment, key: kms.IKey | None) -> None:
        super().__init__(scope, construct_id)
        self._url = API if environment.tmdb == "live" else LOCAL
        self.secret = secretsmanager.Secret(
            self,
            "Token",
            description='The token for TMDB, as {"token": "..."}; while it is empty there are our own films alone',
            secret_string_value=SecretValue.unsafe_plain_text(json.dumps({"token": ""})),  # it is none
            encryption_key=key,
            removal_policy=removal_policy(environment.retention),
        )

        accept(self.secret, "TMDB gives the token, and only its owner can have another.", "AwsSolutions-SMG4")

    def tell(self, function: lambda_.Function) -> None:
        """Let a function ask TMDB (`marquee.entry.settings.TmdbSettings`)."""
        function.add_environment("TMDB_URL", self._url)
        function.add_environment("TMDB_SECRET_ARN", self.secret.secret_arn)
        let_read(self.secret, function)
