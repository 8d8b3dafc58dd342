"""Copies of the database that the database itself cannot lose."""

from __future__ import annotations

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.backups import Backups
from infra.constructs.findings import accept

HOUR_UTC = 3


class DatabaseBackups(Construct):
    """A snapshot every night, kept in a vault apart from the cluster; of the first of each month for longer.

    The cluster keeps every change of the last days itself, and any moment of them can be had again (`backup_days`).
    This is for what that does not outlive: a cluster that was deleted, and a mistake that is found late. The vault
    refuses to give a snapshot up before its time, to administrators as well.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        choice: Backups,
        cluster: str,
        name: str,
        key: kms.IKey | None,
    ) -> None:
        """`cluster`: its identifier. `name`: of the vault."""
        super().__init__(scope, construct_id)
        vault = backup.BackupVault(
            self,
            "Vault",
            backup_vault_name=name,
            encryption_key=key,
            # with no time after which it could not be changed any more: that is for each owner to decide
            lock_configuration=backup.LockConfiguration(min_retention=Duration.days(choice.locked_days)),
            removal_policy=RemovalPolicy.RETAIN,
        )
        plan = backup.BackupPlan(
            self,
            "Plan",
            backup_vault=vault,
            backup_plan_rules=[
                _rule("Nightly", choice.nightly_days, day="*"),
                _rule("Monthly", choice.monthly_days, day="1"),
            ],
        )
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(f"service-role/AWSBackupServiceRolePolicyFor{what}")
                for what in ("Backup", "Restores")
            ],
        )
        accept(role, "The rights that AWS gives its own service for this.", "AwsSolutions-IAM4[<any>]")
        arn = Stack.of(self).format_arn(
            service="rds", resource="cluster", resource_name=cluster, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        plan.add_selection("Database", resources=[backup.BackupResource.from_arn(arn)], role=role)


def _rule(name: str, days: int, *, day: str) -> backup.BackupPlanRule:
    return backup.BackupPlanRule(
        rule_name=name,
        schedule_expression=events.Schedule.cron(minute="0", hour=str(HOUR_UTC), day=day),
        start_window=Duration.hours(1),
        completion_window=Duration.hours(4),
        delete_after=Duration.days(days),
    )
