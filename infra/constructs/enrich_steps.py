"""Steps of tasks that enrich a film: orders to the worker, and what is recorded of a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct
from marquee.domain.enrichment import EnrichKind
from marquee.domain.messages import MessageName, schema_of

from infra.constructs.steps import Step
from infra.constructs.whisper_worker import WhisperWorker

# What the worker is told to do is part of which task's message.
ORDERED: Mapping[EnrichKind, MessageName] = {
    "cut_speech": "video.generate_subtitles",
    "transcribe_chunk": "video.generate_subtitles",
    "analyze": "video.ai_analysis",
}
# A function ends by its own limit; where machines are few, an order waits this long for its turn.
PATIENCE = Duration.hours(6)

EnrichTask = Literal["images", "captions", "analysis"]


@dataclass(frozen=True)
class EnrichFunctions:
    """`worker` does orders, `captions` makes tracks of what was heard, `subtitles` of what the film brings along;
    `enrichment` records how tasks end. `whisper` hears films where the environment says so."""

    worker: lambda_.Function
    captions: lambda_.Function
    subtitles: lambda_.Function
    enrichment: lambda_.Function
    images: lambda_.Function
    whisper: WhisperWorker | None = None


def order(name: MessageName, **more: object) -> sfn.TaskInput:
    """The message by which a step is told to work, and what is between the machine and the step besides."""
    return sfn.TaskInput.from_object({"schema": schema_of(name), **execution(), **more})


def execution() -> dict[str, object]:
    """The execution's own input (`Execution`), without what steps have added to it."""
    return {
        "asset_id": sfn.JsonPath.string_at("$.asset_id"),
        "version": sfn.JsonPath.number_at("$.version"),
        "job_id": sfn.JsonPath.string_at("$.job_id"),
        "attempt": sfn.JsonPath.number_at("$.attempt"),
        "media_bucket": sfn.JsonPath.string_at("$.media_bucket"),
        "source": sfn.JsonPath.object_at("$.source"),
        "caused_by": sfn.JsonPath.object_at("$.caused_by"),
    }


class EnrichStep(Step):
    """One order (`EnrichOrder`) of an execution, whose input lies at the root."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.Function,
        kind: EnrichKind,
        index: int | float = 0,
        result_selector: Mapping[str, object] | None = None,
        result_path: str = sfn.JsonPath.DISCARD,
        output_path: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            function=function,
            payload=order(ORDERED[kind], kind=kind, index=index),
            result_selector=result_selector,
            result_path=result_path,
            output_path=output_path,
            attempts=2,
            patience=PATIENCE,
        )


class RecordTask(Step):
    """Writes on the job how it is with a task (`TaskEvent`)."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.Function,
        task: EnrichTask,
        happened: Literal["begins", "failed", "done"],
    ) -> None:
        error = {"error": sfn.JsonPath.object_at("$.error")} if happened == "failed" else {}
        super().__init__(
            scope,
            construct_id,
            function=function,
            payload=sfn.TaskInput.from_object({**execution(), "task": task, "happened": happened, **error}),
            attempts=4,
        )
