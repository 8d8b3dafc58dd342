"""What is known, planned and produced of a film: `MediaInfo → Ladder → Plan → results`.

Times: `pts` values are integers in the stream's own `time_base`; everything else is seconds.
Fractions are written `"num/den"` so that JSON keeps them exact.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field

from marquee.domain.images import ImagesSummary as ImagesSummary
from marquee.domain.media_text import SubtitleInfo
from marquee.domain.model import Exact
from marquee.domain.model import Model as Model
from marquee.domain.work import Cause

Runner = Literal["lambda", "fargate"]
OrderKind = Literal["video", "audio"]


class VideoInfo(Model):
    """The video stream that is encoded. Sizes in pixels as coded; `rotation` in degrees clockwise to show it."""

    stream_index: int
    codec: str
    pixel_format: str
    coded_width: int
    coded_height: int
    sample_aspect_ratio: Exact = Fraction(1)
    rotation: Literal[0, 90, 180, 270] = 0
    time_base: Exact
    start_pts: int
    end_pts: int  # last frame's pts plus its duration
    frame_rate: Exact  # average; the nominal one when constant
    constant_frame_rate: bool
    frame_count: int | None  # None when the container has no index: counted while encoding
    interlaced: bool = False
    bit_depth: int = 8
    color_transfer: str | None = None
    color_primaries: str | None = None
    color_space: str | None = None
    color_range: str | None = None
    keyframe_pts: tuple[int, ...] = ()  # sorted; empty when unknown
    closed_gop: bool = False  # True: no frame before a keyframe needs it, so decoding may begin at any keyframe
    long_frames: tuple[tuple[int, int], ...] = ()  # (pts, next frame's pts) where one frame stands over 0.5 s

    @property
    def duration_seconds(self) -> float:
        return float((self.end_pts - self.start_pts) * self.time_base)

    @property
    def high_dynamic_range(self) -> bool:
        return self.color_transfer in {"smpte2084", "arib-std-b67"}

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height in square pixels, turned upright."""
        width = round(self.coded_width * self.sample_aspect_ratio)
        turned = self.rotation in {90, 270}
        return (self.coded_height, width) if turned else (width, self.coded_height)


class AudioInfo(Model):
    """One audio stream. `start_pts` in its own time base."""

    stream_index: int
    codec: str
    channels: int
    sample_rate: int
    time_base: Exact
    start_pts: int
    duration_seconds: float | None = None
    language: str | None = None  # RFC 5646
    title: str | None = None
    default: bool = False


class MediaInfo(Model):
    """What the confined probe found. `container` is the demuxer's name, proven by the file's magic.

    `closed_captions`: the first pictures carry captions (CEA-608, alone or within 708).
    """

    container: str
    size_bytes: int
    duration_seconds: float
    video: VideoInfo
    audio: tuple[AudioInfo, ...] = ()
    subtitles: tuple[SubtitleInfo, ...] = ()
    closed_captions: bool = False


class Rendition(Model):
    """One encoded quality. `name` is `v{short side}`, also its folder. Rates in bits a second."""

    name: str
    width: int
    height: int
    crf: float
    max_rate: int
    buffer_size: int
    profile: Literal["baseline", "main", "high"] = "high"


class Segment(Model):
    """Half-open span `[start_pts, end_pts)` of source pts; `number` counts over the whole film from 0."""

    number: int
    start_pts: int
    end_pts: int


class Shard(Model):
    """A contiguous run of segments encoded by one worker in one decode.

    `renditions` names what this shard encodes: the head is encoded low rung first, so two shards
    may cover the same segments with different renditions; together they are the whole ladder.
    `frame_count` is None when the source has no index.
    """

    index: int
    runner: Runner
    renditions: tuple[str, ...]
    segments: tuple[Segment, ...]
    seek_seconds: float | None  # where to seek before decoding; None: from the start
    frame_count: int | None
    takes_pictures: bool  # storyboard tiles and a poster candidate come from this shard's decode


class AudioTrack(Model):
    """One audio track to encode as AAC over the whole programme. `name` is `a{n}`, also its folder."""

    index: int
    name: str
    runner: Runner
    stream_index: int
    channels: int
    sample_rate: int
    bit_rate: int
    language: str
    label: str
    default: bool


class Storyboard(Model):
    """Tiles at `n × interval_seconds`, `columns × rows` a sprite sheet, each `tile_width × tile_height`."""

    interval_seconds: float
    tile_count: int
    tile_width: int
    tile_height: int
    columns: int
    rows: int


class Plan(Model):
    """The whole work of a job, made once, read by every worker (`work/{job_id}/plan.json`)."""

    job_id: str
    asset_id: str
    version: int
    source_bucket: str
    source_key: str
    media: MediaInfo
    timescale: int  # ticks a second of every output video track
    origin_seconds: Exact  # source time that is 0 in the output
    segment_seconds: float
    renditions: tuple[Rendition, ...]
    shards: tuple[Shard, ...]
    audio: tuple[AudioTrack, ...]
    storyboard: Storyboard

    def rendition(self, name: str) -> Rendition:
        return next(r for r in self.renditions if r.name == name)


class MapItem(Model):
    """One item of the Distributed Map."""

    index: int
    runner: Runner


class EncodedSegment(Model):
    """One segment as it lies in the bucket. `iframe_bytes` is the length, from the segment's start, up to the
    end of its first (IDR) sample; 0 for audio. `start` and `duration` are ticks of the track's timescale."""

    number: int
    uri: str  # relative to the rendition's folder, e.g. `00012.m4s`
    start: int
    duration: int
    samples: int  # frames for video, AAC access units for audio
    size_bytes: int
    iframe_bytes: int = 0


class EncodedTrack(Model):
    """One rendition's, or audio track's, share of a worker's report."""

    name: str  # rendition or audio track name
    codecs: str  # RFC 6381, read from the init segment
    timescale: int
    init_sha256: str  # init segments of all shards of a rendition must be the same
    init_size_bytes: int
    segments: tuple[EncodedSegment, ...]


class EncodeResult(Model):
    """The report of one finished order, written last (`keys.result_key`)."""

    kind: OrderKind
    index: int
    tracks: tuple[EncodedTrack, ...]
    tile_indexes: tuple[int, ...] = ()
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    dollars: float = 0.0  # that its worker cost meanwhile
    ran_on: str = ""


class EncodeOrder(Model):
    """What a worker is told to do: a pointer into the plan. `asset_id` and `caused_by` are for its log."""

    job_id: str
    asset_id: str = ""
    caused_by: Cause = Cause()
    media_bucket: str
    kind: OrderKind
    index: int = Field(ge=0)


class PublishedRendition(Model):
    """One rendition as it was published. Rates in bits a second, measured (RFC 8216 §4.3.4.2), video only."""

    name: str
    width: int
    height: int
    codecs: str
    bandwidth: int  # peak
    average_bandwidth: int
    frame_rate: float
    frame_count: int
    duration_seconds: float


class PublishedTrack(Model):
    """One audio track as it was published."""

    name: str
    kind: Literal["audio"] = "audio"
    language: str
    label: str
    channels: int
    default: bool
    codecs: str
    bandwidth: int
    duration_seconds: float


class PackageSummary(Model):
    """What `package` proved and published (`keys.package_summary_key`): read by `finish` for the asset."""

    asset_id: str
    version: int
    duration_seconds: float
    width: int  # of the highest rendition
    height: int
    renditions: tuple[PublishedRendition, ...]  # high → low
    tracks: tuple[PublishedTrack, ...]
    size_bytes: int  # everything published for playback
