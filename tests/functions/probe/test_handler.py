"""`probe` through its real entry, over stores in memory."""

import json

import pytest
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.errors import InvalidMedia, PermanentError, TransientError
from marquee.domain.media import MediaInfo
from marquee.entry.steps import InternalError
from marquee.services.probe_source import ProbeSource
from probe.handler import lambda_handler
from probe.wiring import wiring

from tests.made_up_film import made_up_plan
from tests.platform import CONTEXT, MEDIA, UPLOADS, Platform


class Probed:
    """A probe that finds a film, or raises what it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[tuple[str, int]] = []
        self._error = error

    def __call__(self, url: str, size_bytes: int) -> MediaInfo:
        self.asked.append((url, size_bytes))
        if self._error is not None:
            raise self._error
        return made_up_plan().media


def run(platform: Platform, probed: Probed, event: dict[str, object]) -> object:
    use_case = ProbeSource(platform.jobs, platform.objects, probed)
    with platform.within(wiring, probe_source=use_case):
        return lambda_handler(event, CONTEXT)


def test_what_is_found_is_stored_and_pointed_at(platform: Platform) -> None:
    job, probed = platform.running(), Probed()
    answer = run(platform, probed, job.execution().model_dump())

    assert answer == {"media_info_key": keys.media_info_key(job.id)}
    stored = platform.objects.get(MEDIA, keys.media_info_key(job.id))
    assert stored is not None
    assert MediaInfo.model_validate_json(stored.body) == made_up_plan().media
    assert probed.asked == [(f"memory://{UPLOADS}/{keys.source_key(job.upload_id)}", 4)]
    assert platform.jobs.kept[job.id].tasks["probe"].status == "completed"


def test_running_again_keeps_what_was_found(platform: Platform) -> None:
    job, probed = platform.running(), Probed()
    answers = [run(platform, probed, job.execution().model_dump()) for _ in range(2)]

    assert answers[0] == answers[1]
    assert len(probed.asked) == 1


@pytest.mark.parametrize(
    ("raised", "name", "text"),
    [
        (
            InvalidMedia("This is a text.", code="unsupported_container"),
            "PermanentError",
            '{"code": "unsupported_container", "message": "This is a text."}',
        ),
        (TransientError("Storage is busy."), "TransientError", "Storage is busy."),
        (ValueError("odd"), "InternalError", "ValueError: odd"),
    ],
)
def test_errors_leave_by_the_names_the_state_machine_knows(
    platform: Platform, raised: Exception, name: str, text: str
) -> None:
    job = platform.running()
    with pytest.raises((PermanentError, TransientError, InternalError)) as caught:
        run(platform, Probed(raised), job.execution().model_dump())

    assert (type(caught.value).__name__, str(caught.value)) == (name, text)


def test_a_source_that_has_gone_is_permanent(platform: Platform) -> None:
    job = platform.running()
    platform.objects.delete(UPLOADS, keys.source_key(job.upload_id))
    with pytest.raises(PermanentError) as caught:
        run(platform, Probed(), job.execution().model_dump())

    assert json.loads(str(caught.value))["code"] == "source_missing"


def test_an_execution_of_a_canceled_job_ends(platform: Platform) -> None:
    job, probed = platform.running(), Probed()
    platform.jobs.cancel(job.id, utc_now())
    with pytest.raises(PermanentError) as caught:
        run(platform, probed, job.execution().model_dump())

    assert json.loads(str(caught.value))["code"] == "superseded"
    assert probed.asked == []


def test_an_input_that_is_none_is_a_bug(platform: Platform) -> None:
    with pytest.raises(InternalError):
        run(platform, Probed(), {"job_id": "job_1"})
