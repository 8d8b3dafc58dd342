"""Trigger: the state machines, when a film was listened to. Effect: its captions are a track of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marquee.domain.jobs import Problem
from marquee.domain.keys import captions_summary_key
from marquee.domain.pipeline import JobPointer, StoredSummary
from marquee.entry.steps import Payload, step
from marquee.services.make_captions import make_captions

from captions.wiring import Wiring, wire

NO_SPEECH = Problem(code="no_speech", message="Nothing is said in the film, so it has no captions.")


def build_handler(wiring: Callable[[], Wiring]) -> Callable[[Payload, object], Any]:
    """The Lambda handler over the adapters that `wiring` gives."""

    @step(JobPointer)
    def handler(given: JobPointer) -> StoredSummary:
        with_adapters = wiring()
        attach = with_adapters.attach(given.media_bucket)
        made = make_captions(given.job_id, given.media_bucket, with_adapters.objects, with_adapters.assets, attach)
        if made.state == "no_speech":
            with_adapters.marks.skip_task(given.job_id, "captions", NO_SPEECH)
        else:
            with_adapters.marks.finish_task(given.job_id, "captions")
        return StoredSummary(summary_key=captions_summary_key(given.job_id))

    return handler


lambda_handler = build_handler(wire)
