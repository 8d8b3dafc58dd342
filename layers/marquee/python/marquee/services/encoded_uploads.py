"""Finished segments go to the bucket while the encoder works on the next ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count, takewhile
from types import TracebackType

from marquee.domain import keys
from marquee.domain.media import EncodedSegment, EncodeOrder, EncodeResult
from marquee.domain.ports import ObjectStore
from marquee.media.encode import encoded_track
from marquee.media.fmp4 import Init
from marquee.media.segments import FinishedSegment

AT_ONCE = 4
WAITING = 8  # segments in memory: beyond this the encoder waits for the network
EARLY_SEGMENTS = 2
PARTIAL_EVERY_SECONDS = 3.0
MEDIA_TYPE = "video/mp4"
# Never written with other bytes under the same name: a new version of an asset has its own folder.
FOREVER = "public, max-age=31536000, immutable"


OnStored = Callable[[str, Init, Sequence[EncodedSegment]], None]


class SegmentUploads:
    """The encoder's `Receiver`: bounded memory, first failure raised at the next call, `close` waits for all."""

    def __init__(self, store: ObjectStore, bucket: str, prefix: str, on_stored: OnStored | None = None) -> None:
        """`on_stored(track, init, segments)`, one call at a time, in an upload's thread: the track's first
        segments up to the last of these are in the bucket."""
        self._store = store
        self._bucket = bucket
        self._prefix = prefix
        self._on_stored = on_stored
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="upload")
        self._room = threading.BoundedSemaphore(WAITING)
        self._lock = threading.Lock()
        self._failure: BaseException | None = None
        self._inits: dict[str, tuple[Init, Future[None]]] = {}
        self._stored: dict[str, dict[int, EncodedSegment]] = {}

    def __enter__(self) -> SegmentUploads:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def init(self, track: str, init: Init) -> None:
        self._inits[track] = init, self._submit(f"{track}/{keys.INIT_SEGMENT}", init.body, lambda: None)

    def segment(self, track: str, segment: FinishedSegment) -> None:
        init, sent = self._inits[track]

        def stored() -> None:
            sent.result()  # a segment counts as stored when its init segment is there, too
            self._tell(track, init, segment.record)

        self._submit(f"{track}/{segment.record.uri}", segment.body, stored)

    def finish(self) -> None:
        """Wait until everything is in the bucket; raises the first failure."""
        self._pool.shutdown(wait=True)
        self._check()

    def _submit(self, name: str, body: bytes, then: Callable[[], None]) -> Future[None]:
        self._check()
        self._room.acquire()
        return self._pool.submit(self._put, name, body, then)

    def _put(self, name: str, body: bytes, then: Callable[[], None]) -> None:
        try:
            self._store.put(self._bucket, f"{self._prefix}{name}", body, content_type=MEDIA_TYPE, cache_control=FOREVER)
            then()
        except BaseException as error:
            self._failure = self._failure or error
            raise
        finally:
            self._room.release()

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _tell(self, track: str, init: Init, record: EncodedSegment) -> None:
        if self._on_stored is None:
            return
        with self._lock:
            there = self._stored.setdefault(track, {})
            there[record.number] = record
            first = list(takewhile(lambda segment: segment is not None, map(there.get, count())))
            if first:
                self._on_stored(track, init, [segment for segment in first if segment])


class GrowingReport:
    """Reports of an audio track so far, so that it can be published while it is encoded."""

    def __init__(self, store: ObjectStore, order: EncodeOrder) -> None:
        self._store = store
        self._order = order
        self._told = 0
        self._told_at = 0.0

    def __call__(self, track: str, init: Init, segments: Sequence[EncodedSegment]) -> None:
        """These segments are in the bucket: tell it, of the first ones at once, of later ones now and then."""
        stored, now = len(segments), time.monotonic()
        is_due = stored <= EARLY_SEGMENTS or now - self._told_at >= PARTIAL_EVERY_SECONDS
        if stored <= self._told or not is_due:
            return
        row = encoded_track(track, init, segments)
        report = EncodeResult(kind=self._order.kind, index=self._order.index, tracks=(row,))
        self._store.put(
            self._order.media_bucket,
            keys.partial_result_key(self._order.job_id, self._order.kind, self._order.index),
            report.model_dump_json().encode(),
            content_type="application/json",
        )
        self._told, self._told_at = stored, now
