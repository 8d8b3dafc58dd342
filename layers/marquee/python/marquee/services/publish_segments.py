"""Make a film watchable while it is still being encoded.

The playlist in the bucket is the state: each call appends, per track, the segments that now follow without a
gap, from reports beyond its end, and writes it only over the version it read. Calls may come in any order,
twice and at once; lists only grow. A call reads the playlists it touches and the reports of new shards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from marquee.domain import keys
from marquee.domain.media import AudioTrack, EncodeOrder, Model, Plan
from marquee.domain.ports import JobMarks, ObjectStore
from marquee.media import hls
from marquee.media.hls import Entry, MediaPlaylist
from marquee.services.list_tracks import TrackLister
from marquee.services.published import PublishedFolder
from marquee.services.results import ResultReader, read_plan, track_of

# Audio runs far ahead of the picture: a video order's call leaves it alone while it is this far ahead.
AUDIO_LEAD_MICROSECONDS = 60_000_000
AT_ONCE = 8


class Publication(Model):
    """What can be watched after a call: segments per touched track."""

    playable: bool
    segments: dict[str, int]


def publish_segments(
    order: EncodeOrder, objects: ObjectStore, jobs: JobMarks, *, folder: PublishedFolder | None = None
) -> Publication:
    """Publish what the finished `order` adds; marks the asset playable and whole tasks completed.

    Raises Conflict when the job was stopped meanwhile.
    """
    jobs.start_task(order.job_id, order.kind)
    plan = read_plan(objects, order.media_bucket, order.job_id)
    results = ResultReader(objects, order.media_bucket, order.job_id)
    folder = folder or PublishedFolder(objects, order.media_bucket, plan)
    tracks = GrowingTracks(plan, results, folder)
    playlists = tracks.advance_for(order)
    # Asked again: the job may have failed elsewhere meanwhile, and then nothing must become watchable.
    jobs.start_task(order.job_id, order.kind)
    playable = TrackLister(plan, results, folder, tracks.read).list_ready(playlists)
    if playable:
        jobs.mark_playable(order.job_id)
    if tracks.all_in(order, playlists):
        jobs.finish_task(order.job_id, order.kind)
    return Publication(playable=playable, segments={name: len(p.entries) for name, p in playlists.items()})


class GrowingTracks:
    """The media playlists of a film that is being encoded."""

    def __init__(self, plan: Plan, results: ResultReader, folder: PublishedFolder) -> None:
        self._plan = plan
        self._results = results
        self._folder = folder
        self._target = hls.target_seconds(plan)

    def read(self, names: Iterable[str]) -> dict[str, MediaPlaylist]:
        """The playlists as they are; one that is not there yet is empty."""
        return self._at_once({name: partial(self._read, name) for name in names})

    def advance_for(self, order: EncodeOrder) -> dict[str, MediaPlaylist]:
        """Append what is new to the order's own tracks, and to the audio that the picture has caught up with."""
        if order.kind == "audio":
            return self._at_once(self._audio_work([self._plan.audio[order.index]]))
        self._results.final("video", order.index)  # kept, so that the renditions do not each read it
        names = self._plan.shards[order.index].renditions
        videos = self._at_once({name: partial(self._advance, name, self._next_video) for name in names})
        reached = max((p.duration_microseconds for p in videos.values()), default=0)
        heard = self.read(track.name for track in self._plan.audio)
        behind = [
            track
            for track in self._plan.audio
            if heard[track.name].duration_microseconds < reached + AUDIO_LEAD_MICROSECONDS
        ]
        return {**videos, **heard, **self._at_once(self._audio_work(behind))}

    def all_in(self, order: EncodeOrder, playlists: dict[str, MediaPlaylist]) -> bool:
        """Whether every segment of the order's kind is published."""
        if order.kind == "audio":
            return self._all_audio_in()
        total = 1 + max(segment.number for shard in self._plan.shards for segment in shard.segments)
        names = {rendition.name for rendition in self._plan.renditions}
        if any(len(playlists[name].entries) < total for name in names & playlists.keys()):
            return False
        others = self.read(names - playlists.keys())
        return all(len(playlist.entries) >= total for playlist in others.values())

    def _all_audio_in(self) -> bool:
        playlists = self.read(track.name for track in self._plan.audio)
        for track in self._plan.audio:
            whole = track_of(self._results.final("audio", track.index), track.name)
            if whole is None or len(playlists[track.name].entries) < len(whole.segments):
                return False
        return True

    def _audio_work(self, tracks: Iterable[AudioTrack]) -> dict[str, Callable[[], MediaPlaylist]]:
        return {track.name: partial(self._advance, track.name, partial(self._next_audio, track)) for track in tracks}

    def _at_once(self, work: dict[str, Callable[[], MediaPlaylist]]) -> dict[str, MediaPlaylist]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(work, pool.map(lambda one: one(), work.values()), strict=True))

    def _read(self, name: str) -> MediaPlaylist:
        stored = self._folder.read(f"{name}/{keys.MEDIA_PLAYLIST}")
        return self._parse(None if stored is None else stored.body.decode())

    def _parse(self, text: str | None) -> MediaPlaylist:
        return MediaPlaylist(self._target) if text is None else hls.parse_media(text)

    def _advance(self, name: str, following: Callable[[str, int], list[Entry]]) -> MediaPlaylist:
        reached = MediaPlaylist(self._target)

        def append(text: str | None) -> str | None:
            nonlocal reached
            reached = self._parse(text)
            new = [] if reached.ended else following(name, len(reached.entries))
            reached = reached.with_entries(new)
            return hls.render_media(reached) if new else None

        self._folder.revise(f"{name}/{keys.MEDIA_PLAYLIST}", append)
        return reached

    def _next_video(self, name: str, number: int) -> list[Entry]:
        """Entries from segment `number` on, as far as finished shards of the rendition follow each other."""
        new: list[Entry] = []
        shards = [s for s in self._plan.shards if name in s.renditions and s.segments[-1].number >= number]
        for shard in sorted(shards, key=lambda s: s.segments[0].number):
            track = track_of(self._results.final("video", shard.index), name)
            for segment in () if track is None else track.segments:
                if segment.number == number:
                    new.append(hls.entry_of(segment, track.timescale if track else 1))
                    number += 1
            if number <= shard.segments[-1].number:
                break
        return new

    def _next_audio(self, audio: AudioTrack, name: str, number: int) -> list[Entry]:
        track = track_of(self._results.latest("audio", audio.index), name)
        if track is None:
            return []
        return [hls.entry_of(segment, track.timescale) for segment in track.segments[number:]]
