"""The text that a film brought along becomes tracks of it. What cannot be used is left out with a warning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import InvalidMedia, InvalidRequest
from marquee.domain.jobs import Problem
from marquee.domain.media import MediaInfo, Plan
from marquee.domain.media_text import SubtitleInfo
from marquee.domain.pipeline import Execution, StepError
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import JobStore
from marquee.domain.text_tracks import Cue, TextKind
from marquee.media.probe_languages import UNDETERMINED, language_name
from marquee.media.subtitles_extract import ExtractedTrack
from marquee.media.subtitles_repair import repair
from marquee.services.attach_track import AttachTrack, NewTrack
from marquee.services.reasons import task_reason_of
from marquee.services.results import read_plan

URL_SECONDS = 1800

# `extract(address of the source, what it is)`, raising `InvalidMedia` and `TransientError`.
Extract = Callable[[str, MediaInfo], Sequence[ExtractedTrack]]


class TextOrder(Execution):
    """Input. `error`: taking it out has failed for good; all that is left is to say so."""

    error: StepError | None = None


@dataclass(frozen=True)
class TakeText:
    """A step of the state machine that never fails a job. May run again."""

    jobs: JobStore
    objects: ObjectStore
    attach: AttachTrack
    extract: Extract
    clock: Clock = utc_now

    def __call__(self, order: TextOrder) -> None:
        if order.error is not None:
            self._warn(order, f"The film's own subtitles are missing: {_why(order.error)}", code="subtitles_failed")
            return
        plan = read_plan(self.objects, order.media_bucket, order.job_id)
        pictures = sum(not info.text for info in plan.media.subtitles)
        if pictures:
            sentence = f"Subtitles that are pictures cannot be shown; the film has {pictures}."
            self._warn(order, sentence, code="subtitles_left_out")
        source = order.source
        url = self.objects.presign_get(
            source.bucket, source.key, expires_seconds=URL_SECONDS, version_id=source.version_id
        )
        try:
            found = self.extract(url, plan.media)
        except InvalidMedia as error:
            self._warn(order, f"The film's own subtitles are missing: {error.message}", code="subtitles_failed")
            return
        self._attach_all(order, plan, found)

    def _attach_all(self, order: TextOrder, plan: Plan, found: Sequence[ExtractedTrack]) -> None:
        used: dict[str, int] = {}
        for position, track in enumerate(found, start=1):
            new = _described(track, plan, position)
            number = used[new.id] = used.get(new.id, 0) + 1
            cues = [_shifted(cue, float(plan.origin_seconds)) for cue in track.cues]
            if not any(cue.text for cue in cues):
                continue  # a track that was declared and never written to
            seconds = _film_seconds(plan)
            try:
                mended = repair(cues, seconds)
            except InvalidRequest as error:
                sentence = f"Subtitle track {position} ({new.language}): {error.message}"
                self._warn(order, sentence, code="subtitles_left_out")
                continue
            new = new.model_copy(update={"number": number})
            # While it is encoded the asset tells the container's length, and text may make that the longer one.
            self.attach(order.asset_id, order.version, new, mended.cues, duration_seconds=seconds)

    def _warn(self, order: TextOrder, message: str, *, code: str) -> None:
        self.jobs.add_warning(order.job_id, Problem(code=code, message=message), self.clock())


def _why(error: StepError) -> str:
    return task_reason_of(error).message


def _described(track: ExtractedTrack, plan: Plan, position: int) -> NewTrack:
    """What a track is, as far as the film says. Nothing is shown unless it is chosen: muxers mark a default freely."""
    info = track.info
    if info is None or info.codec in {"cc_dec", "eia_608"}:
        spoken = next((audio.language for audio in plan.audio if audio.default), UNDETERMINED)
        language = (info.language if info else None) or spoken
        return NewTrack(
            language=language, kind="captions", source="embedded", sdh=True, label=_label(None, language, position)
        )
    language = info.language or UNDETERMINED
    return NewTrack(
        language=language,
        kind=_kind(info),
        source="embedded",
        sdh=info.sdh,
        label=_label(info.title, language, position),
    )


def _kind(info: SubtitleInfo) -> TextKind:
    if info.forced:
        return "forced"
    return "captions" if info.sdh else "subtitles"


def _label(title: str | None, language: str, position: int) -> str | None:
    """The film's own name for it; None: what its language and kind are called."""
    told = " ".join("".join(c if c.isprintable() else " " for c in title or "").split())[:80]
    if told:
        return told
    return None if language_name(language) else f"Subtitles {position}"


def _shifted(cue: Cue, origin_seconds: float) -> Cue:
    """From the source's time to the player's."""
    start, end = cue.start_seconds - origin_seconds, cue.end_seconds - origin_seconds
    return cue.model_copy(update={"start_seconds": start, "end_seconds": end})


def _film_seconds(plan: Plan) -> float:
    video = plan.media.video
    return float(video.end_pts * video.time_base - plan.origin_seconds)
