"""Buckets, queue, database and cache: encrypted, private, TLS only, and kept as long as the environment says."""

from __future__ import annotations

import json
from typing import Any

from tests.infra.templates import Templates, plain, variables_of

PURPOSES = {"uploads", "media", "site", "logs"}


def buckets(templates: Templates) -> dict[str, dict[str, Any]]:
    found = {}
    for _, _, bucket in templates.resources("AWS::S3::Bucket"):
        found[plain(bucket["BucketName"]).split("-")[2]] = bucket
    return found


def name_of(templates: Templates) -> str:
    return templates.folder.name.rpartition("-")[2]


def lifecycle(bucket: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}


def test_every_bucket_is_encrypted_and_closed_to_the_public(templates: Templates) -> None:
    assert set(buckets(templates)) == PURPOSES
    for bucket in buckets(templates).values():
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert bucket["PublicAccessBlockConfiguration"] == {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }
        assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_every_bucket_and_queue_refuses_what_comes_without_tls(templates: Templates) -> None:
    policies = [
        *templates.resources("AWS::S3::BucketPolicy"),
        *templates.resources("AWS::SQS::QueuePolicy"),
    ]
    assert len(policies) == len(PURPOSES) + 4
    for _, _, policy in policies:
        denied = [s["Condition"] for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
        assert {"Bool": {"aws:SecureTransport": "false"}} in denied
    for _, logical_id, policy in templates.resources("AWS::S3::BucketPolicy"):
        denied = [s["Condition"] for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
        assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied, logical_id


def test_nobody_but_cloudfront_of_this_account_reads_media_and_only_what_is_published(
    templates: Templates,
) -> None:
    for _, logical_id, policy in templates.resources("AWS::S3::BucketPolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny" or "cloudfront.amazonaws.com" not in str(statement["Principal"]):
                continue
            assert statement["Action"] == "s3:GetObject"
            assert "AWS::AccountId" in json.dumps(statement["Condition"])
            if logical_id.startswith("Media"):
                assert plain(statement["Resource"]).endswith("/media/*")


def test_abandoned_transfers_are_dropped_after_a_week(templates: Templates) -> None:
    for bucket in buckets(templates).values():
        rule = lifecycle(bucket)["AbandonedMultiparts"]
        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_work_files_expire_and_published_ones_do_not(templates: Templates) -> None:
    rules = lifecycle(buckets(templates)["media"])
    assert rules["WorkFiles"]["Prefix"] == "work/"
    assert rules["WorkFiles"]["ExpirationInDays"] == 3
    assert set(rules) - {"Published"} == {"WorkFiles", "AbandonedMultiparts"}
    assert not [rule for rule in rules.values() if rule.get("Prefix") == "media/" and "ExpirationInDays" in rule]


def test_films_that_nobody_watches_cost_less_in_prod(prod: Templates, dev: Templates) -> None:
    rule = lifecycle(buckets(prod)["media"])["Published"]
    assert rule["Transitions"] == [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 30}]
    assert "Published" not in lifecycle(buckets(dev)["media"])


def test_who_asked_buckets_for_what_is_written_down_for_three_months(templates: Templates) -> None:
    found = buckets(templates)
    assert lifecycle(found["logs"])["Old"]["ExpirationInDays"] == 90
    for purpose in PURPOSES - {"logs"}:
        assert found[purpose]["LoggingConfiguration"]["LogFilePrefix"] == f"{purpose}/"


def test_sources_expire_in_dev_and_are_archived_in_prod(dev: Templates, prod: Templates) -> None:
    assert lifecycle(buckets(dev)["uploads"])["Sources"]["ExpirationInDays"] == 30
    archived = lifecycle(buckets(prod)["uploads"])["Sources"]
    assert archived["Transitions"] == [{"StorageClass": "GLACIER_IR", "TransitionInDays": 90}]
    assert "ExpirationInDays" not in archived


def test_pages_may_send_parts_and_see_their_etags(templates: Templates) -> None:
    (rule,) = buckets(templates)["uploads"]["CorsConfiguration"]["CorsRules"]
    assert set(rule["AllowedMethods"]) == {"PUT", "GET"}
    assert rule["ExposedHeaders"] == ["ETag"]


def test_the_bucket_itself_tells_the_queue_of_every_source(templates: Templates) -> None:
    (configuration,) = buckets(templates)["uploads"]["NotificationConfiguration"]["QueueConfigurations"]
    assert configuration["Event"] == "s3:ObjectCreated:*"
    assert configuration["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "uploads/"}]
    assert not list(templates.resources("Custom::S3BucketNotifications"))
    # S3 tries the queue when it is told of it: the right to send must be there by then
    (waits_for,) = (
        resource["DependsOn"]
        for name, resource in templates.by_stack["Data"]["Resources"].items()
        if resource["Type"] == "AWS::S3::Bucket" and name.startswith("Uploads")
    )
    assert any(name.startswith("IngestPolicy") for name in waits_for)


def test_the_queue_takes_messages_from_that_bucket_only(templates: Templates) -> None:
    sending = [
        statement
        for _, _, policy in templates.resources("AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert len(sending) == 1
    condition = sending[0]["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    source = plain(condition["ArnEquals"]["aws:SourceArn"])
    assert source.split(":::")[1] == plain(buckets(templates)["uploads"]["BucketName"])


def test_a_message_that_fails_five_times_waits_in_the_dead_letters(templates: Templates) -> None:
    queues = {logical_id: queue for _, logical_id, queue in templates.resources("AWS::SQS::Queue")}
    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())
    fed = {name: queue for name, queue in queues.items() if "RedrivePolicy" in queue}
    assert len(fed) == 2
    for name, queue in fed.items():
        assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
        dead_letters = queues[queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]
        assert dead_letters["MessageRetentionPeriod"] == 14 * 86_400
        consumer = "ingest" if name.startswith("Ingest") else "deliver_webhooks"
        assert queue["VisibilityTimeout"] >= 6 * templates.functions()[consumer]["Timeout"]


def test_ingest_takes_batches_and_gives_back_only_what_failed(templates: Templates) -> None:
    mapping = templates.one("AWS::Lambda::EventSourceMapping", "Pipeline")
    assert mapping["BatchSize"] == 10
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 5}


def test_the_database_is_encrypted_backed_up_and_logged(templates: Templates) -> None:
    cluster = templates.one("AWS::DocDB::DBCluster")
    assert cluster["StorageEncrypted"]
    assert cluster["BackupRetentionPeriod"] == {"dev": 7, "staging": 7, "prod": 14}[name_of(templates)]
    assert set(cluster["EnableCloudwatchLogsExports"]) == {"audit", "profiler"}
    assert "{{resolve:secretsmanager:" in plain(cluster["MasterUserPassword"])


def test_the_database_s_secret_says_how_to_trust_its_certificate(templates: Templates) -> None:
    secrets = [secret for _, name, secret in templates.resources("AWS::SecretsManager::Secret") if "Database" in name]
    (secret,) = (secret["GenerateSecretString"] for secret in secrets)
    assert json.loads(secret["SecretStringTemplate"]) == {
        "username": "marquee",
        "tls_ca_file": "/opt/certificates/rds-global-bundle.pem",
    }


def test_dev_scales_to_half_a_unit_and_prod_stands_on_two_instances(dev: Templates, prod: Templates) -> None:
    assert dev.one("AWS::DocDB::DBCluster")["ServerlessV2ScalingConfiguration"]["MinCapacity"] == 0.5
    instances = list(prod.resources("AWS::DocDB::DBInstance"))
    assert [instance["DBInstanceClass"] for _, _, instance in instances] == ["db.r8g.large"] * 2


def test_every_database_has_somebody_who_answers(templates: Templates) -> None:
    serverless = "ServerlessV2ScalingConfiguration" in templates.one("AWS::DocDB::DBCluster")
    classes = {instance["DBInstanceClass"] for _, _, instance in templates.resources("AWS::DocDB::DBInstance")}
    assert classes == {"db.serverless" if serverless else "db.r8g.large"}


def test_valkey_cannot_grow_beyond_its_limits(templates: Templates) -> None:
    cache = templates.one("AWS::ElastiCache::ServerlessCache")
    assert cache["Engine"] == "valkey"
    assert cache["CacheUsageLimits"]["DataStorage"]["Unit"] == "GB"
    assert cache["CacheUsageLimits"]["ECPUPerSecond"]["Maximum"] >= 1000


def test_tls_to_valkey_is_never_switched_off(templates: Templates) -> None:
    for function in templates.functions().values():
        assert "VALKEY_TLS" not in variables_of(function)


def test_what_people_entrust_to_us_is_encrypted_with_our_own_key_but_in_dev(templates: Templates) -> None:
    if name_of(templates) == "dev":
        assert not list(templates.resources("AWS::KMS::Key"))
        return
    ours = {purpose: rules(bucket) for purpose, bucket in buckets(templates).items()}
    for purpose in ("uploads", "media"):
        assert ours[purpose]["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        assert ours[purpose]["BucketKeyEnabled"] is True  # a call to KMS now and then, not one for each segment
    # S3 writes its own logs with no key of ours; the page is for everybody
    assert {ours[purpose]["ServerSideEncryptionByDefault"]["SSEAlgorithm"] for purpose in ("logs", "site")} == {
        "AES256"
    }
    for kind in ("AWS::DocDB::DBCluster", "AWS::ElastiCache::ServerlessCache"):
        assert "KmsKeyId" in templates.one(kind), kind
    assert templates.one("AWS::KMS::Key")["EnableKeyRotation"] is True
    open_anyway = {i for _, i, secret in templates.resources("AWS::SecretsManager::Secret") if "KmsKeyId" not in secret}
    assert {name.rstrip("0123456789ABCDEF") for name in open_anyway} == {"OriginVerifySecret"}


def rules(bucket: dict[str, Any]) -> dict[str, Any]:
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    found: dict[str, Any] = rule
    return found


def test_only_cloudfront_is_let_use_the_key_by_the_key_itself(prod: Templates) -> None:
    statements = prod.one("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    services = [s for s in statements if "Service" in s["Principal"]]
    assert [(s["Principal"]["Service"], s["Action"]) for s in services] == [("cloudfront.amazonaws.com", "kms:Decrypt")]
    assert services[0]["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert all(plain(s["Principal"]["AWS"]).endswith(":root") for s in statements if "AWS" in s["Principal"])


def test_the_database_tells_who_signed_in_and_speaks_tls_only(templates: Templates) -> None:
    parameters = templates.one("AWS::DocDB::DBClusterParameterGroup")
    assert parameters["Parameters"] == {"audit_logs": "enabled", "tls": "enabled"}
    assert "audit" in templates.one("AWS::DocDB::DBCluster")["EnableCloudwatchLogsExports"]


def test_the_database_s_logs_are_there_before_it_makes_them_without_an_end(templates: Templates) -> None:
    data = templates.by_stack["Data"]["Resources"]
    groups = {
        plain(r["Properties"]["LogGroupName"]).split("/")[-1]: name
        for name, r in data.items()
        if r["Type"] == "AWS::Logs::LogGroup"
    }
    assert set(groups) == set(templates.one("AWS::DocDB::DBCluster")["EnableCloudwatchLogsExports"])
    for resource in data.values():
        if resource["Type"] == "AWS::DocDB::DBInstance":
            assert set(groups.values()) <= set(resource["DependsOn"])
