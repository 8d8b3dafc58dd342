"""Whatever is sent to the API as its description allows, or nearly so, is answered as the description says."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as conformance

from tests.functions.movies.films import own
from tests.platform import Platform
from tests.whole_api import ADMIN, WholeApi, wired
from tools.openapi.document import PATH

API = WholeApi()
CHECKS = (
    checks.not_a_server_error,
    conformance.status_code_conformance,
    conformance.content_type_conformance,
    conformance.response_headers_conformance,
    conformance.response_schema_conformance,
)
schema = schemathesis.openapi.from_dict(json.loads(PATH.read_text()))


@pytest.fixture
def known(platform: Platform) -> Iterator[dict[str, str]]:
    """The API with something in it: ids by the name that paths give them."""
    with wired(platform):
        job = platform.running()
        movie = own(platform, "Heat", asset_id=job.asset_id)
        yield {"asset_id": job.asset_id, "job_id": job.id, "upload_id": job.upload_id, "movie_id": movie.id}


@schema.parametrize()
@settings(max_examples=6, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_administrator_is_answered_as_described(case: schemathesis.Case, known: dict[str, str]) -> None:
    ask(case, known, {"Authorization": ADMIN})


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer free"}, {}], ids=["viewer", "nobody"])
@schema.parametrize()
@settings(max_examples=2, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_others_are_answered_as_described(
    case: schemathesis.Case, known: dict[str, str], headers: dict[str, str]
) -> None:
    ask(case, known, headers)


def ask(case: schemathesis.Case, known: dict[str, str], headers: dict[str, str]) -> None:
    """Every other case asks for something that is there."""
    if len(str(case.path_parameters)) % 2:
        case.path_parameters = {**case.path_parameters, **{n: v for n, v in known.items() if n in case.path_parameters}}
    case.call_and_validate(app=API, headers=headers, checks=CHECKS)
