"""Files that Marquee must refuse: each is made as an attacker, a broken disk or a wrong click makes it.

`spoiled("truncated")` gives a path. The disguised ones name `url`: nothing may ever connect to it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from tests.films import CACHE, film, kept_file, run_ffmpeg

NOWHERE = "http://127.0.0.1:9/never"


def spoiled(name: str, *, url: str = NOWHERE, cache: Path = CACHE) -> Path:
    """The file of SPOILED called `name`; disguised playlists point at `url`."""

    def make(scratch: Path) -> Path:
        target = scratch / f"{name}.mp4"
        SPOILED[name](target, url)
        return target

    return kept_file(f"{name}.mp4", f"spoiled|2|{url}", make, cache=cache)


def _text(words: str) -> Callable[[Path, str], None]:
    return lambda target, url: _write(target, words.replace("URL", url).encode())


def _write(target: Path, content: bytes) -> None:
    target.write_bytes(content)


def _truncated(target: Path, _: str) -> None:
    content = film("h264_25").read_bytes()  # its moov lies in front, so it can still be opened
    target.write_bytes(content[: len(content) * 6 // 10])


def _without_index(target: Path, _: str) -> None:
    content = film("moov_at_end").read_bytes()
    target.write_bytes(content[: len(content) * 9 // 10])


def _bit_flipped(target: Path, _: str) -> None:
    content = bytearray(film("moov_at_end").read_bytes())
    for position in range(4096, len(content) * 9 // 10, 997):
        content[position] ^= 1 << (position % 8)
    target.write_bytes(bytes(content))


def _bomb(target: Path, _: str) -> None:
    picture = ("-f", "lavfi", "-i", "color=c=gray:s=8192x8192:r=25", "-frames:v", "5")
    coding = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1")
    run_ffmpeg((*picture, *coding, str(target)), folder=target.parent)


def _audio_only(target: Path, _: str) -> None:
    run_ffmpeg(("-f", "lavfi", "-i", "sine=d=3", "-c:a", "aac", str(target)), folder=target.parent)


def _cover_art(target: Path, _: str) -> None:
    """Sound with an attached picture: it looks like a video stream and is none."""
    inputs = ("-f", "lavfi", "-i", "sine=d=3", "-f", "lavfi", "-i", "testsrc2=s=320x240:d=0.04")
    maps = (
        "-map",
        "0",
        "-map",
        "1",
        "-c:a",
        "aac",
        "-c:v",
        "mjpeg",
        "-frames:v",
        "1",
        "-pix_fmt",
        "yuvj420p",
    )
    run_ffmpeg((*inputs, *maps, "-disposition:v:0", "attached_pic", str(target)), folder=target.parent)


def _fast(target: Path, _: str) -> None:
    picture = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=480:d=1")
    run_ffmpeg((*picture, "-c:v", "libx264", "-preset", "ultrafast", str(target)), folder=target.parent)


def _day_long(target: Path, _: str) -> None:
    # One picture every ten minutes: thirteen hours in a few kilobytes.
    picture = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=1:d=80", "-vf", "setpts=N*600/TB")
    coding = ("-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "ultrafast")
    run_ffmpeg((*picture, *coding, str(target)), folder=target.parent)


def thousand_streams(target: Path, count: int = 1000) -> None:
    """Write a film whose `moov` repeats its only `trak` until there are `count` of them."""
    content = film("moov_at_end", seconds=2.0).read_bytes()
    at = content.rindex(b"moov") - 4
    (size,) = struct.unpack_from(">I", content, at)
    head, moov, rest = content[:at], content[at + 8 : at + size], content[at + size :]
    start = moov.index(b"trak") - 4
    (length,) = struct.unpack_from(">I", moov, start)
    track = moov[start : start + length]
    number = track.index(b"tkhd") + 4 + 12
    copies = b"".join(track[:number] + struct.pack(">I", 100 + n) + track[number + 4 :] for n in range(count - 2))
    body = moov[:start] + copies + moov[start:]
    target.write_bytes(head + struct.pack(">I4s", len(body) + 8, b"moov") + body + rest)


PLAYLIST = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXTINF:6.0,\nURL/0.ts\n#EXT-X-ENDLIST\n"
MPD = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT6S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="0" '
    'bandwidth="1"><BaseURL>URL/0.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>'
)
SVG = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" width="640" height="360"><image xlink:href="URL/0.png"/></svg>'
)
# A playlist behind a box that looks like the start of an MP4.
HALF_DISGUISED = "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\n" + PLAYLIST

SPOILED: dict[str, Callable[[Path, str], None]] = {
    "empty": lambda target, _: _write(target, b""),
    "text": _text("This is a letter, not a film.\n" * 200),
    "truncated": _truncated,
    "without_index": _without_index,
    "bit_flipped": _bit_flipped,
    "playlist": _text(PLAYLIST),
    "half_disguised_playlist": _text(HALF_DISGUISED),
    "mpd": _text(MPD),
    "svg": _text(SVG),
    "concat": _text("ffconcat version 1.0\nfile 'URL/0.mp4'\n"),
    "bomb": _bomb,
    "audio_only": _audio_only,
    "cover_art": _cover_art,
    "too_fast": _fast,
    "day_long": _day_long,
    "thousand_streams": lambda target, _: thousand_streams(target),
}
