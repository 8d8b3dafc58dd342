"""What an account has once in a region, however many environments live in it."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_ecr as ecr
from constructs import Construct


class AccountStack(Stack):
    """Images are looked into for known vulnerabilities when they are pushed: ECR's own scan, which costs nothing."""

    def __init__(
        self, scope: Construct, construct_id: str, *, account: str | None = None, region: str | None = None
    ) -> None:
        super().__init__(scope, construct_id, env={"account": account, "region": region})
        ecr.CfnRegistryScanningConfiguration(
            self,
            "ImageScanning",
            scan_type="BASIC",
            rules=[
                ecr.CfnRegistryScanningConfiguration.ScanningRuleProperty(
                    scan_frequency="SCAN_ON_PUSH",
                    # the repositories that `cdk bootstrap` makes, and only they hold images of ours
                    repository_filters=[
                        ecr.CfnRegistryScanningConfiguration.RepositoryFilterProperty(
                            filter="cdk-*-container-assets-*", filter_type="WILDCARD"
                        )
                    ],
                )
            ],
        )
