"""The probe: what a source is, found out by a child process that hostile bytes may take over without gain.

The child gets no environment, no file it may write, a cap on memory, processor and wall-clock time, and of
the network only what `probe_source` opens: the one URL it was given. Its answer is checked like any input.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

from pydantic import ValidationError

from marquee.domain.errors import InvalidMedia, TransientError
from marquee.domain.media import MediaInfo
from marquee.media.probe_languages import language_tag
from marquee.media.probe_limits import ProbeLimits

_MAX_ANSWER_BYTES = 16 << 20
_DAMAGED = "The file is damaged: its structure cannot be read."


def probe(url: str, *, size_bytes: int, limits: ProbeLimits | None = None) -> MediaInfo:
    """What the film at `url` (http(s), also presigned, or a path) of `size_bytes` is.

    Raises InvalidMedia with one of the codes empty_file, unsupported_container, truncated, unreadable, no_video,
    unsupported_codec, too_many_streams, too_large_picture, too_long, too_many_frames, frame_rate_too_high,
    too_complex, source_unreachable; TransientError when the source could not be read in time.
    """
    bounds = limits or ProbeLimits()
    if size_bytes <= 0:
        raise InvalidMedia("The file is empty.", code="empty_file")
    answer = _ask_child({"url": url, "size_bytes": size_bytes, "limits": bounds.to_json()}, bounds)
    if (refusal := answer.get("refusal")) is not None:
        error = TransientError if refusal["transient"] else InvalidMedia
        raise error(str(refusal["sentence"]), code=str(refusal["code"]))
    return _media_info(answer)


def _ask_child(order: dict[str, Any], limits: ProbeLimits) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "marquee.media.probe_child"],
            input=json.dumps(order).encode(),  # not an argument: a presigned URL is a secret
            capture_output=True,
            # Nothing of ours is handed on: credentials least of all.
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "MALLOC_ARENA_MAX": "1"},
            timeout=limits.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TransientError("The source could not be read in time.", code="probe_timed_out") from error
    if done.returncode != 0:
        raise _end_of_child(done)
    if len(done.stdout) > _MAX_ANSWER_BYTES:
        raise InvalidMedia(_DAMAGED, code="unreadable")
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise InvalidMedia(_DAMAGED, code="unreadable") from error
    return answer


def _end_of_child(done: subprocess.CompletedProcess[bytes]) -> Exception:
    """What the way a child died says about the source."""
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        # The limit on processor time ends it with SIGKILL where the hard limit is reached at once.
        return InvalidMedia("Examining the file takes longer than Marquee gives it.", code="too_complex")
    if done.returncode in {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGFPE, -signal.SIGILL}:
        return InvalidMedia(_DAMAGED, code="unreadable")
    last_words = done.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
    if last_words.startswith("MemoryError"):
        return InvalidMedia("Examining the file takes more memory than Marquee gives it.", code="too_complex")
    return RuntimeError(f"the probe's child ended with {done.returncode}: {last_words}")


def _media_info(answer: dict[str, Any]) -> MediaInfo:
    info = answer["info"]
    for track in info["audio"]:
        track["language"] = language_tag(track["language"])
    try:
        media = MediaInfo.model_validate(info)
    except ValidationError as error:
        raise InvalidMedia(_DAMAGED, code="unreadable") from error
    duration = max(media.duration_seconds, media.video.duration_seconds)
    return media.model_copy(update={"duration_seconds": duration})
