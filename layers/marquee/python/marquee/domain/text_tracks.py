"""Text that is shown with a film: captions and subtitles, one track a language and kind.

All times are seconds on the player's timeline: 0 is where the output begins (`Plan.origin_seconds` of the source).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from pydantic import Field

from marquee.domain.media import Model

TextKind = Literal["captions", "subtitles", "forced"]
# How a track came to be: heard by a provider, aligned to a supplied text, brought by the film or a client, edited.
TextSource = Literal["sphinx", "transcribe", "whisper", "aligned", "embedded", "sidecar", "edited"]

SEGMENT_SECONDS = 6.0
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9-]")


class Cue(Model):
    """One text on the screen, `[start_seconds, end_seconds)`; lines are separated by `\\n`, without markup."""

    start_seconds: float
    end_seconds: float
    text: str


class TextTrack(Model):
    """One published track of an asset's version; `id` as `track_id` gives it.

    `version` counts its edits from 1; each has a folder of its own (`keys.text_track_folder`). `draft`: made by a
    machine, not read over by anybody. `sdh`: also tells sounds. `url` is root-relative, of its media playlist; the
    whole track lies beside it as VTT and SRT.
    """

    id: str
    asset_version: int
    kind: TextKind
    language: str  # RFC 5646
    label: str
    source: TextSource
    draft: bool = False
    default: bool = False
    sdh: bool = False
    version: int = Field(default=1, ge=1)
    cue_count: int
    url: str
    segments_seconds: float = SEGMENT_SECONDS

    @property
    def key(self) -> str:
        """Its name among all tracks of the asset (`Asset.text_tracks`)."""
        return track_key(self.asset_version, self.id)


class TrackEdition(Model):
    """One edit of a track as it was given (`keys.text_edition_key`)."""

    track: TextTrack
    cues: tuple[Cue, ...]
    made_at: datetime


def track_id(language: str, kind: TextKind = "captions", *, sdh: bool = False, number: int = 1) -> str:
    """`ten`, `ten-sdh`, `tpt-BR-subtitles`, `ten-forced`; `number` from 2 for those alike otherwise."""
    name = "t" + _NOT_IN_NAMES.sub("", language)
    parts = [name, *([] if kind == "captions" else [kind]), *(["sdh"] if sdh else [])]
    return "-".join([*parts, *([] if number == 1 else [str(number)])])


def track_key(asset_version: int, track: str) -> str:
    """Key of a track in `Asset.text_tracks`."""
    return f"{asset_version}:{track}"
