"""Trigger: the state machine, when all is encoded. Effect: the film is checked, its final playlists are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marquee.domain.errors import PermanentError
from marquee.domain.keys import package_summary_key
from marquee.domain.pipeline import JobPointer, StoredSummary
from marquee.entry.steps import Payload, step
from marquee.services.list_text import ListText
from marquee.services.package_asset import package_asset
from marquee.services.word_failure import word_failure

from package.wiring import Wiring, wire


def build_handler(wiring: Callable[[], Wiring]) -> Callable[[Payload, object], Any]:
    """The Lambda handler over the adapters that `wiring` gives."""

    @step(JobPointer)
    def handler(given: JobPointer) -> StoredSummary:
        with_adapters = wiring()
        list_text = ListText(with_adapters.assets, with_adapters.objects, given.media_bucket)
        try:
            package_asset(given.job_id, given.media_bucket, with_adapters.objects, with_adapters.jobs, list_text)
        except PermanentError as error:
            # Its branch runs beside others: how it ends is told by where they meet.
            word_failure(with_adapters.objects, given.media_bucket, given.job_id, error)
            raise
        return StoredSummary(summary_key=package_summary_key(given.job_id))

    return handler


lambda_handler = build_handler(wire)
