"""Trigger: a Fargate task with an order in ORDER. Effect: the order's segments and report are stored.

Exit codes: `marquee.entry.task`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from marquee.domain.media import EncodeOrder
from marquee.entry.task import main
from marquee.services.encode_order import OrderEncoder

from ffmpeg_worker.wiring import wire


def encode(encoder: Callable[[], OrderEncoder], given: Any) -> dict[str, float]:
    """The order as it was written is done."""
    result = encoder().encode_order(EncodeOrder.model_validate(given))
    return {"cpu_seconds": result.cpu_seconds, "wall_seconds": result.wall_seconds}


if __name__ == "__main__":
    sys.exit(main(partial(encode, partial(wire, "fargate"))))
