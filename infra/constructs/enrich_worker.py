"""The worker that listens to films and looks at them: a Lambda function, one order an invocation."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Duration, Size, Tags
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.cache import ValkeyCache
from infra.constructs.findings import accept_of
from infra.constructs.image_function import PYTHON_PATH, ImageFunction, worker_image
from infra.constructs.placement import Placement
from infra.constructs.python_function import common_variables
from infra.environments import Environment

LONGEST_ORDER = Duration.minutes(10)
SCRATCH = Size.gibibytes(6)  # the smallest rendition and one sound track of a film of half a day
# On one machine such functions give way to all others: in AWS each call has a machine of its own.
BACKGROUND = ("marquee:priority", "background")


class EnrichWorker(Construct):
    """`function` takes an `EnrichOrder` as its event."""

    function: ImageFunction

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        context: Path,
        placement: Placement,
        cache: ValkeyCache,
    ) -> None:
        super().__init__(scope, construct_id)
        choice = environment.enrichment
        variables = {
            **common_variables(environment, "enrich"),
            "VALKEY_ENDPOINT": cache.endpoint,
            "PYTHONPATH": PYTHON_PATH,
        }
        if choice.captions_provider != "off":
            variables["CAPTIONS_PROVIDER"] = choice.captions_provider
        if choice.analysis_provider != "off":
            variables["ANALYSIS_PROVIDER"] = choice.analysis_provider
        if choice.analysis_provider == "amazon" and choice.language_model:
            variables["LANGUAGE_MODEL"] = choice.language_model
        self.function = ImageFunction(
            self,
            "Function",
            environment=environment,
            image=worker_image(self, "Image", context=context, worker="enrich_worker"),
            handler="enrich_worker.function.lambda_handler",
            description="Listens to a film and looks at it: one order an invocation",
            memory_mib=choice.memory_mib,
            scratch=SCRATCH,
            timeout=LONGEST_ORDER,
            variables=variables,
            placement=placement,
        )
        Tags.of(self.function).add(*BACKGROUND)
        if choice.analysis_provider == "amazon":
            self._allow_amazon()

    def _allow_amazon(self) -> None:
        """Looking at pictures, and writing about what was found. Neither service knows resources of ours."""
        iam.Grant.add_to_principal(
            grantee=self.function,
            actions=["rekognition:DetectLabels", "rekognition:DetectModerationLabels"],
            resource_arns=["*"],
        )
        iam.Grant.add_to_principal(
            grantee=self.function,
            actions=["bedrock:InvokeModel"],
            resource_arns=["arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:*:*:inference-profile/*"],
        )
        accept_of(
            self.function,
            "Which model an inference profile leads to, and where, is Amazon's choice.",
            "AwsSolutions-IAM5[Resource::arn:aws:bedrock:<any>]",
        )
