"""The console and player, as files in a bucket."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from infra.constructs.bucket import PrivateBucket
from infra.constructs.retention import RetainedLogs
from infra.environments import Environment


class Site(Construct):
    """`bucket` holds exactly the files of `content` after each deployment."""

    bucket: PrivateBucket

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        content: Path,
        access_logs: s3.IBucket,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = PrivateBucket(self, "Bucket", purpose="site", environment=environment, access_logs=access_logs)
        deployment.BucketDeployment(
            self,
            "Deployment",
            destination_bucket=self.bucket,
            sources=[deployment.Source.asset(str(content))],
            # Asked for again each time, answered by 304: a deployment is seen at once, without invalidations.
            cache_control=[deployment.CacheControl.from_string("public, max-age=0, must-revalidate")],
            prune=True,
            memory_limit=256,
            log_group=RetainedLogs(self, "DeploymentLogs", retention=environment.retention),
        )
