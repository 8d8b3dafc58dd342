"""What a file is, told by its own first bytes and never by its name.

Only containers that carry their media inside themselves are known here. Playlists, manifests and
pictures have no magic in this table, so they are refused before any demuxer sees them.
"""

from __future__ import annotations

import struct

HEAD_BYTES = 1024
"""How much of the file's start the functions here want to see."""

DEMUXERS: dict[str, str] = {
    "mp4": "mov",
    "matroska": "matroska",
    "mpegts": "mpegts",
    "avi": "avi",
    "flv": "flv",
}
"""Container name here → ffmpeg's demuxer, the only one that may then open the file (`-f`, `-format_whitelist`)."""

_MP4_FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"}
_EBML = b"\x1aE\xdf\xa3"
_MATROSKA_SEGMENT = 0x18538067
_TS_PACKET = 188
_TS_SYNC = 0x47


def sniff(head: bytes) -> str | None:
    """The container (a key of DEMUXERS) whose magic `head`, the file's first HEAD_BYTES, shows; else None."""
    if head[4:8] in _MP4_FIRST_BOXES:
        return "mp4"
    if head.startswith(_EBML):
        return "matroska"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    if head.startswith(b"FLV\x01"):
        return "flv"
    return "mpegts" if _is_transport_stream(head) else None


def declared_size(container: str, head: bytes) -> int | None:
    """Bytes the container says it has, from its start; None when it does not say (live recordings, TS)."""
    if container == "avi":
        return int(struct.unpack_from("<I", head, 4)[0]) + 8
    return _matroska_size(head) if container == "matroska" else None


def _is_transport_stream(head: bytes) -> bool:
    # Blu-ray and camera files put a 4-byte timestamp before every packet.
    for step, first in ((_TS_PACKET, 0), (_TS_PACKET + 4, 4)):
        syncs = head[first::step]
        if len(syncs) >= 3 and all(byte == _TS_SYNC for byte in syncs[:5]):
            return True
    return False


def _matroska_size(head: bytes) -> int | None:
    try:
        header_size, at = _vint(head, 4, keep_marker=False)
        element, at = _vint(head, at + header_size, keep_marker=True)
        size, at = _vint(head, at, keep_marker=False)
    except (IndexError, ValueError):
        return None
    unknown = size + 1 in {1 << (7 * width) for width in range(1, 9)}  # all ones: written live
    return None if element != _MATROSKA_SEGMENT or unknown else at + size


def _vint(data: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """An EBML number of 1 to 8 bytes at `at`, and the place after it."""
    first = data[at]
    if first == 0:
        raise ValueError("an EBML number is at most 8 bytes long")
    width = 9 - first.bit_length()
    data[at + width - 1]  # raises IndexError when the head ends inside the number
    value = int.from_bytes(data[at : at + width], "big")
    return (value if keep_marker else value & ~(1 << (7 * width))), at + width
