"""Pictures that somebody sent, written anew: their bytes are only ever parsed in a confined child."""

from __future__ import annotations

import base64
from typing import NamedTuple

from marquee.domain.errors import InvalidMedia
from marquee.media.confined_child import DAMAGED, ask_child
from marquee.media.probe_limits import ProbeLimits

LIMITS = ProbeLimits(max_pixels=40_000_000, memory_bytes=512 << 20, cpu_seconds=10, wall_seconds=20.0)


class Reencoded(NamedTuple):
    """A JPEG without any of the sender's metadata. Sizes in pixels."""

    jpeg: bytes
    width: int
    height: int


def reencode_picture(picture: bytes) -> Reencoded:
    """A JPEG, PNG or WebP file as our own encoder writes it, upright, at most `reencode_child.MAX_SIDE` a side.

    Raises InvalidMedia for anything else, and for what is too much of it.
    """
    order = {"picture": base64.b64encode(picture).decode()}
    answer = ask_child("marquee.media.reencode_child", order, LIMITS)
    try:
        return Reencoded(base64.b64decode(answer["jpeg"]), int(answer["width"]), int(answer["height"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidMedia(DAMAGED, code="unreadable") from error
