"""A plug-in that lets films with sound pass, and tells of everything else that happens to films.

Runs wherever boto3 finds credentials: `python docs/examples/plugin.py marquee-dev` (docs/extending.md).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import boto3


def subscribe(events: Any, sqs: Any, bus: str, name: str) -> str:
    """A queue with everything that Marquee says; gives its address. Where this is deployed, a template makes it."""
    url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps({"source": ["marquee"]}))
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    return url


def told(sqs: Any, queue: str) -> Iterator[dict[str, Any]]:
    """Messages, for ever. One comes again until it is worked off: `id` says which are the same."""
    while True:
        for came in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5, MaxNumberOfMessages=10).get("Messages", []):
            yield json.loads(came["Body"])["detail"]
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=came["ReceiptHandle"])


def judge(call: dict[str, Any], s3: Any) -> dict[str, str]:
    """`plugin.answer/1`. What is asked about lies in the bucket already; nobody can watch it yet."""
    key = f"{call['media_prefix']}main.m3u8"
    playlist = s3.get_object(Bucket=call["media_bucket"], Key=key)["Body"].read().decode()
    if "TYPE=AUDIO" in playlist:
        return {"schema": "plugin.answer/1", "answer": "approve"}
    return {"schema": "plugin.answer/1", "answer": "refuse", "reason": "Silent films are not shown here."}


def work_off(message: dict[str, Any], s3: Any, states: Any) -> str:
    """What there is to say of a message; a question is answered."""
    if message["schema"] == "plugin.before_publish/1":
        answer = judge(message, s3)
    elif message["schema"] == "plugin.after_ready/1":
        answer = {"schema": "plugin.answer/1", "answer": "approve"}
    else:
        return f"{message['time']} {message['schema']} {message.get('asset_id', '')}"
    try:
        states.send_task_success(taskToken=message["task_token"], output=json.dumps(answer))
    except (states.exceptions.TaskTimedOut, states.exceptions.TaskDoesNotExist):
        return f"{message['schema']} {message['asset_id']}: nobody waits for an answer any more"
    return f"{message['schema']} {message['asset_id']}: {answer['answer']}"


def main() -> None:
    events, sqs, s3, states = (boto3.client(name) for name in ("events", "sqs", "s3", "stepfunctions"))
    for message in told(sqs, subscribe(events, sqs, sys.argv[1], "my-plugin")):
        print(work_off(message, s3, states), flush=True)


if __name__ == "__main__":
    main()
