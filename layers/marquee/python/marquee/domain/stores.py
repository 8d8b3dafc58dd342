"""The documents the services keep; adapters implement these on the database, tests in memory.

Every change of state is a compare-and-set: the method returns the new document, or None when the document
was not in the state that the change starts from (somebody else was first, or it does not exist). All methods
raise `TransientError` when the database is away. All may be called again with the same arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from marquee.domain.analysis import AnalysisPointer, Chapter
from marquee.domain.assets import Asset
from marquee.domain.enrichment import EnrichTask, HoldState, ModerationHold
from marquee.domain.images import ChosenPoster
from marquee.domain.jobs import Job, JobStatus, PartWeights, Problem, TaskName
from marquee.domain.media import ImagesSummary, PackageSummary
from marquee.domain.pipeline import Source
from marquee.domain.playback import Visibility
from marquee.domain.progress import Measured
from marquee.domain.speech import CaptionsSummary
from marquee.domain.text_tracks import TextTrack
from marquee.domain.uploads import Upload, UploadStatus


class UploadStore(Protocol):
    """Uploads by id."""

    def add(self, upload: Upload) -> None: ...

    def get(self, upload_id: str) -> Upload | None: ...

    def close(self, upload_id: str, status: UploadStatus, now: datetime) -> Upload | None:
        """`created` → `completed` or `aborted`."""
        ...

    def expired(self, now: datetime, limit: int) -> Sequence[Upload]:
        """Uploads still open after their time, oldest first."""
        ...

    def delete(self, upload_id: str) -> None: ...


class AssetStore(Protocol):
    """Assets by id."""

    def add(self, asset: Asset) -> None: ...

    def get(self, asset_id: str) -> Asset | None: ...

    def those(self, asset_ids: Sequence[str]) -> Sequence[Asset]:
        """Those of them that exist, in any order."""
        ...

    def page(self, limit: int, before: str | None) -> Sequence[Asset]:
        """Listed assets, newest first; `before`: only those older than that id."""
        ...

    def list_it(self, asset_id: str, now: datetime) -> None:
        """Its source has arrived: from now on it is in lists."""
        ...

    def describe(self, asset_id: str, *, duration_seconds: float, width: int, height: int, now: datetime) -> None:
        """What the probe found, for an asset that has no current version yet."""
        ...

    def mark_playable(self, asset_id: str, version: int, now: datetime) -> None:
        """`version` can be watched while it grows. Changes nothing for an asset with a current version."""
        ...

    def mark_processing(self, asset_id: str, now: datetime) -> None:
        """A new run begins, for an asset that has no current version yet."""
        ...

    def publish(
        self,
        asset_id: str,
        version: int,
        package: PackageSummary,
        images: ImagesSummary | None,
        now: datetime,
    ) -> Asset | None:
        """`version` becomes current, in one write; None when a newer version is, or there is no such asset."""
        ...

    def note_images(self, asset_id: str, version: int, images: ImagesSummary, now: datetime) -> Asset | None:
        """Pictures that were made after their version became current."""
        ...

    def choose_poster(self, asset_id: str, poster: ChosenPoster | None, now: datetime) -> Asset | None:
        """What stands for it from now on, whatever its version; None: the measured one."""
        ...

    def show_to(self, asset_id: str, visibility: Visibility | None, now: datetime) -> Asset | None:
        """Who may watch it from now on; None: as the environment says."""
        ...

    def put_text_track(
        self, asset_id: str, track: TextTrack, now: datetime, *, over: int | None = None
    ) -> Asset | None:
        """Write one text track. `over`: only over that edit (`TextTrack.version`; 0: only where there is none);
        None: over whatever is there."""
        ...

    def remove_text_track(
        self, asset_id: str, track: TextTrack, now: datetime, *, over: int | None = None
    ) -> Asset | None:
        """Take one text track away; `over` as above."""
        ...

    def note_captions(self, asset_id: str, captions: CaptionsSummary, now: datetime) -> Asset | None:
        """What listening to it came to, unless a newer version was listened to already."""
        ...

    def note_analysis(
        self, asset_id: str, pointer: AnalysisPointer, chapters: Sequence[Chapter], now: datetime
    ) -> Asset | None:
        """What was found in it, unless a newer version was examined already."""
        ...

    def moderate(
        self, asset_id: str, hold: ModerationHold, now: datetime, *, instead_of: HoldState | None = None
    ) -> Asset | None:
        """Say whether a version may be watched. `instead_of`: only where that is said of it now; None: only
        where no person has decided of this version, and no newer one is moderated."""
        ...

    def belong_to(self, asset_id: str, movie_id: str, now: datetime) -> Asset | None:
        """It is this movie's: whoever watches it is somewhere in that."""
        ...

    def fail(self, asset_id: str, error: Problem, now: datetime) -> None:
        """Nothing to watch and why; changes nothing for an asset with a current version."""
        ...

    def delete(self, asset_id: str) -> None: ...


class JobStore(Protocol):
    """Jobs by id. Marks on tasks only touch running jobs, so a late step of a stopped run changes nothing; those of
    `ENRICH_TASKS` also completed ones, whose tasks run again by themselves."""

    def add(self, job: Job) -> None: ...

    def get(self, job_id: str) -> Job | None: ...

    def page(self, status: JobStatus | None, limit: int, before: str | None) -> Sequence[Job]:
        """Newest first; `before`: only those older than that id."""
        ...

    def of_asset(self, asset_id: str) -> Sequence[Job]: ...

    def finished_since(self, moment: datetime, limit: int) -> Sequence[Job]:
        """Jobs that ended at `moment` or later, the earliest first."""
        ...

    def retried_since(self, moment: datetime, limit: int) -> Sequence[Job]:
        """Jobs of which one task began again at `moment` or later and has not ended, the earliest first."""
        ...

    def delete(self, job_id: str) -> None: ...

    def begin(self, job_id: str, source: Source, media_bucket: str, now: datetime) -> Job | None:
        """`pending` → `running`, attempt 1."""
        ...

    def wait(self, job_id: str, now: datetime) -> Job | None:
        """A `pending` job waits for its turn from now on, if it does not already."""
        ...

    def waiting(self) -> Sequence[Job]:
        """Those that wait for their turn, the longest first; no more than a thousand."""
        ...

    def at_work(self) -> Sequence[Job]:
        """Running ones whose film is not released yet; no more than a thousand."""
        ...

    def begin_again(self, job: Job, now: datetime, *, afresh: bool) -> Job | None:
        """Next attempt of a job that is still as given (status and attempt). `afresh`: nothing of the
        last run's tasks and progress is kept; otherwise finished tasks stay finished."""
        ...

    def reopen(self, job: Job, now: datetime) -> Job | None:
        """`canceled` before it ever ran → `pending`."""
        ...

    def release(self, job_id: str, attempt: int, now: datetime) -> Job | None:
        """The version of a sealed job, running or completed, is watched from here on."""
        ...

    def begin_task_again(self, job: Job, task: EnrichTask, now: datetime) -> Job | None:
        """One task of a completed job → `running`, if it is still as given (status and retries)."""
        ...

    def seal(self, job_id: str, attempt: int, now: datetime) -> Job | None:
        """From here on this attempt of a running job can no longer be canceled."""
        ...

    def complete(self, job_id: str, attempt: int, now: datetime, *, playable: bool = True) -> Job | None:
        """`running` → `completed`: progress 1.0, all tasks over. Not `playable`: it waits for its release."""
        ...

    def fail(self, job_id: str, attempt: int, error: Problem, now: datetime) -> Job | None:
        """`running` → `failed`; its running tasks fail with it."""
        ...

    def cancel(self, job_id: str, now: datetime) -> Job | None:
        """`pending`, or `running` and not sealed, → `canceled`."""
        ...

    def start_task(self, job_id: str, task: TaskName, now: datetime) -> Job | None:
        """Task `pending` or `failed` → `running`; None only when the job is not running."""
        ...

    def finish_task(self, job_id: str, task: TaskName, now: datetime) -> Job | None:
        """Task → `completed`; None only when the job is not running."""
        ...

    def skip_task(self, job_id: str, task: TaskName, now: datetime, note: Problem | None = None) -> Job | None:
        """Task → `skipped`: there is nothing to do for it in this film; `note` says why, if that is not plain."""
        ...

    def fail_task(
        self, job_id: str, task: TaskName, error: Problem, now: datetime, *, warning: Problem | None = None
    ) -> Job | None:
        """Task → `failed` while the job goes on. The job's warning is `warning`, or else the error itself."""
        ...

    def add_warning(self, job_id: str, warning: Problem, now: datetime) -> Job | None: ...

    def mark_playable(self, job_id: str, now: datetime) -> Job | None:
        """The film can be watched from its beginning while the rest is encoded."""
        ...

    def set_weights(self, job_id: str, weights: PartWeights, now: datetime) -> Job | None: ...

    def raise_progress(self, job: Job, measured: Measured) -> Job | None:
        """Remember what is about to be shown; never lowers anything."""
        ...


class AnswerStore(Protocol):
    """Stored answers of calls that carry an `Idempotency-Key`."""

    def begin(self, key: str, fingerprint: str, now: datetime) -> Mapping[str, Any] | None:
        """Take the key for this call (None), or give the stored answer of an earlier, finished call.

        Raises `IdempotencyMismatch` when the key was used with another body and `IdempotencyRunning` while
        the first call still runs."""
        ...

    def finish(self, key: str, answer: Mapping[str, Any], now: datetime) -> None: ...

    def forget(self, key: str) -> None:
        """The call failed: the key is free again."""
        ...
