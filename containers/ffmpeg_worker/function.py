"""Trigger: the state machine, for orders of a film's head. Effect: the order's segments and report are stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from marquee.domain import keys
from marquee.domain.media import EncodeOrder, Model
from marquee.entry.orders import counted_order
from marquee.entry.steps import Payload, step
from marquee.services.encode_order import OrderEncoder

from ffmpeg_worker.wiring import wire


class Reported(Model):
    """Where the report lies in the media bucket."""

    result_key: str


def build_handler(encoder: Callable[[], OrderEncoder]) -> Callable[[Payload, object], Any]:
    """The Lambda handler over the encoder that `encoder` gives."""

    @step(EncodeOrder)
    def handler(order: EncodeOrder) -> Reported:
        with counted_order():
            encoder().encode_order(order)
        return Reported(result_key=keys.result_key(order.job_id, order.kind, order.index))

    return handler


lambda_handler = build_handler(partial(wire, "lambda"))
