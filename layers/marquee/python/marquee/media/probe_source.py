"""The bytes of a source, read from a path or by ranged GETs from one URL: all that the demuxer may see.

The demuxer gets this object and no URL, so nothing a file says can open another connection.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import urllib3

from marquee.media.probe_limits import Refusal

BLOCK_BYTES = 256 << 10
_MAX_RUN_BLOCKS = 16
_KEPT_BLOCKS = 128
_ZEROS = bytes(1 << 20)


class RangeReader(Protocol):
    """Reads `length` bytes at `start` (fewer at the end)."""

    def read_at(self, start: int, length: int) -> bytes: ...


class FileRanges:
    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self.size_bytes = path.stat().st_size

    def read_at(self, start: int, length: int) -> bytes:
        self._file.seek(start)
        return self._file.read(length)


class HttpRanges:
    """Ranged GETs of one URL over one kept connection; redirects are refused."""

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(
            num_pools=1,
            maxsize=1,
            timeout=urllib3.Timeout(connect=timeout_seconds, read=timeout_seconds),
            retries=urllib3.Retry(
                total=3,
                redirect=0,
                backoff_factor=0.2,
                backoff_max=2,
                backoff_jitter=0.3,
                status_forcelist=(500, 502, 503, 504),
                raise_on_status=False,
            ),
        )

    def read_at(self, start: int, length: int) -> bytes:
        wanted = f"bytes={start}-{start + length - 1}"
        try:
            answer = self._pool.request("GET", self._url, headers={"Range": wanted}, preload_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise Refusal("source_unreachable", "The source could not be read.", transient=True) from error
        try:
            return self._body(answer, start, length)
        except urllib3.exceptions.HTTPError as error:
            raise Refusal("source_unreachable", "Reading the source broke off.", transient=True) from error
        finally:
            answer.release_conn()

    def _body(self, answer: urllib3.BaseHTTPResponse, start: int, length: int) -> bytes:
        if answer.status == 416:
            return b""
        if answer.status == 206:
            return answer.read(length)
        if answer.status == 200 and start == 0:
            # A server without ranges: take the head and drop the connection with the rest.
            head = answer.read(length)
            answer.close()
            return head
        answer.drain_conn()
        gone = answer.status in {403, 404, 410}
        raise Refusal(
            "source_unreachable",
            f"The source could not be read: its store answered {answer.status}.",
            transient=not gone,
        )


class SourceFile:
    """A seekable file over a RangeReader, with read-ahead that grows while reading runs on.

    `hollow`: reads give zeros and cost nothing. With an index in memory a demuxer tells every packet's
    time and size without a look at the payload, so an hour of film is scanned in the blink of an eye.
    """

    def __init__(self, ranges: RangeReader, size_bytes: int) -> None:
        self._ranges = ranges
        self.size_bytes = size_bytes
        self._at = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._run = 1
        self._next_block = 0
        self.hollow = False
        self.failure: Refusal | None = None
        """The first error of a read: a demuxer that calls `read` reports such an error as its own."""

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._at, self.size_bytes)[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, length: int) -> bytes:
        length = min(length, self.size_bytes - self._at)
        if length <= 0:
            return b""
        if self.hollow:
            self._at += length
            return _ZEROS[:length] if length <= len(_ZEROS) else bytes(length)
        block, skip = divmod(self._at, BLOCK_BYTES)
        data = self._block(block)[skip : skip + length]
        self._at += len(data)
        return data

    def read_exactly(self, start: int, length: int) -> bytes:
        """Up to `length` bytes at `start`, fewer only at the end; leaves the place alone."""
        kept, self._at = self._at, start
        parts = bytearray()
        while len(parts) < length and (part := self.read(length - len(parts))):
            parts += part
        self._at = kept
        return bytes(parts)

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            self._fetch(number)
        self._blocks.move_to_end(number)
        return self._blocks[number]

    def _fetch(self, number: int) -> None:
        self._run = min(self._run * 2, _MAX_RUN_BLOCKS) if number == self._next_block else 1
        start = number * BLOCK_BYTES
        length = min(self._run * BLOCK_BYTES, self.size_bytes - start)
        try:
            data = self._ranges.read_at(start, length)
        except Refusal as refusal:
            self.failure = self.failure or refusal
            raise
        except OSError as error:
            self.failure = Refusal("source_unreachable", "The source could not be read.", transient=True)
            raise self.failure from error
        for offset in range(0, max(len(data), 1), BLOCK_BYTES):
            self._blocks[number + offset // BLOCK_BYTES] = data[offset : offset + BLOCK_BYTES]
        self._next_block = number + self._run
        while len(self._blocks) > _KEPT_BLOCKS:
            self._blocks.popitem(last=False)


def open_source(url: str, *, size_bytes: int, timeout_seconds: float) -> SourceFile:
    """The source at an http(s) URL or a plain path. `size_bytes` is believed for a URL."""
    if urlsplit(url).scheme in {"http", "https"}:
        return SourceFile(HttpRanges(url, timeout_seconds=timeout_seconds), size_bytes)
    ranges = FileRanges(Path(url))
    return SourceFile(ranges, ranges.size_bytes)
