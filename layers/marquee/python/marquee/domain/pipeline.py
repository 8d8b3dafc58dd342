"""What the state machine's steps are told and what they answer: pointers, never payloads."""

from __future__ import annotations

from typing import Literal

from marquee.domain.media import EncodeOrder, Model, Runner
from marquee.domain.work import Cause

ExecutionStatus = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]


class Source(Model):
    """The uploaded object. `version_id` is None when the bucket keeps no versions."""

    bucket: str
    key: str
    version_id: str | None = None


class Execution(Model):
    """Input of an execution of the state machine, and what each step finds at the root of its input."""

    asset_id: str
    version: int
    job_id: str
    attempt: int
    media_bucket: str
    source: Source
    caused_by: Cause = Cause()

    @property
    def name(self) -> str:
        """Unique for one attempt at one version: starting it twice starts it once."""
        return execution_name(self.asset_id, self.version, self.attempt)

    @property
    def message(self) -> str:
        """The name of the message that an execution of this input is started by (`domain.messages`)."""
        return "video.transcode"


class EnrichExecution(Execution):
    """Input of an execution of the machine that does one task of a completed job again, for the `retry`th time."""

    task: Literal["images", "captions", "analysis"]
    retry: int

    @property
    def name(self) -> str:
        return f"{execution_name(self.asset_id, self.version, self.attempt)}-{self.task}-{self.retry}"

    @property
    def message(self) -> str:
        names = {"images": "generate_thumbnails", "captions": "generate_subtitles", "analysis": "ai_analysis"}
        return f"video.{names[self.task]}"


def execution_name(asset_id: str, version: int, attempt: int) -> str:
    return f"{asset_id}-{version}-{attempt}"


class Probed(Model):
    """Answer of `probe`."""

    media_info_key: str


class AudioItem(Model):
    """One item of the audio branch's map."""

    index: int
    runner: Runner


class Planned(Model):
    """Answer of `plan`: where the shards are, the audio tracks, which are few, and what else is to be made."""

    bucket: str
    plan_key: str
    items_key: str
    audio: tuple[AudioItem, ...]
    captions: bool = False
    analysis: bool = False
    subtitles: bool = False  # that came with the film


class FinishedOrder(Model):
    """Input of `publish`: the order whose worker has just reported."""

    order: EncodeOrder


class JobPointer(Model):
    """Input of `images`; `package` reads the same of its execution."""

    job_id: str
    media_bucket: str


class StoredSummary(Model):
    """Answer of `images` and `package`: where in the media bucket their summary lies."""

    summary_key: str


class StepError(Model):
    """What Step Functions hands to a catcher: the error's class name and its cause, often JSON."""

    Error: str = ""
    Cause: str = ""


class FailedExecution(Execution):
    """Input of `fail`."""

    error: StepError = StepError()
