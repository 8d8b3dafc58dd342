"""The state machine that turns a source into a published asset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.encode_chain import EncodeChain
from infra.constructs.encode_worker import EncodeWorker
from infra.constructs.retention import RetainedLogs
from infra.constructs.steps import Step
from infra.environments import Environment

LONGEST_JOB = Duration.hours(24)


@dataclass(frozen=True)
class PipelineFunctions:
    """The functions that are the machine's steps."""

    probe: lambda_.Function
    plan: lambda_.Function
    publish: lambda_.Function
    images: lambda_.Function
    package: lambda_.Function
    finish: lambda_.Function
    fail: lambda_.Function


class TranscodeStateMachine(sfn.StateMachine):
    """Probe ▶ Plan ▶ (Video ‖ Audio) ▶ Package ▶ Finish; any error ▶ RecordFailure.

    Input: `{"asset_id", "version", "job_id", "attempt", "media_bucket", "source": {"bucket", "key",
    "version_id"}}`; the execution's name is `{asset_id}-{version}-{attempt}`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        functions: PipelineFunctions,
        worker: EncodeWorker,
    ) -> None:
        states = TranscodeStates(
            scope,
            f"{construct_id}States",
            functions=functions,
            worker=worker,
            shard_concurrency=environment.worker.shard_concurrency,
        )
        super().__init__(
            scope,
            construct_id,
            definition_body=sfn.DefinitionBody.from_chainable(states.start),
            timeout=LONGEST_JOB,
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=RetainedLogs(scope, f"{construct_id}Logs", retention=environment.retention),
                level=sfn.LogLevel.ALL,
                include_execution_data=True,
            ),
        )


class TranscodeStates(Construct):
    """The definition, from `start`."""

    start: sfn.IChainable

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: PipelineFunctions,
        worker: EncodeWorker,
        shard_concurrency: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._functions = functions
        self._worker = worker
        probe = Step(
            self,
            "Probe",
            function=functions.probe,
            result_selector={"media_info_key": sfn.JsonPath.string_at("$.Payload.media_info_key")},
            result_path="$.probe",
        )
        plan = Step(
            self,
            "Plan",
            function=functions.plan,
            result_selector={
                "bucket": sfn.JsonPath.string_at("$.Payload.bucket"),
                "plan_key": sfn.JsonPath.string_at("$.Payload.plan_key"),
                "items_key": sfn.JsonPath.string_at("$.Payload.items_key"),
                "audio": sfn.JsonPath.object_at("$.Payload.audio"),
            },
            result_path="$.plan",
        )
        encode = sfn.Parallel(self, "Encode", result_path=sfn.JsonPath.DISCARD)
        encode.branch(self._video(shard_concurrency), self._audio())
        package = Step(self, "Package", function=functions.package)
        finish = Step(self, "Finish", function=functions.finish)
        failed = self._failure()
        for state in (probe, plan, encode, package, finish):
            state.add_catch(failed, errors=["States.ALL"], result_path="$.error")
        self.start = probe.next(plan).next(encode).next(package).next(finish)

    def _video(self, shard_concurrency: int) -> sfn.IChainable:
        shards = sfn.DistributedMap(
            self,
            "EncodeShards",
            item_reader=sfn.S3JsonItemReader(
                bucket_name_path=sfn.JsonPath.string_at("$.plan.bucket"),
                key=sfn.JsonPath.string_at("$.plan.items_key"),
            ),
            item_selector=_order("video"),
            max_concurrency=shard_concurrency,
            map_execution_type=sfn.StateMachineType.STANDARD,
            label="EncodeShards",
            result_path=sfn.JsonPath.DISCARD,
        )
        shards.item_processor(self._chain("Video"))
        return shards.next(self._images())

    def _audio(self) -> sfn.IChainable:
        tracks = sfn.Map(
            self,
            "EncodeTracks",
            items_path="$.plan.audio",
            item_selector=_order("audio"),
            result_path=sfn.JsonPath.DISCARD,
        )
        return tracks.item_processor(self._chain("Audio"))

    def _chain(self, kind: Literal["Video", "Audio"]) -> sfn.IChainable:
        return EncodeChain(self, f"{kind}Chain", kind=kind, worker=self._worker, publish=self._functions.publish).start

    def _images(self) -> sfn.IChainable:
        """Pictures are worth having and not worth a film: their failure never fails the job."""
        images = Step(
            self,
            "Images",
            function=self._functions.images,
            payload=sfn.TaskInput.from_object(
                {
                    "job_id": sfn.JsonPath.string_at("$.job_id"),
                    "media_bucket": sfn.JsonPath.string_at("$.media_bucket"),
                }
            ),
        )
        images.add_catch(sfn.Pass(self, "WithoutImages"), errors=["States.ALL"], result_path=sfn.JsonPath.DISCARD)
        return images

    def _failure(self) -> sfn.IChainable:
        record = Step(self, "RecordFailure", function=self._functions.fail)
        return record.next(sfn.Fail(self, "Failed", error_path="$.error.Error", cause_path="$.error.Cause"))


def _order(kind: str) -> dict[str, object]:
    """An item of a map: what a worker is told to do, who is asked first, and how often it was tried."""
    return {
        "order": {
            "job_id": sfn.JsonPath.string_at("$.job_id"),
            "media_bucket": sfn.JsonPath.string_at("$.media_bucket"),
            "kind": kind,
            "index": sfn.JsonPath.number_at("$$.Map.Item.Value.index"),
        },
        "runner": sfn.JsonPath.string_at("$$.Map.Item.Value.runner"),
        "tries": 0,
    }


def allow_execution_control(state_machine: TranscodeStateMachine, grantee: lambda_.Function, *actions: str) -> None:
    """Let `grantee` do these `states:` actions to this machine's executions."""
    name = state_machine.state_machine_name
    arn = Stack.of(state_machine).format_arn(
        service="states", resource="execution", resource_name=f"{name}:*", arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
    iam.Grant.add_to_principal(grantee=grantee, actions=[f"states:{action}" for action in actions], resource_arns=[arn])
