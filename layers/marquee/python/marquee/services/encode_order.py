"""Do one order of the plan: encode a shard or an audio track, store it as it grows, report it at the end.

The report is what makes the work count. An order that is done already returns its report at once; one that runs
twice, even at the same time, writes the same objects twice.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from marquee.domain import keys
from marquee.domain.errors import InvalidMedia, InvalidRequest, OutputMismatch, PermanentError, TransientError
from marquee.domain.measures import SHARD_SPEED, measure
from marquee.domain.media import EncodedTrack, EncodeOrder, EncodeResult, Plan
from marquee.domain.ports import ObjectStore, ProgressBoard
from marquee.media.commands import Tool
from marquee.media.encode import Encoded, encode_audio, encode_video
from marquee.media.failures import ReadFailed
from marquee.services.encoded_uploads import GrowingReport, SegmentUploads
from marquee.services.results import read_plan
from marquee.services.word_failure import word_failure

SOURCE_URL_SECONDS = 12 * 3600
PROGRESS_EVERY_SECONDS = 0.25
SPARE_DISK_BYTES = 256 << 20
PICTURES_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to read the source: its address or path, and whether to decode from the film's start."""

    source: str
    from_start: bool = False


@dataclass(frozen=True, slots=True)
class OrderEncoder:
    """Everything an order needs. `ran_on` is told in the report; `scratch` is where working folders are made;
    `dollars_per_hour`: what the machine costs that this runs on."""

    store: ObjectStore
    board: ProgressBoard
    tool: Tool
    ran_on: str = ""
    scratch: Path | None = None
    dollars_per_hour: float = 0.0

    def encode_order(self, order: EncodeOrder) -> EncodeResult:
        """Do the order or find it done. Raises the tree of `domain.errors`; writes the report last."""
        plan = read_plan(self.store, order.media_bucket, order.job_id)
        _check_index(plan, order)
        done = self._done_before(order, plan)
        if done is not None:
            self.board.report(order.job_id, order.kind, order.index, 1.0)
            return done
        with tempfile.TemporaryDirectory(dir=self.scratch, prefix="encode-") as folder:
            try:
                result = _OrderRun(self, order, plan, Path(folder)).result()
            except PermanentError as error:
                word_failure(self.store, order.media_bucket, order.job_id, error)
                raise
        self._write_report(order, result)
        self.board.report(order.job_id, order.kind, order.index, 1.0)
        self._tell_speed(order, plan, result)
        return result

    def _tell_speed(self, order: EncodeOrder, plan: Plan, result: EncodeResult) -> None:
        if order.kind == "video" and self.ran_on and result.wall_seconds:
            segments, video = plan.shards[order.index].segments, plan.media.video
            seconds = float((segments[-1].end_pts - segments[0].start_pts) * video.time_base)
            measure({SHARD_SPEED: round(seconds / result.wall_seconds, 3)}, runner=self.ran_on)

    def _done_before(self, order: EncodeOrder, plan: Plan) -> EncodeResult | None:
        stored = self.store.get(order.media_bucket, keys.result_key(order.job_id, order.kind, order.index))
        if stored is None:
            return None
        result = EncodeResult.model_validate_json(stored.body)
        whole = all(self._is_stored(order, plan, track) for track in result.tracks)
        return result if whole else None

    def _is_stored(self, order: EncodeOrder, plan: Plan, track: EncodedTrack) -> bool:
        folder = f"{keys.media_prefix(plan.asset_id, plan.version)}{track.name}/"
        wanted = {segment.uri: segment.size_bytes for segment in (track.segments[0], track.segments[-1])}
        wanted[keys.INIT_SEGMENT] = track.init_size_bytes
        heads = {uri: self.store.head(order.media_bucket, folder + uri) for uri in wanted}
        return all(head is not None and head.size_bytes == wanted[uri] for uri, head in heads.items())

    def _write_report(self, order: EncodeOrder, result: EncodeResult) -> None:
        self.store.put(
            order.media_bucket,
            keys.result_key(order.job_id, order.kind, order.index),
            result.model_dump_json().encode(),
            content_type="application/json",
        )


class _OrderRun:
    """One run of an order, with its working folder."""

    def __init__(self, encoder: OrderEncoder, order: EncodeOrder, plan: Plan, folder: Path) -> None:
        self._encoder = encoder
        self._order = order
        self._plan = plan
        self._folder = folder

    def result(self) -> EncodeResult:
        wall, own_cpu = time.monotonic(), time.process_time()
        encoded = self._encode_somehow()
        self._store_pictures(encoded)
        spent = round(time.monotonic() - wall, 3)
        return EncodeResult(
            kind=self._order.kind,
            index=self._order.index,
            tracks=encoded.tracks,
            tile_indexes=tuple(sorted(encoded.tiles)),
            cpu_seconds=round(encoded.cpu_seconds + time.process_time() - own_cpu, 3),
            wall_seconds=spent,
            dollars=round(spent / 3600 * self._encoder.dollars_per_hour, 9),
            ran_on=self._encoder.ran_on,
        )

    def _encode_somehow(self) -> Encoded:
        store, plan = self._encoder.store, self._plan
        url = store.presign_get(plan.source_bucket, plan.source_key, expires_seconds=SOURCE_URL_SECONDS)
        try:
            return self._encode_seeking(url)
        except (InvalidMedia, OutputMismatch, ReadFailed):
            if not url.startswith(("http://", "https://")):
                raise
        # A read that was cut on its way looks like a corrupt file: believe only a copy of our own.
        return self._encode_seeking(str(self._download()))

    def _encode_seeking(self, source: str) -> Encoded:
        is_sought = self._order.kind == "video" and self._plan.shards[self._order.index].seek_seconds is not None
        try:
            return self._encode(Attempt(source))
        except OutputMismatch:
            if not is_sought:
                raise
        # The container's index led past the first frame: without it every frame is met.
        return self._encode(Attempt(source, from_start=True))

    def _encode(self, attempt: Attempt) -> Encoded:
        order, plan = self._order, self._plan
        prefix = keys.media_prefix(plan.asset_id, plan.version)
        grows = GrowingReport(self._encoder.store, order) if order.kind == "audio" else None
        with SegmentUploads(self._encoder.store, order.media_bucket, prefix, grows) as uploads:
            encoded = self._run_encoder(attempt, uploads)
            uploads.finish()
            return encoded

    def _run_encoder(self, attempt: Attempt, uploads: SegmentUploads) -> Encoded:
        plan, index = self._plan, self._order.index
        tool, tell = self._encoder.tool, self._progress()
        if self._order.kind == "audio":
            return encode_audio(
                tool,
                plan,
                plan.audio[index],
                attempt.source,
                folder=self._folder,
                receiver=uploads,
                on_fraction=tell,
            )
        return encode_video(
            tool,
            plan,
            plan.shards[index],
            attempt.source,
            folder=self._folder,
            receiver=uploads,
            on_fraction=tell,
            from_start=attempt.from_start,
        )

    def _progress(self) -> Callable[[float], None]:
        told_at = 0.0

        def tell(fraction: float) -> None:
            nonlocal told_at
            now = time.monotonic()
            if now - told_at >= PROGRESS_EVERY_SECONDS:
                told_at = now
                # 1.0 is said when the report is there.
                self._encoder.board.report(self._order.job_id, self._order.kind, self._order.index, min(fraction, 0.99))

        return tell

    def _download(self) -> Path:
        plan, path = self._plan, self._folder / "source"
        if shutil.disk_usage(self._folder).free < plan.media.size_bytes + SPARE_DISK_BYTES:
            raise TransientError("the source could not be read, and there is no room for a copy of it")
        self._encoder.store.download_to(plan.source_bucket, plan.source_key, path)
        return path

    def _store_pictures(self, encoded: Encoded) -> None:
        pictures = {keys.tile_key(self._order.job_id, number): path for number, path in encoded.tiles.items()}
        for number, path in enumerate(encoded.posters):
            pictures[keys.poster_candidate_key(self._order.job_id, self._order.index, number)] = path
        with ThreadPoolExecutor(PICTURES_AT_ONCE) as pool:
            list(pool.map(lambda key: self._store_picture(key, pictures[key]), pictures))

    def _store_picture(self, key: str, path: Path) -> None:
        self._encoder.store.put(self._order.media_bucket, key, path.read_bytes(), content_type="image/jpeg")


def _check_index(plan: Plan, order: EncodeOrder) -> None:
    known = len(plan.shards if order.kind == "video" else plan.audio)
    if order.index >= known:
        raise InvalidRequest(f"the plan has {known} {order.kind} orders, there is none of index {order.index}")
