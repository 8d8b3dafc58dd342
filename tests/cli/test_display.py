"""What people named themselves is shown as they named it."""

from __future__ import annotations

import pytest

from cli.display import JobBars, tell_error
from cli.endpoint import EndpointError

ODD = "[/b] of a :secret: [1080p].mp4"


def test_a_films_name_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    job = {"id": "job_1", "filename": ODD, "playable": True, "status": "running", "progress": 0.5, "tasks": []}
    with JobBars() as bars:
        bars.show(job)
    assert f"{ODD} is playable" in capsys.readouterr().err


def test_a_sentence_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    tell_error(EndpointError(f"There is no {ODD}.", code="not_found"))
    assert capsys.readouterr().err == f"There is no {ODD}. (not_found)\n"
