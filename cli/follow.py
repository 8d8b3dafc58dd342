"""Follows a job until it has ended."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

from cli.endpoint import Endpoint, EndpointError, Json

ENDED = frozenset({"completed", "failed", "canceled"})
POLL_SECONDS = 0.4
AWAY_SECONDS = 120


def job_states(endpoint: Endpoint, job_id: str, *, until: float = math.inf) -> Iterator[Json]:
    """Yield the job each time it has changed; ends with its last state, or at `until` on the monotonic clock.

    Asks with the ETag, so an unchanged job costs a 304. An API that is away is waited for, up to two minutes.
    """
    etag: str | None = None
    away_since: float | None = None
    while True:
        try:
            answer = endpoint.call("GET", f"/jobs/{job_id}", headers={"if-none-match": etag} if etag else None)
            away_since = None
        except EndpointError as error:
            now = time.monotonic()
            away_since = away_since or now
            if (0 < error.status < 500) or now - away_since > AWAY_SECONDS:
                raise
            time.sleep(POLL_SECONDS * 4)
            continue
        if answer.status != 304:
            etag = answer.etag
            yield answer.body
            if answer.body["status"] in ENDED:
                return
        if time.monotonic() > until:
            return
        time.sleep(POLL_SECONDS)


def wait_for_job(
    endpoint: Endpoint, job_id: str, shown: Callable[[Json], None] = lambda job: None, *, until: float = math.inf
) -> Json:
    """The job's last state, or the one at `until`; `shown` gets every state on the way."""
    job: Json = {}
    for job in job_states(endpoint, job_id, until=until):
        shown(job)
    return job


def summary(endpoint: Endpoint, job: Json) -> Json:
    """What programs get of a job: `{asset_id, job_id, status, playback_url, error}`."""
    return {
        "asset_id": job["asset_id"],
        "job_id": job["id"],
        "status": job["status"],
        "playback_url": endpoint.url(job.get("playback_url")),
        "error": job.get("error"),
    }
