"""Calls, and exactly the roles that may make them.

A role is named by the function it is the role of; `task` is the encoder on Fargate, `Transcode` and `EnrichMachine`
are the state machines, `CDK` is what the CDK brings along for deployments. Whoever is not named may not.
"""

from __future__ import annotations

from tests.infra.arns import ACCOUNT, REGION, arn
from tests.infra.iam import Call

VIA_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
VIA_SECRETS = {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}

# Who does the pipeline's steps.
STEPS = {"captions", "enrichment", "fail", "finish", "images", "package", "plan", "probe", "publish", "release"}
ENCODERS = {"encode", "task"}
WITH_DATABASE = {
    *(STEPS | {"plugin", "subtitles", "ingest", "reconcile", "migrate", "rotate_password", "purge_tmdb"}),
    *{"uploads", "jobs", "assets", "tracks", "pictures", "movies", "me", "streaming", "revocations", "sources"},
    *{"progress", "flush_progress", "health", "operations", "webhooks", "deliver_webhooks"},
}
WHO_READS_FILMS = {"enrich", "health", "jobs", "tracks", "pictures", "streaming", "assets", "uploads", "subtitles"} | {
    *("reconcile", "Transcode", "EnrichMachine"),
}
ACCOUNTS = arn("AWS::Cognito::UserPool", "Accounts")
REVOCATIONS = arn("AWS::CloudFront::KeyValueStore", "PlaybackKeysRevocations")
READERS = {"uploads", "probe", "subtitles", "enrich", "reconcile"}
SENDERS = {"uploads", "jobs", "assets", "ingest", "reconcile", "webhooks", "deliver_webhooks"}
TOLD = {"publish", "package", "release", "finish", "fail", "images", "captions", "enrichment"}


def bucket(environment: str, purpose: str, key: str = "") -> str:
    return f"arn:aws:s3:::marquee-{environment}-{purpose}-{ACCOUNT}-{REGION}{key and '/'}{key}"


def secret(name: str) -> str:
    return arn("AWS::SecretsManager::Secret", name)


def machine(name: str) -> str:
    return arn("AWS::StepFunctions::StateMachine", name)


def function(name: str) -> str:
    return arn("AWS::Lambda::Function", name)


def queue(name: str) -> str:
    return arn("AWS::SQS::Queue", name)


def role(name: str) -> str:
    return arn("AWS::IAM::Role", name)


def execution(machine: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine}:ast_1-1-1"


def table(environment: str) -> list[tuple[str, Call, set[str]]]:
    """What is done in words, the call, and who may make it."""
    source, film = bucket(environment, "uploads", "uploads/u/source"), bucket(environment, "media", "media/a/1/v.m4s")
    work, site = bucket(environment, "media", "work/j/plan.json"), bucket(environment, "site", "index.html")
    amazon = environment != "dev"
    machines = {"Transcode", "EnrichMachine"}
    return [
        ("read a source", Call("s3:GetObject", source), READERS | ENCODERS),
        ("write a source", Call("s3:PutObject", source), {"uploads"}),
        ("delete a source", Call("s3:DeleteObject", source), {"uploads", "assets"}),
        (
            "write what viewers get",
            Call("s3:PutObject", film),
            {"publish", "package", "finish", "images", "captions", "enrichment", "subtitles", "tracks", "pictures"}
            | {"reconcile"}
            | ENCODERS,
        ),
        (
            "delete what viewers get",
            Call("s3:DeleteObject", film),
            {"jobs", "assets", "tracks", "reconcile", "fail", "finish"}
            | {"images", "captions", "subtitles", "enrichment"},  # what came after its film was deleted
        ),
        (
            "write a plan",
            Call("s3:PutObject", work),
            {"probe", "plan", "package", "images", "captions", "enrich"} | ENCODERS | (machines if amazon else set()),
        ),
        ("change the page", Call("s3:PutObject", site), {"CDK"}),
        ("read who asked for what", Call("s3:GetObject", bucket(environment, "logs", "uploads/log")), set()),
        ("remove a bucket", Call("s3:DeleteBucket", bucket(environment, "media")), set()),
        ("open a bucket", Call("s3:PutBucketPolicy", bucket(environment, "media")), set()),
        ("read somebody else's bucket", Call("s3:GetObject", "arn:aws:s3:::elsewhere/film"), set()),
        (
            "read the database's password",
            Call("secretsmanager:GetSecretValue", secret("DatabaseCredentials")),
            WITH_DATABASE,
        ),
        (
            "change the database's password",
            Call("secretsmanager:PutSecretValue", secret("DatabaseCredentials")),
            {"rotate_password"},
        ),
        (
            "read the keys that playback is signed with",
            Call("secretsmanager:GetSecretValue", secret("PlaybackKeysSecret")),
            {"streaming", "signing_keys"},
        ),
        (
            "change the keys that playback is signed with",
            Call("secretsmanager:PutSecretValue", secret("PlaybackKeysSecret")),
            {"signing_keys"},
        ),
        (
            "read what webhooks' secrets are sealed with",
            Call("secretsmanager:GetSecretValue", secret("WebhooksKey")),
            {"webhooks", "deliver_webhooks"},
        ),
        (
            "read TMDB's token",
            Call("secretsmanager:GetSecretValue", secret("TmdbToken")),
            {"movies", "warm_films", "purge_tmdb"},
        ),
        (
            "read what the distribution proves itself with",
            Call("secretsmanager:GetSecretValue", secret("OriginVerifySecret")),
            set(),
        ),
        ("delete a secret", Call("secretsmanager:DeleteSecret", secret("DatabaseCredentials")), set()),
        (
            "start a job",
            Call("states:StartExecution", machine("Transcode")),
            {"jobs", "ingest", "reconcile", "Transcode"},  # the last: each of its shards is an execution
        ),
        (
            "start a task again",
            Call("states:StartExecution", machine("EnrichMachine")),
            {"jobs", "tracks", "reconcile"},
        ),
        ("stop a job", Call("states:StopExecution", execution("Transcode")), {"jobs", "assets", "Transcode"}),
        ("change a machine", Call("states:UpdateStateMachine", machine("Transcode")), set()),
        (
            "post wherever others say",
            Call("lambda:InvokeFunction", function("PostWebhook")),
            {"deliver_webhooks"},
        ),
        (
            "encode",
            Call("lambda:InvokeFunction", function("EncodeFunction") + ":1"),
            {"Transcode"},
        ),
        ("make keys", Call("lambda:InvokeFunction", function("PlaybackKeysSigningKeys")), set()),
        ("change a function", Call("lambda:UpdateFunctionCode", function("Me")), set()),
        (
            "hand a role on",
            Call("iam:PassRole", role("EncodeTaskTaskRole")),
            {"Transcode"},
        ),
        ("make a role", Call("iam:CreateRole", role("Mine")), set()),
        ("give a role rights", Call("iam:PutRolePolicy", role("JobsRole")), set()),
        ("become somebody else", Call("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/Admin"), set()),
        ("delete an account", Call("cognito-idp:AdminDeleteUser", ACCOUNTS), {"me"}),
        ("make an account", Call("cognito-idp:AdminCreateUser", ACCOUNTS), set()),
        (
            "make somebody an administrator",
            Call("cognito-idp:AdminAddUserToGroup", ACCOUNTS),
            set(),
        ),
        (
            "end somebody's session",
            Call("cloudfront-keyvaluestore:UpdateKeys", REVOCATIONS),
            {"revocations", "expire_revocations"},
        ),
        (
            "say what happened",
            Call("events:PutEvents", arn("AWS::Events::EventBus", "EventBus")),
            {"deliver_webhooks"},
        ),
        ("wake the delivery", Call("sqs:SendMessage", queue("WebhooksQueue")), SENDERS | TOLD),
        ("announce a source", Call("sqs:SendMessage", queue("Ingest")), set()),
        ("take an announcement", Call("sqs:ReceiveMessage", queue("Ingest")), {"ingest"}),
        ("empty a queue", Call("sqs:PurgeQueue", queue("Ingest")), set()),
        (
            "look at pictures elsewhere",
            Call("rekognition:DetectLabels", "*"),
            {"enrich"} if amazon else set(),
        ),
        ("start machines", Call("ec2:RunInstances", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"), set()),
        ("remove a log", Call("logs:DeleteLogGroup", arn("AWS::Logs::LogGroup", "JobsLogs")), set()),
    ]


def own_key(everybody: set[str]) -> list[tuple[str, Call, set[str]]]:
    """Calls to the key of what people entrust to us; `everybody`: all roles."""
    key = arn("AWS::KMS::Key", "Key")
    return [
        ("decrypt by hand", Call("kms:Decrypt", key), set()),
        ("decrypt by way of another service", Call("kms:Decrypt", key, {"kms:ViaService": "dynamodb"}), set()),
        ("delete the key", Call("kms:ScheduleKeyDeletion", key), set()),
        ("seal a password", Call("kms:GenerateDataKey", key, VIA_SECRETS), {"rotate_password", "signing_keys"}),
        (
            "open a film",
            Call("kms:Decrypt", key, VIA_S3),
            everybody & (WHO_READS_FILMS | STEPS | ENCODERS),
        ),
    ]
