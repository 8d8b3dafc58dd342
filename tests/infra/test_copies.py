"""What is lost can be had again: copies, and what outlives its stack."""

from __future__ import annotations

from collections.abc import Mapping

from tests.infra.templates import Templates, plain
from tests.infra.test_stores import buckets, lifecycle, name_of

# What becomes of things whose stack is deleted, or which another would take the place of.
KEPT = {
    "AWS::Backup::BackupVault": "Retain",
    "AWS::Cognito::UserPool": "Retain",
    "AWS::DocDB::DBCluster": "Snapshot",
    "AWS::KMS::Key": "Retain",
    "AWS::S3::Bucket": "Retain",
}


def test_what_holds_data_outlives_its_stack_where_the_environment_protects_it(templates: Templates) -> None:
    protected = name_of(templates) != "dev"
    for stack in ("Data", "Identity"):
        for name, resource in templates.by_stack[stack]["Resources"].items():
            if resource["Type"] in KEPT:
                wanted = KEPT[resource["Type"]] if protected else "Delete"
                assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (wanted, wanted), name
    assert templates.one("AWS::DocDB::DBCluster")["DeletionProtection"] is protected


def test_a_source_that_was_deleted_can_be_brought_back_for_a_month_but_in_dev(prod: Templates, dev: Templates) -> None:
    uploads = buckets(prod)["uploads"]
    assert uploads["VersioningConfiguration"] == {"Status": "Enabled"}
    assert lifecycle(uploads)["Deleted"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert "VersioningConfiguration" not in buckets(dev)["uploads"]


def test_the_database_has_snapshots_in_a_vault_that_gives_none_up_before_a_week(prod: Templates) -> None:
    vault = prod.one("AWS::Backup::BackupVault")
    assert vault["LockConfiguration"] == {"MinRetentionDays": 7}
    assert "EncryptionKeyArn" in vault
    rules = prod.one("AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    kept = {rule["RuleName"]: rule["Lifecycle"]["DeleteAfterDays"] for rule in rules}
    assert kept == {"Nightly": 35, "Monthly": 365}
    (selected,) = prod.one("AWS::Backup::BackupSelection")["BackupSelection"]["Resources"]
    assert ":rds:" in plain(selected)
    assert plain(selected).split(":cluster:")[1].startswith("DatabaseCluster")


def test_staging_s_database_has_snapshots_too(environments: Mapping[str, Templates]) -> None:
    staging = environments["staging"]
    rules = staging.one("AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    assert {rule["RuleName"]: rule["Lifecycle"]["DeleteAfterDays"] for rule in rules} == {"Nightly": 14, "Monthly": 14}
    assert ":rds:" in plain(staging.one("AWS::Backup::BackupSelection")["BackupSelection"]["Resources"][0])


def test_dev_needs_no_vault(dev: Templates) -> None:
    assert not list(dev.resources("AWS::Backup::BackupVault"))
