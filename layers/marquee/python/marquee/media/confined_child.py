"""Starts the processes that hostile bytes may take over without gain, and reads their answers.

Such a child gets no environment, no file it may write, a cap on memory, processor and wall-clock time, and of the
network only what `probe_source` opens: the one URL it was given. Its answer is to be checked like any input.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

from marquee.domain.errors import InvalidMedia, TransientError
from marquee.media.probe_limits import ProbeLimits

DAMAGED = "The file is damaged: its structure cannot be read."


def ask_child(
    module: str, order: dict[str, Any], limits: ProbeLimits, *, max_answer_bytes: int = 16 << 20
) -> dict[str, Any]:
    """What `python -m {module}` answers to `order`, which it reads with `limits` beside it (`confined_work.serve`).

    Raises InvalidMedia for a source that it refuses or that is too much for it, TransientError when the source
    could not be read in time.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            # not an argument: a presigned URL is a secret
            input=json.dumps({**order, "limits": limits.to_json()}).encode(),
            capture_output=True,
            # Nothing of ours is handed on: credentials least of all.
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "MALLOC_ARENA_MAX": "1"},
            timeout=limits.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TransientError("The source could not be read in time.", code="probe_timed_out") from error
    if done.returncode != 0:
        raise _end_of_child(module, done)
    if len(done.stdout) > max_answer_bytes:
        raise InvalidMedia(DAMAGED, code="unreadable")
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise InvalidMedia(DAMAGED, code="unreadable") from error
    if (refusal := answer.get("refusal")) is not None:
        kind = TransientError if refusal["transient"] else InvalidMedia
        raise kind(str(refusal["sentence"]), code=str(refusal["code"]))
    return answer


def _end_of_child(module: str, done: subprocess.CompletedProcess[bytes]) -> Exception:
    """What the way a child died says about the source."""
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        # The limit on processor time ends it with SIGKILL where the hard limit is reached at once.
        return InvalidMedia("Examining the file takes longer than Marquee gives it.", code="too_complex")
    if done.returncode in {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGFPE, -signal.SIGILL}:
        return InvalidMedia(DAMAGED, code="unreadable")
    last_words = done.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
    if last_words.startswith("MemoryError"):
        return InvalidMedia("Examining the file takes more memory than Marquee gives it.", code="too_complex")
    return RuntimeError(f"{module} ended with {done.returncode}: {last_words}")
