"""How the text that a film brings along becomes tracks of it. Without it the film is a film all the same."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.enrich_steps import EnrichFunctions, execution
from infra.constructs.steps import Step


class TextChain(Construct):
    """States from `start`; the input is an execution's, at the root. `end` follows in every case."""

    start: sfn.IChainable

    def __init__(self, scope: Construct, construct_id: str, *, functions: EnrichFunctions, end: sfn.IChainable) -> None:
        super().__init__(scope, construct_id)
        failed = {**execution(), "error": sfn.JsonPath.object_at("$.error")}
        without = Step(
            self, "WithoutText", function=functions.subtitles, payload=sfn.TaskInput.from_object(failed), attempts=4
        )
        without.add_catch(end, errors=["States.ALL"], result_path=sfn.JsonPath.DISCARD)
        without.next(end)
        take = Step(
            self, "TakeText", function=functions.subtitles, payload=sfn.TaskInput.from_object(execution()), attempts=2
        )
        take.add_catch(without, errors=["States.ALL"], result_path="$.error")
        take.next(end)
        self.start = take
