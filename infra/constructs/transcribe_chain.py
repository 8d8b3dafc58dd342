"""Amazon Transcribe listens to a whole film: a job is started, asked after ever more seldom, and read.

The job is named after the execution, so that starting it again finds it. Nothing of ours runs meanwhile.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.constructs.retries import retry_service

FIRST_WAIT_SECONDS = 10
LONGEST_WAIT_SECONDS = 120
MOST_LOOKS = 200  # some six hours
NAME = "$$.Execution.Name"
SOUND = "work/{}/speech/sound.flac"
TRANSCRIPT = "work/{}/speech/transcribe.json"


class TranscribeChain(Construct):
    """From `start`, with the chunks that were cut in `$.speech.chunks`, to `done`, or with `$.error` to `failed`."""

    start: sfn.IChainable

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        media_bucket: str,
        done: sfn.IChainable,
        failed: sfn.IChainable,
    ) -> None:
        super().__init__(scope, construct_id)
        self._bucket = media_bucket
        begin, look = self._create_begin(), self._create_look()
        wait = sfn.Wait(self, "WaitForTranscription", time=sfn.WaitTime.seconds_path("$.transcription.wait_seconds"))
        first = sfn.Pass(
            self,
            "ExpectTranscription",
            parameters={"wait_seconds": FIRST_WAIT_SECONDS, "looks": 0},
            result_path="$.transcription",
        )
        # It was started before: an answer that was lost, or a run that goes on.
        begin.add_catch(first, errors=["Transcribe.ConflictException"], result_path=sfn.JsonPath.DISCARD)
        for state in (begin, look):
            state.add_catch(failed, errors=["States.ALL"], result_path="$.error")
        begin.next(first)
        first.next(wait)
        wait.next(look)
        look.next(self._judge(wait, done, failed))
        said = sfn.Choice(self, "AnythingSaid")
        said.when(sfn.Condition.is_present("$.speech.chunks[0]"), begin).otherwise(done)
        self.start = said

    def _create_begin(self) -> tasks.CallAwsService:
        state = tasks.CallAwsService(
            self,
            "StartTranscription",
            service="transcribe",
            action="startTranscriptionJob",
            parameters={
                "TranscriptionJobName": sfn.JsonPath.string_at(NAME),
                "Media": {"MediaFileUri": self._uri(SOUND)},
                "MediaFormat": "flac",
                "IdentifyLanguage": True,
                "OutputBucketName": self._bucket,
                "OutputKey": sfn.JsonPath.format(TRANSCRIPT, sfn.JsonPath.string_at("$.job_id")),
                "Settings": {"ShowSpeakerLabels": False},
            },
            iam_resources=["*"],
            iam_action="transcribe:StartTranscriptionJob",
            result_path=sfn.JsonPath.DISCARD,
            task_timeout=sfn.Timeout.duration(Duration.minutes(2)),
        )
        retry_service(state, "Transcribe")
        return state

    def _create_look(self) -> tasks.CallAwsService:
        state = tasks.CallAwsService(
            self,
            "GetTranscription",
            service="transcribe",
            action="getTranscriptionJob",
            parameters={"TranscriptionJobName": sfn.JsonPath.string_at(NAME)},
            iam_resources=["*"],
            iam_action="transcribe:GetTranscriptionJob",
            result_selector={
                "status": sfn.JsonPath.string_at("$.TranscriptionJob.TranscriptionJobStatus"),
                "job": sfn.JsonPath.object_at("$.TranscriptionJob"),
            },
            result_path="$.transcribed",
            task_timeout=sfn.Timeout.duration(Duration.minutes(2)),
        )
        retry_service(state, "Transcribe")
        return state

    def _judge(self, wait: sfn.IChainable, done: sfn.IChainable, failed: sfn.IChainable) -> sfn.Choice:
        def is_now(status: str) -> sfn.Condition:
            return sfn.Condition.string_equals("$.transcribed.status", status)

        reason = "$.transcribed.job.FailureReason"
        refused = self._error("TranscriptionRefused", "Transcribe.Failed", sfn.JsonPath.string_at(reason), failed)
        late = self._error("TranscriptionIsLate", "States.Timeout", "It did not come to an end.", failed)
        choice = sfn.Choice(self, "IsTranscribed").when(is_now("COMPLETED"), done)
        choice.when(sfn.Condition.and_(is_now("FAILED"), sfn.Condition.is_present(reason)), refused)
        over = sfn.Condition.or_(
            is_now("FAILED"), sfn.Condition.number_greater_than("$.transcription.looks", MOST_LOOKS)
        )
        return choice.when(over, late).otherwise(self._longer().next(wait))

    def _error(self, construct_id: str, name: str, cause: str, failed: sfn.IChainable) -> sfn.IChainable:
        state = sfn.Pass(self, construct_id, parameters={"Error": name, "Cause": cause}, result_path="$.error")
        state.next(failed)
        return state

    def _longer(self) -> sfn.Pass:
        """A minute on average, and apart from the looks at other films."""
        return sfn.Pass(
            self,
            "ExpectItLater",
            parameters={
                "wait_seconds": sfn.JsonPath.math_random(FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS),
                "looks": sfn.JsonPath.math_add(sfn.JsonPath.number_at("$.transcription.looks"), 1),
            },
            result_path="$.transcription",
        )

    def _uri(self, key: str) -> str:
        return sfn.JsonPath.format(f"s3://{{}}/{key}", self._bucket, sfn.JsonPath.string_at("$.job_id"))
