"""The table of what each process may do to the stores and to executions. A change here is a change of rights."""

from __future__ import annotations

import pytest

from tests.infra.templates import Templates, plain

GET, PUT, DELETE, LIST = "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"
ABORT, PARTS = "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"
SOURCES, WORK, PUBLISHED = "Uploads/uploads/*", "Media/work/*", "Media/media/*"
# who hears of a source hears of its version, where the bucket keeps several
READ_SOURCE = {(GET, SOURCES), ("s3:GetObjectVersion", SOURCES)}
DATABASE = {
    ("secretsmanager:GetSecretValue", "DatabaseCredentials"),
    ("secretsmanager:DescribeSecret", "DatabaseCredentials"),
}
TELL = {(f"sqs:{action}", "WebhooksQueue") for action in ("SendMessage", "GetQueueAttributes", "GetQueueUrl")}
SEAL = {(f"secretsmanager:{action}", "WebhooksKey") for action in ("GetSecretValue", "DescribeSecret")}
TMDB = {(f"secretsmanager:{action}", "TmdbToken") for action in ("GetSecretValue", "DescribeSecret")}
START = ("states:StartExecution", "Transcode")
WORKER = {
    (GET, SOURCES), (GET, WORK), (PUT, WORK), (GET, PUBLISHED), (PUT, PUBLISHED), (ABORT, PUBLISHED), (LIST, "Media"),
}  # fmt: skip
SIGNING = {
    (f"secretsmanager:{action}Secret{end}", "PlaybackKeysSecret")
    for action, end in (("Get", "Value"), ("Describe", ""))
}
LOOKING = {
    (f"cloudfront-keyvaluestore:{action}", "PlaybackKeysRevocations") for action in ("DescribeKeyValueStore", "GetKey")
}
REVOKING = LOOKING | {
    (f"cloudfront-keyvaluestore:{action}", "PlaybackKeysRevocations") for action in ("ListKeys", "UpdateKeys")
}

GRANTS: dict[str, set[tuple[str, str]]] = {
    "uploads": DATABASE
    | TELL
    | {(PUT, SOURCES), (GET, SOURCES), (DELETE, SOURCES), (ABORT, SOURCES), (PARTS, SOURCES), (LIST, "Uploads")},
    "jobs": DATABASE
    | TELL
    | {(GET, WORK), (DELETE, WORK), (DELETE, PUBLISHED), (LIST, "Media")}
    | {START, ("states:StartExecution", "EnrichMachine")}
    | {(f"states:{action}Execution", "Transcode executions") for action in ("Describe", "Stop")}
    | {("states:DescribeExecution", "EnrichMachine executions")},
    "assets": DATABASE
    | TELL
    | {(DELETE, SOURCES), (LIST, "Uploads"), (DELETE, WORK), (DELETE, PUBLISHED), (LIST, "Media")}
    | {(GET, PUBLISHED)}  # the analysis
    | {("states:StopExecution", f"{machine} executions") for machine in ("Transcode", "EnrichMachine")},
    "tracks": DATABASE
    | {(GET, PUBLISHED), (PUT, PUBLISHED), (DELETE, PUBLISHED), (GET, WORK), (DELETE, WORK), (LIST, "Media")}
    | {("states:StartExecution", "EnrichMachine"), ("states:DescribeExecution", "EnrichMachine executions")},
    "pictures": DATABASE | {(GET, PUBLISHED), (PUT, PUBLISHED), (LIST, "Media")},
    "me": DATABASE | {(f"cognito-idp:{action}", "Accounts") for action in ("ListUsers", "AdminDeleteUser")},
    "streaming": DATABASE
    | SIGNING
    | LOOKING
    | {(GET, PUBLISHED), (LIST, "Media"), ("ssm:GetParameter", "parameter site")},
    "revocations": DATABASE | REVOKING,
    "expire_revocations": REVOKING,
    "sources": DATABASE,
    "signing_keys": SIGNING | {("secretsmanager:PutSecretValue", "PlaybackKeysSecret")},
    "progress": DATABASE,
    "flush_progress": DATABASE,
    "reference": set(),
    "health": DATABASE | {(GET, "Media/health"), (LIST, "Media")},
    "abuse": set(),
    "operations": DATABASE
    | {
        ("sqs:GetQueueAttributes", queue)
        for queue in ("Ingest", "IngestDeadLetters", "WebhooksQueue", "WebhooksQueueDeadLetters")
    },
    "ingest": DATABASE
    | TELL
    | {START}
    | {
        (f"sqs:{action}", "Ingest")
        for action in (
            "ReceiveMessage", "ChangeMessageVisibility", "GetQueueUrl", "DeleteMessage", "GetQueueAttributes",
        )
    }
    | {(f"sqs:{action}", "IngestDeadLetters") for action in ("SendMessage", "GetQueueAttributes", "GetQueueUrl")},
    "reconcile": DATABASE
    | TELL
    | {(GET, SOURCES), (ABORT, SOURCES), (LIST, "Uploads")}
    | {(GET, WORK), (DELETE, WORK), (DELETE, PUBLISHED), (PUT, PUBLISHED), (LIST, "Media")}
    | {START, ("states:DescribeExecution", "Transcode executions")}
    | {("states:StartExecution", "EnrichMachine"), ("states:DescribeExecution", "EnrichMachine executions")},
    "migrate": DATABASE,
    "rotate_password": DATABASE
    | {
        ("secretsmanager:PutSecretValue", "DatabaseCredentials"),
        ("secretsmanager:UpdateSecretVersionStage", "DatabaseCredentials"),
    },
    "movies": DATABASE | TMDB,
    "warm_films": TMDB,
    "purge_tmdb": DATABASE | TMDB,
    "plugin": DATABASE,
    "release": DATABASE | TELL | {(GET, WORK), (LIST, "Media")},
    "captions": DATABASE
    | TELL
    | {(GET, WORK), (PUT, WORK), (GET, PUBLISHED), (PUT, PUBLISHED), (DELETE, PUBLISHED), (LIST, "Media")},
    "subtitles": DATABASE
    | {*READ_SOURCE, (LIST, "Uploads"), (GET, WORK), (LIST, "Media")}
    | {(GET, PUBLISHED), (PUT, PUBLISHED), (DELETE, PUBLISHED)},
    "enrichment": DATABASE
    | TELL
    | {(GET, WORK), (GET, PUBLISHED), (PUT, PUBLISHED), (DELETE, PUBLISHED), (LIST, "Media")},
    "enrich": {(GET, SOURCES), (GET, WORK), (PUT, WORK), (GET, PUBLISHED), (LIST, "Media")},
    "probe": DATABASE | {*READ_SOURCE, (LIST, "Uploads"), (GET, WORK), (PUT, WORK), (LIST, "Media")},
    "plan": DATABASE | {(GET, WORK), (PUT, WORK), (LIST, "Media")},
    "publish": DATABASE | TELL | {(GET, WORK), (GET, PUBLISHED), (PUT, PUBLISHED), (LIST, "Media")},
    "images": DATABASE
    | TELL
    | {(GET, WORK), (PUT, WORK), (GET, PUBLISHED), (PUT, PUBLISHED), (DELETE, PUBLISHED), (LIST, "Media")},
    "package": DATABASE | TELL | {(GET, WORK), (PUT, WORK), (GET, PUBLISHED), (PUT, PUBLISHED), (LIST, "Media")},
    "finish": DATABASE
    | TELL
    | {(GET, WORK), (GET, PUBLISHED), (PUT, PUBLISHED), (DELETE, PUBLISHED), (LIST, "Media")},
    "fail": DATABASE | TELL | {(GET, WORK), (DELETE, WORK), (DELETE, PUBLISHED), (LIST, "Media")},
    "webhooks": DATABASE | TELL | SEAL,
    "deliver_webhooks": DATABASE
    | TELL
    | SEAL
    | {("lambda:InvokeFunction", "PostWebhook"), ("events:PutEvents", "EventBus")}
    | {
        (f"sqs:{action}", "WebhooksQueue")
        for action in ("ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage")
    },
    "post_webhook": set(),
    "encode": WORKER,
}  # fmt: skip
# Where Amazon looks at films: its services know no resources of ours.
AMAZON = {
    ("rekognition:DetectLabels", "*"),
    ("rekognition:DetectModerationLabels", "*"),
    ("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/*"),
    ("bedrock:InvokeModel", "arn:aws:bedrock:*:*:inference-profile/*"),
}
# What every function has to run at all: its log group, traces, its place in the network.
PLATFORM = ("logs:", "xray:", "ec2:")
# The key of what may be read and written comes with the right to it.
KEY = ("kms:",)


@pytest.mark.parametrize("name", GRANTS)
def test_a_function_may_do_what_the_table_says(name: str, templates: Templates) -> None:
    granted = templates.grants(templates.functions()[name]["Role"])
    amazon = AMAZON if name == "enrich" and templates.amazon_looks else set()
    assert {pair for pair in granted if not pair[0].startswith(PLATFORM + KEY)} == GRANTS[name] | amazon


def key_rights(granted: set[tuple[str, str]]) -> set[str]:
    """What somebody needs of the key for what he may do otherwise."""
    needed: set[str] = set()
    for action, _ in granted:
        if action in (GET, PUT, "secretsmanager:GetSecretValue"):
            needed.add("kms:Decrypt")
        if action in (PUT, "secretsmanager:PutSecretValue"):
            needed.add("kms:GenerateDataKey")
    return needed


@pytest.mark.parametrize("name", GRANTS)
def test_the_key_opens_what_a_function_may_read_and_no_more(name: str, prod: Templates, dev: Templates) -> None:
    role = prod.functions()[name]["Role"]
    granted = prod.grants(role)
    assert {action for action, _ in granted if action.startswith(KEY)} == key_rights(granted)
    assert all(resource.startswith("FnGetAttKey") for action, resource in granted if action.startswith(KEY))
    for condition in prod.conditions(role, "kms:"):
        assert plain(condition["StringEquals"]["kms:ViaService"]).startswith(("s3.", "secretsmanager."))
    assert not any(action.startswith(KEY) for action, _ in dev.grants(dev.functions()[name]["Role"]))


def test_the_fargate_task_has_the_rights_of_the_worker_function(templates: Templates) -> None:
    task = templates.one("AWS::ECS::TaskDefinition")
    granted = templates.grants(task["TaskRoleArn"])
    assert {pair for pair in granted if not pair[0].startswith(KEY)} == WORKER


def test_the_state_machine_reads_the_map_s_items_and_calls_its_own_functions(templates: Templates) -> None:
    granted = templates.grants(templates.machine()["RoleArn"])
    listening = {(PUT, WORK), (LIST, "Media")} if templates.amazon_listens else set()
    assert {pair for pair in granted if pair[0].startswith("s3:")} == {(GET, WORK)} | listening
    called = {resource.split(".")[0] for action, resource in granted if action == "lambda:InvokeFunction"}
    assert len({name for name in called if "CurrentVersion" not in name}) == 13
    passed = {resource for action, resource in granted if action == "iam:PassRole"}
    assert all("EncodeTask" in role for role in passed)


# `*` only where nothing narrower can be said: attaching to the network, traces, log delivery, the image
# registry's login; and for the tasks of ecs:runTask.sync, whose names Step Functions learns from starting them.
WIDE = (
    "ec2:",
    "xray:",
    "logs:",
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTasks",
    "ecs:StopTask",
    "rekognition:",
    "transcribe:",
)


def test_every_resource_stands_by_its_name_where_aws_allows_that(templates: Templates) -> None:
    task = templates.one("AWS::ECS::TaskDefinition")
    roles = [
        *(function["Role"] for function in templates.functions().values()),
        task["TaskRoleArn"],
        task["ExecutionRoleArn"],
        templates.machine("Transcode")["RoleArn"],
        templates.machine("EnrichMachine")["RoleArn"],
    ]
    for role in roles:
        wide = {action for action, resource in templates.grants(role) if resource == "*"}
        assert all(action.startswith(WIDE) for action in wide), role


def test_no_policy_allows_all_actions_of_a_kind(templates: Templates) -> None:
    for name, function in templates.functions().items():
        actions = {action for action, _ in templates.grants(function["Role"])}
        assert not {action for action in actions if action.endswith("*")}, name
