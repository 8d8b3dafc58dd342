"""The state machine that does one enriching task of a completed job again, and never touches its film."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.analysis_chain import AnalysisChain
from infra.constructs.captions_chain import CaptionsChain
from infra.constructs.enrich_steps import EnrichFunctions, RecordTask
from infra.constructs.images_chain import ImagesChain
from infra.constructs.retention import RetainedLogs
from infra.environments import Environment

LONGEST_TASK = Duration.hours(12)


class EnrichStateMachine(sfn.StateMachine):
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
            definition_body=sfn.DefinitionBody.from_chainable(states.start),
            timeout=LONGEST_TASK,
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=RetainedLogs(scope, f"{construct_id}Logs", retention=environment.retention),
                level=sfn.LogLevel.ALL,
                include_execution_data=True,
            ),
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
        self.start = which
