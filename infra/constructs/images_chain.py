"""Pictures of a film are worth having and not worth a film: their failure never fails a job."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.enrich_steps import EnrichFunctions, RecordTask, order
from infra.constructs.steps import Step


class ImagesChain(Construct):
    """States from `start`; the input is an execution's, at the root. `end` follows in every case."""

    start: sfn.IChainable

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: EnrichFunctions,
        end: sfn.IChainable,
    ) -> None:
        super().__init__(scope, construct_id)
        without = RecordTask(self, "WithoutImages", function=functions.enrichment, task="images", happened="failed")
        without.add_catch(end, errors=["States.ALL"], result_path=sfn.JsonPath.DISCARD)
        without.next(end)
        images = Step(self, "Images", function=functions.images, payload=order("video.generate_thumbnails"), attempts=2)
        images.add_catch(without, errors=["States.ALL"], result_path="$.error")
        images.next(end)
        self.start = images
