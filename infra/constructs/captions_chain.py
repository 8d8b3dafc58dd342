"""How a film gets its captions. Whatever happens here ends at `WithoutCaptions` at worst: it never fails a job.

    CutSpeech ▶ (each chunk) TranscribeChunk ▶ MakeCaptions
    CutSpeech ▶ AnythingSaid ▶ HearOnSpot (▶ HearOnDemand) ▶ MakeCaptions
    CutSpeech ▶ AnythingSaid ▶ StartTranscription ▶ WaitForTranscription ⟲ GetTranscription ▶ MakeCaptions

The first is the worker's own listener, the second Whisper in a task, the third Amazon Transcribe.
"""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.enrich_steps import EnrichFunctions, EnrichStep, RecordTask, execution, order
from infra.constructs.steps import Step
from infra.constructs.transcribe_chain import TranscribeChain
from infra.constructs.whisper_chain import WhisperChain
from infra.environments import Environment


class CaptionsChain(Construct):
    """States from `start` to `end`; the input is an execution's, at the root. `end` follows in every case."""

    start: sfn.IChainable

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        functions: EnrichFunctions,
        media_bucket: str,
        end: sfn.IChainable,
    ) -> None:
        super().__init__(scope, construct_id)
        self._without = RecordTask(
            self, "WithoutCaptions", function=functions.enrichment, task="captions", happened="failed"
        )
        self._without.add_catch(end, errors=["States.ALL"], result_path=sfn.JsonPath.DISCARD)
        self._without.next(end)
        given = order("video.generate_subtitles")
        make = self._caught(Step(self, "MakeCaptions", function=functions.captions, payload=given, attempts=2))
        make.next(end)
        listen: sfn.IChainable
        if functions.whisper is not None:
            listen = WhisperChain(self, "Whisper", worker=functions.whisper, done=make, failed=self._without).start
        elif environment.enrichment.captions_provider == "transcribe":
            listen = TranscribeChain(
                self, "Transcribe", media_bucket=media_bucket, done=make, failed=self._without
            ).start
        else:
            listen = self._each_chunk(functions, environment.enrichment.chunk_concurrency).next(make)
        cut = self._caught(
            EnrichStep(
                self,
                "CutSpeech",
                function=functions.worker,
                kind="cut_speech",
                result_selector={"chunks": sfn.JsonPath.object_at("$.Payload.chunks")},
                result_path="$.speech",
            )
        )
        self.start = cut.next(listen)

    def _each_chunk(self, functions: EnrichFunctions, concurrency: int) -> sfn.Map:
        chunks = sfn.Map(
            self,
            "Listen",
            items_path="$.speech.chunks",
            item_selector={**execution(), "index": sfn.JsonPath.number_at("$$.Map.Item.Value")},
            max_concurrency=concurrency,
            result_path=sfn.JsonPath.DISCARD,
        )
        chunks.item_processor(
            EnrichStep(
                self,
                "TranscribeChunk",
                function=functions.worker,
                kind="transcribe_chunk",
                index=sfn.JsonPath.number_at("$.index"),
                # many items share one result of 256 KiB
                output_path="$.index",
            )
        )
        chunks.add_catch(self._without, errors=["States.ALL"], result_path="$.error")
        return chunks

    def _caught(self, step: Step) -> Step:
        step.add_catch(self._without, errors=["States.ALL"], result_path="$.error")
        return step
