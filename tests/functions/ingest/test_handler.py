"""`ingest` through its real entry, over stores in memory."""

import json
import random
import threading
import time
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from ingest.handler import lambda_handler
from ingest.wiring import wiring
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.errors import PermanentError, TransientError
from marquee.domain.jobs import Job
from marquee.domain.pipeline import Execution
from marquee.domain.work import current_request_id

from tests.layers.entry.written import lines
from tests.layers.entry.written import written as written
from tests.measured import listening
from tests.platform import CONTEXT, MEDIA, UPLOADS, Platform


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        yield


def created(key: str, event_name: str = "ObjectCreated:CompleteMultipartUpload") -> dict[str, Any]:
    return {
        "eventName": event_name,
        "s3": {"bucket": {"name": UPLOADS}, "object": {"key": key, "size": 4, "sequencer": "1"}},
    }


def queue_event(*bodies: object) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "receiptHandle": "r",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:1:ingest",
                "awsRegion": "eu-central-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def test_an_uploaded_source_starts_its_job(platform: Platform) -> None:
    job = platform.uploaded()
    answer = lambda_handler(queue_event({"Records": [created(keys.source_key(job.upload_id))]}), CONTEXT)

    assert answer == {"batchItemFailures": []}
    (execution,) = platform.executions.started
    assert execution.caused_by == job.caused_by
    assert execution.model_dump(exclude={"caused_by"}) == {
        "asset_id": job.asset_id,
        "version": 1,
        "job_id": job.id,
        "attempt": 1,
        "media_bucket": MEDIA,
        "source": {"bucket": UPLOADS, "key": keys.source_key(job.upload_id), "version_id": None},
    }
    assert execution.name == f"{job.asset_id}-1-1"
    assert platform.jobs.kept[job.id].status == "running"
    assert platform.uploads.kept[job.upload_id].status == "completed"


def test_a_hundred_events_out_of_order_start_one_execution_each(platform: Platform) -> None:
    jobs = [platform.uploaded() for _ in range(3)]
    events = [created(keys.source_key(job.upload_id)) for job in jobs] * 34
    random.Random(1).shuffle(events)
    batches = [queue_event(*({"Records": [event]} for event in events[i : i + 10])) for i in range(0, 102, 10)]
    threads = [threading.Thread(target=lambda_handler, args=(batch, CONTEXT)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(e.job_id for e in platform.executions.started) == sorted(job.id for job in jobs)


def test_a_claim_whose_start_was_lost_is_started_by_the_next_event(platform: Platform) -> None:
    job = platform.running()
    platform.executions.states.clear()
    lambda_handler(queue_event({"Records": [created(keys.source_key(job.upload_id))]}), CONTEXT)

    assert platform.executions.status(job.execution_name) == "RUNNING"


def test_a_late_event_of_a_job_that_is_over_starts_nothing(platform: Platform) -> None:
    job = platform.uploaded()
    platform.jobs.cancel(job.id, utc_now())
    lambda_handler(queue_event({"Records": [created(keys.source_key(job.upload_id))]}), CONTEXT)

    assert platform.executions.calls == 0


@pytest.mark.parametrize(
    "body",
    [
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": UPLOADS},
        {"Records": [created("uploads/upl_none/source")]},
        {"Records": [created("uploads/some+film%21.mp4")]},
        {"Records": [created("uploads/upl_none/source", "ObjectRemoved:Delete")]},
    ],
)
def test_what_is_no_upload_of_ours_is_taken_off_the_queue(platform: Platform, body: object) -> None:
    assert lambda_handler(queue_event(body), CONTEXT) == {"batchItemFailures": []}
    assert platform.executions.calls == 0


class SetAside:
    """`DeadLetters` in memory; `away`: none are taken."""

    def __init__(self, *, away: bool = False) -> None:
        self.kept: list[tuple[str, str]] = []
        self._away = away

    def put(self, body: str, reason: PermanentError) -> None:
        if self._away:
            raise TransientError("The queue cannot be reached.")
        self.kept.append((body, reason.code))


def uploaded_message(job: Job, **changes: object) -> dict[str, object]:
    source = {"bucket": UPLOADS, "key": keys.source_key(job.upload_id)}
    known = {"upload_id": job.upload_id, "asset_id": job.asset_id, "job_id": job.id, "source": source}
    return {"schema": "video.uploaded/1", **known, **changes}


def test_a_message_that_a_source_is_there_starts_its_job_once(platform: Platform) -> None:
    job = platform.uploaded()
    plain = uploaded_message(job, something="newer")
    from_a_bus = {"version": "0", "detail-type": "video.uploaded", "source": "marquee", "detail": plain}
    assert lambda_handler(queue_event(plain, from_a_bus), CONTEXT) == {"batchItemFailures": []}
    assert [execution.job_id for execution in platform.executions.started] == [job.id]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"schema": "video.uploaded/99"}, "unknown_schema"),
        ({"schema": "video.transcode/1"}, "unknown_schema"),
        ({"schema": None}, "unknown_schema"),
        ({"source": "somewhere"}, "invalid_request"),
    ],
)
def test_what_cannot_be_read_is_set_aside_with_the_reason_and_starts_nothing(
    platform: Platform, changes: dict[str, object], code: str
) -> None:
    message = uploaded_message(platform.uploaded(), **changes)
    dead_letters = SetAside()
    with platform.within(wiring, dead_letters=dead_letters):
        assert lambda_handler(queue_event(message), CONTEXT) == {"batchItemFailures": []}
    assert dead_letters.kept == [(json.dumps(message), code)]
    assert platform.executions.calls == 0


def test_what_could_not_be_set_aside_comes_again(platform: Platform) -> None:
    message = uploaded_message(platform.uploaded(), schema="video.uploaded/99")
    with platform.within(wiring, dead_letters=SetAside(away=True)):
        assert lambda_handler(queue_event(message), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


class Away:
    """Executions that cannot be reached."""

    def start(self, execution: Execution) -> None:
        raise TransientError("The pipeline cannot be reached.")


def test_only_the_failed_messages_come_again_and_the_log_says_why(platform: Platform, written: StringIO) -> None:
    job = platform.uploaded()
    event = queue_event("no json", {"Event": "s3:TestEvent"}, {"Records": [created(keys.source_key(job.upload_id))]})
    with platform.within(wiring, executions=Away()):
        answer = lambda_handler(event, CONTEXT)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m2"}]}
    failed = [line for line in lines(written) if line["level"] == "ERROR"]
    assert [(line["message_id"], line["delivery"], line.get("job_id")) for line in failed] == [
        ("m0", 1, None),
        ("m2", 1, job.id),
    ]
    assert "The pipeline cannot be reached." in str(failed[1]["exception"])


def test_the_oldest_message_s_wait_is_told_the_first_time_that_it_comes(platform: Platform) -> None:
    event = queue_event({"Event": "s3:TestEvent"}, {"Event": "s3:TestEvent"}, {"Event": "s3:TestEvent"})
    now = int(time.time() * 1000)
    for record, seconds, count in zip(event["Records"], (5, 2, 900), ("1", "1", "2"), strict=True):
        record["attributes"] = {"SentTimestamp": str(now - seconds * 1000), "ApproximateReceiveCount": count}
    with listening() as told:
        lambda_handler(event, CONTEXT)
    (wait,) = told.of("QueueWait")
    assert 5 <= wait < 900


def test_its_lines_name_the_upload_and_the_call_behind_it(platform: Platform, written: StringIO) -> None:
    current_request_id.set("q1")
    job = platform.uploaded()
    current_request_id.set("")
    other = platform.uploaded()
    sources = [created(keys.source_key(each.upload_id)) for each in (job, other)]
    lambda_handler(queue_event(*({"Records": [source]} for source in sources)), CONTEXT)

    begun = [line for line in lines(written) if line["message"] == "execution started"]
    about = [(line["upload_id"], line["job_id"], line["asset_id"]) for line in begun]
    assert about == [(each.upload_id, each.id, each.asset_id) for each in (job, other)]
    assert begun[0]["request_id"] == "q1" != begun[1]["request_id"]
