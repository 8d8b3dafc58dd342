"""The state machine that does one enriching task of a completed job again, and never touches its film."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.analysis_chain import AnalysisChain
from infra.constructs.captions_chain import CaptionsChain
from infra.constructs.cause import known_cause
from infra.constructs.enrich_steps import EnrichFunctions, RecordTask
from infra.constructs.images_chain import ImagesChain
from infra.constructs.released_machine import ReleasedStateMachine
from infra.environments import Environment

LONGEST_TASK = Duration.hours(12)


class EnrichStateMachine(ReleasedStateMachine):
    """Input: an execution's of the pipeline, with `task` (`images`, `captions` or `analysis`) and `retry`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        functions: EnrichFunctions,
        media_bucket: str,
    ) -> None:
        states = _EnrichStates(
            scope, f"{construct_id}States", environment=environment, functions=functions, media_bucket=media_bucket
        )
        super().__init__(
            scope,
            construct_id,
            environment=environment,
            start=states.start,
            longest=LONGEST_TASK,
        )


class _EnrichStates(Construct):
    """The definition, from `start`."""

    start: sfn.IChainable

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        functions: EnrichFunctions,
        media_bucket: str,
    ) -> None:
        super().__init__(scope, construct_id)
        over, choice = sfn.Succeed(self, "Over"), environment.enrichment
        recorder = functions.enrichment
        which = sfn.Choice(self, "WhichTask")
        images = ImagesChain(self, "Pictures", functions=functions, end=over)
        which.when(sfn.Condition.string_equals("$.task", "images"), images.start)
        if choice.captions_provider != "off":
            captions = CaptionsChain(
                self, "Captions", environment=environment, functions=functions, media_bucket=media_bucket, end=over
            )
            which.when(sfn.Condition.string_equals("$.task", "captions"), captions.start)
        if choice.analysis_provider != "off":
            record = RecordTask(self, "RecordAnalysis", function=recorder, task="analysis", happened="done")
            record.next(over)
            analysis = AnalysisChain(self, "Analysis", functions=functions, analyzed=record, end=over)
            which.when(sfn.Condition.string_equals("$.task", "analysis"), analysis.start)
        self.start = known_cause(self, then=which)
