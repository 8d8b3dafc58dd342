"""Films of every kind through the whole system: what is published is what was filmed, frame for frame."""

from __future__ import annotations

import m3u8
import pytest

from benchmarks.people import cookie_for
from benchmarks.service import MarqueeService
from tests.e2e.viewing import decode, decode_published, play_through
from tests.films import film

pytestmark = pytest.mark.e2e

# One of each trait that changes what the pipeline does; all kinds are encoded in tests/layers.
KINDS = ["h264_29_97", "phone", "anamorphic", "surround", "mpegts", "long_gop", "late_audio", "no_audio"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_and_sample_is_published_once(kind: str, service: MarqueeService) -> None:
    source = film(kind)
    job = play_through(service.endpoint, source)
    assert (job["status"], job["error"], job["progress"]) == ("completed", None, 1.0)
    asset = service.endpoint.get(f"/assets/{job['asset_id']}")

    want, seen = decode(source), decode_published(service.endpoint, job)
    assert seen.warnings == ""
    assert len(seen.videos) == len(asset["renditions"])
    for times in seen.videos:
        assert len(times) == len(want.videos[0])
        shift = times[0] - want.videos[0][0]
        assert max(abs(a - b - shift) for a, b in zip(times, want.videos[0], strict=True)) <= 0.001
    assert len(seen.audios) == len(asset["tracks"]) == len(want.audios)


def test_playlists_say_what_the_segments_hold(service: MarqueeService) -> None:
    job = play_through(service.endpoint, film("two_languages"))
    viewer = {"Cookie": cookie_for(service.endpoint, job["asset_id"])}
    playlist = m3u8.load(service.endpoint.url(job["playback_url"]), timeout=10, headers=viewer)
    assert [media.language for media in playlist.media if media.type == "AUDIO"] == ["en", "de"]
    asset = service.endpoint.get(f"/assets/{job['asset_id']}")
    assert len(playlist.playlists) == len(asset["renditions"])
    for variant in playlist.playlists:
        media = m3u8.load(variant.absolute_uri, timeout=10, headers=viewer)
        assert (media.is_endlist, media.playlist_type) == (True, "vod")
        assert sum(segment.duration for segment in media.segments) == pytest.approx(6.0, abs=1 / 25)


def test_a_long_take_crosses_shards_without_a_seam(service: MarqueeService) -> None:
    """Seventy seconds are a head and several body shards, on Lambda and on Fargate."""
    source = film("tiny", seconds=70.0)
    job = play_through(service.endpoint, source)
    assert job["status"] == "completed"
    want, seen = decode(source), decode_published(service.endpoint, job)
    assert [len(times) for times in seen.videos] == [70 * 25] * len(seen.videos)
    assert abs(seen.audios[0] - want.audios[0]) <= 1024
