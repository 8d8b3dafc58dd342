"""Trigger: the state machine, after each finished encode order. Effect: the film's growing playlists are longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marquee.domain.pipeline import FinishedOrder
from marquee.entry.steps import Payload, step
from marquee.services.publish_segments import Publication, publish_segments

from publish.wiring import Wiring, wire


def build_handler(wiring: Callable[[], Wiring]) -> Callable[[Payload, object], Any]:
    """The Lambda handler over the adapters that `wiring` gives."""

    @step(FinishedOrder)
    def handler(given: FinishedOrder) -> Publication:
        with_adapters = wiring()
        return publish_segments(given.order, with_adapters.objects, with_adapters.jobs)

    return handler


lambda_handler = build_handler(wire)
