"""A text track in HLS: a grid without holes, every cue in each segment that it stands in."""

import itertools
import random

import m3u8
import pytest
from marquee.domain.text_tracks import Cue
from marquee.media.subtitles_segments import render_segments, render_text_playlist, segment_spans
from marquee.media.subtitles_vtt import parse_vtt


def cue(start: float, end: float, text: str = "Words") -> Cue:
    return Cue(start_seconds=start, end_seconds=end, text=text)


@pytest.mark.parametrize("duration", [0.2, 5.9, 6.0, 6.3, 12.0, 36.04, 7200.0])
def test_the_playlist_covers_the_film_without_a_hole(duration: float) -> None:
    spans = segment_spans(duration)
    playlist = m3u8.loads(render_text_playlist(spans))

    assert spans[0][0] == 0
    assert all(a[1] == b[0] for a, b in itertools.pairwise(spans))
    assert playlist.is_endlist
    assert sum(segment.duration for segment in playlist.segments) == pytest.approx(duration, abs=1e-3)
    assert all(round(segment.duration) <= playlist.target_duration for segment in playlist.segments)
    assert [segment.uri for segment in playlist.segments] == [f"{n:05d}.vtt" for n in range(len(spans))]


def test_silence_has_segments_too_and_all_map_their_times() -> None:
    segments = dict(render_segments([cue(13, 14)], segment_spans(18)))

    assert list(segments) == ["00000.vtt", "00001.vtt", "00002.vtt"]
    for text in segments.values():
        assert text.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n")
    assert [len(parse_vtt(text)) for text in segments.values()] == [0, 0, 1]


def test_a_cue_over_a_boundary_is_whole_in_both_segments() -> None:
    over = cue(5.5, 12.5)
    segments = [parse_vtt(text) for _, text in render_segments([over], segment_spans(18))]

    assert segments == [[over], [over], [over]]


def test_every_cue_is_exactly_in_the_segments_it_stands_in() -> None:
    chance, at = random.Random(1), 0.0
    cues: list[Cue] = []
    while at < 590:
        length = chance.randrange(1, 12_000) / 1000
        cues.append(cue(round(at, 3), round(at + length, 3), f"t{len(cues)}"))
        at += length + chance.randrange(0, 5_000) / 1000
    spans = segment_spans(600)
    for (start, end), (_, text) in zip(spans, render_segments(cues, spans), strict=True):
        inside = [c for c in cues if c.start_seconds < end and c.end_seconds > start]
        assert parse_vtt(text) == inside
