"""Trigger: the state machine, when the shards have left their pictures. Effect: what is made of them is there."""

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
        by = wiring()
        make_images(given.job_id, given.media_bucket, by.objects, by.jobs, by.assets, by.find_faces)
        return StoredSummary(summary_key=images_summary_key(given.job_id))

    return handler


lambda_handler = build_handler(wire)
