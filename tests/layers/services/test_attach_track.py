"""A text track gets to the players whole, at once, and whoever attaches at the same time."""

import json
import threading
from datetime import UTC, datetime

import m3u8
import pytest
from marquee.domain.assets import Asset
from marquee.domain.errors import NotFound, Outdated
from marquee.domain.text_tracks import Cue, TextTrack
from marquee.media.subtitles_srt import parse_srt
from marquee.media.subtitles_vtt import parse_vtt
from marquee.services.attach_track import AttachTrack, NewTrack
from marquee.services.list_text import ListText
from marquee.services.package_asset import package_asset
from marquee.services.track_files import KEPT_EDITIONS, TrackFiles

from tests.fakes_assets import MemoryAssets
from tests.fakes_media import BUCKET, JOB, PREFIX, MemoryObjects, RecordedMarks
from tests.made_up_film import audio_result, made_up_plan, store_plan, store_result, video_result

NOW = datetime(2026, 11, 21, tzinfo=UTC)
CUES = (
    Cue(start_seconds=1, end_seconds=2, text="Hello"),
    Cue(start_seconds=5, end_seconds=7, text="over a boundary"),
)
SIDECAR = NewTrack(language="en", kind="captions", source="sidecar")
HEARD = NewTrack(language="en", kind="captions", source="sphinx", draft=True)


class World:
    """One asset of 36 seconds; its film is whole (`packaged`) or still grows."""

    def __init__(self, *, packaged: bool = True) -> None:
        self.objects, self.assets = MemoryObjects(), MemoryAssets()
        asset = Asset(
            id="asset-1", title="A film", filename="f.mp4", job_id=JOB, upload_id="u", duration_seconds=36.0,
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        self.assets.add(asset)
        self.attach = AttachTrack(self.assets, self.objects, BUCKET, clock=lambda: NOW)
        plan = made_up_plan()
        store_plan(self.objects, plan)
        for result in [*(video_result(plan, s.index) for s in plan.shards), audio_result(plan, 0)]:
            store_result(self.objects, plan, result)
        if packaged:
            self.package()

    def package(self) -> None:
        package_asset(JOB, BUCKET, self.objects, RecordedMarks(), ListText(self.assets, self.objects, BUCKET))

    def add(self, new: NewTrack, cues: tuple[Cue, ...] = CUES, *, over: int | None = None) -> TextTrack:
        return self.attach("asset-1", 1, new, cues, over=over)

    def listed(self) -> list[str]:
        """What players are offered in HLS; the same as in DASH."""
        media = m3u8.loads(self.objects.text("main.m3u8")).media
        uris = [str(m.uri) for m in media if m.type == "SUBTITLES"]
        manifest = self.objects.text("manifest.mpd")
        assert manifest.count("<BaseURL>") == len(uris)
        assert all(f"<BaseURL>{uri.split('/')[0]}/captions.vtt</BaseURL>" in manifest for uri in uris)
        return uris

    def names(self, prefix: str) -> list[str]:
        return [head.key.removeprefix(PREFIX) for head in self.objects.list(BUCKET, PREFIX + prefix)]


def test_players_find_every_part_of_a_track() -> None:
    world = World()
    track = world.add(SIDECAR)

    (uri,) = world.listed()
    assert track.url == f"/{PREFIX}{uri}"
    folder = uri.partition("/")[0]
    playlist = m3u8.loads(world.objects.text(uri))
    assert sum(segment.duration for segment in playlist.segments) == pytest.approx(36)
    segments = [parse_vtt(world.objects.text(f"{folder}/{segment.uri}")) for segment in playlist.segments]
    assert segments == [list(CUES), [CUES[1]], [], [], [], []]
    assert parse_vtt(world.objects.text(f"{folder}/captions.vtt")) == list(CUES)
    assert parse_srt(world.objects.text(f"{folder}/captions.srt")) == list(CUES)
    assert world.objects.types[f"{PREFIX}{folder}/00000.vtt"][0] == "text/vtt; charset=utf-8"
    assert (track.id, track.version, track.label, track.cue_count) == ("ten", 1, "English", 2)


def test_what_lists_tracks_is_looked_at_again_soon_and_what_they_consist_of_never() -> None:
    world = World()
    world.add(SIDECAR)

    assert world.objects.types[PREFIX + "main.m3u8"][1] == "public, max-age=60"
    assert world.objects.types[PREFIX + "manifest.mpd"][1] == "public, max-age=60"
    caches = {world.objects.types[PREFIX + name][1] for name in world.names("ten.")}
    assert caches == {"public, max-age=31536000, immutable"}


def test_a_growing_film_has_its_track_as_soon_as_it_is_whole() -> None:
    world = World(packaged=False)
    world.add(SIDECAR)
    assert world.objects.published() == {name for name in world.names("ten.") if name.endswith("m3u8")}

    world.package()
    assert len(world.listed()) == 1
    world.package()  # every step may run twice
    assert len(world.listed()) == 1


def test_the_same_step_run_twice_makes_one_version() -> None:
    world = World()

    assert world.add(HEARD) == world.add(HEARD)
    assert world.names("ten/") == ["ten/00001.json"]


def test_an_edit_is_a_new_version_and_the_old_one_stays_readable_for_who_plays_it() -> None:
    world = World()
    first = world.add(SIDECAR)
    second = world.add(SIDECAR.model_copy(update={"source": "edited"}), CUES[:1], over=1)

    assert (second.version, second.cue_count) == (2, 1)
    assert world.listed() == [second.url.removeprefix(f"/{PREFIX}")]
    assert first.url.removeprefix("/media/") in {key.removeprefix("media/") for key in world.objects.history}
    editions = TrackFiles(world.objects, BUCKET).editions("asset-1", second)
    assert [(e.track.version, e.track.source, e.cues) for e in editions] == [
        (2, "edited", CUES[:1]),
        (1, "sidecar", CUES),
    ]


def test_an_edit_of_what_is_not_current_any_more_changes_nothing() -> None:
    world = World()
    world.add(SIDECAR)
    before = world.add(SIDECAR, CUES[:1], over=1)

    for over in (0, 1, 3):
        with pytest.raises(Outdated):
            world.add(SIDECAR, CUES[1:], over=over)
    assert world.assets.kept["asset-1"].tracks_of(1) == (before,)


def test_what_a_machine_hears_never_replaces_what_people_wrote() -> None:
    world = World()
    world.add(HEARD)
    own = world.add(SIDECAR, CUES[:1])

    assert world.add(HEARD) == own
    assert world.assets.kept["asset-1"].tracks_of(1) == (own,)


def test_a_writer_who_died_before_the_document_was_written_is_no_hindrance() -> None:
    world = World()
    track = world.add(SIDECAR)
    later = track.model_copy(update={"version": 2})
    world.attach.files.keep("asset-1", later, CUES[:1], NOW)

    edited = world.add(SIDECAR, CUES[1:], over=1)

    assert edited.version == 3
    assert world.add(SIDECAR, CUES, over=3).version == 4


def test_however_many_attach_at_once_all_are_listed() -> None:
    world = World()
    languages = ["en", "de", "fr", "es", "it", "pl", "nl", "sv"]
    gate = threading.Barrier(len(languages))

    def attach(language: str) -> None:
        gate.wait()
        world.add(SIDECAR.model_copy(update={"language": language}))

    threads = [threading.Thread(target=attach, args=(language,)) for language in languages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {uri.partition(".")[0] for uri in world.listed()} == {f"t{language}" for language in languages}


def test_one_of_several_edits_at_once_wins_and_the_others_are_told() -> None:
    world = World()
    world.add(SIDECAR)
    gate, outcomes = threading.Barrier(6), []

    def edit(number: int) -> None:
        gate.wait()
        try:
            cue = Cue(start_seconds=1, end_seconds=2, text=f"edit {number}")
            outcomes.append(world.add(SIDECAR, (cue,), over=1).version)
        except Outdated:
            outcomes.append(0)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (current,) = world.assets.kept["asset-1"].tracks_of(1)
    assert [version for version in outcomes if version] == [current.version]
    edition = TrackFiles(world.objects, BUCKET).edition("asset-1", 1, "ten", current.version)
    assert edition.track == current
    assert world.listed() == [current.url.removeprefix(f"/{PREFIX}")]


def test_old_edits_go_with_their_files() -> None:
    world = World()
    for number in range(KEPT_EDITIONS + 3):
        track = world.add(SIDECAR, (Cue(start_seconds=1, end_seconds=2, text=f"edit {number}"),))

    assert len(world.names("ten/")) == KEPT_EDITIONS
    assert len({name.partition("/")[0] for name in world.names("ten.")}) == KEPT_EDITIONS
    with pytest.raises(NotFound):
        world.attach.files.edition("asset-1", 1, "ten", 1)
    assert world.attach.files.edition("asset-1", 1, "ten", track.version).track == track


def test_removing_a_track_leaves_those_with_names_like_it() -> None:
    world = World()
    track = world.add(SIDECAR)
    other = world.add(SIDECAR.model_copy(update={"sdh": True}))
    world.attach.files.remove("asset-1", track)

    assert world.names("ten.") == world.names("ten/") == []
    assert world.names("ten-sdh/") == ["ten-sdh/00001.json"]
    assert json.loads(world.objects.text("ten-sdh/00001.json"))["track"]["id"] == other.id


def test_an_asset_that_is_gone_gets_no_track() -> None:
    world = World()
    world.assets.delete("asset-1")

    with pytest.raises(NotFound):
        world.add(SIDECAR)
    assert world.names("ten") == []
