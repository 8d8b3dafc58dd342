"""The filter graph corrects what a source is, once, in the cheapest order."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from marquee.domain.media import Plan
from marquee.media.filters import TileSpan, tile_span, video_graph

from tests.layers.media.encoder_plans import plan_with


def graph_of(**changes: Any) -> str:
    plan = plan_with(renditions=("v720",), **changes)
    return video_graph(plan, plan.shards[0]).text


def steps_of(**changes: Any) -> list[str]:
    """The filters of a lone rendition between the cut and its label."""
    return re.split(r",(?![^(]*\))", graph_of(**changes).removesuffix("[r0]"))[1:]


TIMING = ["settb=1/90000", "setpts=PTS+900000"]


@pytest.mark.parametrize(
    ("rotation", "size", "turns"),
    [
        (90, "scale=720:1280", ["transpose=clock"]),
        (180, "scale=1280:720", ["hflip", "vflip"]),
        (270, "scale=720:1280", ["transpose=cclock"]),
    ],
)
def test_a_turned_film_is_stood_upright_once_and_its_matrix_forgotten(
    rotation: int, size: str, turns: list[str]
) -> None:
    forget = "sidedata=mode=delete:type=DISPLAYMATRIX"
    assert steps_of(rotation=rotation) == [
        *TIMING, f"{size}:out_range=limited", "format=yuv420p", *turns, "setsar=1", forget
    ]  # fmt: skip


def test_fields_become_frames_before_times_are_set() -> None:
    assert steps_of(interlaced=True)[:2] == ["bwdif=mode=send_frame:parity=auto:deint=all", "settb=1/90000"]


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_high_dynamic_range_is_mapped_at_the_top_rungs_size(transfer: str) -> None:
    assert steps_of(color_transfer=transfer, color_primaries="bt2020") == [
        *TIMING,
        "zscale=w=1280:h=720:t=linear:npl=100:p=bt709",
        "format=gbrpf32le",
        "tonemap=tonemap=hable:desat=0",
        "zscale=t=bt709:m=bt709:r=limited",
        "format=yuv420p",
        "setsar=1",
    ]


def test_wide_colors_without_high_range_are_only_converted() -> None:
    steps = steps_of(color_primaries="bt2020")
    assert "zscale=w=1280:h=720:p=bt709:t=bt709:m=bt709:r=limited" in steps
    assert not any(step.startswith("tonemap") for step in steps)


def test_a_shard_in_the_middle_is_cut_by_whole_pts() -> None:
    plan = plan_with(segments=[(0, 0, 150), (1, 150, 300)])
    whole = plan.shards[0]
    halves = [whole.model_copy(update={"segments": (segment,)}) for segment in whole.segments]
    split = plan.model_copy(update={"shards": tuple(halves)})
    cuts = [video_graph(split, shard).text.split(",")[0] for shard in halves]
    # The last shard takes whatever is left.
    assert cuts == ["[0:0]trim=start_pts=0:end_pts=150", "[0:0]trim=start_pts=150"]


def test_each_rung_is_scaled_from_the_one_above() -> None:
    plan = plan_with(renditions=("v360", "v720"))
    graph = video_graph(plan, plan.shards[0])
    assert graph.text.endswith("split=2[r0][next1];[next1]scale=640:360,setsar=1[r1]")
    assert graph.renditions == ("r1", "r0")


def test_times_before_zero_are_brought_to_the_shards_own_clock() -> None:
    assert "setpts=PTS+990000" in steps_of(segments=[(0, -25, 50)], start_pts=-25)


def test_at_a_variable_rate_frames_of_one_time_are_moved_apart() -> None:
    assert steps_of(constant_frame_rate=False)[1] == (
        "setpts='if(lte(PTS+900000,PREV_OUTPTS),PREV_OUTPTS+450,PTS+900000)'"
    )


def tiles_of(plan: Plan) -> list[TileSpan]:
    return [tile_span(plan, shard) for shard in plan.shards]


def test_every_tile_belongs_to_exactly_one_shard() -> None:
    plan = plan_with(segments=[(n, n * 75, n * 75 + 75) for n in range(4)], origin=Fraction(-1))
    whole = plan.shards[0]
    shards = tuple(whole.model_copy(update={"segments": (segment,)}) for segment in whole.segments)
    spans = tiles_of(plan.model_copy(update={"shards": shards}))
    # Tiles every two seconds of a film whose picture starts after one second, in shards of three.
    assert spans == [TileSpan(0, 2), TileSpan(2, 2), TileSpan(4, 1), TileSpan(5, 1)]


def test_tiles_begin_one_early_so_that_there_is_always_one() -> None:
    plan = plan_with(takes_pictures=True)
    graph = video_graph(plan, plan.shards[0])
    assert "[tiles_in]tpad=stop_mode=clone:stop_duration=2.000,fps=1/2:start_time=8.000000:round=up,scale" in graph.text
    assert (graph.tiles, graph.posters) == ("tiles", "posters")
