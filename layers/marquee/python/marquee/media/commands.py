"""The argument lists of the encoder. Pure: plan in, list out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from marquee.domain.media import AudioTrack, Plan, Rendition, Shard, VideoInfo
from marquee.media.filters import video_graph
from marquee.media.sniff import DEMUXERS
from marquee.media.timeline import LEAD_SECONDS, Timeline, round_half_away

MAX_PIXELS = 8192 * 4320
NETWORK_TIMEOUT_MICROSECONDS = 20_000_000
# B-frames make FFmpeg seek this much before what it is asked for, except in MP4 (`AVFMT_SEEK_TO_PTS`).
SEEK_MARGIN_SECONDS = 3 / 23
USUAL_RATES = tuple(map(Fraction, (24, 25, 30, 50, 60)))
FINEST_RATE = Fraction(100)  # at twice this, FFmpeg takes the average instead
SPEECH_RATE = 16_000
AUDIO_PIECE_MICROSECONDS = 500_000  # the encoder's own fragments; segments are cut from them
TILES = "tile-%05d.jpg"  # counted from 0 in each shard, with `TILES_AHEAD` of the shard's own in front
POSTERS = "poster-%05d.jpg"  # counted from 0, with `POSTERS_AHEAD` in front


@dataclass(frozen=True, slots=True)
class Tool:
    """The encoder's binary, how many threads it may use to decode, and whom it trusts for https (None: the
    system's own list of authorities)."""

    ffmpeg: str
    decode_threads: int = 2
    ca_file: str | None = None


def video_command(
    tool: Tool, plan: Plan, shard: Shard, source: str, sinks: Sequence[str], *, from_start: bool = False
) -> list[str]:
    """One decode of the shard's span into all its renditions and pictures.

    `sinks` name where each of `shard.renditions` is written, in that order; pictures are written into the
    working directory. `from_start` decodes from the film's beginning instead of seeking.
    """
    graph = video_graph(plan, shard)
    arguments = [
        *_general(tool),
        *_input_limits(tool, plan, source),
        *_decoding(tool, plan),
        *([] if from_start else _seek(plan, shard)),
        *("-i", source, "-filter_complex", graph.text),
    ]
    for name, label, sink in zip(shard.renditions, graph.renditions, sinks, strict=True):
        arguments += _rendition(plan, shard, plan.rendition(name), label, sink)
    if graph.tiles:
        arguments += ["-map", f"[{graph.tiles}]", "-fps_mode", "passthrough", "-q:v", "4"]
        arguments += ["-threads", "1", "-start_number", "0", "-f", "image2", TILES]
    if graph.posters:
        arguments += ["-map", f"[{graph.posters}]", "-fps_mode", "passthrough", "-q:v", "3"]
        arguments += ["-threads", "1", "-start_number", "0", "-f", "image2", POSTERS]
    return arguments


def audio_command(tool: Tool, plan: Plan, track: AudioTrack, source: str, sink: str) -> list[str]:
    """The whole programme of one track as AAC-LC."""
    origin = round_half_away(plan.origin_seconds * track.sample_rate)
    lead = LEAD_SECONDS * track.sample_rate
    filters = [
        # Silence where the source has holes of more than 0.1 s; nothing is stretched, so good sources do not drift.
        f"aresample={track.sample_rate}:async=1",
        f"asettb=1/{track.sample_rate}",
        f"asetpts=PTS{lead - origin:+d}",
        f"atrim=start_pts={lead}",  # nothing is heard before the film begins
    ]
    return [
        *_general(tool),
        *_input_limits(tool, plan, source),
        *("-copyts", "-i", source, "-map", f"0:{track.stream_index}", "-af", ",".join(filters)),
        *("-c:a", "aac", "-profile:a", "aac_low", "-b:a", str(track.bit_rate), "-ac", str(track.channels)),
        *_fragments("+frag_discont", "-frag_duration", str(AUDIO_PIECE_MICROSECONDS)),
        sink,
    ]


def speech_command(
    tool: Tool, plan: Plan, track: AudioTrack, source: str, sink: str, *, whole: str | None = None
) -> list[str]:
    """The whole programme of one track as its listeners want it: raw 16 kHz mono whose first sample is the film's
    time 0. `whole`: also into this file, as FLAC."""
    # Time 0 is the film's; padded or trimmed to begin there, and holes filled, so that a sample's number is its time.
    # (`first_pts` counts by the input's rate in some versions: 0 is 0 in all.)
    filters = f"asetpts=PTS-({plan.origin_seconds})/TB,aresample={SPEECH_RATE}:async=1:first_pts=0"
    form = ["-map", f"0:{track.stream_index}", "-af", filters, "-ac", "1", "-sample_fmt", "s16"]
    return [
        *_general(tool),
        *_input_limits(tool, plan, source),
        *("-vn", "-sn", "-dn", "-copyts", "-i", source),
        *([] if whole is None else [*form, "-map_metadata", "-1", "-c:a", "flac", "-f", "flac", whole]),
        *(*form, "-c:a", "pcm_s16le", "-f", "s16le", sink),
    ]


def _general(tool: Tool) -> list[str]:
    return [
        *(tool.ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error", "-y"),
        "-xerror",  # without it a truncated source ends with exit code 0
        *("-progress", "pipe:1", "-stats_period", "0.25"),
        *("-filter_threads", "1", "-filter_complex_threads", "1"),  # slices cost more than they bring here
    ]


def _input_limits(tool: Tool, plan: Plan, source: str) -> list[str]:
    """The demuxer the probe proved and the protocols of this one source; a playlist in disguise opens nothing."""
    container = plan.media.container
    limits = ["-format_whitelist", DEMUXERS.get(container, container)]
    if not source.startswith(("http://", "https://")):
        return [*limits, "-protocol_whitelist", "file"]
    trust = [] if tool.ca_file is None or source.startswith("http:") else ["-ca_file", tool.ca_file]
    return [
        *trust,
        *(*limits, "-protocol_whitelist", "http,https,tcp,tls", "-rw_timeout", str(NETWORK_TIMEOUT_MICROSECONDS)),
        # Long reads are cut by proxies and storage: go on where it stopped.
        *("-reconnect", "1", "-reconnect_on_network_error", "1", "-reconnect_delay_max", "4"),
    ]


def _decoding(tool: Tool, plan: Plan) -> list[str]:
    return [
        *("-threads", str(tool.decode_threads), "-max_pixels", str(MAX_PIXELS)),
        # We turn the picture ourselves, once, by the plan.
        "-noautorotate",
        # After a seek into an open GOP some frames lack their references. They belong to the shard before;
        # they are not shown at all rather than shown broken, and then `-xerror` has nothing to say about them.
        *("-flags", "-output_corrupt"),
        # A transport stream can begin in the middle of a GOP: nothing can be decoded before its first keyframe.
        *("-bsf:v", "noise=amount=0:drop='if(key,st(0,1)*0,not(ld(0)))'"),
        "-copyts",
    ]


def _seek(plan: Plan, shard: Shard) -> list[str]:
    if shard.seek_seconds is None:
        return []
    is_mp4 = DEMUXERS.get(plan.media.container, plan.media.container).startswith("mov")
    target = shard.seek_seconds + (0 if is_mp4 else SEEK_MARGIN_SECONDS)
    # Source time, not time since the file's start; every frame from the keyframe on reaches `trim`.
    return ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{target:.6f}"]


def _rendition(plan: Plan, shard: Shard, rung: Rendition, label: str, sink: str) -> list[str]:
    return [
        *("-map", f"[{label}]", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", rung.profile),
        *("-crf", f"{rung.crf:g}", "-maxrate", str(rung.max_rate), "-bufsize", str(rung.buffer_size)),
        *("-threads", str(encoder_threads(rung))),
        # Captions within the pictures become a text track (`subtitles_extract`), and playlists say that none are here.
        *("-a53cc", "0"),
        # Keyframes where the plan says and nowhere else, each one closing the GOP before it.
        *("-g", "100000", "-sc_threshold", "0", "-forced-idr", "1", "-force_key_frames", keyframe_times(plan, shard)),
        *("-fps_mode", "passthrough", "-enc_time_base", f"1:{plan.timescale}"),
        *("-video_track_timescale", str(plan.timescale)),
        # The encoder would tell players its clock for a frame rate; each frame is two ticks.
        *("-bsf:v", f"h264_metadata=tick_rate={2 * told_rate(plan.media.video)}"),
        *_fragments("+frag_keyframe+frag_discont"),
        sink,
    ]


def encoder_threads(rung: Rendition) -> int:
    """Threads of one encoder: fixed by the size, never by the machine, so that every worker writes the same bytes."""
    return 2 if min(rung.width, rung.height) > 720 else 1


def told_rate(video: VideoInfo) -> Fraction:
    """Frames a second in the stream's own header. Readers that place frames on such a grid must not put two of a
    variable rate on the same line: for those it is twice the usual rate above the average."""
    if video.constant_frame_rate:
        return video.frame_rate
    usual = next((rate for rate in USUAL_RATES if rate >= video.frame_rate), USUAL_RATES[-1])
    return min(2 * usual, FINEST_RATE)


def keyframe_times(plan: Plan, shard: Shard) -> str:
    """Starts of the shard's segments in the encoder's time, for `-force_key_frames`.

    Rounded down to its microseconds: the frame at or after the given time becomes the keyframe.
    """
    timeline = Timeline.of(plan)
    base = timeline.ticks(shard.segments[0].start_pts) - timeline.lead
    starts = (Fraction(timeline.ticks(s.start_pts) - base, plan.timescale) for s in shard.segments)
    microseconds = (int(start * 1_000_000) for start in starts)
    return ",".join(f"{value // 1_000_000}.{value % 1_000_000:06d}" for value in microseconds)


def _fragments(flags: str, *options: str) -> list[str]:
    # One format for all: no version of the muxer, no title of the source, no clock in the bytes; decode times as the
    # encoder gives them (`frag_discont`), without an edit list.
    return [
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-use_editlist", "0"),
        *("-f", "mp4", "-movflags", f"+cmaf+skip_trailer{flags}", *options, "-flush_packets", "1"),
    ]
