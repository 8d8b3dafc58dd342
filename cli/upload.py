"""`marquee upload`: one film, sent and, if asked, followed to its end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

from rich.markup import escape

from cli.display import JobBars, console, tell_error, upload_bar
from cli.endpoint import Endpoint, EndpointError, Json
from cli.follow import summary, wait_for_job
from cli.transfer import Uploader

FAILED: Json = {"asset_id": None, "job_id": None, "status": "failed", "playback_url": None}


class Described(TypedDict):
    """What is said of a film besides its file."""

    title: str | None
    visibility: str | None
    captions: bool | None
    analysis: bool | None


def upload_film(endpoint: Endpoint, film: Path, described: Described, *, wait: bool, as_json: bool) -> int:
    """The exit code: 0 when accepted (with `wait`: completed), else 1."""
    try:
        if not film.is_file():
            raise EndpointError(f"There is no file {film}.", code="no_such_file")
        outcome = _send(endpoint, film, described, wait, visible=not as_json)
    except EndpointError as error:
        outcome = {**FAILED, "error": {"code": error.code, "message": error.message}}
        if not as_json:
            tell_error(error)
    except KeyboardInterrupt:
        console.print("Stopped; the same command goes on from here.")
        return 130
    if as_json:
        print(json.dumps(outcome))
    elif outcome["job_id"]:
        _tell(outcome)
    return 1 if outcome["error"] or outcome["status"] in {"failed", "canceled"} else 0


def _send(endpoint: Endpoint, film: Path, described: Described, wait: bool, *, visible: bool) -> Json:
    with upload_bar(film, visible=visible) as progress:
        transfer = Uploader(endpoint, warn=console.print).send(film, **described, progress=progress)
    if not wait:
        return summary(endpoint, endpoint.get(f"/jobs/{transfer.job_id}"))
    with JobBars(visible=visible) as bars:
        job = wait_for_job(endpoint, transfer.job_id, lambda job: bars.show(job, endpoint.url(job.get("playback_url"))))
    return summary(endpoint, job)


def _tell(outcome: Json) -> None:
    if outcome["error"]:
        console.print(f"[red]{escape(outcome['error']['message'])}[/] ({outcome['error']['code']})")
    elif outcome["status"] == "completed":
        console.print(f"[green]Completed.[/] Playlist: {outcome['playback_url']}", soft_wrap=True)
    else:
        console.print(f"Accepted as {outcome['job_id']} ({outcome['status']}); `marquee jobs` shows how far it is.")
