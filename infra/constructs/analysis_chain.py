"""How a film is looked at. Whatever happens here ends at `WithoutAnalysis` at worst: it never fails a job."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.enrich_steps import EnrichFunctions, EnrichStep, RecordTask


class AnalysisChain(Construct):
    """States from `start`; the input is an execution's, at the root.

    `analyzed` follows when it worked, `end` when it did not.
    """

    start: sfn.IChainable

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: EnrichFunctions,
        analyzed: sfn.IChainable,
        end: sfn.IChainable,
    ) -> None:
        super().__init__(scope, construct_id)
        recorder = functions.enrichment
        without = RecordTask(self, "WithoutAnalysis", function=recorder, task="analysis", happened="failed")
        without.add_catch(end, errors=["States.ALL"], result_path=sfn.JsonPath.DISCARD)
        without.next(end)
        begin = RecordTask(self, "BeginAnalysis", function=recorder, task="analysis", happened="begins")
        analyze = EnrichStep(self, "Analyze", function=functions.worker, kind="analyze")
        for state in (begin, analyze):
            state.add_catch(without, errors=["States.ALL"], result_path="$.error")
        analyze.next(analyzed)
        self.start = begin.next(analyze)
