"""Sends one film in parts, in parallel, each with its checksum; goes on where an earlier try stopped."""

from __future__ import annotations

import base64
import hashlib
import io
import mimetypes
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from cli.endpoint import Endpoint, EndpointError, Json, pause_before
from cli.resume import UnfinishedUploads

PARALLEL_PARTS = 4
PART_ATTEMPTS = 6
READ_BYTES = 1024 * 1024
PART_TIMEOUT = urllib3.Timeout(connect=10, read=120)

Progress = Callable[[int], None]  # bytes sent since the last call; negative when a part starts over


@dataclass
class Transfer:
    """One upload under way."""

    upload_id: str
    asset_id: str
    job_id: str
    part_size: int
    urls: dict[int, str] = field(default_factory=dict)
    received: dict[int, Json] = field(default_factory=dict)


class Uploader:
    def __init__(
        self,
        endpoint: Endpoint,
        unfinished: UnfinishedUploads | None = None,
        *,
        warn: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self._endpoint = endpoint
        self._warn = warn
        self._unfinished = unfinished or UnfinishedUploads()
        self._storage = urllib3.PoolManager(timeout=PART_TIMEOUT, retries=False, maxsize=PARALLEL_PARTS)
        self._lock = threading.Lock()

    def send(
        self,
        film: Path,
        *,
        title: str | None = None,
        visibility: str | None = None,
        captions: bool | None = None,
        analysis: bool | None = None,
        progress: Progress = lambda count: None,
    ) -> Transfer:
        """Upload `film` and complete the upload; returns when Marquee has accepted it.

        Raises `EndpointError`; what was sent stays there, and the same call goes on from it.
        """
        described = {"title": title, "visibility": visibility, "captions": captions, "analysis": analysis}
        transfer = self._resume(film) or self._create(film, described)
        size = film.stat().st_size
        count = max(1, -(-size // transfer.part_size))
        etags = self._send_parts(film, transfer, range(1, count + 1), progress)
        parts = [{"part_number": number, "etag": etags[number]} for number in sorted(etags)]
        self._endpoint.post(f"/uploads/{transfer.upload_id}/complete", {"parts": parts})
        self._unfinished.forget(self._endpoint.site, film)
        return transfer

    def _create(self, film: Path, described: Mapping[str, str | bool | None]) -> Transfer:
        body: Json = {
            "filename": film.name,
            "size": film.stat().st_size,
            "content_type": _media_type(film.name),
            **{name: value for name, value in described.items() if value is not None},
        }
        created = self._endpoint.post("/uploads", body, idempotency_key=str(uuid.uuid4()))
        try:
            self._unfinished.remember(self._endpoint.site, film, created["upload_id"])
        except OSError as error:
            self._warn(f"This upload cannot be remembered ({error}): interrupted, it would begin anew.")
        return Transfer(
            created["upload_id"],
            created["asset_id"],
            created["job_id"],
            created["part_size"],
            urls={part["part_number"]: part["url"] for part in created["parts"]},
        )

    def _resume(self, film: Path) -> Transfer | None:
        upload_id = self._unfinished.recall(self._endpoint.site, film)
        if upload_id is None:
            return None
        try:
            known = self._endpoint.get(f"/uploads/{upload_id}")
        except EndpointError as error:
            if error.status != 404:
                raise
            known = {}
        if known.get("status") not in {"created", "uploading"}:
            self._unfinished.forget(self._endpoint.site, film)
            return None
        received = {part["part_number"]: part for part in known["received_parts"]}
        return Transfer(upload_id, known["asset_id"], known["job_id"], known["part_size"], received=received)

    def _send_parts(self, film: Path, transfer: Transfer, numbers: Iterable[int], progress: Progress) -> dict[int, str]:
        with ThreadPoolExecutor(PARALLEL_PARTS, thread_name_prefix="part") as pool:
            running = {pool.submit(self._send_part, film, transfer, n, progress): n for n in numbers}
            done, waiting = wait(running, return_when=FIRST_EXCEPTION)
            for future in waiting:
                future.cancel()
            return {running[future]: future.result() for future in done}

    def _send_part(self, film: Path, transfer: Transfer, number: int, progress: Progress) -> str:
        start = (number - 1) * transfer.part_size
        length = min(transfer.part_size, film.stat().st_size - start)
        digest = _md5(film, start, length)
        known = transfer.received.get(number)
        if known and known["size"] == length and known["etag"].strip('"') == digest.hex():
            progress(length)
            return str(known["etag"])
        for attempt in range(1, PART_ATTEMPTS + 1):
            part = _Part(film, start, length, progress)
            outcome = self._put(self._url(transfer, number), part, digest)
            if isinstance(outcome, str):
                return outcome
            part.take_back()
            if not outcome.again or attempt == PART_ATTEMPTS:
                raise EndpointError(outcome.message, code="part_refused", status=outcome.status)
            if outcome.status == 403:  # the address ran out of time: ask for a new one
                transfer.urls.pop(number, None)
            time.sleep(pause_before(attempt))
        raise AssertionError("the loop returns or raises")

    def _put(self, url: str, part: _Part, digest: bytes) -> str | _Refusal:
        headers = {"content-length": str(part.length), "content-md5": base64.b64encode(digest).decode()}
        try:
            response = self._storage.request("PUT", url, body=part, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            return _Refusal(0, f"The storage could not be reached ({type(error).__name__}).", again=True)
        if response.status == 200:
            return str(response.headers["etag"])
        again = response.status in {403, 408, 429} or response.status >= 500
        return _Refusal(response.status, f"The storage refused a part with status {response.status}.", again=again)

    def _url(self, transfer: Transfer, number: int) -> str:
        with self._lock:
            if number not in transfer.urls:
                numbers = list(range(number, number + 100))
                last = -(-self._size(transfer) // transfer.part_size)
                wanted = [n for n in numbers if n <= last] or [number]
                answer = self._endpoint.post(f"/uploads/{transfer.upload_id}/parts", {"part_numbers": wanted})
                transfer.urls.update({part["part_number"]: part["url"] for part in answer["parts"]})
            return transfer.urls[number]

    def _size(self, transfer: Transfer) -> int:
        return int(self._endpoint.get(f"/uploads/{transfer.upload_id}")["size"])


def _media_type(name: str) -> str:
    """The type that the name's ending says, if it says a film: some systems take `.ts` for a translation. What
    the file really is, Marquee finds out."""
    guessed = mimetypes.guess_type(name)[0] or ""
    return guessed if guessed.startswith("video/") else "application/octet-stream"


@dataclass(frozen=True)
class _Refusal:
    status: int
    message: str
    again: bool


class _Part(io.RawIOBase):
    """A span of the film, read as it is sent, so that memory does not grow with the part."""

    def __init__(self, film: Path, start: int, length: int, progress: Progress) -> None:
        self._file = film.open("rb")
        self._file.seek(start)
        self._left = self.length = length
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(self._left, size if size and size > 0 else READ_BYTES))
        self._left -= len(data)
        self._progress(len(data))
        if not data:
            self._file.close()
        return data

    def readable(self) -> bool:
        return True

    def take_back(self) -> None:
        """The part did not arrive: what was counted as sent is not."""
        self._file.close()
        self._progress(self._left - self.length)


def _md5(film: Path, start: int, length: int) -> bytes:
    digest = hashlib.md5(usedforsecurity=False)  # S3's part checksum and ETag
    with film.open("rb") as file:
        file.seek(start)
        while length > 0:
            data = file.read(min(READ_BYTES, length))
            if not data:
                break
            digest.update(data)
            length -= len(data)
    return digest.digest()
