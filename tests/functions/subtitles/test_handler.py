"""`subtitles` through its real entry: what films bring along becomes tracks, and what is broken a warning."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.errors import InvalidMedia, PermanentError, TransientError
from marquee.domain.jobs import Job
from marquee.domain.media import MediaInfo
from marquee.domain.media_text import SubtitleInfo
from marquee.domain.text_tracks import Cue
from marquee.media.planner import build_plan
from marquee.media.probe import probe
from marquee.media.subtitles_extract import ExtractedTrack, extract_text
from marquee.services.attach_track import AttachTrack
from marquee.services.take_text import TakeText
from subtitles.handler import build_handler

from tests.captioned_films import ERASE, pop_on, with_captions, with_tracks
from tests.films import film
from tests.platform import MEDIA, Platform

Extract = Callable[[str, MediaInfo], Sequence[ExtractedTrack]]
CUE = Cue(start_seconds=1, end_seconds=2, text="Hello")


class World:
    """A running job whose source is a real film."""

    def __init__(self, platform: Platform, source: Path, *, origin: Fraction | None = None) -> None:
        self.platform, self.source = platform, source
        self.job: Job = platform.running()
        media = probe(str(source), size_bytes=source.stat().st_size)
        assert self.job.source is not None
        plan = build_plan(self.job.id, self.job.asset_id, 1, "uploads-bucket", self.job.source.key, media)
        if origin is not None:
            plan = plan.model_copy(update={"origin_seconds": origin})
        self.put_plan(plan.model_dump_json())

    def put_plan(self, text: str) -> None:
        self.platform.objects.put(MEDIA, keys.plan_key(self.job.id), text.encode(), content_type="application/json")

    def take(self, extract: Extract | None = None, **more: Any) -> None:
        really: Extract = lambda _, media: extract_text(str(self.source), media)  # noqa: E731
        stores = self.platform
        attach = AttachTrack(stores.assets, stores.objects, MEDIA)
        handler = build_handler(lambda _: TakeText(stores.jobs, stores.objects, attach, extract or really))
        handler({**self.job.execution().model_dump(mode="json"), **more, "plan": {"subtitles": True}}, None)

    @property
    def tracks(self) -> dict[str, tuple[str, str, bool, int]]:
        asset = self.platform.assets.kept[self.job.asset_id]
        return {t.id: (t.kind, t.label, t.default, t.cue_count) for t in asset.tracks_of(1)}

    def cues(self, track_id: str) -> list[tuple[float, float, str]]:
        edition = AttachTrack(self.platform.assets, self.platform.objects, MEDIA).files.edition(
            self.job.asset_id, 1, track_id, 1
        )
        return [(c.start_seconds, c.end_seconds, c.text) for c in edition.cues]

    @property
    def warnings(self) -> list[tuple[str, str]]:
        return [(w.code, w.message) for w in self.platform.jobs.kept[self.job.id].warnings]


def info(index: int, **more: object) -> SubtitleInfo:
    return SubtitleInfo.model_validate({"stream_index": index, "codec": "subrip", "text": True, **more})


def test_every_track_of_the_film_becomes_one(platform: Platform) -> None:
    world = World(platform, with_tracks(".mkv"))
    world.take()
    world.take()  # every step may run twice

    assert world.tracks == {
        "ten-subtitles": ("subtitles", "English", False, 2),
        "tde-forced": ("forced", "Schilder", False, 2),
        "tfr-sdh": ("captions", "French (SDH)", False, 2),
    }
    assert world.cues("tde-forced") == [(1.0, 2.5, "Hallo, {du}"), (3.0, 4.0, "Zweite\nZeile")]
    assert world.warnings == []


def test_captions_of_the_pictures_become_a_track_in_the_language_that_is_spoken(platform: Platform) -> None:
    world = World(platform, with_captions([(1.0, pop_on("Hello\nthere")), (4.0, [ERASE, ERASE])]))
    world.take()

    assert list(world.tracks) == ["tund-sdh"]
    assert world.cues("tund-sdh") == [(1.48, 4.0, "Hello\nthere")]


def test_text_is_as_long_as_the_pictures_whatever_the_container_says(platform: Platform) -> None:
    world = World(platform, film("h264_25"))
    asset_id = world.job.asset_id
    platform.assets.describe(asset_id, duration_seconds=600.0, width=320, height=180, now=utc_now())
    world.take(lambda *_: [ExtractedTrack(info(2, language="en"), (CUE,))])

    (track,) = platform.assets.kept[asset_id].tracks_of(1)
    playlist = platform.objects.get(MEDIA, track.url.removeprefix("/"))
    assert playlist is not None
    assert playlist.body.decode().count("#EXTINF:6.000000,") == 1


def test_times_are_the_players(platform: Platform) -> None:
    world = World(platform, with_tracks(".mkv"), origin=Fraction(3, 2))
    world.take()

    assert world.cues("ten-subtitles") == [(0.0, 1.0, "Hello & welcome"), (1.5, 2.5, "Second\nline")]


def test_tracks_alike_are_told_apart(platform: Platform) -> None:
    world = World(platform, film("h264_25"))
    world.take(lambda *_: [ExtractedTrack(info(n, language="en"), (CUE,)) for n in range(3)])

    assert list(world.tracks) == ["ten-subtitles", "ten-subtitles-2", "ten-subtitles-3"]


def test_a_broken_track_is_left_out_with_a_warning_and_an_empty_one_without(platform: Platform) -> None:
    world = World(platform, film("h264_25"))
    late = CUE.model_copy(update={"start_seconds": 900.0, "end_seconds": 901.0})
    world.take(
        lambda *_: [
            ExtractedTrack(info(2, language="de"), (late,)),
            ExtractedTrack(info(3, language="fr"), ()),
            ExtractedTrack(info(4, language="en"), (CUE,)),
        ]
    )

    assert list(world.tracks) == ["ten-subtitles"]
    ((code, sentence),) = world.warnings
    assert code == "subtitles_left_out"
    assert sentence.startswith("Subtitle track 1 (de): Only 0 of 1 cues")


def test_subtitles_that_are_pictures_are_left_out_with_a_warning(platform: Platform) -> None:
    world = World(platform, film("h264_25"))
    stored = platform.objects.get(MEDIA, keys.plan_key(world.job.id))
    assert stored is not None
    pictures = '"subtitles":[{"stream_index":5,"codec":"hdmv_pgs_subtitle","text":false}]'
    world.put_plan(stored.body.decode().replace('"subtitles":[]', pictures))
    world.take()

    assert world.warnings == [("subtitles_left_out", "Subtitles that are pictures cannot be shown; the film has 1.")]


def test_text_that_cannot_be_taken_out_is_a_warning(platform: Platform) -> None:
    def refuse(*_: object) -> list[ExtractedTrack]:
        raise InvalidMedia("The file is damaged: its structure cannot be read.")

    world = World(platform, film("h264_25"))
    world.take(refuse)

    assert [code for code, _ in world.warnings] == ["subtitles_failed"]
    assert world.tracks == {}


def test_what_may_work_the_next_time_is_raised_for_the_state_machine(platform: Platform) -> None:
    def away(*_: object) -> list[ExtractedTrack]:
        raise TransientError("The source could not be read in time.")

    with pytest.raises(TransientError):
        World(platform, film("h264_25")).take(away)


def test_when_all_attempts_have_failed_the_job_says_so_and_goes_on(platform: Platform) -> None:
    world = World(platform, film("h264_25"))
    world.take(error={"Error": "Sandbox.Timedout", "Cause": "{}"})

    ((code, sentence),) = world.warnings
    assert code == "subtitles_failed"
    assert sentence == "The film's own subtitles are missing: It took longer than it may; try it again."
    assert platform.jobs.kept[world.job.id].status == "running"


def test_a_job_whose_plan_has_gone_is_not_tried_again(platform: Platform) -> None:
    world = World(platform, film("h264_25"))
    platform.objects.delete(MEDIA, keys.plan_key(world.job.id))

    with pytest.raises(PermanentError):
        world.take()
