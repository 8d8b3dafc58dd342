"""The film itself: all shards and tracks are encoded, then checked and listed."""

from __future__ import annotations

from typing import Literal

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.encode_chain import EncodeChain
from infra.constructs.encode_worker import EncodeWorker
from infra.constructs.enrich_steps import EnrichFunctions
from infra.constructs.images_chain import ImagesChain
from infra.constructs.pipeline_functions import PipelineFunctions
from infra.constructs.plugins import PluginPoints
from infra.constructs.steps import Step
from infra.environments import Environment


class EncodeFilm(Construct):
    """(Video ‖ Audio) ▶ (Package ‖ Images), and Package ▶ Release where no verdict is waited for; from `start`.

    Pictures are made beside the release, so that one who hangs over them keeps no viewer waiting. Plug-ins are asked
    around the release (`asked`), where the environment says so.
    """

    start: sfn.IChainable

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        functions: PipelineFunctions,
        enrichers: EnrichFunctions,
        worker: EncodeWorker,
        asked: PluginPoints,
    ) -> None:
        super().__init__(scope, construct_id)
        self._functions = functions
        self._worker = worker
        encode = sfn.Parallel(self, "Encode", result_path=sfn.JsonPath.DISCARD)
        encode.branch(self._video(environment.worker.shard_concurrency), self._audio())
        package = Step(self, "Package", function=functions.package)
        over = sfn.Pass(self, "ImagesOver")
        encoded = sfn.Parallel(self, "Encoded", result_path=sfn.JsonPath.DISCARD)
        encoded.branch(package, ImagesChain(self, "Pictures", functions=enrichers, end=over).start)
        self.start = encode.next(encoded)
        if environment.enrichment.moderation == "allow":
            release = Step(self, "Release", function=functions.release)
            package.next(asked.before_publish(then=release))
            asked.after_ready(release)

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
        return shards.item_processor(self._chain("Video"))

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


def _order(kind: str) -> dict[str, object]:
    """An item of a map: what a worker is told to do, who is asked first, and how often it was tried."""
    return {
        "order": {
            "job_id": sfn.JsonPath.string_at("$.job_id"),
            "asset_id": sfn.JsonPath.string_at("$.asset_id"),
            "caused_by": sfn.JsonPath.object_at("$.caused_by"),
            "media_bucket": sfn.JsonPath.string_at("$.media_bucket"),
            "kind": kind,
            "index": sfn.JsonPath.number_at("$$.Map.Item.Value.index"),
        },
        "runner": sfn.JsonPath.string_at("$$.Map.Item.Value.runner"),
        "tries": 0,
    }
