"""Trigger: the state machine, when the shards have left their pictures. Effect: poster and storyboard are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marquee.domain.keys import images_summary_key
from marquee.domain.pipeline import JobPointer, StoredSummary
from marquee.entry.steps import Payload, step
from marquee.services.make_images import make_images

from images.wiring import Wiring, wire


def build_handler(wiring: Callable[[], Wiring]) -> Callable[[Payload, object], Any]:
    """The Lambda handler over the adapters that `wiring` gives."""

    @step(JobPointer)
    def handler(given: JobPointer) -> StoredSummary:
        with_adapters = wiring()
        make_images(given.job_id, given.media_bucket, with_adapters.objects, with_adapters.jobs)
        return StoredSummary(summary_key=images_summary_key(given.job_id))

    return handler


lambda_handler = build_handler(wire)
