"""Who does what: Lambda starts in a second and ends after fifteen minutes, Fargate starts in a minute and stays.

The head of the film and the sound decide when it can be played first, so they go to Lambda if they fit.
"""

from __future__ import annotations

from marquee.domain.media import MediaInfo, Runner

LAMBDA_LIMIT_SECONDS = 900
# The rest is for the start of the function, a slow store, and the estimate being only one.
_USABLE_SHARE = 0.6
# Source pixels a second that one function decodes and encodes into the whole ladder, at the least.
_PIXELS_A_SECOND = 20_000_000
# Seconds of sound encoded in a second, and bytes of source read in one.
_SOUND_SPEED = 40
_READ_BYTES_A_SECOND = 40_000_000


def head_runner(media: MediaInfo, seconds: float) -> Runner:
    """For a shard at the film's head that covers `seconds` of it."""
    pixels = media.video.coded_width * media.video.coded_height
    return _fitting(seconds * float(media.video.frame_rate) * pixels / _PIXELS_A_SECOND)


def body_runner() -> Runner:
    """For all later shards: many, long, and nobody waits for one of them."""
    return "fargate"


def audio_runner(media: MediaInfo) -> Runner:
    """For one audio track: the whole programme is encoded in one go, and the whole source read for it."""
    return _fitting(media.duration_seconds / _SOUND_SPEED + media.size_bytes / _READ_BYTES_A_SECOND)


def _fitting(estimated_seconds: float) -> Runner:
    return "lambda" if estimated_seconds <= LAMBDA_LIMIT_SECONDS * _USABLE_SHARE else "fargate"
