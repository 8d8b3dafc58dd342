"""Trigger: the state machine, for a film that brings text along. Effect: it is text tracks of the film."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marquee.entry.steps import Payload, step
from marquee.services.take_text import TakeText, TextOrder

from subtitles.wiring import wire


def build_handler(wiring: Callable[[str], TakeText]) -> Callable[[Payload, object], Any]:
    """The Lambda handler over the use case that `wiring` gives for a media bucket."""

    @step(TextOrder)
    def handler(order: TextOrder) -> None:
        wiring(order.media_bucket)(order)

    return handler


lambda_handler = build_handler(wire)
