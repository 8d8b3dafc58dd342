"""Media playlists: our text against our parser and an independent one."""

import m3u8
from hypothesis import given
from hypothesis import strategies as st
from marquee.domain.media import EncodedTrack
from marquee.media.hls import (
    Entry,
    MediaPlaylist,
    complete_playlist,
    parse_media,
    render_iframes,
    render_media,
    target_seconds,
)

from tests.made_up_film import made_up_plan, video_result

entries = st.builds(Entry, st.from_regex(r"\d{5}\.m4s", fullmatch=True), st.integers(1, 10**8), st.integers(1, 10**6))
playlists = st.builds(MediaPlaylist, st.integers(1, 10), st.lists(entries).map(tuple), st.booleans())


def whole_track() -> EncodedTrack:
    plan = made_up_plan(segments=2)
    return video_result(plan, 0).tracks[0]


@given(playlists)
def test_what_is_written_is_read_back(playlist: MediaPlaylist) -> None:
    assert parse_media(render_media(playlist)) == playlist


@given(playlists, st.lists(entries))
def test_a_longer_growing_list_starts_with_the_text_of_the_shorter(playlist: MediaPlaylist, more: list[Entry]) -> None:
    growing = MediaPlaylist(playlist.target_seconds, playlist.entries)

    assert render_media(growing.with_entries(more)).startswith(render_media(growing))


def test_a_growing_list_is_open_and_starts_at_its_beginning() -> None:
    text = render_media(MediaPlaylist(6, (Entry("00000.m4s", 6_000_000, 500),)))
    parsed = m3u8.loads(text)

    assert parsed.playlist_type == "event"
    assert not parsed.is_endlist
    assert parsed.start.time_offset == 0


def test_a_complete_list_is_what_an_independent_parser_expects() -> None:
    track = whole_track()
    parsed = m3u8.loads(render_media(complete_playlist(track.segments, track.timescale, 6)))

    assert parsed.version == 7
    assert parsed.playlist_type == "vod"
    assert parsed.is_endlist
    assert parsed.is_independent_segments
    assert parsed.target_duration == 6
    assert [s.uri for s in parsed.segments] == ["00000.m4s", "00001.m4s"]
    assert [s.duration for s in parsed.segments] == [6.0, 6.0]
    assert parsed.segment_map[0].uri == "init.mp4"


def test_iframes_are_ranges_from_each_segments_start() -> None:
    parsed = m3u8.loads(render_iframes(whole_track(), 6))

    assert parsed.is_i_frames_only
    assert [s.byterange for s in parsed.segments] == ["1000@0", "1000@0"]
    assert [s.duration for s in parsed.segments] == [6.0, 6.0]


def test_no_planned_segment_is_longer_than_the_target() -> None:
    assert target_seconds(made_up_plan(seconds=6)) == 6
    longer = made_up_plan(seconds=7).model_copy(update={"segment_seconds": 6.0})
    assert target_seconds(longer) == 7
