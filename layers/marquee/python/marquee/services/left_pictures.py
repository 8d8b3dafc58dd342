"""What the shards of a job left of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.media import Plan, Shard
from marquee.domain.ports import ObjectStore
from marquee.media.filters import poster_count
from marquee.media.pictures import is_whole
from marquee.media.timeline import Timeline
from marquee.services.whole_film import at_once


@dataclass(frozen=True, slots=True)
class Taken:
    """A frame (JPEG) and about when it is shown, in seconds on the player's timeline."""

    jpeg: bytes
    at_seconds: float


class LeftPictures:
    """Those of one job; what is missing or no picture is left out."""

    def __init__(self, objects: ObjectStore, bucket: str, plan: Plan) -> None:
        self._objects = objects
        self._bucket = bucket
        self._plan = plan

    def tiles(self) -> dict[int, bytes]:
        """The storyboard's, by number."""
        indexes = range(self._plan.storyboard.tile_count)
        found = self._read([keys.tile_key(self._plan.job_id, index) for index in indexes])
        return {index: body for index, body in zip(indexes, found, strict=True) if body and is_whole(body)}

    def posters(self) -> list[Taken]:
        """The larger frames, in the film's order."""
        places = {
            keys.poster_candidate_key(self._plan.job_id, shard.index, number): _moment(self._plan, shard, number)
            for shard in self._plan.shards
            for number in range(poster_count(self._plan, shard))
        }
        found = zip(self._read(list(places)), places.values(), strict=True)
        return [Taken(body, round(moment, 3)) for body, moment in found if body]

    def as_posters(self, tiles: Mapping[int, bytes]) -> list[Taken]:
        """Small ones are better than none."""
        every = self._plan.storyboard.interval_seconds
        return [Taken(body, round(index * every, 3)) for index, body in tiles.items()]

    def _read(self, names: list[str]) -> list[bytes | None]:
        found = at_once(lambda key: self._objects.get(self._bucket, key), names)
        return [None if stored is None else stored.body for stored in found]


def _moment(plan: Plan, shard: Shard, number: int) -> float:
    """The middle of the part of the shard that a frame stands for (`media.filters`)."""
    timeline = Timeline.of(plan)
    start, end = (timeline.ticks(pts) for pts in (shard.segments[0].start_pts, shard.segments[-1].end_pts))
    return (start + (end - start) * (number + 0.5) / poster_count(plan, shard)) / plan.timescale
