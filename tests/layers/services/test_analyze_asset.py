"""A published film is analyzed from its own segments; what cannot be read is said, not guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from marquee.analysis.material import Material
from marquee.domain import keys
from marquee.domain.analysis import Analysis, Moderation
from marquee.domain.enrichment import EnrichOrder
from marquee.domain.errors import NotFound, TransientError
from marquee.domain.pipeline import Source
from marquee.media.commands import Tool
from marquee.services.analyze_asset import analyze_asset, segments_of
from marquee.services.enrich_tools import EnrichTools

from tests.edited_films import RATE, Scene, edited_film
from tests.encoding import encode_film, plan_of, tool
from tests.fakes import MemoryProgress
from tests.fakes_media import BUCKET, JOB, PREFIX, MemoryObjects
from tests.made_up_film import made_up_plan, store_plan
from tests.spoken_words import spoken

ORDER = EnrichOrder(
    job_id=JOB, media_bucket=BUCKET, source=Source(bucket="uploads", key="uploads/u/source"), kind="analyze"
)


class Remembering:
    """An analyst that looks at nothing and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[tuple[Material, bytes, bytes | None]] = []

    def analyze(self, material: Material) -> Analysis:
        sound = material.sound.read_bytes() if material.sound else None
        self.given.append((material, material.pictures.read_bytes(), sound))
        return Analysis(
            provider="local",
            duration_seconds=material.duration_seconds,
            moderation=Moderation(source="test", confidence=0, state="not_examined"),
        )


def published(*, audio: int = 1) -> MemoryObjects:
    """A film whose segments are their own names."""
    objects = MemoryObjects()
    plan = made_up_plan(audio=audio)
    store_plan(objects, plan)
    for track in ("v720", "v360", "a0", "a1"):
        playlist = '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:6,\n00000.m4s\n#EXTINF:6,\n00001.m4s\n#EXT-X-ENDLIST\n'
        put(objects, f"{PREFIX}{track}/index.m3u8", playlist.encode())
        for name in ("init.mp4", "00000.m4s", "00001.m4s", "00002.m4s"):
            put(objects, f"{PREFIX}{track}/{name}", f"{track}/{name} ".encode())
    return objects


def put(objects: MemoryObjects, key: str, body: bytes) -> None:
    objects.put(BUCKET, key, body, content_type="application/octet-stream")


def tools(objects: MemoryObjects, analyst: Callable[[], Remembering] | None) -> EnrichTools:
    return EnrichTools(objects, MemoryProgress(), Tool("ffmpeg"), analyst=analyst)


def test_the_smallest_rendition_and_the_default_track_are_given_as_their_playlists_name_them() -> None:
    analyst = Remembering()
    analyze_asset(ORDER, tools(published(audio=2), lambda: analyst))
    ((material, pictures, sound),) = analyst.given
    assert pictures == b"v360/init.mp4 v360/00000.m4s v360/00001.m4s "
    assert sound == b"a0/init.mp4 a0/00000.m4s a0/00001.m4s "
    assert (material.size.width, material.size.height, material.duration_seconds) == (640, 360, 36.0)


def test_the_result_lies_where_finish_looks_and_the_copies_are_gone() -> None:
    analyst, objects = Remembering(), published()
    analysis = analyze_asset(ORDER, tools(objects, lambda: analyst))
    stored = objects.get(BUCKET, keys.analysis_work_key(JOB))
    assert stored is not None
    assert Analysis.model_validate_json(stored.body) == analysis
    assert not analyst.given[0][0].pictures.exists()


def test_a_film_without_sound_has_none_to_listen_to() -> None:
    analyst = Remembering()
    analyze_asset(ORDER, tools(published(audio=0), lambda: analyst))
    assert analyst.given[0][0].sound is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (spoken({1.0: "so it is"}).model_dump_json().encode(), ["so", "it", "is"]),
        (b"{]", []),
        (b'{"words": 3}', []),
        (None, []),
    ],
    ids=["transcript", "no JSON", "another JSON", "none"],
)
def test_words_are_known_where_there_is_a_transcript(body: bytes | None, words: list[str]) -> None:
    analyst, objects = Remembering(), published()
    if body is not None:
        put(objects, keys.transcript_key("asset-1", 1), body)
    analyze_asset(ORDER, tools(objects, lambda: analyst))
    assert [word.text for word in analyst.given[0][0].words] == words


@pytest.mark.parametrize("missing", [keys.plan_key(JOB), f"{PREFIX}v360/index.m3u8", f"{PREFIX}a0/00001.m4s"])
def test_what_is_not_published_is_not_analyzed(missing: str) -> None:
    objects = published()
    objects.delete(BUCKET, missing)
    with pytest.raises(NotFound):
        analyze_asset(ORDER, tools(objects, Remembering))
    assert objects.get(BUCKET, keys.analysis_work_key(JOB)) is None


def test_a_failing_analyst_leaves_no_result() -> None:
    class Failing(Remembering):
        def analyze(self, material: Material) -> Analysis:
            raise TransientError("away")

    objects = published()
    with pytest.raises(TransientError):
        analyze_asset(ORDER, tools(objects, Failing))
    assert objects.get(BUCKET, keys.analysis_work_key(JOB)) is None


def test_only_segments_are_read_from_a_playlist() -> None:
    assert segments_of("#EXTM3U\n\n#EXTINF:4,\n00000.m4s\n#EXTINF:4,\n00001.m4s\n") == ["00000.m4s", "00001.m4s"]


def test_times_are_those_of_the_encoded_film_to_the_frame(tmp_path: Path) -> None:
    """Through the real encoder: a film in shards and segments, whose cuts lie on none of their boundaries."""
    scenes = (Scene("testsrc2=s=640x360:r=25", 61), Scene("smptebars=s=640x360:r=25", 37), Scene("card:The End", 52))
    film = edited_film(scenes)
    encoding = encode_film(film.pictures, plan_of(film.pictures, sides=(180,)))
    objects, (track,) = encoding.store, encoding.plan.renditions
    uris = [segment.uri for result in encoding.video for row in result.tracks for segment in row.segments]
    put(objects, f"{PREFIX}{track.name}/index.m3u8", "\n".join(["#EXTM3U", *uris, ""]).encode())
    given = replace(EnrichTools(objects, MemoryProgress(), tool()), scratch=tmp_path)
    analysis = analyze_asset(ORDER, given)
    assert [round(shot.start_seconds * RATE, 2) for shot in analysis.shots] == film.starts
    assert [(text.text, text.start_seconds) for text in analysis.on_screen_text] == [("The End", 98 / RATE)]
    assert analysis.cpu_seconds > 0
    assert list(tmp_path.iterdir()) == []
