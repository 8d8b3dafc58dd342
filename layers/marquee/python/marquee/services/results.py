"""Reading what workers reported, and the plan they worked by."""

from __future__ import annotations

from collections.abc import Sequence

from marquee.domain import keys
from marquee.domain.errors import NotFound
from marquee.domain.media import EncodedTrack, EncodeResult, OrderKind, Plan
from marquee.domain.ports import ObjectStore


def read_plan(objects: ObjectStore, bucket: str, job_id: str) -> Plan:
    """The plan of a job; raises NotFound when it was never written or has expired."""
    stored = objects.get(bucket, keys.plan_key(job_id))
    if stored is None:
        raise NotFound(f"job {job_id} has no plan", code="plan_not_found")
    return Plan.model_validate_json(stored.body)


class ResultReader:
    """Reports of one job, each read at most once while they last; a missing one is asked for again."""

    def __init__(self, objects: ObjectStore, bucket: str, job_id: str) -> None:
        self._objects = objects
        self._bucket = bucket
        self._job_id = job_id
        self._known: dict[tuple[OrderKind, int], EncodeResult] = {}

    def final(self, kind: OrderKind, index: int) -> EncodeResult | None:
        """The report of a finished order, or None while it runs."""
        if (kind, index) not in self._known:
            result = self._read(keys.result_key(self._job_id, kind, index))
            if result is None:
                return None
            self._known[kind, index] = result
        return self._known[kind, index]

    def latest(self, kind: OrderKind, index: int) -> EncodeResult | None:
        """The final report, else the report so far of an order that still runs, else None."""
        return self.final(kind, index) or self._read(keys.partial_result_key(self._job_id, kind, index))

    def _read(self, key: str) -> EncodeResult | None:
        stored = self._objects.get(self._bucket, key)
        return None if stored is None else EncodeResult.model_validate_json(stored.body)


def track_of(result: EncodeResult | None, name: str) -> EncodedTrack | None:
    """The share of the rendition or audio track `name` in a report."""
    tracks: Sequence[EncodedTrack] = () if result is None else result.tracks
    return next((track for track in tracks if track.name == name), None)
