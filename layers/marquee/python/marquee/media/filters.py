"""The filter graph of one shard: one decode in, every rendition and picture out. Pure.

Order matters for cost: the fewest pixels are worked on (scale before tone mapping and turning), and each
rung is scaled from the next higher one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from marquee.domain.media import Plan, Rendition, Shard, Storyboard, VideoInfo
from marquee.media.timeline import Timeline, is_first_shard, is_last_shard

POSTER_MAX_WIDTH = 1280
# At least so many frames of a film, however few shards it has.
POSTERS_LOOKED_AT = 9
# The shard's first frame comes first, for shards that end before any other is due.
POSTERS_AHEAD = 1
TWINS_APART_SECONDS = Fraction(1, 200)
# The film may end, or stand still, before the first tile's time: an encoder without a frame is an error.
TILES_AHEAD = 1


@dataclass(frozen=True, slots=True)
class Graph:
    """A `-filter_complex` text and the labels of its outputs, without brackets."""

    text: str
    renditions: tuple[str, ...]
    tiles: str | None
    posters: str | None


@dataclass(frozen=True, slots=True)
class TileSpan:
    """Storyboard tiles that a shard shows: the first one's number and how many."""

    first: int
    count: int


def video_graph(plan: Plan, shard: Shard) -> Graph:
    """The graph of a video order."""
    rungs = sorted((plan.rendition(name) for name in shard.renditions), key=lambda r: -r.height * r.width)
    tiles = tile_span(plan, shard) if shard.takes_pictures else None
    outputs = [f"r{index}" for index in range(len(rungs))]
    pictures = (["tiles"] if tiles and tiles.count else []) + (["posters"] if shard.takes_pictures else [])
    chains = [",".join(_source_chain(plan, shard, rungs[0])) + _split(len(rungs) > 1, pictures)]
    chains += [_rung(index, rung, is_last=index == len(rungs) - 1) for index, rung in enumerate(rungs) if index]
    if tiles and tiles.count:
        chains.append(_tiles(plan, shard, tiles))
    if shard.takes_pictures:
        chains.append(_posters(plan, shard))
    by_name = dict(zip((rung.name for rung in rungs), outputs, strict=True))
    return Graph(
        ";".join(chains),
        tuple(by_name[name] for name in shard.renditions),
        "tiles" if "tiles" in pictures else None,
        "posters" if shard.takes_pictures else None,
    )


def tile_span(plan: Plan, shard: Shard) -> TileSpan:
    """Tiles whose time lies in the shard; those before the first and after the last picture go to the nearest."""
    timeline, every = Timeline.of(plan), tile_interval(plan.storyboard) * plan.timescale
    first, last = shard.segments[0], shard.segments[-1]
    start = 0 if is_first_shard(shard) else -(-timeline.ticks(first.start_pts) // every)
    end = plan.storyboard.tile_count
    if not is_last_shard(plan, shard):
        end = min(end, int(-(-timeline.ticks(last.end_pts) // every)))
    return TileSpan(int(start), max(0, end - int(start)))


def tile_interval(board: Storyboard) -> Fraction:
    """Seconds between two tiles, exactly: the plan says them in whole milliseconds."""
    return Fraction(board.interval_seconds).limit_denominator(1000)


def poster_count(plan: Plan, shard: Shard) -> int:
    """How many frames of the shard are looked at for the poster, besides its first."""
    if not shard.takes_pictures:
        return 0
    return max(1, -(-POSTERS_LOOKED_AT // sum(other.takes_pictures for other in plan.shards)))


def _source_chain(plan: Plan, shard: Shard, top: Rendition) -> list[str]:
    video, timeline = plan.media.video, Timeline.of(plan)
    return [
        f"[0:{video.stream_index}]{_cut(plan, shard)}",
        *_progressive(video),
        f"settb=1/{plan.timescale}",
        _on_the_clock(plan, f"PTS{timeline.lead - timeline.source_ticks(shard.segments[0].start_pts):+d}"),
        *_upright(video, top),
    ]


def _cut(plan: Plan, shard: Shard) -> str:
    # Whole pts, not seconds: rounding must not move a frame to the neighbour's shard. The film's last shard
    # has no end: whatever is left belongs to it.
    end = "" if is_last_shard(plan, shard) else f":end_pts={shard.segments[-1].end_pts}"
    return f"trim=start_pts={shard.segments[0].start_pts}{end}"


def _on_the_clock(plan: Plan, shown: str) -> str:
    if plan.media.video.constant_frame_rate:
        return f"setpts={shown}"
    # Screen recorders give two frames one time: the second follows so much later that the encoder still finds it
    # worth some bits. Nothing precedes the first frame: PREV_OUTPTS is no number then, and no comparison holds.
    apart = round(plan.timescale * TWINS_APART_SECONDS)
    return f"setpts='if(lte({shown},PREV_OUTPTS),PREV_OUTPTS+{apart},{shown})'"


def _progressive(video: VideoInfo) -> list[str]:
    # One frame a frame: the film keeps its rate and its counts.
    return ["bwdif=mode=send_frame:parity=auto:deint=all"] if video.interlaced else []


def _upright(video: VideoInfo, top: Rendition) -> list[str]:
    """From decoded pictures to the top rung: its size in square pixels, upright, 8-bit SDR."""
    turned = video.rotation in {90, 270}
    width, height = (top.height, top.width) if turned else (top.width, top.height)
    turns = {0: [], 90: ["transpose=clock"], 180: ["hflip", "vflip"], 270: ["transpose=cclock"]}[video.rotation]
    # The display matrix would otherwise travel on to the output and turn the picture a second time.
    forget = ["sidedata=mode=delete:type=DISPLAYMATRIX"] if video.rotation else []
    return [*_colors(video, width, height), *turns, "setsar=1", *forget]


def _colors(video: VideoInfo, width: int, height: int) -> list[str]:
    if video.high_dynamic_range:
        return [
            # 100 cd/m² is SDR's white; tone mapping needs linear light in floating point.
            f"zscale=w={width}:h={height}:t=linear:npl=100:p=bt709",
            "format=gbrpf32le",
            "tonemap=tonemap=hable:desat=0",
            "zscale=t=bt709:m=bt709:r=limited",
            "format=yuv420p",
        ]
    if video.color_primaries == "bt2020":
        return [f"zscale=w={width}:h={height}:p=bt709:t=bt709:m=bt709:r=limited", "format=yuv420p"]
    return [f"scale={width}:{height}:out_range=limited", "format=yuv420p"]


def _split(more_rungs: bool, pictures: Sequence[str]) -> str:
    outputs = ["r0", *(["next1"] if more_rungs else []), *(f"{name}_in" for name in pictures)]
    if len(outputs) == 1:
        return "[r0]"
    return f",split={len(outputs)}" + "".join(f"[{name}]" for name in outputs)


def _rung(index: int, rung: Rendition, *, is_last: bool) -> str:
    onward = f"[r{index}]" if is_last else f",split=2[r{index}][next{index + 1}]"
    return f"[next{index}]scale={rung.width}:{rung.height},setsar=1{onward}"


def _tiles(plan: Plan, shard: Shard, tiles: TileSpan) -> str:
    """Tile n is what a viewer sees at n × interval: the last frame at or before that time (rounding up does it).

    One more is made in front, so that there is always something to write: see `TILES_AHEAD`. Nobody tells `fps` how
    long the last frame stands, and it would leave out the tile of that time: the frame is put there once more.
    """
    timeline, board = Timeline.of(plan), plan.storyboard
    every = tile_interval(board)
    start = Fraction(timeline.ticks(shard.segments[0].start_pts) - timeline.lead, plan.timescale)
    local = float((tiles.first - TILES_AHEAD) * every - start)
    return (
        f"[tiles_in]tpad=stop_mode=clone:stop_duration={float(every):.3f},"
        f"fps={every.denominator}/{every.numerator}:start_time={local:.6f}:round=up,"
        f"scale={board.tile_width}:{board.tile_height}:out_range=full,format=yuvj420p,setsar=1[tiles]"
    )


def _posters(plan: Plan, shard: Shard) -> str:
    """The shard's first frame, and after it the first one in the middle of each of so many equal parts."""
    timeline, count = Timeline.of(plan), poster_count(plan, shard)
    length = timeline.ticks(shard.segments[-1].end_pts) - timeline.ticks(shard.segments[0].start_pts)
    step = Fraction(length, count)
    begin = float(timeline.lead + step / 2)
    part, before = (f"floor(({pts}-{begin:.3f})/{float(step):.3f})" for pts in ("pts", "prev_selected_pts"))
    # A frame is worth a picture when it is the first, or stands in another part than the one taken before it.
    return (
        f"[posters_in]select='isnan(prev_selected_t)+gt({part},{before})',"
        f"scale='min({POSTER_MAX_WIDTH},iw)':-2:out_range=full,format=yuvj420p,setsar=1[posters]"
    )
