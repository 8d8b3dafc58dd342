"""A task of ours listens to a whole film: on Spot, and where that is taken away, on demand from where it stopped."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct
from marquee.domain.messages import schema_of

from infra.constructs.enrich_steps import execution
from infra.constructs.whisper_worker import WhisperWorker
from infra.constructs.worker_task import CapacityProvider, RunWorker

LONGEST_FILM = Duration.hours(6)


class WhisperChain(Construct):
    """From `start`, with the chunks that were cut in `$.speech.chunks`, to `done`, or with `$.error` to `failed`."""

    start: sfn.IChainable

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        worker: WhisperWorker,
        done: sfn.IChainable,
        failed: sfn.IChainable,
    ) -> None:
        super().__init__(scope, construct_id)
        self._worker = worker
        on_demand = self._hear("HearOnDemand", "FARGATE", max_attempts=6)
        on_demand.add_catch(failed, errors=["States.ALL"], result_path="$.error")
        on_demand.next(done)
        on_spot = self._hear("HearOnSpot", "FARGATE_SPOT", max_attempts=1)
        on_spot.add_catch(on_demand, errors=["States.ALL"], result_path=sfn.JsonPath.DISCARD)
        on_spot.next(done)
        order = sfn.Pass(
            self,
            "OrderHearing",
            parameters={
                "schema": schema_of("video.generate_subtitles"),
                **execution(),
                "kind": "transcribe_chunk",
                "index": 0,
            },
            result_path="$.hearing",
        )
        said = sfn.Choice(self, "AnythingSaid")
        said.when(sfn.Condition.is_present("$.speech.chunks[0]"), order.next(on_spot)).otherwise(done)
        self.start = said

    def _hear(self, construct_id: str, provider: CapacityProvider, *, max_attempts: int) -> RunWorker:
        worker = self._worker
        return RunWorker(
            self,
            construct_id,
            cluster=worker.cluster,
            placement=worker.placement,
            task=worker.task,
            order_path="$.hearing",
            capacity_provider=provider,
            max_attempts=max_attempts,
            longest=LONGEST_FILM,
        )
