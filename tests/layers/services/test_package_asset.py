"""What is published at the end, and what stops it."""

from collections.abc import Callable

import m3u8
import pytest
from marquee.domain import keys
from marquee.domain.errors import OutputMismatch
from marquee.domain.media import EncodedSegment, EncodedTrack, EncodeResult, PackageSummary, Plan
from marquee.media.rates import peak_rate, spans_of
from marquee.services.package_asset import package_asset

from tests.fakes_media import BUCKET, JOB, PREFIX, MemoryObjects, RecordedMarks
from tests.made_up_film import audio_result, made_up_plan, store_plan, store_result, video_result
from tests.measured import listening

Spoil = Callable[[EncodeResult], EncodeResult]


def encoded(plan: Plan, spoiled: dict[tuple[str, int], Spoil] | None = None) -> MemoryObjects:
    """A film whose every worker has reported; `spoiled` changes single reports."""
    objects = MemoryObjects()
    store_plan(objects, plan)
    results = [video_result(plan, shard.index) for shard in plan.shards]
    results += [audio_result(plan, track.index) for track in plan.audio]
    for result in results:
        spoil = (spoiled or {}).get((result.kind, result.index), lambda same: same)
        store_result(objects, plan, spoil(result))
    return objects


def package(objects: MemoryObjects, marks: RecordedMarks | None = None) -> PackageSummary:
    return package_asset(JOB, BUCKET, objects, marks or RecordedMarks())


def one_cent(result: EncodeResult) -> EncodeResult:
    return result.model_copy(update={"dollars": 0.01})


def change_track(**update: object) -> Spoil:
    def spoil(result: EncodeResult) -> EncodeResult:
        tracks = (result.tracks[0].model_copy(update=update), *result.tracks[1:])
        return result.model_copy(update={"tracks": tracks})

    return spoil


def change_segment(at: int, **update: object) -> Spoil:
    def spoil(result: EncodeResult) -> EncodeResult:
        segments = list(result.tracks[0].segments)
        segments[at] = segments[at].model_copy(update=update)
        return change_track(segments=tuple(segments))(result)

    return spoil


def drop_two_segments(result: EncodeResult) -> EncodeResult:
    return change_track(segments=result.tracks[0].segments[:-2])(result)


def drop_last_segment(result: EncodeResult) -> EncodeResult:
    return change_track(segments=result.tracks[0].segments[:-1])(result)


def test_what_a_film_cost_is_told_for_each_of_its_minutes() -> None:
    plan = made_up_plan()
    orders = len(plan.shards) + len(plan.audio)
    parts = [("video", shard.index) for shard in plan.shards] + [("audio", track.index) for track in plan.audio]
    objects = encoded(plan, dict.fromkeys(parts, one_cent))
    with listening() as told:
        summary = package(objects)

    minutes = summary.duration_seconds / 60
    assert told.of("EncodeCost") == [pytest.approx(0.01 * orders)]
    assert told.of("FilmTime") == [pytest.approx(summary.duration_seconds, abs=0.001)]
    assert told.of("CostPerMinute") == [pytest.approx(0.01 * orders / minutes, rel=0.001)]


def test_a_whole_film_is_published_as_hls_and_dash() -> None:
    objects, marks = encoded(made_up_plan(audio=2)), RecordedMarks()

    summary = package(objects, marks)

    tracks = {"v720", "v360", "a0", "a1"}
    expected = {f"{name}/index.m3u8" for name in tracks} | {"v720/iframes.m3u8", "v360/iframes.m3u8"}
    assert objects.published() == expected | {"main.m3u8", "manifest.mpd"}
    for name in tracks:
        playlist = m3u8.loads(objects.text(f"{name}/index.m3u8"))
        assert playlist.is_endlist
        assert sum(segment.duration for segment in playlist.segments) == pytest.approx(36, abs=0.03)
    assert [r.name for r in summary.renditions] == ["v720", "v360"]
    assert [r.frame_count for r in summary.renditions] == [900, 900]
    assert [t.name for t in summary.tracks] == ["a0", "a1"]
    assert (summary.width, summary.height, summary.duration_seconds) == (1280, 720, 36.0)
    assert marks.finished == ["video", "audio", "package"]
    assert marks.playable == [JOB]
    assert PackageSummary.model_validate(objects.json(keys.package_summary_key(JOB))) == summary


def test_main_states_measured_rates_of_the_dearest_combination() -> None:
    plan = made_up_plan()
    objects = encoded(plan)

    package(objects)

    audio = audio_result(plan, 0).tracks[0]
    segments: list[EncodedSegment] = []
    for shard in plan.shards:
        segments += [
            s for track in video_result(plan, shard.index).tracks if track.name == "v720" for s in track.segments
        ]
    best = max(m3u8.loads(objects.text("main.m3u8")).playlists, key=lambda p: p.stream_info.bandwidth)
    info = best.stream_info
    peak = peak_rate(spans_of(segments, plan.timescale), 6) + peak_rate(spans_of(audio.segments, 48000), 6)
    assert best.uri == "v720/index.m3u8"
    assert info.bandwidth == peak
    assert 0 < info.average_bandwidth <= info.bandwidth
    assert info.codecs == "avc1.64001F,mp4a.40.2"
    assert info.resolution == (1280, 720)
    assert info.frame_rate == 25.0
    assert info.audio == "audio"
    assert info.video_range == "SDR"


def test_packaging_twice_writes_the_same_bytes() -> None:
    objects = encoded(made_up_plan())

    assert package(objects) == package(objects)

    for key, versions in objects.history.items():
        if key.startswith(PREFIX) and key.endswith((".m3u8", ".mpd")):
            assert len(versions) == 2
            assert versions[0] == versions[1]


def test_final_playlists_may_be_cached() -> None:
    objects = encoded(made_up_plan())
    package(objects)

    assert objects.types[PREFIX + "main.m3u8"] == ("application/vnd.apple.mpegurl", "public, max-age=60")
    assert objects.types[PREFIX + "manifest.mpd"] == ("application/dash+xml", "public, max-age=60")


@pytest.mark.parametrize(
    ("order", "spoil", "words"),
    [
        (("video", 2), change_track(init_sha256="f" * 64), "differ in init_sha256"),
        (("video", 2), change_track(codecs="avc1.640028"), "differ in codecs"),
        (("video", 2), drop_last_segment, "missing or repeated"),
        (("video", 3), drop_last_segment, "5 segments, 6 are planned"),
        (("video", 2), change_segment(0, samples=149), "not aligned"),
        (("video", 0), change_segment(0, duration=1000), "gap before segment 1"),
        (("video", 2), change_segment(1, start=3 * 6 * 12800 + 512), "gap before segment"),
        (("video", 1), change_segment(0, iframe_bytes=0), "key frame"),
        (("video", 1), change_segment(0, uri="x.m4s"), "is called x.m4s"),
        (("video", 1), change_segment(0, samples=0), "is empty"),
        (("audio", 0), drop_two_segments, "audio a0 ends at"),
        (("audio", 0), change_track(segments=()), "missing or repeated"),
        (("audio", 0), change_track(name="a7"), "a0 was not encoded"),
    ],
)
def test_what_is_not_as_planned_publishes_nothing(order: tuple[str, int], spoil: Spoil, words: str) -> None:
    objects = encoded(made_up_plan(), {order: spoil})

    with pytest.raises(OutputMismatch, match=words):
        package(objects)
    assert objects.published() == set()


def test_a_lost_frame_in_every_rendition_is_found() -> None:
    def lose(track: EncodedTrack) -> EncodedTrack:
        segments = (track.segments[0], track.segments[1].model_copy(update={"samples": 149}))
        return track.model_copy(update={"segments": segments})

    def spoil(result: EncodeResult) -> EncodeResult:
        return result.model_copy(update={"tracks": tuple(map(lose, result.tracks))})

    objects = encoded(made_up_plan(), {("video", 3): spoil})

    with pytest.raises(OutputMismatch, match="899 frames were encoded of 900"):
        package(objects)


def test_a_missing_report_is_found() -> None:
    objects = encoded(made_up_plan())
    objects.delete(BUCKET, keys.result_key(JOB, "video", 2))

    with pytest.raises(OutputMismatch, match="video order 2 never reported"):
        package(objects)


@pytest.mark.parametrize("name", ["v720/00003.m4s", "a0/init.mp4"])
def test_a_missing_object_is_found(name: str) -> None:
    objects = encoded(made_up_plan())
    objects.delete(BUCKET, PREFIX + name)

    with pytest.raises(OutputMismatch, match="is missing"):
        package(objects)


def test_a_torn_object_is_found() -> None:
    objects = encoded(made_up_plan())
    objects.put(BUCKET, PREFIX + "v720/00003.m4s", b"torn", content_type="video/mp4")

    with pytest.raises(OutputMismatch, match="has 4 bytes"):
        package(objects)


def test_in_a_film_of_variable_rate_a_segment_lasts_until_the_next() -> None:
    plan = made_up_plan()
    video = plan.media.video.model_copy(update={"constant_frame_rate": False})
    plan = plan.model_copy(update={"media": plan.media.model_copy(update={"video": video})})

    def guess(result: EncodeResult) -> EncodeResult:
        tracks = []
        for track in result.tracks:
            last = track.segments[-1].model_copy(update={"duration": track.segments[-1].duration - 4000})
            tracks.append(track.model_copy(update={"segments": (*track.segments[:-1], last)}))
        return result.model_copy(update={"tracks": tuple(tracks)})

    objects = encoded(plan, {("video", 0): guess, ("video", 1): guess})
    package(objects)

    playlist = m3u8.loads(objects.text("v720/index.m3u8"))
    assert [segment.duration for segment in playlist.segments] == [6.0] * 6
