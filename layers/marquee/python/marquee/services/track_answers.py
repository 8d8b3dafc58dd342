"""What is said of text tracks, and what clients send of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from marquee.domain import keys
from marquee.domain.media import Model
from marquee.domain.text_tracks import Cue, TextKind, TextSource, TextTrack, TrackEdition
from marquee.media.subtitles_read import read_cues
from marquee.media.subtitles_repair import MAX_CUES, MAX_TEXT
from marquee.media.subtitles_text import plain_text

# RFC 5646 in the shapes that are in use: language, script, region, variant.
Language = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))?$"
    ),
    Field(description="RFC 5646, as `en`, `pt-BR`, `zh-Hant`.", examples=["en"]),
]
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")
]
File = Annotated[
    str, Field(min_length=1, description="A WebVTT, SubRip or ASS/SSA file.", examples=["WEBVTT\n\n00:01.000 --> …"])
]
Seconds = Annotated[float, Field(ge=0, le=360_000, allow_inf_nan=False)]


class NewSidecar(Model):
    """Body of `POST /assets/{id}/tracks`. `forced`: only what must be read to follow the film, as foreign signs."""

    model_config = ConfigDict(extra="forbid")

    text: File
    language: Language
    kind: Annotated[str, StringConstraints(pattern="^(captions|subtitles)$")] = "subtitles"
    label: Label | None = None
    sdh: bool = False
    forced: bool = False
    default: bool = False

    @property
    def text_kind(self) -> TextKind:
        if self.forced:
            return "forced"
        return "captions" if self.kind == "captions" else "subtitles"


class GivenCue(Model):
    """One cue of an edit, in seconds on the player's timeline."""

    model_config = ConfigDict(extra="forbid")

    start_seconds: Seconds
    end_seconds: Seconds
    text: Annotated[str, Field(max_length=MAX_TEXT)]

    def cue(self) -> Cue:
        return Cue(start_seconds=self.start_seconds, end_seconds=self.end_seconds, text=plain_text(self.text))


class TrackEdit(Model):
    """Body of `PUT /assets/{id}/tracks/{track_id}`: all cues, or a whole file; what else is not sent stays."""

    model_config = ConfigDict(extra="forbid")

    cues: Annotated[tuple[GivenCue, ...], Field(max_length=MAX_CUES)] | None = None
    text: File | None = None
    label: Label | None = None
    default: bool | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> TrackEdit:
        if (self.cues is None) == (self.text is None):
            raise ValueError("send either cues or text")
        return self

    def given_cues(self) -> list[Cue]:
        return read_cues(self.text) if self.text is not None else [cue.cue() for cue in self.cues or ()]


class TrackAnswer(Model):
    """A text track. `draft`: made by a machine, not read over by anybody. `version` counts its edits.

    Addresses are root-relative and open nothing without a playback session. `notes`: what was mended in what was
    sent, as sentences; empty when nothing was.
    """

    id: str
    kind: TextKind
    language: str
    label: str
    source: TextSource
    draft: bool
    default: bool
    sdh: bool
    version: int
    cue_count: int
    url: str
    vtt_url: str
    srt_url: str
    notes: tuple[str, ...] = ()


class TrackWithCues(TrackAnswer):
    """A text track with its text."""

    cues: tuple[Cue, ...]


class TracksAnswer(Model):
    """The text tracks of the version that is played."""

    items: tuple[TrackAnswer, ...]


class EditionAnswer(Model):
    """One edit of a track."""

    version: int
    source: TextSource
    cue_count: int
    made_at: datetime


class EditionsAnswer(Model):
    """The edits of a track that are kept, the latest first."""

    items: tuple[EditionAnswer, ...]


def track_answer(track: TextTrack, notes: tuple[str, ...] = ()) -> TrackAnswer:
    return TrackAnswer(**_said(track), notes=notes)


def track_with_cues(edition: TrackEdition) -> TrackWithCues:
    return TrackWithCues(**_said(edition.track), cues=edition.cues)


def edition_answer(edition: TrackEdition) -> EditionAnswer:
    track = edition.track
    return EditionAnswer(version=track.version, source=track.source, cue_count=track.cue_count, made_at=edition.made_at)


def _said(track: TextTrack) -> dict[str, object]:
    folder = track.url.removesuffix(keys.MEDIA_PLAYLIST)
    own = {name: getattr(track, name) for name in TrackAnswer.model_fields if name in TextTrack.model_fields}
    return {**own, "vtt_url": folder + keys.CAPTIONS_VTT, "srt_url": folder + keys.CAPTIONS_SRT}
