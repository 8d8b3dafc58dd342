"""Structured logs."""

import logging
from io import StringIO
from types import SimpleNamespace

from marquee.domain.work import working_on
from marquee.entry.logs import begin_invocation, keys_of_cause
from marquee.entry.reports import reported
from pydantic import BaseModel

from tests.layers.entry.written import lines
from tests.layers.entry.written import written as written


def test_services_write_in_the_same_format_with_the_same_keys(written: StringIO) -> None:
    begin_invocation(SimpleNamespace(aws_request_id="r1"), job_id="job_1")
    logging.getLogger("marquee.ingest").warning("odd", extra={"key": "k"})

    (line,) = lines(written)
    assert {"message": "odd", "job_id": "job_1", "request_id": "r1", "key": "k", "level": "WARNING"}.items() <= (
        line.items()
    )


def test_a_warm_process_forgets_the_last_invocations_keys(written: StringIO) -> None:
    begin_invocation(SimpleNamespace(aws_request_id="r1"), job_id="job_1")
    begin_invocation(SimpleNamespace(aws_request_id="r2")).info("next")

    (line,) = lines(written)
    assert line["request_id"] == "r2"
    assert "job_id" not in line


def test_lines_name_what_is_worked_on_until_the_next_invocation(written: StringIO) -> None:
    begin_invocation(SimpleNamespace(aws_request_id="r1"))
    working_on(job_id="job_1", asset_id=None)
    logging.getLogger("marquee.ingest").warning("first")
    begin_invocation(SimpleNamespace(aws_request_id="r2")).info("next")

    first, following = lines(written)
    assert first["job_id"] == "job_1"
    assert "asset_id" not in first
    assert "job_id" not in following


def test_a_line_names_the_call_that_its_job_goes_back_to_and_its_own_invocation(written: StringIO) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    cause = {"upload_id": "upl_1", "request_id": "q1", "trace": f"00-{trace}-00f067aa0ba902b7-01"}
    begin_invocation(SimpleNamespace(aws_request_id="r1"), **keys_of_cause(cause)).info("step")

    (line,) = lines(written)
    expected = {"upload_id": "upl_1", "request_id": "q1", "trace_id": trace, "function_request_id": "r1"}
    assert expected.items() <= line.items()


def test_a_cause_that_is_none_names_nothing() -> None:
    assert keys_of_cause(None) == keys_of_cause("odd") == {}
    assert not any(keys_of_cause({"trace": "broken"}).values())


class Run(BaseModel):
    """What was done."""

    written: int = 3
    seconds: float = 0.5
    finished: bool = True
    name: str = "x"


def test_numbers_of_a_run_stand_in_its_log_and_are_no_metrics(written: StringIO) -> None:
    run = reported(Run())
    (line,) = lines(written)
    assert run == Run()
    assert {"written": 3.0, "seconds": 0.5, "finished": 1.0}.items() <= line.items()
    assert "_aws" not in line
