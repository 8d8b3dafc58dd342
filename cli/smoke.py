"""`marquee smoke`: one short film through the whole service, as its owner and as a viewer, and away again."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cli.display import console, tell_error
from cli.endpoint import Endpoint, EndpointError, Json
from cli.films import FilmError, short_film
from cli.follow import ENDED, wait_for_job
from cli.identity import Identity, endpoint_of
from cli.transfer import Transfer, Uploader
from cli.viewer import Viewer

FILM_SECONDS = 2
CANCEL_SECONDS = 60


@dataclass
class Smoke:
    """What was done, in order, with the seconds that each step took."""

    steps: list[Json] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        except EndpointError as error:
            raise EndpointError(f"{name}: {error.message}", code=error.code, status=error.status) from error
        self.steps.append({"name": name, "seconds": round(time.monotonic() - started, 2)})


def run_smoke(address: str, within_seconds: float, as_json: bool) -> int:
    """The exit code. Prints `{site, ok, steps, error}` for programs."""
    site, smoke, error = endpoint_of(Identity(address)), Smoke(), None
    try:
        _run(site, smoke, within_seconds)
    except FilmError as failed:
        error = EndpointError(str(failed), code="no_film")
    except EndpointError as failed:
        error = failed
    if as_json:
        told = {"code": error.code, "message": error.message} if error else None
        print(json.dumps({"site": site.site, "ok": error is None, "steps": smoke.steps, "error": told}))
        return 1 if error else 0
    for step in smoke.steps:
        console.print(f"[green]✓[/] {step['name']}  {step['seconds']} s")
    if error:
        tell_error(error)
        return 1
    console.print(f"[green]{site.site} works.[/]", soft_wrap=True)
    return 0


def _run(site: Endpoint, smoke: Smoke, within_seconds: float) -> None:
    with smoke.step("health"):
        _require_health(site)
    with tempfile.TemporaryDirectory() as folder:
        # a name of its own: an upload that an earlier run left unfinished is not gone on with
        film = short_film(Path(folder) / f"smoke-{uuid.uuid4().hex[:8]}.mp4", FILM_SECONDS)
        with smoke.step("upload"):
            transfer = Uploader(site).send(
                film, title="Smoke test", visibility="signed_in", captions=False, analysis=False
            )
    try:
        with smoke.step("encode"):
            job = _completed(site, transfer, within_seconds)
        with smoke.step("play"):
            Viewer(site).play(job, FILM_SECONDS)
    except BaseException:
        with contextlib.suppress(EndpointError):  # the first error is the one to tell
            _take_away(site, transfer)
        raise
    with smoke.step("delete"):
        _take_away(site, transfer)
        _require_gone(site, transfer)


def _require_health(site: Endpoint) -> None:
    health = site.get("/health")
    if health["status"] != "ok":
        raise EndpointError(f"not well: {json.dumps(health)}", code="unhealthy")


def _completed(site: Endpoint, transfer: Transfer, within_seconds: float) -> Json:
    deadline = time.monotonic() + within_seconds
    job = wait_for_job(site, transfer.job_id, until=deadline)
    if job["status"] == "completed":
        return job
    if job["status"] not in ENDED:
        raise EndpointError(f"{job['id']} is not done within {within_seconds:.0f} s.", code="too_slow")
    error = job.get("error") or {"message": f"{job['id']} was {job['status']}.", "code": job["status"]}
    raise EndpointError(error["message"], code=error["code"])


def _take_away(site: Endpoint, transfer: Transfer) -> None:
    """Also what is still being made of it."""
    if site.get(f"/jobs/{transfer.job_id}")["status"] not in ENDED:
        site.post(f"/jobs/{transfer.job_id}/cancel")
        wait_for_job(site, transfer.job_id, until=time.monotonic() + CANCEL_SECONDS)
    site.call("DELETE", f"/assets/{transfer.asset_id}")


def _require_gone(site: Endpoint, transfer: Transfer) -> None:
    try:
        site.get(f"/assets/{transfer.asset_id}")
    except EndpointError as error:
        if error.status == 404:
            return
        raise
    raise EndpointError(f"{transfer.asset_id} is still there.", code="not_deleted")
